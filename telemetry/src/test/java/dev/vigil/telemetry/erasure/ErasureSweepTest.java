package dev.vigil.telemetry.erasure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.core.PatientId;
import dev.vigil.core.TenantId;
import dev.vigil.telemetry.TestDatabase;
import dev.vigil.telemetry.log.LogSignal;
import dev.vigil.telemetry.log.PostgresEventLog;
import dev.vigil.telemetry.log.Source;
import dev.vigil.telemetry.observation.ObservationKey;
import dev.vigil.telemetry.observation.ObservationLink;
import dev.vigil.telemetry.observation.ObservationPartitions;
import dev.vigil.telemetry.observation.ObservationWrite;
import dev.vigil.telemetry.observation.ObservationWrite.Effective;
import dev.vigil.telemetry.observation.Observations;
import dev.vigil.telemetry.observation.PostgresObservations;
import dev.vigil.telemetry.reading.PostgresReadings;
import dev.vigil.telemetry.reading.ReadingShapes;
import dev.vigil.telemetry.retention.LegalHolds;
import dev.vigil.terminology.metric.MetricCatalog;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Hazard: an Observation of an erased person that stays, or one of somebody else that goes. */
@Tag("safety")
class ErasureSweepTest {

  private static final TenantId TENANT = new TenantId("demo");
  private static final PatientId PATIENT = new PatientId("ward-1");
  private static final long PID = 7;
  private static final Instant NOW = Instant.parse("2026-03-02T10:00:00Z");

  private final TestDatabase database = TestDatabase.fresh();
  private final ErasureTable table = new ErasureTable(database.dataSource());
  private final List<TenantId> takenBack = new ArrayList<>();
  private final Observations store =
      new PostgresObservations(
          database.dataSource(),
          new ObservationPartitions(database.dataSource()),
          json -> List.of(),
          new ReadingShapes(database.dataSource(), MetricCatalog.standard()));
  private final PostgresEventLog log =
      new PostgresEventLog(
          database.dataSource(), database.keys(), Clock.systemUTC(), new LogSignal());

  @BeforeEach
  void fill() {
    for (int i = 0; i < 20; i++) {
      create(i % 2 == 0 ? PID : 8, null, NOW.plus(Duration.ofDays(3L * i)));
    }
    create(PID, 4L, NOW);
  }

  @AfterEach
  void close() {
    database.close();
  }

  private void askFor() {
    new ErasePerson(
            database.transactions(),
            log,
            database.keys(),
            new PostgresReadings(database.dataSource(), MetricCatalog.standard()),
            new LegalHolds(database.dataSource(), database.transactions(), log, Clock.systemUTC()),
            table,
            at(NOW))
        .erase(TENANT, PATIENT, OptionalLong.of(PID), new Source("fhir", "admin"));
  }

  private ErasureSweep sweep(Instant now) {
    return new ErasureSweep(database.transactions(), store, table, takenBack::add, at(now));
  }

  private static Clock at(Instant now) {
    return Clock.fixed(now, ZoneOffset.UTC);
  }

  private ObservationKey create(long pid, Long version, Instant at) {
    return database
        .transactions()
        .execute(
            status -> {
              ObservationKey key = store.allocate(List.of(at)).get(0);
              store.record(TENANT, 1, List.of(put(key, 1, pid, version, at)));
              return key;
            });
  }

  private static ObservationWrite put(
      ObservationKey key, long version, long pid, Long subjectVersion, Instant at) {
    return new ObservationWrite.Put(
        key,
        key.id(),
        version,
        NOW.plusSeconds(version),
        "{\"resourceType\":\"Observation\",\"effectiveDateTime\":\"" + at + "\"}",
        new Effective(at, at),
        at,
        List.of(
            new ObservationLink(
                "Observation.subject", "Patient", pid, "p" + pid, subjectVersion, null)),
        List.of());
  }

  private long rows(String table) {
    return database
        .jdbc()
        .sql("select count(*) from telemetry." + table)
        .query(Long.class)
        .single();
  }

  @Test
  void deletesEveryObservationOfThePersonAndNoneOfOthers() throws Exception {
    askFor();
    assertThat(sweep(NOW).sweep(TENANT, PATIENT)).isEqualTo(11);
    assertThat(rows("observation")).isEqualTo(10);
    assertThat(store.linksTo(TENANT, List.of(PID), java.util.Set.of(), 10)).isEmpty();
    assertThat(rows("observation_link")).isZero();
    assertThat(takenBack).containsExactly(TENANT);
    assertThat(sweep(NOW).sweep(TENANT, PATIENT)).isZero();
    assertThat(takenBack).hasSize(1);
  }

  @Test
  void goesOnAfterACrashAndLooksAgainForAWriteThatBeganBefore() throws Exception {
    askFor();
    assertThat(rows("erasure")).isOne();
    sweep(NOW.plusSeconds(60)).sweep(() -> false);
    assertThat(rows("observation")).isEqualTo(10);
    create(PID, null, NOW);
    sweep(NOW.plusSeconds(120)).sweep(() -> false);
    assertThat(rows("observation")).isEqualTo(10);
    assertThat(rows("erasure")).isOne();
    sweep(NOW.plus(Duration.ofMinutes(16))).sweep(() -> false);
    assertThat(rows("erasure")).isZero();
  }

  @Test
  void neverWaitsForAWriterInACircle() throws Exception {
    List<ObservationKey> keys = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      keys.add(create(PID, null, NOW.plusSeconds(i)));
    }
    ExecutorService threads = Executors.newFixedThreadPool(5);
    CountDownLatch begun = new CountDownLatch(4);
    List<Future<Integer>> writers = new ArrayList<>();
    for (int n = 0; n < 4; n++) {
      int offset = n;
      writers.add(
          threads.submit(
              () -> {
                int written = 0;
                for (int i = offset; i < keys.size(); i += 4) {
                  ObservationKey key = keys.get(i);
                  boolean logFirst = i % 2 == 0;
                  boolean there =
                      database
                          .transactions()
                          .execute(
                              status -> {
                                if (logFirst) {
                                  log.lock();
                                }
                                if (store.findByKeys(TENANT, List.of(key)).isEmpty()) {
                                  return false;
                                }
                                try {
                                  store.record(TENANT, 2, List.of(put(key, 2, PID, null, NOW)));
                                } catch (dev.vigil.core.ProblemException gone) {
                                  status.setRollbackOnly();
                                  return false;
                                }
                                log.lock();
                                return true;
                              });
                  written += there ? 1 : 0;
                  begun.countDown();
                }
                return written;
              }));
    }
    assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
    askFor();
    Future<Long> swept = threads.submit(() -> sweep(NOW).sweep(TENANT, PATIENT));
    for (Future<Integer> writer : writers) {
      writer.get(60, TimeUnit.SECONDS);
    }
    assertThat(swept.get(60, TimeUnit.SECONDS)).isPositive();
    sweep(NOW).sweep(TENANT, PATIENT);
    assertThat(rows("observation")).isEqualTo(10);
    threads.shutdown();
  }
}
