package dev.vigil.telemetry.log;

import static dev.vigil.telemetry.Eventually.waitUntil;
import static dev.vigil.telemetry.TestReadings.TENANT;
import static dev.vigil.telemetry.TestReadings.written;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.telemetry.TestDatabase;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LogTailTest {

  private TestDatabase database;
  private EventLog log;
  private LogTail tail;

  @BeforeEach
  void open() {
    database = TestDatabase.fresh();
    LogSignal signal = new LogSignal();
    log = new PostgresEventLog(database.dataSource(), database.keys(), Clock.systemUTC(), signal);
    tail = new LogTail(log, signal);
    tail.start();
  }

  @AfterEach
  void close() throws InterruptedException {
    tail.stop();
    database.close();
  }

  private void append(String id) {
    database
        .transactions()
        .executeWithoutResult(
            status -> log.append(TENANT, new Source("fhir", "gateway"), written(id)));
  }

  @Test
  void handsOverWhatIsCommittedAfterTheSubscription() throws Exception {
    List<Long> first = new CopyOnWriteArrayList<>();
    List<Long> second = new CopyOnWriteArrayList<>();
    append("a");
    tail.subscribe(event -> first.add(event.sequence()));
    append("b");
    LogTail.Subscription ended = tail.subscribe(event -> second.add(event.sequence()));
    append("c");

    waitUntil("both have c", () -> first.contains(3L) && second.contains(3L));
    ended.close();
    append("d");
    waitUntil("the first has d", () -> first.contains(4L));
    assertThat(first).containsExactly(2L, 3L, 4L);
    assertThat(second).containsExactly(3L);
  }

  @Test
  void endsTheSubscriptionThatFailsAndServesTheOthers() throws Exception {
    List<Long> seen = new CopyOnWriteArrayList<>();
    List<Long> failing = new CopyOnWriteArrayList<>();
    tail.subscribe(
        event -> {
          failing.add(event.sequence());
          throw new IllegalStateException("gone");
        });
    tail.subscribe(event -> seen.add(event.sequence()));
    append("a");
    append("b");

    waitUntil("the other has both", () -> seen.size() == 2);
    assertThat(failing).containsExactly(1L);
  }

  @Test
  void passesAnUnreadableEvent() throws Exception {
    List<Long> seen = new CopyOnWriteArrayList<>();
    tail.stop();
    LogSignal signal = new LogSignal();
    tail =
        new LogTail(
            new PostgresEventLog(database.dataSource(), database.keys(), Clock.systemUTC(), signal),
            signal);
    tail.subscribe(event -> seen.add(event.sequence()));
    append("a");
    append("b");
    database.jdbc().sql("alter table telemetry.event disable trigger user").update();
    database.jdbc().sql("update telemetry.event set version = 9 where sequence = 1").update();
    tail.start();

    waitUntil("the next one is there", () -> !seen.isEmpty());
    assertThat(seen).containsExactly(2L);
  }
}
