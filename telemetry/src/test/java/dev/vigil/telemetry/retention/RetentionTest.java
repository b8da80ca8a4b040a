package dev.vigil.telemetry.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vigil.core.ObservationId;
import dev.vigil.core.PatientId;
import dev.vigil.core.ProblemException;
import dev.vigil.core.Quantity;
import dev.vigil.core.Reading;
import dev.vigil.core.TenantId;
import dev.vigil.core.event.ObservationsExpired;
import dev.vigil.telemetry.ReadingJournal;
import dev.vigil.telemetry.TestDatabase;
import dev.vigil.telemetry.TestReadings;
import dev.vigil.telemetry.aggregate.AggregateReader;
import dev.vigil.telemetry.aggregate.AggregateRecount;
import dev.vigil.telemetry.aggregate.Aggregation;
import dev.vigil.telemetry.log.ChainVerifier;
import dev.vigil.telemetry.log.LogSignal;
import dev.vigil.telemetry.log.LoggedEvent;
import dev.vigil.telemetry.log.PostgresEventLog;
import dev.vigil.telemetry.log.Source;
import dev.vigil.telemetry.observation.IndexEntry;
import dev.vigil.telemetry.observation.ObservationKey;
import dev.vigil.telemetry.observation.ObservationLink;
import dev.vigil.telemetry.observation.ObservationPartitions;
import dev.vigil.telemetry.observation.ObservationWrite;
import dev.vigil.telemetry.observation.ObservationWrite.Effective;
import dev.vigil.telemetry.observation.Observations;
import dev.vigil.telemetry.observation.PackNow;
import dev.vigil.telemetry.observation.PostgresObservations;
import dev.vigil.telemetry.reading.PostgresReadings;
import dev.vigil.telemetry.reading.ReadingShapes;
import dev.vigil.terminology.metric.MetricCatalog;
import dev.vigil.terminology.metric.RangeTable;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Hazard: something that has to be kept is deleted, or something deleted is still there. */
@Tag("safety")
class RetentionTest {

  private static final TenantId TENANT = new TenantId("demo");
  private static final TenantId OTHER = new TenantId("other");
  private static final Source ADMIN = new Source("cli", "operator");
  private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");
  private static final String VITALS = "urn:category|vital-signs";
  private static final Pattern CATEGORY = Pattern.compile("\"category\".*?\"code\":\"([a-z-]+)\"");

  private final TestDatabase database = TestDatabase.fresh();
  private final Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
  private final Observations store =
      new PostgresObservations(
          database.dataSource(),
          new ObservationPartitions(database.dataSource()),
          json -> {
            Matcher category = CATEGORY.matcher(json);
            return category.find()
                ? List.of(new IndexEntry.Token("category", 0, "urn:category", category.group(1)))
                : List.of();
          },
          new ReadingShapes(database.dataSource(), MetricCatalog.standard()));
  private final PostgresEventLog log =
      new PostgresEventLog(database.dataSource(), database.keys(), clock, new LogSignal());
  private final RetentionPolicies policies =
      new RetentionPolicies(database.dataSource(), database.transactions(), log, clock);
  private final LegalHolds holds =
      new LegalHolds(database.dataSource(), database.transactions(), log, clock);
  private final Aggregation aggregation =
      new Aggregation(MetricCatalog.standard(), RangeTable.standard());
  private final Retention retention =
      new Retention(
          database.dataSource(),
          database.transactions(),
          log,
          policies,
          holds,
          new PostgresReadings(database.dataSource(), MetricCatalog.standard()),
          new AggregateRecount(database.dataSource(), database.transactions(), aggregation),
          clock);

  @AfterEach
  void close() {
    database.close();
  }

  private ObservationKey create(TenantId tenant, String category, long patient, Instant at) {
    ObservationKey key = store.allocate(List.of(at)).get(0);
    write(tenant, put(key, 1, category, patient, at));
    return key;
  }

  private void write(TenantId tenant, ObservationWrite write) {
    database.transactions().executeWithoutResult(status -> store.record(tenant, 1, List.of(write)));
  }

  private static ObservationWrite put(
      ObservationKey key, long version, String category, long patient, Instant at) {
    String json =
        "{\"resourceType\":\"Observation\""
            + (category.isEmpty()
                ? ""
                : ",\"category\":[{\"coding\":[{\"system\":\"urn:category\",\"code\":\""
                    + category
                    + "\"}]}]")
            + ",\"effectiveDateTime\":\""
            + at
            + "\"}";
    return new ObservationWrite.Put(
        key,
        key.id(),
        version,
        NOW.minus(Duration.ofDays(1)).plusSeconds(version),
        json,
        new Effective(at, at),
        at,
        List.of(
            new ObservationLink(
                "Observation.subject", "Patient", patient, "p" + patient, null, null)),
        List.of());
  }

  private static Instant ago(int days) {
    return NOW.minus(Duration.ofDays(days));
  }

  private boolean there(TenantId tenant, ObservationKey key) {
    return !store.findByKeys(tenant, List.of(key)).isEmpty();
  }

  private List<ObservationsExpired> told() {
    return log.read(0, 1_000).stream()
        .map(LoggedEvent::event)
        .filter(ObservationsExpired.class::isInstance)
        .map(ObservationsExpired.class::cast)
        .toList();
  }

  private long rows(String table) {
    return database
        .jdbc()
        .sql("select count(*) from telemetry." + table)
        .query(Long.class)
        .single();
  }

  private void keep(String category, int days) {
    policies.set(TENANT, category, OptionalInt.of(days), ADMIN);
  }

  @Test
  void keepsEverythingWithoutAPolicy() {
    ObservationKey old = create(TENANT, "vital-signs", 7, Instant.parse("1990-01-01T00:00:00Z"));
    assertThat(retention.run(() -> false)).isZero();
    assertThat(there(TENANT, old)).isTrue();
  }

  @Test
  void deletesByCategoryAndTheRestByThePolicyForOthers() {
    keep(VITALS, 30);
    keep("*", 100);
    ObservationKey vital = create(TENANT, "vital-signs", 7, ago(40));
    ObservationKey fresh = create(TENANT, "vital-signs", 7, ago(29));
    ObservationKey lab = create(TENANT, "laboratory", 7, ago(40));
    ObservationKey oldLab = create(TENANT, "laboratory", 7, ago(110));
    ObservationKey none = create(TENANT, "", 7, Instant.parse("1990-01-01T00:00:00Z"));
    ObservationKey foreign = create(OTHER, "vital-signs", 7, ago(400));

    assertThat(retention.preview(TENANT).values().stream().mapToLong(Long::longValue).sum())
        .isEqualTo(3);
    assertThat(retention.run(() -> false)).isEqualTo(3);

    assertThat(List.of(vital, oldLab, none)).noneMatch(key -> there(TENANT, key));
    assertThat(List.of(fresh, lab)).allMatch(key -> there(TENANT, key));
    assertThat(there(OTHER, foreign)).isTrue();
    assertThat(store.load(TENANT, vital, 1)).isEmpty();
    assertThat(told()).hasSize(3).allMatch(event -> event.count() == 1);
    assertThat(rows("retention_week")).isZero();
    assertThat(new ChainVerifier(database.dataSource()).verify().broken()).isEmpty();
    assertThat(retention.run(() -> false)).isZero();
  }

  @Test
  void deletesFromPackedWeeksWhatIsDueAndKeepsWhatIsHeldAndTheOthers() {
    keep("*", 30);
    List<ObservationKey> due = new ArrayList<>();
    List<ObservationKey> held = new ArrayList<>();
    List<ObservationKey> others = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      due.add(create(TENANT, "", 7, ago(70).plusSeconds(i)));
      held.add(create(TENANT, "", 8, ago(70).plusSeconds(i)));
      others.add(create(OTHER, "", 7, ago(70).plusSeconds(i)));
    }
    holds.place(TENANT, new PatientId("p8"), "file 1", ADMIN);
    var preview = retention.preview(TENANT);
    assertThat(preview.values()).containsExactly(300L);
    assertThat(PackNow.pack(database)).isEqualTo(900);
    assertThat(rows("observation")).isZero();
    assertThat(retention.preview(TENANT)).isEqualTo(preview);

    assertThat(retention.run(() -> false)).isEqualTo(300);

    assertThat(due).noneMatch(key -> there(TENANT, key));
    assertThat(held).allMatch(key -> there(TENANT, key));
    assertThat(others).allMatch(key -> there(OTHER, key));
    assertThat(told().stream().flatMap(event -> event.keys().stream()))
        .containsExactlyInAnyOrderElementsOf(due.stream().map(ObservationKey::id).toList());
    assertThat(rows("retention_week")).isZero();
    holds.release(TENANT, new PatientId("p8"), ADMIN);
    assertThat(retention.run(() -> false)).isEqualTo(300);
    assertThat(held).noneMatch(key -> there(TENANT, key));
    assertThat(others).allMatch(key -> there(OTHER, key));
  }

  @Test
  void emptiesAPackedWeekAtOnceWhenEverythingInItIsDue() {
    keep("*", 30);
    policies.set(OTHER, "*", OptionalInt.of(60), ADMIN);
    ObservationKey corrected = create(TENANT, "", 7, ago(70));
    for (int i = 0; i < 600; i++) {
      create(i % 3 == 0 ? OTHER : TENANT, "", 7, ago(70).plusSeconds(i));
    }
    database.jdbc().sql("update telemetry.observation set updated_at = '2026-09-20Z'").update();
    assertThat(PackNow.pack(database)).isEqualTo(601);
    write(TENANT, put(corrected, 2, "", 7, ago(70).plusSeconds(1)));
    assertThat(rows("observation")).isBetween(100L, 300L);
    assertThat(retention.run(() -> false)).isEqualTo(601);
    assertThat(told()).hasSize(2).allMatch(event -> event.keys().isEmpty());

    for (int i = 0; i < 600; i++) {
      create(TENANT, "", 7, ago(80).plusSeconds(i));
    }
    database.jdbc().sql("update telemetry.observation set updated_at = '2026-09-20Z'").update();
    assertThat(PackNow.pack(database)).isEqualTo(600);
    assertThat(retention.run(() -> false)).isEqualTo(600);
    assertThat(told()).last().matches(event -> event.keys().isEmpty() && event.count() == 600);
    for (String table :
        List.of("observation", "observation_block", "block_identifier", "observation_version")) {
      assertThat(rows(table)).as(table).isZero();
    }
  }

  @Test
  void neverDeletesEarlierThanSaidAndAtMostAWeekLater() {
    keep("*", 14);
    for (int hours = 24 * 10; hours < 24 * 30; hours += 6) {
      create(TENANT, "", 7, NOW.minus(Duration.ofHours(hours)));
    }
    retention.run(() -> false);
    List<Instant> left =
        database
            .jdbc()
            .sql("select effective_from from telemetry.observation order by 1")
            .query(java.time.OffsetDateTime.class)
            .list()
            .stream()
            .map(java.time.OffsetDateTime::toInstant)
            .toList();
    assertThat(left.get(0)).isBetween(ago(21), ago(14));
    assertThat(left).contains(ago(14), ago(10));
  }

  @Test
  void deletesVersionsAndWhatWasDeletedBefore() {
    keep(VITALS, 30);
    ObservationKey corrected = create(TENANT, "vital-signs", 7, ago(40));
    write(TENANT, put(corrected, 2, "vital-signs", 7, ago(41)));
    ObservationKey deleted = create(TENANT, "vital-signs", 7, ago(40));
    write(TENANT, new ObservationWrite.Delete(deleted, 2, NOW));
    ObservationKey keptLab = create(TENANT, "laboratory", 7, ago(40));
    write(TENANT, new ObservationWrite.Delete(keptLab, 2, NOW));

    assertThat(retention.run(() -> false)).isEqualTo(2);
    assertThat(rows("observation")).isZero();
    assertThat(there(TENANT, deleted)).isFalse();
    assertThat(there(TENANT, keptLab)).isTrue();
    assertThat(store.load(TENANT, keptLab, 1)).isPresent();
    assertThat(rows("observation_version")).isEqualTo(2);
  }

  @Test
  void goesByTheNewestTime() {
    keep("*", 30);
    ObservationKey moved = create(TENANT, "", 7, ago(400));
    write(TENANT, put(moved, 2, "", 7, ago(5)));
    ObservationKey back = create(TENANT, "", 7, ago(5));
    write(TENANT, put(back, 2, "", 7, ago(400)));
    create(TENANT, "", 7, ago(400));
    assertThat(retention.run(() -> false)).isEqualTo(2);
    assertThat(there(TENANT, moved)).isTrue();
    assertThat(store.load(TENANT, moved, 1)).isPresent();
    assertThat(there(TENANT, back)).isFalse();
    assertThat(rows("observation_place")).isOne();
  }

  @Test
  void deletesNothingOfAPersonUnderALegalHold() {
    keep("*", 30);
    ObservationKey held = create(TENANT, "", 7, ago(40));
    ObservationKey once = create(TENANT, "", 7, ago(40));
    write(TENANT, put(once, 2, "", 8, ago(40)));
    ObservationKey gone = create(TENANT, "", 7, ago(40));
    write(TENANT, new ObservationWrite.Delete(gone, 2, NOW));
    ObservationKey others = create(TENANT, "", 8, ago(40));
    holds.place(TENANT, new PatientId("p7"), "file 12", ADMIN);

    assertThat(retention.preview(TENANT).values()).containsExactly(1L);
    assertThat(retention.run(() -> false)).isOne();
    assertThat(List.of(held, once, gone)).allMatch(key -> there(TENANT, key));
    assertThat(there(TENANT, others)).isFalse();

    holds.release(TENANT, new PatientId("p7"), ADMIN);
    assertThat(retention.run(() -> false)).isEqualTo(3);
    assertThat(rows("observation_version")).isZero();
  }

  @Test
  void emptiesAWeekAtOnceWhenEverythingInItIsDueAndTakesALateReadingForIt() {
    keep("*", 30);
    policies.set(OTHER, "*", OptionalInt.of(60), ADMIN);
    Instant week = ago(70);
    for (int i = 0; i < 1_200; i++) {
      create(i % 3 == 0 ? OTHER : TENANT, "", 7, week.plusSeconds(i));
    }
    ObservationKey corrected = create(TENANT, "", 7, week);
    write(TENANT, put(corrected, 2, "", 7, week.plusSeconds(1)));
    database.jdbc().sql("update telemetry.observation set updated_at = '2026-09-20Z'").update();

    assertThat(retention.run(() -> false)).isEqualTo(1_201);
    assertThat(told()).hasSize(2).allMatch(event -> event.keys().isEmpty());
    assertThat(rows("observation")).isZero();
    assertThat(rows("observation_version")).isZero();

    ObservationKey late = create(TENANT, "", 7, week);
    assertThat(there(TENANT, late)).isTrue();
    database
        .jdbc()
        .sql("update telemetry.observation set updated_at = '2026-11-25 09:59Z'")
        .update();
    assertThat(retention.run(() -> false)).as("just written: in steps").isOne();
    assertThat(told()).hasSize(3).last().matches(event -> event.keys().equals(List.of(late.id())));
  }

  @Test
  void goesOnWhileOthersWriteIntoTheSameWeeks() throws Exception {
    keep("*", 30);
    List<ObservationKey> keys =
        IntStream.range(0, 1_500).mapToObj(i -> create(TENANT, "", 7, ago(40))).toList();
    AtomicBoolean stop = new AtomicBoolean();
    CountDownLatch begun = new CountDownLatch(3);
    ExecutorService threads = Executors.newFixedThreadPool(3);
    List<Future<Integer>> writers = new ArrayList<>();
    for (int n = 0; n < 3; n++) {
      int offset = n;
      writers.add(
          threads.submit(
              () -> {
                int gone = 0;
                for (int i = offset; !stop.get() && i < keys.size(); i += 3) {
                  ObservationKey key = keys.get(keys.size() - 1 - i);
                  boolean logFirst = i % 2 == 0;
                  try {
                    database
                        .transactions()
                        .executeWithoutResult(
                            status -> {
                              if (logFirst) {
                                log.lock();
                              }
                              store.record(TENANT, 2, List.of(put(key, 2, "", 7, ago(40))));
                              log.lock();
                            });
                  } catch (ProblemException e) {
                    gone++;
                  }
                  begun.countDown();
                }
                return gone;
              }));
    }
    assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
    long deleted = retention.run(() -> false);
    stop.set(true);
    for (Future<Integer> writer : writers) {
      writer.get(60, TimeUnit.SECONDS);
    }
    threads.shutdown();
    deleted += retention.run(() -> false);
    assertThat(deleted).isEqualTo(1_500);
    assertThat(rows("observation")).isZero();
    assertThat(rows("observation_version")).isZero();
  }

  @Test
  void aggregatesAndNewestValuesFollow() {
    ReadingJournal journal = new ReadingJournal(database, log);
    Instant old = ago(40);
    journal.write(
        TENANT,
        List.of(
            glucose("o-1", "ward-1", old),
            glucose("o-2", "ward-1", old.plusSeconds(300)),
            glucose("o-3", "ward-1", ago(20))));
    journal.write(TENANT, List.of(glucose("o-4", "ward-2", old)));
    AggregateReader reader = new AggregateReader(database.dataSource(), aggregation);
    database.transactions().executeWithoutResult(status -> reader.accept(log.read(0, 100)));
    assertThat(rows("reading_hour")).isEqualTo(3);
    assertThat(rows("signal")).isEqualTo(2);
    keep("*", 30);
    holds.place(TENANT, new PatientId("ward-2"), "file 12", ADMIN);

    assertThat(retention.run(() -> false)).isEqualTo(2);
    assertThat(rows("reading_hour")).isEqualTo(2);
    assertThat(rows("reading_day")).isEqualTo(2);
    assertThat(rows("signal")).isEqualTo(2);

    holds.release(TENANT, new PatientId("ward-2"), ADMIN);
    policies.set(TENANT, "*", OptionalInt.of(5), ADMIN);
    assertThat(retention.run(() -> false)).isEqualTo(2);
    assertThat(List.of(rows("reading_hour"), rows("reading_day"), rows("signal"))).containsOnly(0L);
  }

  private static Reading glucose(String id, String patient, Instant at) {
    return new Reading(
        new ObservationId(id),
        TestReadings.DEVICE,
        new PatientId(patient),
        TestReadings.GLUCOSE,
        Quantity.of("6.30", "mmol/L"),
        at,
        NOW,
        Set.of());
  }

  @Test
  void refusesWhatCannotBe() {
    assertThatThrownBy(() -> keep("vital-signs", 30)).isInstanceOf(ProblemException.class);
    assertThatThrownBy(() -> keep("*", 0)).isInstanceOf(ProblemException.class);
    assertThatThrownBy(() -> policies.set(TENANT, "*", OptionalInt.empty(), ADMIN))
        .isInstanceOf(ProblemException.class);
    PatientId person = new PatientId("p7");
    assertThatThrownBy(() -> holds.release(TENANT, person, ADMIN))
        .isInstanceOf(ProblemException.class);
    assertThatThrownBy(() -> holds.place(TENANT, person, " ", ADMIN))
        .isInstanceOf(ProblemException.class);
    holds.place(TENANT, person, "file 12", ADMIN);
    assertThatThrownBy(() -> holds.place(TENANT, person, "file 13", ADMIN))
        .isInstanceOf(ProblemException.class);
    assertThat(holds.of(OTHER)).isEmpty();
    assertThat(holds.of(TENANT)).extracting(LegalHolds.Hold::matter).containsExactly("file 12");
  }
}
