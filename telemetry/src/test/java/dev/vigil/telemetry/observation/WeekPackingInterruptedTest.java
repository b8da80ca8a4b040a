package dev.vigil.telemetry.observation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vigil.core.TenantId;
import dev.vigil.telemetry.TestDatabase;
import dev.vigil.telemetry.observation.ObservationWrite.Effective;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.hl7.fhir.r4.model.Observation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.NestedRuntimeException;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** Hazard: a week that is half packed when the server, its connection or the database dies. */
@Tag("safety")
class WeekPackingInterruptedTest {

  private static final TenantId TENANT = new TenantId("demo");
  private static final Instant START = Instant.parse("2026-03-02T00:00:00Z");
  private static final Clock CLOCK = Clock.fixed(START.plus(Duration.ofDays(60)), ZoneOffset.UTC);
  private static final String SYSTEM = SplitTest.heartRate().getIdentifierFirstRep().getSystem();
  private static final int READINGS = 600;
  private static final Duration WAIT = Duration.ofSeconds(60);

  private final TestDatabase database = TestDatabase.fresh();
  private final PostgresObservations store =
      new PostgresObservations(
          database.dataSource(),
          new ObservationPartitions(database.dataSource()),
          new TestExtractor(),
          (tenant, sequence, shape, json) -> {});
  private final List<ObservationKey> keys = new ArrayList<>();

  /** Of every 50th there is a second version, which stays a row. */
  @BeforeEach
  void write() {
    List<ObservationWrite> first = new ArrayList<>();
    List<ObservationWrite> second = new ArrayList<>();
    for (int i = 0; i < READINGS; i++) {
      ObservationKey key = store.allocate(List.of(START)).get(0);
      keys.add(key);
      first.add(put(key, 1, i, START.plusSeconds(i)));
      if (i % 50 == 0) {
        second.add(put(key, 2, i, START.plusSeconds(i)));
      }
    }
    record(1, first);
    record(2, second);
  }

  @AfterEach
  void close() {
    database.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "insert on telemetry.packed_week for each row",
        "insert on telemetry.observation_block for each statement",
        "insert on telemetry.block_identifier for each statement",
        "delete on telemetry.observation for each statement",
        "update on telemetry.packed_week for each row when (new.shrunk_at is null)",
        "update on telemetry.packed_week for each row when (new.shrunk_at is not null)"
      })
  void staysWholeAndIsPackedLaterWhenItsConnectionDies(String step) {
    String before = whole();
    dieAfter(step);

    assertThatThrownBy(() -> packing().run(() -> false)).isInstanceOf(NestedRuntimeException.class);

    boolean packed = step.contains("is not null");
    assertThat(inBlocks()).isEqualTo(packed ? READINGS - READINGS / 50 : 0);
    assertThat(whole()).isEqualTo(before);

    database.jdbc().sql("drop trigger dies on " + step.split(" ")[2]).update();
    assertThat(packing().run(() -> false)).isEqualTo(packed ? 0 : 1);
    assertThat(inBlocks()).isEqualTo(READINGS - READINGS / 50);
    assertThat(pages()).isLessThan(5);
    assertThat(whole()).isEqualTo(before);
  }

  /** As of a dump or a rebuild, which look at the week for the first time when it is packed. */
  @Test
  void isWholeToASnapshotFromBefore() {
    TransactionTemplate lasting = new TransactionTemplate(database.transactionManager());
    lasting.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
    String before = whole();
    ExecutorService other = Executors.newSingleThreadExecutor();
    lasting.executeWithoutResult(
        status -> {
          database.jdbc().sql("select count(*) from telemetry.target").query(Long.class).single();
          assertThat(other.submit(() -> packing().run(() -> false)))
              .succeedsWithin(WAIT)
              .isEqualTo(1);
          assertThat(whole()).isEqualTo(before);
        });
    other.shutdown();
    assertThat(inBlocks()).isEqualTo(READINGS - READINGS / 50);
    assertThat(whole()).isEqualTo(before);
  }

  /** What a snapshot does not see of announcements must not be what others know for a while. */
  @Test
  void isKnownToOthersThanASnapshotFromBefore() {
    TransactionTemplate lasting = new TransactionTemplate(database.transactionManager());
    lasting.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
    PackedWeeks weeks = new PackedWeeks(database.jdbc());
    ExecutorService other = Executors.newSingleThreadExecutor();
    lasting.executeWithoutResult(
        status -> {
          database.jdbc().sql("select count(*) from telemetry.target").query(Long.class).single();
          assertThat(
                  other.submit(
                      () ->
                          database
                              .jdbc()
                              .sql("insert into telemetry.packed_week (week) values (7)")
                              .update()))
              .succeedsWithin(WAIT)
              .isEqualTo(1);
          assertThat(weeks.weeks()).isEmpty();
        });
    other.shutdown();
    assertThat(weeks.weeks()).containsExactly(7);
  }

  private void dieAfter(String step) {
    database
        .jdbc()
        .sql(
            """
            create function public.die() returns trigger language plpgsql as $$
            begin
              perform pg_terminate_backend(pg_backend_pid());
              perform pg_sleep(60);
              return null;
            end
            $$
            """)
        .update();
    database
        .jdbc()
        .sql("create trigger dies after " + step + " execute function public.die()")
        .update();
  }

  private WeekPacking packing() {
    return new WeekPacking(
        database.dataSource(),
        database.transactions(),
        CLOCK,
        Duration.ofDays(28),
        Duration.ZERO,
        Duration.ZERO,
        1);
  }

  private String whole() {
    Criterion heartRates = Criterion.Token.of("code", "http://loinc.org", "8867-4");
    Set<ObservationIdentifier> asked =
        Set.of(
            new ObservationIdentifier(TENANT, SYSTEM, "reading-7"),
            new ObservationIdentifier(TENANT, SYSTEM, "reading-50"));
    return store.load(TENANT, keys).values().stream()
            .map(one -> one.version() + " " + one.updatedAt() + one.json())
            .collect(Collectors.joining("\n"))
        + store.count(TENANT, heartRates)
        + store.search(ObservationQuery.of(TENANT, heartRates, READINGS)).size()
        + store.countHistory(new HistoryQuery(TENANT, Optional.empty(), null, null, false, 0, 9))
        + database.transactions().execute(status -> store.claim(asked)).values();
  }

  private long inBlocks() {
    return number("select coalesce(sum(rows), 0) from telemetry.observation_block");
  }

  private long pages() {
    return number(
        "select pg_relation_size('telemetry_leaf.observation_w%d') / 8192"
            .formatted(Week.of(START)));
  }

  private long number(String sql) {
    return database.jdbc().sql(sql).query(Long.class).single();
  }

  private static ObservationWrite.Put put(
      ObservationKey key, long version, int number, Instant at) {
    Observation reading = SplitTest.heartRate();
    reading.getIdentifierFirstRep().setValue("reading-" + number);
    reading.getValueQuantity().setValue(60 + number % 40 + version);
    return new ObservationWrite.Put(
        key,
        key.id(),
        version,
        at.plusSeconds(version),
        SplitTest.json(reading),
        new Effective(at, at),
        at,
        List.of(ObservationLink.local(NewRow.SUBJECT, "Patient", 1001, "p1")),
        List.of());
  }

  private void record(long sequence, List<ObservationWrite> writes) {
    database.transactions().executeWithoutResult(status -> store.record(TENANT, sequence, writes));
  }
}
