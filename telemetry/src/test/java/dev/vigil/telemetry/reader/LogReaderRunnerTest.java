package dev.vigil.telemetry.reader;

import static dev.vigil.telemetry.Eventually.waitUntil;
import static dev.vigil.telemetry.TestReadings.TENANT;
import static dev.vigil.telemetry.TestReadings.idOf;
import static dev.vigil.telemetry.TestReadings.written;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vigil.core.PatientId;
import dev.vigil.core.event.Event;
import dev.vigil.core.event.PersonErased;
import dev.vigil.telemetry.TestDatabase;
import dev.vigil.telemetry.log.EventLog;
import dev.vigil.telemetry.log.LogSignal;
import dev.vigil.telemetry.log.LoggedEvent;
import dev.vigil.telemetry.log.PostgresEventLog;
import dev.vigil.telemetry.log.Source;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LogReaderRunnerTest {

  private static final Source SOURCE = new Source("fhir", "gateway");
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final LogSignal signal = new LogSignal();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final List<LogReaderRunner> runners = new ArrayList<>();
  private TestDatabase database;
  private EventLog log;

  @BeforeEach
  void open() {
    database = TestDatabase.fresh();
    log = new PostgresEventLog(database.dataSource(), database.keys(), Clock.systemUTC(), signal);
    database
        .jdbc()
        .sql("create table seen (n bigint generated always as identity, sequence bigint, id text)")
        .update();
  }

  @AfterEach
  void close() throws InterruptedException {
    for (LogReaderRunner runner : runners) {
      runner.stop(PATIENCE);
    }
    database.close();
  }

  /** Writes what it took to a table, in the runner's transaction, and then does what it is told. */
  private final class Recorder implements LogReader {

    private final Consumer<LoggedEvent> then;
    private final boolean atHead;

    Recorder(boolean atHead, Consumer<LoggedEvent> then) {
      this.atHead = atHead;
      this.then = then;
    }

    @Override
    public String name() {
      return "recorder";
    }

    @Override
    public boolean beginsAtHead() {
      return atHead;
    }

    @Override
    public void accept(List<LoggedEvent> events) {
      for (LoggedEvent event : events) {
        database
            .jdbc()
            .sql("insert into seen (sequence, id) values (:sequence, :id)")
            .param("sequence", event.sequence())
            .param("id", idOf(event.event()))
            .update();
        then.accept(event);
      }
    }
  }

  private LogReaderRunner start(LogReader... readers) {
    LogReaderRunner runner =
        new LogReaderRunner(
            database.dataSource(),
            database.transactionManager(),
            log,
            signal,
            Clock.systemUTC(),
            meters,
            List.of(readers));
    runners.add(runner);
    runner.start();
    return runner;
  }

  private void append(String id) {
    database.transactions().executeWithoutResult(s -> log.append(TENANT, SOURCE, written(id)));
  }

  private List<Long> seen() {
    return database.jdbc().sql("select sequence from seen order by n").query(Long.class).list();
  }

  private long position() {
    return database
        .jdbc()
        .sql("select coalesce(max(position), -1) from telemetry.reader_position")
        .query(Long.class)
        .single();
  }

  private static List<Long> upTo(long last) {
    return LongStream.rangeClosed(1, last).boxed().toList();
  }

  @Test
  void twoProcessesUnderConcurrentAppendersTakeEachEventOnceInOrder() throws Exception {
    start(new Recorder(false, event -> {}));
    start(new Recorder(false, event -> {}));
    ExecutorService pool = Executors.newFixedThreadPool(8);
    try {
      List<Future<?>> appenders =
          IntStream.range(0, 8)
              .<Future<?>>mapToObj(
                  i ->
                      pool.submit(
                          () -> {
                            for (int n = 0; n < 30; n++) {
                              append(i + "-" + n);
                            }
                          }))
              .toList();
      for (Future<?> appender : appenders) {
        appender.get();
      }
    } finally {
      pool.shutdownNow();
    }

    waitUntil("all taken", () -> position() == 240);
    assertThat(seen()).containsExactlyElementsOf(upTo(240));
  }

  @Test
  void aReaderWithAPaceTakesTogetherWhatCameMeanwhileAndStopsAtOnce() throws Exception {
    List<Integer> batches = Collections.synchronizedList(new ArrayList<>());
    LogReaderRunner runner =
        start(
            new LogReader() {
              @Override
              public String name() {
                return "slow";
              }

              @Override
              public Duration pace() {
                return batches.size() < 2 ? Duration.ofMillis(800) : Duration.ofMinutes(10);
              }

              @Override
              public void accept(List<LoggedEvent> events) {
                batches.add(events.size());
              }
            });

    append("e-1");
    waitUntil("the first one alone", () -> position() == 1);
    IntStream.rangeClosed(2, 6).forEach(i -> append("e-" + i));
    waitUntil("the others", () -> position() == 6);
    long before = System.nanoTime();
    runner.stop(PATIENCE);

    assertThat(batches).containsExactly(1, 5);
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void aReaderLetsEventsGatherForLongerWhileTheyComeAndUntilSomebodyHurriesIt() throws Exception {
    LogReaderRunner runner =
        start(
            new LogReader() {
              @Override
              public String name() {
                return "slow";
              }

              @Override
              public Duration pace() {
                return Duration.ofMillis(100);
              }

              @Override
              public Duration longestPace() {
                return Duration.ofMinutes(10);
              }

              @Override
              public void accept(List<LoggedEvent> events) {}
            });

    append("e-1");
    waitUntil("the first one at once", () -> position() == 1);
    long end = System.nanoTime() + Duration.ofMillis(1_500).toNanos();
    while (System.nanoTime() < end) {
      append("e");
      Thread.sleep(50);
    }
    assertThat(position()).isEqualTo(1);
    runner.hurry("slow");
    append("e");
    waitUntil("more, while they come", () -> position() > 1);
    append("e");
    waitUntil("all, when no more come", () -> position() == log.head());
  }

  @Test
  void aReaderOfManyBatchesTakesThemInOneTransactionAndOneByOneWhenOneFails() throws Exception {
    List<Integer> taken = Collections.synchronizedList(new ArrayList<>());
    AtomicInteger failures = new AtomicInteger(1);
    database
        .transactions()
        .executeWithoutResult(
            s ->
                IntStream.rangeClosed(1, 450)
                    .forEach(i -> log.append(TENANT, SOURCE, written("e"))));
    start(
        new LogReader() {
          @Override
          public String name() {
            return "slow";
          }

          @Override
          public Duration pace() {
            return Duration.ofMillis(1);
          }

          @Override
          public int batches() {
            return 10;
          }

          @Override
          public void accept(List<LoggedEvent> events) {
            acceptAll(List.of(events));
          }

          @Override
          public void acceptAll(Iterable<List<LoggedEvent>> batches) {
            int count = 0;
            for (List<LoggedEvent> events : batches) {
              count += events.size();
              if (events.get(0).sequence() == 201 && failures.getAndDecrement() > 0) {
                throw new IllegalStateException("crash");
              }
            }
            taken.add(count);
          }
        });

    waitUntil("all taken", () -> position() == 450);
    assertThat(taken.subList(0, 200)).containsOnly(1);
    assertThat(taken.subList(200, taken.size())).containsExactly(250);
    assertThat(parked()).isEmpty();
  }

  @Test
  void aReadersCommitWaitsForTheDiskOnlyIfItAppends() throws Exception {
    List<String> kept = Collections.synchronizedList(new ArrayList<>());
    start(
        new Recorder(
            false,
            event -> {
              kept.add(synchronousCommit());
              if (event.sequence() == 2) {
                log.append(TENANT, SOURCE, written("of the reader"));
                kept.add(synchronousCommit());
              }
            }));

    append("e-1");
    waitUntil("the first", () -> position() == 1);
    append("e-2");
    waitUntil("the reader's own too", () -> position() == 3);

    assertThat(kept)
        .containsExactly(
            "off by session", "off by session", "off by command line", "off by session");
  }

  /** Its value, and who set it: the server of the tests waits for no disk at all. */
  private String synchronousCommit() {
    return database
        .jdbc()
        .sql("select setting || ' by ' || source from pg_settings where name = :name")
        .param("name", "synchronous_commit")
        .query(String.class)
        .single();
  }

  @Test
  void aReaderIsShownOnlyWhatItWantsAndPassesTheRest() throws Exception {
    List<Long> shown = Collections.synchronizedList(new ArrayList<>());
    append("e-1");
    append("e-2");
    start(
        new LogReader() {
          @Override
          public String name() {
            return "choosy";
          }

          @Override
          public Set<Class<? extends Event>> wants() {
            return Set.of(PersonErased.class);
          }

          @Override
          public void accept(List<LoggedEvent> events) {
            events.forEach(event -> shown.add(event.sequence()));
          }
        });
    waitUntil("two passed", () -> position() == 2);
    append("e-3");
    PersonErased erased = new PersonErased(new PatientId("1"), Instant.EPOCH);
    database.transactions().executeWithoutResult(s -> log.append(TENANT, SOURCE, erased));
    waitUntil("all passed", () -> position() == 4);
    append("e-5");
    waitUntil("the last one too", () -> position() == 5);

    assertThat(shown).contains(4L).doesNotContain(1L, 2L, 3L);
  }

  @Test
  void aFailureRollsBackWhatWasWrittenAndThePosition() throws Exception {
    AtomicInteger failures = new AtomicInteger(2);
    IntStream.rangeClosed(1, 5).forEach(i -> append("e-" + i));
    start(
        new Recorder(
            false,
            event -> {
              if (event.sequence() == 3 && failures.getAndDecrement() > 0) {
                throw new IllegalStateException("crash");
              }
            }));

    waitUntil("all taken", () -> position() == 5);
    assertThat(seen()).containsExactlyElementsOf(upTo(5));
    assertThat(parked()).isEmpty();
  }

  @Test
  void anEventThatKeepsFailingIsParkedWhileOthersGoOn() throws Exception {
    IntStream.rangeClosed(1, 4).forEach(i -> append("e-" + i));
    start(
        new Recorder(
            false,
            event -> {
              if (event.sequence() == 2) {
                throw new IllegalStateException("glucose 2.9 of marker");
              }
            }));

    waitUntil("all passed", () -> position() == 4);
    append("e-5");
    waitUntil("next one too", () -> position() == 5);
    assertThat(seen()).containsExactly(1L, 3L, 4L, 5L);
    assertThat(parked()).containsExactly("demo recorder 2 java.lang.IllegalStateException");
    assertThat(meters.get("vigil.reader.parked").tag("reader", "recorder").counter().count())
        .isEqualTo(1);
  }

  @Test
  void anUnreadableEventIsParkedToo() throws Exception {
    IntStream.rangeClosed(1, 3).forEach(i -> append("e-" + i));
    database.jdbc().sql("alter table telemetry.event disable trigger user").update();
    database.jdbc().sql("update telemetry.event set version = 9 where sequence = 2").update();
    log = new PostgresEventLog(database.dataSource(), database.keys(), Clock.systemUTC(), signal);

    start(new Recorder(false, event -> {}));

    waitUntil("all passed", () -> position() == 3);
    assertThat(seen()).containsExactly(1L, 3L);
    assertThat(parked())
        .containsExactly("demo recorder 2 dev.vigil.telemetry.log.UnreadableEventException");
  }

  @Test
  void aDatabaseThatGoesAwayParksNothing() throws Exception {
    AtomicInteger failures = new AtomicInteger(6);
    append("a");
    start(
        new Recorder(
            false,
            event -> {
              if (failures.getAndDecrement() > 0) {
                database
                    .jdbc()
                    .sql("select pg_terminate_backend(pg_backend_pid())")
                    .query(Boolean.class)
                    .single();
              }
            }));

    waitUntil("taken", () -> position() == 1);
    assertThat(seen()).containsExactly(1L);
    assertThat(parked()).isEmpty();
  }

  @Test
  void aFailingReaderDoesNotHoldUpAnother() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    LogReader stuck =
        new LogReader() {
          @Override
          public String name() {
            return "stuck";
          }

          @Override
          public void accept(List<LoggedEvent> events) {
            try {
              release.await();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          }
        };
    start(stuck, new Recorder(false, event -> {}));
    append("a");

    waitUntil("the other one has it", () -> seen().size() == 1);
    assertThat(meters.get("vigil.reader.lag").tag("reader", "stuck").gauge().value()).isEqualTo(1);
    release.countDown();
    waitUntil(
        "it catches up",
        () -> meters.get("vigil.reader.lag").tag("reader", "stuck").gauge().value() == 0);
  }

  @Test
  void goesOnAfterARestartWhereItStopped() throws Exception {
    append("a");
    LogReaderRunner first = start(new Recorder(false, event -> {}));
    waitUntil("taken", () -> position() == 1);
    first.stop(PATIENCE);
    append("b");

    start(new Recorder(false, event -> {}));

    waitUntil("taken", () -> position() == 2);
    assertThat(seen()).containsExactly(1L, 2L);
  }

  @Test
  void aStopLetsTheBatchInFlightCommit() throws Exception {
    CountDownLatch inFlight = new CountDownLatch(1);
    AtomicBoolean stopped = new AtomicBoolean();
    LogReaderRunner runner =
        start(
            new Recorder(
                false,
                event -> {
                  inFlight.countDown();
                  try {
                    Thread.sleep(300);
                  } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                  }
                  assertThat(stopped).isFalse();
                }));
    append("a");
    assertThat(inFlight.await(10, TimeUnit.SECONDS)).isTrue();

    runner.stop(PATIENCE);
    stopped.set(true);

    assertThat(seen()).containsExactly(1L);
    assertThat(position()).isEqualTo(1);
  }

  @Test
  void mayBeginAtTheHead() throws Exception {
    append("old");
    start(new Recorder(true, event -> {}));
    waitUntil("it has begun", () -> position() == 1);
    append("new");

    waitUntil("taken", () -> position() == 2);
    assertThat(seen()).containsExactly(2L);
  }

  @Test
  void mayAppendToTheLogInItsTransaction() throws Exception {
    append("a");
    start(
        new Recorder(
            false,
            event -> {
              if (event.sequence() < 4) {
                log.append(TENANT, SOURCE, written("after-" + event.sequence()));
              }
            }));

    waitUntil("its own are taken", () -> position() == 4);
    assertThat(seen()).containsExactlyElementsOf(upTo(4));
  }

  @Test
  void refusesTwoReadersOfOneName() {
    LogReader reader = new Recorder(false, event -> {});

    assertThatThrownBy(() -> start(reader, reader)).isInstanceOf(IllegalArgumentException.class);
  }

  private List<String> parked() {
    return database
        .jdbc()
        .sql(
            """
            select tenant_id || ' ' || reader || ' ' || sequence || ' ' || error
            from telemetry.parked_event order by sequence
            """)
        .query(String.class)
        .list();
  }
}
