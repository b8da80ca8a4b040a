package dev.vigil.simulator.ward;

import dev.vigil.simulator.wire.FhirClient;
import dev.vigil.simulator.wire.RefusedException;
import dev.vigil.simulator.wire.UnreachableException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * A ward that lives: registers itself, sends its past in the background and then, second by second,
 * what each device measures, one bundle a patient. While the server is away the readings wait, as
 * in a gateway's buffer, and follow when it is back. Ends when closed.
 */
public final class WardRun implements AutoCloseable {

  private static final int READINGS_A_BUNDLE = 200;
  private static final int BUFFER_A_PATIENT = 5_000;
  private static final int FAILURES_A_BUNDLE = 5;
  private static final Duration TICK = Duration.ofSeconds(1);
  private static final Duration GRACE = Duration.ofSeconds(3);
  private static final Duration HISTORY_WITHIN = Duration.ofSeconds(90);

  private final FhirClient client;
  private final Ward ward;
  private final Clock clock;
  private final Consumer<String> say;
  private final AtomicLong bundles = new AtomicLong();
  private final AtomicLong readings = new AtomicLong();
  private final AtomicLong errors = new AtomicLong();
  private final Thread life;
  private volatile Thread past;
  private volatile boolean closed;

  private record Due(Measurement measurement, Instant moment) {}

  /** What a patient's devices measured and the server has not confirmed, oldest first. */
  private static final class Buffer {
    private final Deque<Due> waiting = new ArrayDeque<>();
    private int failures;
  }

  private WardRun(FhirClient client, Ward ward, Clock clock, Consumer<String> say) {
    this.client = Objects.requireNonNull(client, "client");
    this.ward = Objects.requireNonNull(ward, "ward");
    this.clock = Objects.requireNonNull(clock, "clock");
    this.say = Objects.requireNonNull(say, "say");
    this.life = new Thread(this::live, "ward");
    this.life.setDaemon(true);
  }

  /**
   * Begins; returns at once.
   *
   * @param say takes lines for people: counts, rule ids, times; no names and no values
   */
  public static WardRun start(FhirClient client, Ward ward, Clock clock, Consumer<String> say) {
    WardRun run = new WardRun(client, ward, clock, say);
    run.life.start();
    return run;
  }

  /** Bundles confirmed since the start. */
  public long bundles() {
    return bundles.get();
  }

  /** Readings confirmed since the start, history included. */
  public long readings() {
    return readings.get();
  }

  /** Bundles refused, and attempts that the server did not answer. */
  public long errors() {
    return errors.get();
  }

  /** Stops; a bundle on the wire is given three seconds to be confirmed. */
  @Override
  public void close() {
    closed = true;
    Thread history = past;
    if (history != null) {
      history.interrupt();
    }
    try {
      life.join(GRACE.toMillis());
      life.interrupt();
      life.join(GRACE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void live() {
    try {
      List<Registered> patients = registered();
      if (patients.isEmpty()) {
        return;
      }
      say.accept("ward: " + patients.size() + " patients and their devices are registered");
      Scenario scenario = Scenario.eventful(ward, clock.instant());
      Backfill backfill = new Backfill(client, scenario);
      lead(backfill, patients);
      say.accept("ward: measuring; expect OXY-01 and GLU-01 within two minutes");
      past = new Thread(() -> history(backfill, patients), "ward-history");
      past.setDaemon(true);
      past.start();
      measure(scenario, patients);
    } catch (RuntimeException e) {
      if (!closed) {
        errors.incrementAndGet();
        say.accept("ward: stopped: " + e.getMessage());
      }
    }
  }

  private List<Registered> registered() {
    while (!closed) {
      try {
        return Registration.register(client, ward);
      } catch (UnreachableException e) {
        errors.incrementAndGet();
        if (!closed) {
          say.accept("ward: no answer (" + e.getMessage() + "), trying again");
        }
      }
    }
    return List.of();
  }

  private void lead(Backfill backfill, List<Registered> patients) {
    try {
      readings.addAndGet(backfill.glucoseLead(patients));
    } catch (RefusedException | UnreachableException e) {
      errors.incrementAndGet();
      say.accept("ward: glucose history not taken: " + e.getMessage());
    }
  }

  private void history(Backfill backfill, List<Registered> patients) {
    try {
      int sent = backfill.history(patients, Instant.now().plus(HISTORY_WITHIN));
      readings.addAndGet(sent);
      say.accept("ward: history filled in, " + sent + " readings");
    } catch (RefusedException | UnreachableException e) {
      if (!closed) {
        errors.incrementAndGet();
        say.accept("ward: history not taken: " + e.getMessage());
      }
    }
  }

  private void measure(Scenario scenario, List<Registered> patients) {
    Map<Registered, Buffer> buffers = new LinkedHashMap<>();
    patients.forEach(who -> buffers.put(who, new Buffer()));
    Instant last = scenario.start().minusMillis(1);
    while (!closed) {
      Instant now = clock.instant();
      for (Map.Entry<Registered, Buffer> buffer : buffers.entrySet()) {
        collect(scenario, buffer.getKey().patient(), buffer.getValue().waiting, last, now);
      }
      last = now;
      buffers.forEach((who, buffer) -> drain(scenario, who, buffer));
      pause();
    }
  }

  private static void collect(
      Scenario scenario, WardPatient patient, Deque<Due> waiting, Instant after, Instant upTo) {
    for (Measurement measurement : patient.kind().measurements()) {
      for (Instant moment : scenario.due(patient, measurement, after, upTo)) {
        waiting.add(new Due(measurement, moment));
      }
    }
    while (waiting.size() > BUFFER_A_PATIENT) {
      waiting.remove();
    }
  }

  private void drain(Scenario scenario, Registered who, Buffer buffer) {
    while (!buffer.waiting.isEmpty() && !closed) {
      ReadingBundle bundle = new ReadingBundle();
      buffer.waiting.stream()
          .limit(READINGS_A_BUNDLE)
          .forEach(due -> bundle.add(scenario, who, due.measurement(), due.moment()));
      try {
        client.transaction(bundle.json());
        bundles.incrementAndGet();
        readings.addAndGet(bundle.size());
      } catch (RefusedException e) {
        errors.incrementAndGet();
        if (e.mayPass() && ++buffer.failures < FAILURES_A_BUNDLE) {
          return;
        }
        say.accept("ward: a bundle was given up: " + e.getMessage());
      } catch (UnreachableException e) {
        errors.incrementAndGet();
        return;
      }
      buffer.failures = 0;
      for (int i = 0; i < bundle.size(); i++) {
        buffer.waiting.remove();
      }
    }
  }

  private void pause() {
    try {
      Thread.sleep(TICK.toMillis());
    } catch (InterruptedException e) {
      closed = true;
    }
  }
}
