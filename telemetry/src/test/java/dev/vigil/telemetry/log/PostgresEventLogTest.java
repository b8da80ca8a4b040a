package dev.vigil.telemetry.log;

import static dev.vigil.telemetry.TestReadings.NOON;
import static dev.vigil.telemetry.TestReadings.OTHER_TENANT;
import static dev.vigil.telemetry.TestReadings.PATIENT;
import static dev.vigil.telemetry.TestReadings.TENANT;
import static dev.vigil.telemetry.TestReadings.coded;
import static dev.vigil.telemetry.TestReadings.glucose;
import static dev.vigil.telemetry.TestReadings.idOf;
import static dev.vigil.telemetry.TestReadings.written;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vigil.core.PatientId;
import dev.vigil.core.event.PersonErased;
import dev.vigil.core.event.ResourceChange;
import dev.vigil.core.event.ResourceContent;
import dev.vigil.core.event.ResourcesWritten;
import dev.vigil.telemetry.TestDatabase;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.dao.DataAccessException;

class PostgresEventLogTest {

  private static final Source SOURCE = new Source("fhir", "gateway");

  private TestDatabase database;
  private LogSignal signal;
  private EventLog log;

  @BeforeEach
  void open() {
    database = TestDatabase.fresh();
    signal = new LogSignal();
    log =
        new PostgresEventLog(
            database.dataSource(),
            database.keys(),
            Clock.fixed(NOON.plusNanos(1_234_567), ZoneOffset.UTC),
            signal);
  }

  @AfterEach
  void close() {
    database.close();
  }

  private long append(String id) {
    return database.transactions().execute(status -> log.append(TENANT, SOURCE, written(id)));
  }

  private ChainVerifier.Verification verify() {
    return new ChainVerifier(database.dataSource()).verify();
  }

  @Test
  void givesBackEventsOfAllTenantsInOrder() {
    append("a");
    database
        .transactions()
        .executeWithoutResult(status -> log.append(OTHER_TENANT, SOURCE, written("b")));
    append("c");

    assertThat(log.head()).isEqualTo(3);
    assertThat(log.read(0, 10))
        .containsExactly(
            new LoggedEvent(TENANT, 1, NOON.plusNanos(1_234_000), SOURCE, written("a")),
            new LoggedEvent(OTHER_TENANT, 2, NOON.plusNanos(1_234_000), SOURCE, written("b")),
            new LoggedEvent(TENANT, 3, NOON.plusNanos(1_234_000), SOURCE, written("c")));
    assertThat(log.read(1, 1)).extracting(LoggedEvent::sequence).containsExactly(2L);
    assertThat(log.read(3, 10)).isEmpty();
  }

  @Test
  void isEmptyAtFirst() {
    assertThat(log.head()).isZero();
    assertThat(log.read(0, 10)).isEmpty();
    assertThat(verify().events()).isZero();
    assertThat(verify().broken()).isEmpty();
  }

  @Test
  void thoseThatFollowAreToldTheSameByTheProcessThatAppendedAndByAnother() {
    append("a");
    database
        .transactions()
        .executeWithoutResult(
            status -> {
              log.append(OTHER_TENANT, SOURCE, written("b"));
              log.append(TENANT, SOURCE, ofManyKinds());
              log.append(TENANT, SOURCE, new PersonErased(new PatientId("nobody"), NOON));
            });
    append("c");
    database
        .transactions()
        .executeWithoutResult(
            status -> {
              log.append(TENANT, SOURCE, written("lost"));
              status.setRollbackOnly();
            });
    append("d");
    EventLog other = another();

    for (long after = 0; after <= 7; after++) {
      for (int max : new int[] {1, 2, 10}) {
        assertThat(following(log, after, max)).isEqualTo(following(other, after, max));
      }
    }
    assertThat(log.follow(2, 1))
        .extracting(LoggedEvent::event)
        .isEqualTo(
            List.of(
                new ResourcesWritten(
                    List.of(
                        new ResourceChange(
                            "Observation",
                            "o-1",
                            2,
                            ResourceChange.Action.UPDATED,
                            Optional.of(PATIENT),
                            Optional.empty()),
                        new ResourceChange("Patient", "p-9", 1, ResourceChange.Action.CREATED),
                        new ResourceChange("Device", "d-1", 3, ResourceChange.Action.DELETED)),
                    ofManyKinds().readings())));
  }

  /** As hooks of a request may tell it: whom a change is about follows from its readings. */
  private static ResourcesWritten ofManyKinds() {
    return new ResourcesWritten(
        List.of(
            new ResourceChange("Observation", "o-1", 2, ResourceChange.Action.UPDATED),
            new ResourceChange(
                "Patient",
                "p-9",
                1,
                ResourceChange.Action.CREATED,
                Optional.empty(),
                Optional.of(new ResourceContent(ResourceContent.WHOLE, List.of("{}")))),
            new ResourceChange("Device", "d-1", 3, ResourceChange.Action.DELETED)),
        List.of(
            glucose("o-1", "6.30", NOON.plusNanos(123_456_789)),
            coded("o-1", NOON.minusSeconds(1))));
  }

  private EventLog another() {
    return new PostgresEventLog(
        database.dataSource(), database.keys(), Clock.systemUTC(), new LogSignal());
  }

  /** Until nothing comes, at most so many at once. */
  private static List<LoggedEvent> following(EventLog log, long after, int max) {
    List<LoggedEvent> all = new ArrayList<>();
    long position = after;
    for (List<LoggedEvent> some = log.follow(position, max);
        !some.isEmpty();
        some = log.follow(position, max)) {
      assertThat(some).hasSizeLessThanOrEqualTo(max);
      all.addAll(some);
      position = some.get(some.size() - 1).sequence();
    }
    return all;
  }

  @Test
  void doesNotOpenAgainWhatItAppendedUnlessTheLogHasAnother() {
    append("a");
    append("b");
    database.jdbc().sql("alter table telemetry.event disable trigger user").update();
    database.jdbc().sql("update telemetry.event set payload = ''::bytea").update();

    assertThat(log.follow(0, 10))
        .extracting(event -> idOf(event.event()))
        .containsExactly("a", "b");
    EventLog other = another();
    assertThatThrownBy(() -> other.follow(0, 10)).isInstanceOf(UnreadableEventException.class);

    database.jdbc().sql("update telemetry.event set hash = previous_hash").update();
    assertThatThrownBy(() -> log.follow(0, 10)).isInstanceOf(UnreadableEventException.class);
  }

  @Test
  void refusesToAppendOutsideATransaction() {
    assertThatThrownBy(() -> log.append(TENANT, SOURCE, written("a")))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void refusesToAppendInATransactionOfAnotherDatabase() {
    try (TestDatabase other = TestDatabase.fresh()) {
      assertThatThrownBy(
              () ->
                  other
                      .transactions()
                      .executeWithoutResult(s -> log.append(TENANT, SOURCE, written("a"))))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void leavesNoGapWhenATransactionRollsBack() {
    append("a");
    database
        .transactions()
        .executeWithoutResult(
            status -> {
              log.append(TENANT, SOURCE, written("lost"));
              log.append(TENANT, SOURCE, written("lost too"));
              status.setRollbackOnly();
            });
    append("b");

    assertThat(log.read(0, 10)).extracting(event -> idOf(event.event())).containsExactly("a", "b");
    assertThat(log.read(0, 10)).extracting(LoggedEvent::sequence).containsExactly(1L, 2L);
    assertThat(verify().broken()).isEmpty();
  }

  @Test
  @Timeout(60)
  void isGapFreeUnderConcurrentAppendersAndAFollowerNeitherSkipsNorRepeats() throws Exception {
    int appenders = 8;
    int each = 40;
    ExecutorService pool = Executors.newFixedThreadPool(appenders + 1);
    try {
      AtomicInteger rolledBack = new AtomicInteger();
      List<Future<?>> running = new ArrayList<>();
      Future<List<Long>> follower =
          pool.submit(
              () -> {
                List<Long> seen = new ArrayList<>();
                while (seen.isEmpty() || seen.get(seen.size() - 1) < appenders * each) {
                  long after = seen.isEmpty() ? 0 : seen.get(seen.size() - 1);
                  log.read(after, 7).forEach(event -> seen.add(event.sequence()));
                }
                return seen;
              });
      for (int i = 0; i < appenders; i++) {
        int appender = i;
        running.add(
            pool.submit(
                () -> {
                  for (int n = 0; n < each; n++) {
                    append(appender + "-" + n);
                    database
                        .transactions()
                        .executeWithoutResult(
                            status -> {
                              if (ThreadLocalRandom.current().nextInt(4) == 0) {
                                log.append(TENANT, SOURCE, written("lost"));
                                rolledBack.incrementAndGet();
                              }
                              status.setRollbackOnly();
                            });
                  }
                }));
      }
      for (Future<?> appender : running) {
        appender.get();
      }

      assertThat(rolledBack).hasPositiveValue();
      assertThat(follower.get())
          .containsExactlyElementsOf(LongStream.rangeClosed(1, appenders * each).boxed().toList());
      ChainVerifier.Verification verification = verify();
      assertThat(verification.events()).isEqualTo(appenders * each);
      assertThat(verification.headSequence()).isEqualTo(appenders * each);
      assertThat(verification.broken()).isEmpty();
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void wakesItsFollowersAfterTheCommitOnly() throws Exception {
    try (LogSignal.Listener listener = signal.listen()) {
      long began = System.nanoTime();
      database
          .transactions()
          .executeWithoutResult(
              status -> {
                log.append(TENANT, SOURCE, written("a"));
                try {
                  listener.await(Duration.ofMillis(50));
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              });
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofMillis(45));

      began = System.nanoTime();
      listener.await(Duration.ofSeconds(20));
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
    }
  }

  @Test
  void refusesChangesOfWhatIsWritten() {
    append("a");

    for (String change :
        List.of(
            "update telemetry.event set client = 'x'",
            "delete from telemetry.event",
            "truncate telemetry.event")) {
      assertThatThrownBy(() -> database.jdbc().sql(change).update())
          .isInstanceOf(DataAccessException.class)
          .hasStackTraceContaining("append-only");
    }
    assertThat(verify().broken()).isEmpty();
  }

  @Test
  void findsTamperingAtItsSequence() {
    for (int i = 0; i < 450; i++) {
      append("o-" + i);
    }
    String head = verify().headHash();

    tamper(
        "update telemetry.event set recorded_at = recorded_at + interval '1 s' where sequence = 307");
    assertThat(verify().broken()).contains(new ChainVerifier.BrokenLink(307, "changed"));

    tamper("delete from telemetry.event where sequence = 205");
    assertThat(verify().broken()).contains(new ChainVerifier.BrokenLink(205, "missing"));

    tamper("update telemetry.event set previous_hash = hash where sequence = 17");
    assertThat(verify().broken())
        .contains(new ChainVerifier.BrokenLink(17, "not linked to the event before"));
    assertThat(verify().events()).isEqualTo(449);
    assertThat(verify().headHash()).isEqualTo(head).hasSize(64);
  }

  @Test
  void findsAnEventWhoseHashWasMadeToFit() {
    append("a");
    append("b");
    append("c");

    tamper(
        """
        update telemetry.event e set tenant_id = 'other', hash = sha256(convert_to('x', 'UTF8'))
        where sequence = 2
        """);

    assertThat(verify().broken()).contains(new ChainVerifier.BrokenLink(2, "changed"));
  }

  @Test
  void readsUpToAnUnreadableEventAndThenNamesIt() {
    append("a");
    append("b");
    append("c");
    tamper(
        "update telemetry.event set version = 1, payload = '{\"marker'::bytea where sequence = 2");

    assertThat(log.read(0, 10)).extracting(LoggedEvent::sequence).containsExactly(1L);
    assertThatThrownBy(() -> log.read(1, 10))
        .isInstanceOf(UnreadableEventException.class)
        .hasMessageContaining("event 2 ")
        .hasMessageNotContaining("marker");
    assertThat(log.read(2, 10)).extracting(LoggedEvent::sequence).containsExactly(3L);
  }

  private void tamper(String change) {
    database.jdbc().sql("alter table telemetry.event disable trigger user").update();
    database.jdbc().sql(change).update();
    database.jdbc().sql("alter table telemetry.event enable trigger user").update();
  }
}
