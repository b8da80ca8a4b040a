package dev.vigil.telemetry.delivery;

import static dev.vigil.telemetry.Eventually.waitUntil;
import static dev.vigil.telemetry.TestReadings.OTHER_TENANT;
import static dev.vigil.telemetry.TestReadings.TENANT;
import static dev.vigil.telemetry.TestReadings.idOf;
import static dev.vigil.telemetry.TestReadings.written;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.core.TenantId;
import dev.vigil.telemetry.TestDatabase;
import dev.vigil.telemetry.log.EventLog;
import dev.vigil.telemetry.log.LogSignal;
import dev.vigil.telemetry.log.LoggedEvent;
import dev.vigil.telemetry.log.PostgresEventLog;
import dev.vigil.telemetry.log.Source;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DeliveryRunnerTest {

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Destination A = destination(TENANT, "Subscription/a");
  private static final Destination B = destination(TENANT, "Subscription/b");
  private static final Destination ELSEWHERE = destination(OTHER_TENANT, "Subscription/a");

  private static final DeliveryPolicy PATIENT =
      new DeliveryPolicy(
          Duration.ofMillis(20),
          Duration.ofMillis(80),
          Duration.ofDays(3),
          Duration.ofMillis(200),
          10,
          4);
  private static final DeliveryPolicy IMPATIENT =
      new DeliveryPolicy(
          Duration.ofMillis(20),
          Duration.ofMillis(40),
          Duration.ofMillis(200),
          Duration.ofMillis(200),
          10,
          4);

  private final LogSignal signal = new LogSignal();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final FakeChannel channel = new FakeChannel();
  private final List<DeliveryRunner> runners = new ArrayList<>();
  private TestDatabase database;
  private EventLog log;

  /** The far side of the wire. */
  private static final class FakeChannel implements Channel {

    interface Answer {
      boolean to(Destination destination, LoggedEvent event) throws DeliveryFailedException;
    }

    private final List<Destination> destinations = new CopyOnWriteArrayList<>();
    private final Map<String, List<String>> calls = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> underWay = new ConcurrentHashMap<>();
    private final List<String> overlaps = new CopyOnWriteArrayList<>();
    private final List<String> states = new CopyOnWriteArrayList<>();
    private volatile Answer answer = (destination, event) -> true;

    @Override
    public String name() {
      return "fake";
    }

    @Override
    public List<Destination> destinations() {
      return destinations;
    }

    @Override
    public boolean deliver(Destination destination, LoggedEvent event)
        throws DeliveryFailedException {
      String key = destination.toString();
      AtomicInteger now = underWay.computeIfAbsent(key, k -> new AtomicInteger());
      if (now.incrementAndGet() > 1) {
        overlaps.add(key);
      }
      try {
        calls.computeIfAbsent(key, k -> new CopyOnWriteArrayList<>()).add(idOf(event.event()));
        return answer.to(destination, event);
      } finally {
        now.decrementAndGet();
      }
    }

    @Override
    public void stateChanged(Destination destination, boolean failing, String reason) {
      states.add(destination.id() + (failing ? " fails: " + reason : " works"));
    }

    List<String> callsOf(Destination destination) {
      return calls.getOrDefault(destination.toString(), List.of());
    }
  }

  private static Destination destination(TenantId tenant, String id) {
    return new Destination(tenant, id, "https://ehr.example/hook", Map.of());
  }

  @BeforeEach
  void open() {
    database = TestDatabase.fresh();
    log = new PostgresEventLog(database.dataSource(), database.keys(), Clock.systemUTC(), signal);
  }

  @AfterEach
  void close() throws InterruptedException {
    for (DeliveryRunner runner : runners) {
      runner.stop(PATIENCE);
    }
    database.close();
    assertThat(channel.overlaps).isEmpty();
  }

  private DeliveryRunner start(DeliveryPolicy policy) {
    DeliveryRunner runner =
        new DeliveryRunner(
            database.dataSource(),
            database.transactionManager(),
            log,
            signal,
            Clock.systemUTC(),
            meters,
            policy,
            List.of(channel));
    runners.add(runner);
    runner.start();
    return runner;
  }

  /** Lists destinations and waits until their cursors are there. */
  private void declare(Destination... destinations) throws InterruptedException {
    channel.destinations.addAll(List.of(destinations));
    waitUntil("cursors are there", () -> count("telemetry.delivery") >= destinations.length);
  }

  private void append(String... ids) {
    for (String id : ids) {
      append(TENANT, id);
    }
  }

  private void append(TenantId tenant, String id) {
    database
        .transactions()
        .executeWithoutResult(
            status -> log.append(tenant, new Source("fhir", "gateway"), written(id)));
  }

  private int count(String table) {
    return database.jdbc().sql("select count(*) from " + table).query(Integer.class).single();
  }

  private long position(Destination destination) {
    return database
        .jdbc()
        .sql(
            """
            select position from telemetry.delivery
            where tenant_id = :tenant and channel = 'fake' and destination = :id
            """)
        .param("tenant", destination.tenant().value())
        .param("id", destination.id())
        .query(Long.class)
        .single();
  }

  private String state(Destination destination) {
    return database
        .jdbc()
        .sql(
            """
            select state || ' ' || attempts || ' ' || coalesce(last_error, '')
            from telemetry.delivery where tenant_id = :tenant and destination = :id
            """)
        .param("tenant", destination.tenant().value())
        .param("id", destination.id())
        .query(String.class)
        .single();
  }

  @Test
  void deliversInOrderFromTheHeadOnToTheTenantsDestinationsOnly() throws Exception {
    append("before");
    start(PATIENT);
    declare(A, B, ELSEWHERE);
    for (int i = 0; i < 25; i++) {
      append("e-" + i);
    }
    append(OTHER_TENANT, "theirs");

    waitUntil(
        "all passed", () -> position(A) == 27 && position(B) == 27 && position(ELSEWHERE) == 27);
    assertThat(channel.callsOf(A)).hasSize(25).startsWith("e-0", "e-1").endsWith("e-23", "e-24");
    assertThat(channel.callsOf(B)).isEqualTo(channel.callsOf(A));
    assertThat(channel.callsOf(ELSEWHERE)).containsExactly("theirs");
    assertThat(channel.states).isEmpty();
  }

  @Test
  void triesAgainUntilItIsConfirmedAndTellsTheChannelOnce() throws Exception {
    AtomicInteger failures = new AtomicInteger(4);
    channel.answer =
        (destination, event) -> {
          if (idOf(event.event()).equals("b") && failures.getAndDecrement() > 0) {
            throw new DeliveryFailedException("no answer", false);
          }
          return true;
        };
    start(PATIENT);
    declare(A);
    append("a", "b", "c");

    waitUntil("all passed", () -> position(A) == 3);
    assertThat(channel.callsOf(A)).containsExactly("a", "b", "b", "b", "b", "b", "c");
    waitUntil("told", () -> channel.states.size() == 2);
    assertThat(channel.states)
        .containsExactly("Subscription/a fails: no answer", "Subscription/a works");
    assertThat(state(A)).isEqualTo("ok 0 no answer");
    assertThat(count("telemetry.dead_letter")).isZero();
  }

  @Test
  void treatsABugOfTheChannelAsAFailureAndKeepsItsMessageToItself() throws Exception {
    AtomicInteger failures = new AtomicInteger(1);
    channel.answer =
        (destination, event) -> {
          if (failures.getAndDecrement() > 0) {
            throw new IllegalStateException("marker");
          }
          return true;
        };
    start(PATIENT);
    declare(A);
    append("a");

    waitUntil("passed", () -> position(A) == 1);
    assertThat(channel.callsOf(A)).containsExactly("a", "a");
    assertThat(state(A)).isEqualTo("ok 0 java.lang.IllegalStateException");
  }

  @Test
  void buriesAnEventThatIsRefusedForGoodAndGoesOn() throws Exception {
    channel.answer =
        (destination, event) -> {
          if (idOf(event.event()).equals("b")) {
            throw new DeliveryFailedException("refused", true);
          }
          return true;
        };
    start(PATIENT);
    declare(A);
    append("a", "b", "c");

    waitUntil("all passed", () -> position(A) == 3);
    assertThat(channel.callsOf(A)).containsExactly("a", "b", "c");
    assertThat(deadLetters()).containsExactly("demo fake Subscription/a 2 refused 1");
    waitUntil("told", () -> channel.states.size() == 2);
    assertThat(meters.get("vigil.delivery").tag("outcome", "dead").counter().count()).isEqualTo(1);
  }

  @Test
  void buriesAnEventThatGrewOldWhileItsDestinationFailed() throws Exception {
    channel.answer =
        (destination, event) -> {
          if (!idOf(event.event()).equals("c")) {
            throw new DeliveryFailedException("no answer", false);
          }
          return true;
        };
    start(IMPATIENT);
    declare(A);
    append("a", "b", "c");

    waitUntil("all passed", () -> position(A) == 3);
    assertThat(channel.callsOf(A).stream().filter("a"::equals)).hasSizeGreaterThan(3);
    assertThat(deadLetters())
        .satisfiesExactly(
            first -> assertThat(first).startsWith("demo fake Subscription/a 1 no answer"),
            second -> assertThat(second).startsWith("demo fake Subscription/a 2 no answer"));
    waitUntil("told", () -> channel.states.size() == 2);
  }

  @Test
  void goesOnAfterARestartWithoutLossOrASecondConfirmation() throws Exception {
    channel.answer =
        (destination, event) -> {
          if (idOf(event.event()).equals("b")) {
            throw new DeliveryFailedException("no answer", false);
          }
          return true;
        };
    DeliveryRunner first = start(PATIENT);
    declare(A);
    append("a", "b", "c");
    waitUntil("b is tried", () -> channel.callsOf(A).size() > 2);
    first.stop(PATIENCE);
    append("d");
    channel.calls.clear();
    channel.answer = (destination, event) -> true;

    start(PATIENT);

    waitUntil("all passed", () -> position(A) == 4);
    assertThat(channel.callsOf(A)).containsExactly("b", "c", "d");
    waitUntil("told", () -> channel.states.size() == 2);
    assertThat(channel.states).last().isEqualTo("Subscription/a works");
  }

  @Test
  void sendsAgainWhatWasSentBeforeTheCursorWasLost() throws Exception {
    DeliveryRunner first = start(PATIENT);
    declare(A);
    append("a", "b");
    waitUntil("all passed", () -> position(A) == 2);
    first.stop(PATIENCE);
    database.jdbc().sql("update telemetry.delivery set position = 1").update();

    start(PATIENT);

    waitUntil("passed again", () -> position(A) == 2);
    assertThat(channel.callsOf(A)).containsExactly("a", "b", "b");
  }

  @Test
  void aSlowDestinationDoesNotHoldUpAnother() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    channel.answer =
        (destination, event) -> {
          if (destination.equals(A)) {
            try {
              release.await(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
              throw new DeliveryFailedException("interrupted", false);
            }
          }
          return true;
        };
    start(PATIENT);
    declare(A, B);
    append("a", "b", "c");

    waitUntil("b has all", () -> position(B) == 3);
    assertThat(position(A)).isZero();
    release.countDown();
    waitUntil("a has all", () -> position(A) == 3);
    assertThat(channel.callsOf(A)).containsExactly("a", "b", "c");
  }

  @Test
  void aStopLetsTheCallUnderWayEnd() throws Exception {
    CountDownLatch underWay = new CountDownLatch(1);
    channel.answer =
        (destination, event) -> {
          underWay.countDown();
          try {
            Thread.sleep(200);
          } catch (InterruptedException e) {
            throw new DeliveryFailedException("interrupted", false);
          }
          return true;
        };
    DeliveryRunner runner = start(PATIENT);
    declare(A);
    append("a", "b");
    assertThat(underWay.await(10, TimeUnit.SECONDS)).isTrue();

    runner.stop(PATIENCE);

    assertThat(channel.callsOf(A)).containsExactly("a");
    assertThat(position(A)).isEqualTo(1);
  }

  @Test
  void unwantedEventsMoveTheCursorOn() throws Exception {
    channel.answer = (destination, event) -> idOf(event.event()).equals("b");
    start(PATIENT);
    declare(A);
    append("a", "b", "c");

    waitUntil("all passed", () -> position(A) == 3);
    assertThat(channel.callsOf(A)).containsExactly("a", "b", "c");
    assertThat(meters.get("vigil.delivery").tag("outcome", "confirmed").counter().count())
        .isEqualTo(1);
  }

  @Test
  void aDestinationThatWasAwayGetsWhatItMissed() throws Exception {
    start(PATIENT);
    declare(A, B);
    append("a");
    waitUntil("both have it", () -> position(A) == 1 && position(B) == 1);
    channel.destinations.remove(A);
    waitUntil(
        "a is no longer served",
        () -> {
          append("x");
          return position(A) < log.head() - 5;
        });
    waitUntil("b has all", () -> position(B) == log.head());
    assertThat(position(A)).isLessThan(log.head());
    channel.destinations.add(A);

    waitUntil("a has all", () -> position(A) == log.head());
    assertThat(channel.callsOf(A)).isEqualTo(channel.callsOf(B));
  }

  @Test
  void anUnreadableEventIsBuriedWithoutBlame() throws Exception {
    DeliveryRunner first = start(PATIENT);
    declare(A);
    first.stop(PATIENCE);
    append("a", "b");
    database.jdbc().sql("alter table telemetry.event disable trigger user").update();
    database.jdbc().sql("update telemetry.event set version = 9 where sequence = 1").update();

    start(PATIENT);

    waitUntil("all passed", () -> position(A) == 2);
    assertThat(channel.callsOf(A)).containsExactly("b");
    assertThat(deadLetters())
        .containsExactly("demo fake Subscription/a 1 the event is unreadable 0");
    assertThat(channel.states).isEmpty();
  }

  private List<String> deadLetters() {
    return database
        .jdbc()
        .sql(
            """
            select concat_ws(' ', tenant_id, channel, destination, sequence, error, attempts)
            from telemetry.dead_letter order by sequence
            """)
        .query(String.class)
        .list();
  }
}
