package dev.vigil.simulator.load;

import dev.vigil.simulator.ward.ReadingBundle;
import dev.vigil.simulator.ward.Registered;
import dev.vigil.simulator.ward.Registration;
import dev.vigil.simulator.ward.Ward;
import dev.vigil.simulator.wire.FhirClient;
import dev.vigil.simulator.wire.RefusedException;
import dev.vigil.simulator.wire.UnreachableException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many Observations a second the server confirms: transactions of 100 plain creates from some
 * clients, each sending its next bundle when the last was confirmed.
 */
public final class IngestRate {

  private static final int READINGS_A_BUNDLE = 100;
  private static final int PATIENTS = 20;

  /** Readings a second that one machine has to take while alerts stay in time. */
  private static final int LIMIT = 2_000;

  private final FhirClient gateway;

  /**
   * What was measured.
   *
   * @param observations confirmed
   * @param seconds from the first POST to the last answer
   * @param bundle the POST of one bundle
   * @param errors bundles refused or not answered
   */
  public record Result(long observations, double seconds, Percentiles bundle, int errors) {

    /** Confirmed Observations a second. */
    public double perSecond() {
      return observations / seconds;
    }

    /** A few lines for people. */
    public String table() {
      return """
          Observations a second  %.0f (%d in %.1f s)
          bundle of %d           %s
          errors                 %d
          rate / limit           %.2f (%d a second, the load that alert latency is judged at)"""
          .formatted(
              perSecond(),
              observations,
              seconds,
              READINGS_A_BUNDLE,
              bundle,
              errors,
              perSecond() / LIMIT,
              LIMIT);
    }
  }

  /**
   * @param gateway may write patients, devices and readings
   */
  public IngestRate(FhirClient gateway) {
    this.gateway = Objects.requireNonNull(gateway, "gateway");
  }

  /**
   * Measures.
   *
   * @param clients how many send at the same time
   * @param duration no bundle is begun after it
   */
  public Result run(int clients, Duration duration) {
    String cohort = "RATE-" + Long.toString(System.currentTimeMillis(), 36).toUpperCase();
    List<Registered> ward =
        Registration.register(gateway, Ward.mixed(cohort, PATIENTS, cohort.hashCode()));
    SteadyReadings readings = new SteadyReadings(ward, Clock.systemUTC());
    AtomicLong observations = new AtomicLong();
    AtomicInteger errors = new AtomicInteger();
    List<Long> posts = Collections.synchronizedList(new ArrayList<>());
    long start = System.nanoTime();
    long end = start + duration.toNanos();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < clients; i++) {
      Thread thread =
          new Thread(
              () -> {
                while (System.nanoTime() < end) {
                  ReadingBundle bundle = readings.bundle(READINGS_A_BUNDLE, false);
                  long sent = System.nanoTime();
                  try {
                    gateway.transactionOnce(bundle.json());
                    posts.add(System.nanoTime() - sent);
                    observations.addAndGet(bundle.size());
                  } catch (RefusedException | UnreachableException e) {
                    errors.incrementAndGet();
                  }
                }
              },
              "ingest-" + i);
      thread.start();
      threads.add(thread);
    }
    threads.forEach(IngestRate::join);
    double seconds = (System.nanoTime() - start) / 1e9;
    return new Result(
        observations.get(), seconds, Percentiles.ofNanos(List.copyOf(posts)), errors.get());
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
