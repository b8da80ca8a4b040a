package dev.vigil.simulator.load;

import dev.vigil.simulator.ward.Measurement;
import dev.vigil.simulator.ward.PatientKind;
import dev.vigil.simulator.ward.ReadingBundle;
import dev.vigil.simulator.ward.Registered;
import dev.vigil.simulator.ward.Registration;
import dev.vigil.simulator.ward.Ward;
import dev.vigil.simulator.wire.FhirClient;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * How long it takes from the POST of the reading that completes GLU-01's condition to its
 * DetectedIssue being readable over FHIR. Each patient is new, has three samples below 54 mg/dL in
 * the 15 minutes before, and gets the fourth.
 */
public final class AlertLatency {

  /** Rule under measure: below 54 mg/dL sustained 15 minutes. */
  private static final BigDecimal LOW = new BigDecimal("48");

  /** Within which an alert is to be seen after its sample came in. */
  private static final Duration LIMIT = Duration.ofSeconds(1);

  private static final Duration SAMPLE_EVERY = Duration.ofMinutes(5);
  private static final int SAMPLES_BEFORE = 3;
  private static final Duration SETTLE = Duration.ofMillis(300);
  private static final Duration POLL_EVERY = Duration.ofMillis(5);

  private final FhirClient gateway;
  private final FhirClient reader;
  private final Duration giveUpAfter;

  /**
   * What was measured.
   *
   * @param alert from the start of the POST to the first answer that holds the DetectedIssue
   * @param post the POST alone
   * @param missing patients whose alert was not seen in time
   */
  public record Result(Percentiles alert, Percentiles post, int missing) {

    /** A few lines for people. */
    public String table() {
      return """
          POST of the completing sample to DetectedIssue readable  %s
          the POST itself, confirmed after its commit              %s
          alerts not seen in time                                  %d
          p95 / limit                                              %.2f (limit %d ms)"""
          .formatted(alert, post, missing, alert.p95() / LIMIT.toMillis(), LIMIT.toMillis());
    }
  }

  /**
   * @param gateway may write patients, devices and readings
   * @param reader may read DetectedIssue
   * @param giveUpAfter how long an alert is waited for, for each patient
   */
  public AlertLatency(FhirClient gateway, FhirClient reader, Duration giveUpAfter) {
    this.gateway = Objects.requireNonNull(gateway, "gateway");
    this.reader = Objects.requireNonNull(reader, "reader");
    this.giveUpAfter = Objects.requireNonNull(giveUpAfter, "giveUpAfter");
  }

  /**
   * Measures, one patient after the other; ends after three alerts in a row that did not come.
   *
   * @param patients how many, 30 for a figure worth printing
   * @param progress takes a line now and then
   */
  public Result run(int patients, Consumer<String> progress) {
    String cohort = "LAT-" + Long.toString(System.currentTimeMillis(), 36).toUpperCase();
    Ward ward = Ward.cohort(cohort, patients, cohort.hashCode(), number -> PatientKind.GLUCOSE);
    List<Registered> registered = Registration.register(gateway, ward);
    List<Long> alert = new ArrayList<>();
    List<Long> post = new ArrayList<>();
    int missing = 0;
    int inARow = 0;
    for (Registered who : registered) {
      Instant fresh = Instant.now().truncatedTo(ChronoUnit.SECONDS);
      ReadingBundle before = new ReadingBundle();
      for (int n = SAMPLES_BEFORE; n > 0; n--) {
        low(before, who, fresh.minus(SAMPLE_EVERY.multipliedBy(n)));
      }
      gateway.transaction(before.json());
      pause(SETTLE);

      ReadingBundle completing = new ReadingBundle();
      low(completing, who, fresh);
      long start = System.nanoTime();
      gateway.transaction(completing.json());
      post.add(System.nanoTime() - start);
      if (seen(who, start)) {
        alert.add(System.nanoTime() - start);
        inARow = 0;
      } else {
        missing++;
        inARow++;
      }
      if (post.size() % 10 == 0) {
        progress.accept("alert latency: " + post.size() + " of " + patients);
      }
      if (inARow == 3) {
        progress.accept("alert latency: three alerts in a row did not come; ending");
        break;
      }
    }
    return new Result(Percentiles.ofNanos(alert), Percentiles.ofNanos(post), missing);
  }

  private boolean seen(Registered who, long start) {
    while (System.nanoTime() - start < giveUpAfter.toNanos()) {
      if (!reader
          .search("DetectedIssue", "patient", who.reference(), "_count", "1")
          .path("entry")
          .isEmpty()) {
        return true;
      }
      pause(POLL_EVERY);
    }
    return false;
  }

  private static void low(ReadingBundle bundle, Registered who, Instant moment) {
    bundle.add(who, Measurement.GLUCOSE, moment, signal -> LOW);
  }

  private static void pause(Duration duration) {
    try {
      Thread.sleep(duration.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
