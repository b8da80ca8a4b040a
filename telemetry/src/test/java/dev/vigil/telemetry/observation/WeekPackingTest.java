package dev.vigil.telemetry.observation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vigil.core.ProblemException;
import dev.vigil.core.TenantId;
import dev.vigil.telemetry.TestDatabase;
import dev.vigil.telemetry.observation.Criterion.All;
import dev.vigil.telemetry.observation.Criterion.DateBound;
import dev.vigil.telemetry.observation.Criterion.Range;
import dev.vigil.telemetry.observation.ObservationWrite.Effective;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.DateTimeType;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Period;
import org.hl7.fhir.r4.model.Quantity;
import org.hl7.fhir.r4.model.StringType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Hazard: a packed reading is lost, found where it is not, or comes back changed. */
@Tag("safety")
class WeekPackingTest {

  private static final TenantId TENANT = new TenantId("demo");
  private static final TenantId OTHER = new TenantId("other");
  private static final Instant START = Instant.parse("2026-03-02T00:00:00Z");
  private static final Clock CLOCK = Clock.fixed(START.plus(Duration.ofDays(60)), ZoneOffset.UTC);
  private static final Set<String> SUBJECT = Set.of("Observation.subject");
  private static final int ROUNDS = 60;

  private final TestDatabase database = TestDatabase.fresh();
  private final PostgresObservations store = store();
  private final WeekPacking packing = packing(Duration.ZERO);
  private final Random random = new Random(4711);
  private final List<ObservationKey> keys = new ArrayList<>();
  private final List<String> identifiers = new ArrayList<>();
  private long sequence;

  private PostgresObservations store() {
    return new PostgresObservations(
        database.dataSource(),
        new ObservationPartitions(database.dataSource()),
        new TestExtractor(),
        (tenant, sequence, shape, json) -> {});
  }

  private WeekPacking packing(Duration grace) {
    return new WeekPacking(
        database.dataSource(),
        database.transactions(),
        CLOCK,
        Duration.ofDays(28),
        grace,
        Duration.ZERO,
        1);
  }

  @BeforeEach
  void write() {
    for (int round = 0; round < ROUNDS; round++) {
      for (int patient = 1; patient <= 3; patient++) {
        List<ObservationWrite> writes = new ArrayList<>();
        Instant at = START.plus(Duration.ofMinutes(round)).plusMillis(random.nextInt(999));
        writes.add(
            put(
                heartRate(at, "urn:uuid:" + new UUID(random.nextLong(), random.nextLong())),
                patient));
        writes.add(put(heartRate(at.plusMillis(3), null), patient));
        writes.add(put(pressure(at), patient));
        if (round % 3 == 0) {
          writes.add(put(note(at), patient));
          writes.add(put(heartRate(at.plusMillis(7), "own-" + round + "-" + patient), patient));
        }
        if (round % 10 == 0) {
          writes.add(put(heartRate(at.plus(Duration.ofDays(7)), null), patient));
          writes.add(put(heartRate(at.minus(Duration.ofDays(7)), null), patient));
          writes.add(put(spanning(at), patient));
          ObservationKey key = allocate(at);
          writes.add(put(key, "mine-" + round + "-" + patient, 1, heartRate(at, null), patient));
        }
        record(TENANT, writes);
        record(OTHER, List.of(put(heartRate(at, null), patient)));
        keys.remove(keys.size() - 1);
      }
    }
    record(TENANT, List.of(put(keys.get(0), keys.get(0).id(), 2, heartRate(START, "again"), 1)));
    record(TENANT, List.of(new ObservationWrite.Delete(keys.get(1), 2, updated())));
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void answersWhatTheRowsAnswered() {
    List<String> before = answers();
    pack();
    assertThat(inBlocks()).isGreaterThan(500);
    List<String> after = answers();
    assertThat(after).hasSameSizeAs(before);
    for (int i = 0; i < before.size(); i++) {
      assertThat(after.get(i)).as("answer " + i).isEqualTo(before.get(i));
    }
    assertThat(database.jdbc().sql(rows("packed_observation")).query(Long.class).single())
        .isEqualTo(inBlocks());
  }

  @Test
  void isExactForEveryRow() {
    String all =
        """
        select row_to_json(r)::text from (select %s from %s where place < %d order by place, tenant) as r
        """;
    PackedWeeks weeks = new PackedWeeks(database.jdbc());
    long behind = Week.place(Week.of(START) + 5);
    List<String> before =
        database
            .jdbc()
            .sql(all.formatted(PackedWeeks.COLUMNS, weeks.all(), behind))
            .query(String.class)
            .list();
    pack();
    assertThat(
            database
                .jdbc()
                .sql(all.formatted(PackedWeeks.COLUMNS, weeks.all(), behind))
                .query(String.class)
                .list())
        .isEqualTo(before);
  }

  @Test
  void takesCorrectionsAndDeletions() {
    pack();
    long packed = inBlocks();
    for (ObservationKey key : List.of(keys.get(5), keys.get(40))) {
      String first = load(key);
      record(TENANT, List.of(put(key, key.id(), 2, heartRate(START.plusSeconds(9), "new"), 2)));
      assertThat(store.load(TENANT, key, 1).orElseThrow().json()).isEqualTo(first);
      assertThat(load(key)).contains("new");
      assertThat(store.history(new HistoryQuery(TENANT, Optional.of(key), null, null, false, 0, 9)))
          .hasSize(2);
      record(TENANT, List.of(new ObservationWrite.Delete(key, 3, updated())));
      assertThat(store.load(TENANT, List.of(key)).get(key).deleted()).isTrue();
    }
    assertThat(inBlocks()).isBetween(1L, packed - 2);
    assertThatThrownBy(
            () -> record(TENANT, List.of(put(keys.get(9), keys.get(9).id(), 3, note(START), 1))))
        .isInstanceOf(ProblemException.class);
    assertThatThrownBy(
            () -> record(TENANT, List.of(put(keys.get(9), keys.get(9).id(), 1, note(START), 1))))
        .isInstanceOf(ProblemException.class);
  }

  @Test
  void losesNothingWhenBlocksAreUnpacked() {
    List<String> before = answers();
    pack();
    List<Long> all =
        database
            .jdbc()
            .sql("select place from telemetry.packed_observation")
            .query(Long.class)
            .list();
    database
        .transactions()
        .executeWithoutResult(
            status -> {
              for (int tenant : List.of(1, 2)) {
                new PackedWeeks(database.jdbc()).unpack(tenant, all);
              }
            });
    assertThat(inBlocks()).isZero();
    assertThat(answers()).isEqualTo(before);
  }

  @Test
  void takesALateReadingAndFindsItWithTheOthers() {
    pack();
    long found = store.count(TENANT, code("8867-4"));
    Instant late = START.plusSeconds(90);
    ObservationWrite.Put put = put(heartRate(late, "late"), 1);
    record(TENANT, List.of(put));
    assertThat(store.count(TENANT, code("8867-4"))).isEqualTo(found + 1);
    assertThat(search(All.of(code("8867-4"), at(late)))).contains(put.key());
  }

  @Test
  void findsAnIdentifierSoThatNobodyCreatesItTwice() {
    Set<ObservationIdentifier> asked = asked();
    Map<ObservationIdentifier, Set<ObservationKey>> before = claim(asked);
    assertThat(before).hasSizeGreaterThan(100);
    pack();
    assertThat(claim(asked)).isEqualTo(before);
    assertThat(
            claim(
                Set.of(
                    new ObservationIdentifier(TENANT, "urn:s", "urn:uuid:" + UUID.randomUUID()))))
        .isEmpty();
  }

  @Test
  void findsAnIdentifierWhileItsWeekIsPacked() throws Exception {
    Set<ObservationIdentifier> asked = asked();
    Map<ObservationIdentifier, Set<ObservationKey>> expected = claim(asked);
    packing(Duration.ofMinutes(10)).run(() -> false);
    ExecutorService thread = Executors.newSingleThreadExecutor();
    CountDownLatch done = new CountDownLatch(1);
    Future<Integer> claimer =
        thread.submit(
            () -> {
              int turns = 0;
              while (done.getCount() > 0) {
                assertThat(claim(asked)).isEqualTo(expected);
                turns++;
              }
              return turns;
            });
    List<Long> places = keys.stream().map(ObservationKey::value).toList();
    for (int turn = 0; turn < 8 && !claimer.isDone(); turn++) {
      packing.run(() -> false);
      database.jdbc().sql("update telemetry.packed_week set failed_at = null").update();
      database
          .transactions()
          .executeWithoutResult(status -> new PackedWeeks(database.jdbc()).unpack(1, places));
    }
    done.countDown();
    assertThat(claimer.get(60, TimeUnit.SECONDS)).isPositive();
    thread.shutdown();
  }

  @Test
  void packsAgainWhatGatheredSince() {
    List<String> before = answers();
    pack();
    database
        .transactions()
        .executeWithoutResult(
            status ->
                new PackedWeeks(database.jdbc())
                    .unpack(1, keys.stream().map(ObservationKey::value).toList()));
    long left = inBlocks();
    Set<ObservationIdentifier> asked = asked();
    Map<ObservationIdentifier, Set<ObservationKey>> claimed = claim(asked);
    assertThat(packing.run(() -> false)).isPositive();
    assertThat(inBlocks()).isGreaterThan(left + 100);
    assertThat(answers()).isEqualTo(before);
    assertThat(claim(asked)).isEqualTo(claimed);
    assertThat(packing.run(() -> false)).isZero();
  }

  @Test
  void erasesAPersonAndNobodyElse() {
    pack();
    long others = store.count(TENANT, subject(2)) + store.count(TENANT, subject(3));
    Observations.Erased step = new Observations.Erased(0, false);
    while (!step.done()) {
      step = database.transactions().execute(status -> store.eraseSubject(TENANT, 1001, 50));
    }
    assertThat(store.count(TENANT, subject(1))).isZero();
    assertThat(store.count(TENANT, subject(2)) + store.count(TENANT, subject(3))).isEqualTo(others);
    assertThat(
            database
                .jdbc()
                .sql(rows("observation_block") + " where tenant = 1 and patient = 1")
                .query(Long.class)
                .single())
        .isZero();
  }

  @Test
  void givesUpWhenSomethingIsWrittenMeanwhile() throws Exception {
    List<ObservationWrite> late = List.of(put(heartRate(START.plusSeconds(5), "meanwhile"), 1));
    ExecutorService thread = Executors.newSingleThreadExecutor();
    CountDownLatch written = new CountDownLatch(1);
    CountDownLatch commit = new CountDownLatch(1);
    Future<?> writer =
        thread.submit(
            () ->
                database
                    .transactions()
                    .executeWithoutResult(
                        status -> {
                          store.record(TENANT, 99, late);
                          written.countDown();
                          await(commit);
                        }));
    await(written);
    assertThat(packing.run(() -> false)).isEqualTo(2); // The weeks beside it.
    commit.countDown();
    writer.get(30, TimeUnit.SECONDS);
    thread.shutdown();
    assertThat(
            database
                .jdbc()
                .sql(rows("observation_block") + " where week = " + Week.of(START))
                .query(Long.class)
                .single())
        .isZero();
    assertThat(load(late.get(0).key())).contains("meanwhile");
    database.jdbc().sql("update telemetry.packed_week set failed_at = null").update();
    assertThat(packing.run(() -> false)).isEqualTo(1);
    assertThat(load(late.get(0).key())).contains("meanwhile");
  }

  @Test
  void readersAndWritersAtTheSameTimeSeeEveryReading() throws Exception {
    long expected = store.count(TENANT, code("8867-4"));
    ExecutorService threads = Executors.newFixedThreadPool(3);
    CountDownLatch done = new CountDownLatch(1);
    AtomicInteger turns = new AtomicInteger();
    List<Future<Integer>> readers = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      PostgresObservations each = store();
      readers.add(
          threads.submit(
              () -> {
                while (done.getCount() > 0) {
                  assertThat(each.count(TENANT, code("8867-4"))).isEqualTo(expected);
                  assertThat(each.load(TENANT, keys.subList(2, 40))).hasSize(38);
                  turns.incrementAndGet();
                }
                return turns.get();
              }));
    }
    Future<Integer> writer =
        threads.submit(
            () -> {
              int version = 2;
              while (done.getCount() > 0) {
                ObservationKey key = keys.get(20);
                record(TENANT, List.of(put(key, key.id(), version++, heartRate(START, "x"), 1)));
              }
              return version;
            });
    packing(Duration.ofMinutes(10)).run(() -> false);
    long known = turns.get() + 6; // Every reader has begun anew since the announcement.
    while (turns.get() < known && readers.stream().noneMatch(Future::isDone)) {
      Thread.sleep(10);
    }
    Instant until = Instant.now().plusSeconds(20);
    while (inBlocks() == 0 && Instant.now().isBefore(until)) {
      packing.run(() -> false);
      database.jdbc().sql("update telemetry.packed_week set failed_at = null").update();
    }
    done.countDown();
    for (Future<Integer> reader : readers) {
      assertThat(reader.get(30, TimeUnit.SECONDS)).isPositive();
    }
    int versions = writer.get(30, TimeUnit.SECONDS);
    threads.shutdown();
    ObservationKey key = keys.get(20);
    assertThat(
            store.history(
                new HistoryQuery(TENANT, Optional.of(key), null, null, false, 0, 100_000)))
        .hasSize(versions - 1);
  }

  @Test
  void keepsAWeekOfWhichNobodyWasToldYet() {
    WeekPacking careful = packing(Duration.ofMinutes(10));
    assertThat(careful.run(() -> false)).isZero();
    assertThat(inBlocks()).isZero();
    database
        .jdbc()
        .sql("update telemetry.packed_week set announced_at = now() - interval '11 min'")
        .update();
    assertThat(careful.run(() -> false)).isEqualTo(3);
  }

  private void pack() {
    assertThat(packing.run(() -> false)).isEqualTo(3);
  }

  private long inBlocks() {
    return database
        .jdbc()
        .sql("select coalesce(sum(rows), 0) from telemetry.observation_block")
        .query(Long.class)
        .single();
  }

  private static String rows(String table) {
    return "select count(*) from telemetry." + table;
  }

  /** Searches, orders, pages, contents, histories and links, as text. */
  private List<String> answers() {
    List<String> answers = new ArrayList<>();
    List<Criterion> filters =
        List.of(
            All.of(),
            code("8867-4"),
            code("85354-9"),
            subject(1),
            All.of(subject(2), code("8867-4")),
            All.of(subject(2), code("8867-4"), at(START.plus(Duration.ofMinutes(30)))),
            All.of(code("8867-4"), before(START.plus(Duration.ofMinutes(20)))),
            All.of(subject(3), at(START.plus(Duration.ofDays(7)))),
            value(70.0, 80.5),
            All.of(subject(1), value(null, 75.0)),
            new Criterion.Quantity(
                "value-quantity", new Range(274.0, true, 274.5, true), null, null, true),
            new Criterion.SameElement(
                List.of(
                    Criterion.Token.of("component-code", "urn:p", "systolic"),
                    new Criterion.Quantity(
                        "component-value-quantity",
                        new Range(120.0, true, null, true),
                        null,
                        null,
                        false))),
            new Criterion.Text("value-string", Criterion.Text.Mode.CONTAINS, "NOTE"),
            new Criterion.Token("identifier", null, Set.of(identifiers.get(7))),
            new Criterion.Token("identifier", null, Set.copyOf(identifiers.subList(3, 9))),
            new Criterion.Not(new Criterion.Token("identifier", null, Set.of(identifiers.get(7)))),
            new Criterion.Present("identifier"),
            new Criterion.Not(new Criterion.Present("identifier")),
            new Criterion.KeyIn(keys.subList(0, 30)),
            new Criterion.Updated(START.plusSeconds(100), START.plusSeconds(160)),
            Criterion.Any.of(subject(1), code("85354-9")),
            new Criterion.Not(code("8867-4")),
            Criterion.Link.present(Set.of("Observation.device")),
            new Criterion.Date(
                "when",
                List.of(
                    new DateBound(
                        DateBound.Edge.LOW,
                        DateBound.Comparison.GE,
                        START.plus(Duration.ofMinutes(50))))));
    List<List<Sort>> sorts =
        List.of(
            List.of(),
            List.of(new Sort(Sort.By.KEY, null, true)),
            List.of(new Sort(Sort.By.EFFECTIVE, null, true)),
            List.of(new Sort(Sort.By.EFFECTIVE, null, false)),
            List.of(new Sort(Sort.By.UPDATED, null, true)),
            List.of(
                new Sort(Sort.By.NUMBER, "value-quantity", false),
                new Sort(Sort.By.EFFECTIVE, null, true)));
    for (Criterion filter : filters) {
      answers.add("count " + store.count(TENANT, filter));
      answers.add("targets " + new TreeSet<>(store.targets(TENANT, filter, SUBJECT, "Patient")));
      for (List<Sort> sort : sorts) {
        for (int offset : List.of(0, 40)) {
          ObservationQuery query = new ObservationQuery(TENANT, filter, sort, 50, offset, null);
          answers.add(store.search(query).toString());
          answers.add(contents(store.find(query)));
        }
      }
      for (int max : List.of(1, 7)) {
        answers.add(
            store
                .newestOfShapes(TENANT, filter, max)
                .map(WeekPackingTest::contents)
                .orElse("not told"));
      }
      answers.add(pages(filter, List.of()));
      answers.add(pages(filter, List.of(new Sort(Sort.By.EFFECTIVE, null, true))));
    }
    List<ObservationKey> some = new ArrayList<>(keys.subList(0, 120));
    answers.add(contents(store.load(TENANT, some).values()));
    answers.add(new TreeMap<>(store.findByKeys(TENANT, some)).toString());
    answers.add(
        store.linksFrom(TENANT, some, Set.of()).stream()
            .map(Object::toString)
            .sorted()
            .toList()
            .toString());
    answers.add(store.linksTo(TENANT, List.of(1001L, 1003L), Set.of(), 10_000).toString());
    for (HistoryQuery query :
        List.of(
            new HistoryQuery(TENANT, Optional.empty(), null, null, false, 0, 80),
            new HistoryQuery(TENANT, Optional.empty(), START.plusSeconds(50), null, false, 10, 80),
            new HistoryQuery(
                TENANT,
                Optional.empty(),
                START.plusSeconds(90),
                START.plusSeconds(90),
                true,
                0,
                80),
            new HistoryQuery(TENANT, Optional.of(keys.get(0)), null, null, false, 0, 80),
            new HistoryQuery(TENANT, Optional.of(keys.get(30)), null, null, false, 0, 80))) {
      answers.add("versions " + store.countHistory(query));
      answers.add(store.history(query).stream().map(Object::toString).toList().toString());
    }
    answers.add(store.load(TENANT, keys.get(33), 1).orElseThrow().json());
    return answers;
  }

  private static String contents(Collection<StoredObservation> found) {
    return found.stream()
        .map(one -> one.version() + " " + one.updatedAt() + (one.deleted() ? "" : one.json()))
        .collect(Collectors.joining("\n"));
  }

  private String pages(Criterion filter, List<Sort> sort) {
    List<ObservationPosition> all = new ArrayList<>();
    ObservationPosition after = null;
    while (true) {
      List<ObservationPosition> page =
          store.search(new ObservationQuery(TENANT, filter, sort, 90, 0, after));
      all.addAll(page);
      if (page.size() < 90) {
        return all.toString();
      }
      after = page.get(page.size() - 1);
    }
  }

  private List<ObservationKey> search(Criterion filter) {
    return store.search(ObservationQuery.of(TENANT, filter, 10_000)).stream()
        .map(ObservationPosition::key)
        .toList();
  }

  private String load(ObservationKey key) {
    return store.load(TENANT, List.of(key)).get(key).json();
  }

  private Set<ObservationIdentifier> asked() {
    return identifiers.stream()
        .map(
            value ->
                new ObservationIdentifier(
                    TENANT, SplitTest.heartRate().getIdentifierFirstRep().getSystem(), value))
        .collect(Collectors.toSet());
  }

  private Map<ObservationIdentifier, Set<ObservationKey>> claim(Set<ObservationIdentifier> asked) {
    return database.transactions().execute(status -> store.claim(asked));
  }

  private static Criterion code(String code) {
    return Criterion.Token.of("code", "http://loinc.org", code);
  }

  private static Criterion subject(int patient) {
    return Criterion.Link.to(SUBJECT, List.of(1000L + patient));
  }

  private static Criterion value(Double low, Double high) {
    return new Criterion.Quantity(
        "value-quantity", new Range(low, true, high, true), null, null, false);
  }

  private static Criterion at(Instant from) {
    return new Criterion.Date(
        "date", List.of(new DateBound(DateBound.Edge.HIGH, DateBound.Comparison.GE, from)));
  }

  private static Criterion before(Instant to) {
    return new Criterion.Date(
        "date", List.of(new DateBound(DateBound.Edge.LOW, DateBound.Comparison.LT, to)));
  }

  private Observation heartRate(Instant at, String identifier) {
    Observation reading = SplitTest.heartRate();
    reading.setEffective(new DateTimeType(Date.from(at)));
    reading
        .getValueQuantity()
        .setValue(
            new BigDecimal(60 + random.nextInt(40))
                .add(BigDecimal.valueOf(random.nextInt(3) * 5L, random.nextInt(3))));
    if (identifier == null) {
      reading.setIdentifier(null);
    } else {
      reading.getIdentifierFirstRep().setValue(identifier);
      identifiers.add(identifier);
    }
    return reading;
  }

  private Observation pressure(Instant at) {
    Observation reading = new Observation();
    reading.getCode().addCoding().setSystem("http://loinc.org").setCode("85354-9");
    reading.setEffective(new DateTimeType(Date.from(at)));
    for (String code : List.of("systolic", "diastolic")) {
      Observation.ObservationComponentComponent component = reading.addComponent();
      component.getCode().addCoding().setSystem("urn:p").setCode(code);
      component.setValue(
          new Quantity().setValue(80 + random.nextInt(60)).setSystem("u").setCode("mm[Hg]"));
    }
    return reading;
  }

  private Observation note(Instant at) {
    Observation note = new Observation();
    note.getCode().addCoding().setSystem("http://loinc.org").setCode("48767-8");
    note.setEffective(new DateTimeType(Date.from(at)));
    note.setValue(new StringType("note " + random.nextInt(1000)));
    return note;
  }

  private Observation spanning(Instant at) {
    Observation spanning = SplitTest.heartRate();
    spanning.setIdentifier(null);
    spanning.setEffective(
        new Period().setStart(Date.from(at)).setEnd(Date.from(at.plusSeconds(600))));
    return spanning;
  }

  private ObservationKey allocate(Instant at) {
    return store.allocate(List.of(at)).get(0);
  }

  private Instant updated() {
    return START.plusSeconds(sequence).plusMillis(random.nextInt(900));
  }

  private ObservationWrite.Put put(Observation content, int patient) {
    ObservationKey key = allocate(begin(content));
    keys.add(key);
    return put(key, key.id(), 1, content, patient);
  }

  private ObservationWrite.Put put(
      ObservationKey key, String id, long version, Observation content, int patient) {
    Instant from = begin(content);
    Instant to =
        content.getEffective() instanceof Period period ? period.getEnd().toInstant() : from;
    String json =
        SplitTest.json(content)
            .replace("Patient/p1", "Patient/p" + patient)
            .replace("Device/d1", "Device/d" + patient);
    List<ObservationLink> links =
        Stream.concat(
                Stream.of(
                    ObservationLink.local(
                        "Observation.subject", "Patient", 1000 + patient, "p" + patient)),
                LongStream.range(0, content.hasDevice() ? 1 : 0)
                    .mapToObj(
                        n ->
                            ObservationLink.local(
                                "Observation.device", "Device", 2000 + patient, "d" + patient)))
            .toList();
    return new ObservationWrite.Put(
        key, id, version, updated(), json, new Effective(from, to), from, links, List.of());
  }

  private static Instant begin(Observation content) {
    return content.getEffective() instanceof Period period
        ? period.getStart().toInstant()
        : content.getEffectiveDateTimeType().getValue().toInstant();
  }

  private void record(TenantId tenant, List<? extends ObservationWrite> writes) {
    sequence++;
    database
        .transactions()
        .executeWithoutResult(status -> store.record(tenant, sequence, List.copyOf(writes)));
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
