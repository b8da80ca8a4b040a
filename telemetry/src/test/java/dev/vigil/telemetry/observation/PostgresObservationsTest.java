package dev.vigil.telemetry.observation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.vigil.core.ProblemException;
import dev.vigil.core.TenantId;
import dev.vigil.telemetry.TelemetrySchema;
import dev.vigil.telemetry.TestDatabase;
import dev.vigil.telemetry.observation.Criterion.All;
import dev.vigil.telemetry.observation.Criterion.DateBound;
import dev.vigil.telemetry.observation.Criterion.Range;
import dev.vigil.telemetry.observation.ObservationWrite.Effective;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.hl7.fhir.r4.model.DateTimeType;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Quantity;
import org.hl7.fhir.r4.model.StringType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class PostgresObservationsTest {

  private static final TenantId TENANT = new TenantId("demo");
  private static final TenantId OTHER = new TenantId("other");
  private static final Instant NOW = Instant.parse("2026-03-02T10:00:00Z");
  private static final Criterion EVERYTHING = All.of();

  private final TestDatabase database = TestDatabase.fresh();
  private final TestExtractor extractor = new TestExtractor();
  private final PostgresObservations observations = store(database.dataSource());

  private PostgresObservations store(javax.sql.DataSource dataSource) {
    return new PostgresObservations(
        dataSource,
        new ObservationPartitions(dataSource),
        extractor,
        (tenant, sequence, shape, json) -> {});
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Nested
  class KeepsVersions {

    @Test
    void fromTheFirstToADeletionAndOn() {
      ObservationKey key = create(reading(72, NOW));
      assertThat(current(key).json()).isEqualTo(SplitTest.json(reading(72, NOW)));
      record(put(key, 2, reading(73, NOW)));
      record(new ObservationWrite.Delete(key, 3, NOW.plusSeconds(3)));

      assertThat(observations.findByIds(TENANT, List.of(key.id(), "unknown")))
          .containsOnly(
              Map.entry(
                  key.id(), new ObservationState(key, key.id(), 3, NOW.plusSeconds(3), true)));
      assertThat(current(key).deleted()).isTrue();
      assertThat(observations.load(TENANT, key, 1).orElseThrow().json())
          .isEqualTo(SplitTest.json(reading(72, NOW)));
      assertThat(observations.load(TENANT, key, 1).orElseThrow().supersededAt())
          .contains(NOW.plusSeconds(2));
      assertThat(observations.load(TENANT, key, 4)).isEmpty();
      assertThat(find(EVERYTHING)).isEmpty();

      record(put(key, 4, reading(74, NOW)));
      assertThat(current(key).version()).isEqualTo(4);
      assertThat(versions(history(Optional.of(key), null, null, false)))
          .containsExactly(4L, 3L, 2L, 1L);
    }

    @Test
    @Tag("safety")
    void andRefusesOneThatIsNotTheNext() {
      ObservationKey key = create(reading(72, NOW));
      for (long version : new long[] {1, 3, 4}) {
        assertThatThrownBy(() -> record(put(key, version, reading(1, NOW))))
            .isInstanceOf(ProblemException.class);
      }
      assertThatThrownBy(() -> record(new ObservationWrite.Delete(key, 3, NOW)))
          .isInstanceOf(ProblemException.class);
      assertThat(current(key).json()).isEqualTo(SplitTest.json(reading(72, NOW)));
    }

    @Test
    void underAnIdOfTheClient() {
      ObservationKey key = allocate(NOW);
      record(put(key, "mine", 1, reading(72, NOW)));
      assertThat(observations.findByIds(TENANT, List.of("mine")).get("mine").key()).isEqualTo(key);
      assertThat(observations.findByIds(TENANT, List.of(key.id()))).isEmpty();
      assertThat(current(key).id()).isEqualTo("mine");
      assertThatThrownBy(() -> record(put(allocate(NOW), "mine", 1, reading(1, NOW))))
          .isInstanceOf(ProblemException.class);
      assertThatThrownBy(() -> record(put(key, allocate(NOW).id(), 1, reading(1, NOW))))
          .isInstanceOf(ProblemException.class);
      assertThat(observations.findByIds(OTHER, List.of("mine"))).isEmpty();
    }

    @Test
    void alsoWhenItsTimeIsCorrectedIntoAnotherWeek() {
      ObservationKey key = create(reading(72, NOW));
      Instant other = NOW.minus(Duration.ofDays(100));
      record(put(key, 2, reading(72, other)));
      assertThat(current(key).json()).isEqualTo(SplitTest.json(reading(72, other)));
      assertThat(observations.findByIds(TENANT, List.of(key.id()))).hasSize(1);
      assertThat(find(date(DateBound.Comparison.LE, other))).containsExactly(key);
      record(put(key, 3, reading(72, NOW)));
      assertThat(current(key).version()).isEqualTo(3);
      assertThat(find(date(DateBound.Comparison.GE, NOW))).containsExactly(key);
    }

    @Test
    void asTheyWereAtATime() {
      ObservationKey key = create(reading(72, NOW));
      record(put(key, 2, reading(73, NOW)));
      record(put(key, 5 - 2, reading(74, NOW)));
      Instant between = NOW.plusMillis(2_500);
      assertThat(versions(history(Optional.of(key), between, between, true))).containsExactly(2L);
      assertThat(versions(history(Optional.empty(), between, null, false))).containsExactly(3L);
      assertThat(
              observations.countHistory(
                  new HistoryQuery(TENANT, Optional.empty(), null, null, false, 0, 0)))
          .isEqualTo(3);
      assertThat(
              observations.countHistory(
                  new HistoryQuery(OTHER, Optional.of(key), null, null, false, 0, 0)))
          .isZero();
    }
  }

  @Nested
  @Tag("safety")
  class UnderRaces {

    @Test
    void oneOfManyConditionalCreatesWins() throws Exception {
      assertThat(
              concurrently(
                  12,
                  () ->
                      record(
                          new ObservationWrite.Put(
                              allocate(NOW),
                              "x",
                              1,
                              NOW,
                              SplitTest.json(reading(1, NOW)),
                              new Effective(NOW, NOW),
                              NOW,
                              List.of(),
                              List.of("code=a|b")))))
          .isEqualTo(1);
    }

    @Test
    void oneOfManyUpdatesWins() throws Exception {
      ObservationKey key = create(reading(72, NOW));
      assertThat(concurrently(12, () -> record(put(key, 2, reading(73, NOW))))).isEqualTo(1);
      assertThat(versions(history(Optional.of(key), null, null, false))).containsExactly(2L, 1L);
    }

    @Test
    void newShapesAndPartitionsAreMadeOnce() throws Exception {
      Instant tomorrow = Instant.parse("2031-05-05T00:00:00Z");
      assertThat(concurrently(12, () -> create(reading(72, tomorrow)))).isEqualTo(12);
      assertThat(observations.count(TENANT, EVERYTHING)).isEqualTo(12);
      assertThat(
              database
                  .jdbc()
                  .sql("select count(*) from telemetry.shape")
                  .query(Long.class)
                  .single())
          .isEqualTo(1);
    }

    @Test
    void aRollbackLeavesNothingThatALaterWriteWouldMiss() {
      Instant far = Instant.parse("2033-05-05T00:00:00Z");
      database
          .transactions()
          .executeWithoutResult(
              status -> {
                create(reading(72, far));
                status.setRollbackOnly();
              });
      ObservationKey key = create(reading(72, far));
      assertThat(current(key).json()).isEqualTo(SplitTest.json(reading(72, far)));
    }
  }

  @Test
  void readingsOfAllTimesFindTheirPartition() {
    List<ObservationKey> keys = new ArrayList<>();
    for (String moment :
        List.of(
            "0001-01-01T00:00:00Z",
            "1990-06-01T00:00:00Z",
            "2019-12-30T00:00:00Z",
            "2020-01-01T00:00:00Z",
            "2069-12-31T00:00:00Z",
            "2070-01-08T00:00:00Z",
            "9999-12-31T23:59:59Z")) {
      keys.add(create(reading(72, Instant.parse(moment))));
    }
    assertThat(observations.load(TENANT, keys).keySet()).containsExactlyElementsOf(keys);
    assertThat(find(EVERYTHING)).containsExactlyElementsOf(keys);
  }

  @Test
  void aRoleThatOwnsNothingWritesAndReadsThroughTheParentAlone() {
    database.jdbc().sql("drop role if exists store_app").update();
    database.jdbc().sql("create role store_app login").update();
    TelemetrySchema.grantUse(database.dataSource(), "store_app");
    try (HikariDataSource application = new HikariDataSource()) {
      application.setJdbcUrl(
          ((HikariDataSource) database.dataSource())
              .getJdbcUrl()
              .replace("user=postgres", "user=store_app"));
      application.setUsername("store_app");
      PostgresObservations restricted = store(application);
      new ObservationPartitions(application).makeAhead(NOW, 4);
      ObservationKey key = restricted.allocate(List.of(NOW)).get(0);
      restricted.record(TENANT, 1, List.of(put(key, 1, reading(72, NOW))));
      assertThat(restricted.load(TENANT, List.of(key))).hasSize(1);
      var jdbc = org.springframework.jdbc.core.simple.JdbcClient.create(application);
      assertThat(jdbc.sql("select current_user").query(String.class).single())
          .isEqualTo("store_app");
      TelemetrySchema.grantUse(database.dataSource(), "store_app");
      String leaf = "telemetry_leaf.observation_w" + Week.of(NOW);
      assertThat(database.jdbc().sql("select count(*) from " + leaf).query(Long.class).single())
          .isEqualTo(1);
      assertThatThrownBy(() -> jdbc.sql("select * from " + leaf).query().listOfRows())
          .hasStackTraceContaining("permission denied");
      assertThatThrownBy(() -> jdbc.sql("drop table telemetry.observation").update())
          .hasStackTraceContaining("must be owner");
    }
    database.jdbc().sql("drop owned by store_app").update();
    database.jdbc().sql("drop role store_app").update();
  }

  @Nested
  class Finds {

    private ObservationKey low;
    private ObservationKey high;
    private ObservationKey text;
    private ObservationKey pressure;

    @BeforeEach
    void fill() {
      low = create(reading(50, NOW.minus(Duration.ofDays(30))));
      high = create(reading(150, NOW));
      Observation words = new Observation();
      words.setStatus(Observation.ObservationStatus.FINAL);
      words.getCode().addCoding().setSystem("http://loinc.org").setCode("1");
      words.setValue(new StringType("Clear 100%"));
      text = create(words);
      pressure = create(pressure(120, 80, NOW));
    }

    @Test
    void byCodeValueAndTime() {
      assertThat(find(code("8867-4"))).containsExactly(low, high);
      assertThat(find(All.of(code("8867-4"), value(100.0, null)))).containsExactly(high);
      assertThat(find(new Criterion.Not(code("8867-4")))).containsExactlyInAnyOrder(text, pressure);
      assertThat(find(date(DateBound.Comparison.GE, NOW)))
          .containsExactlyInAnyOrder(high, pressure);
      assertThat(find(date(DateBound.Comparison.LT, NOW))).containsExactly(low);
      assertThat(
              find(
                  new Criterion.Date(
                      "when",
                      List.of(new DateBound(DateBound.Edge.LOW, DateBound.Comparison.GE, NOW)))))
          .containsExactlyInAnyOrder(high, pressure);
      assertThat(find(new Criterion.Not(new Criterion.Present("date")))).containsExactly(text);
      assertThat(find(new Criterion.Present("value-quantity"))).containsExactly(low, high);
      assertThat(
              find(
                  new Criterion.Quantity(
                      "value-quantity",
                      new Range(50 / 60.0 + 273.15, true, 50 / 60.0 + 273.15, true),
                      "ucum",
                      null,
                      true)))
          .containsExactly(low);
      assertThat(observations.count(TENANT, code("8867-4"))).isEqualTo(2);
      assertThat(observations.count(OTHER, EVERYTHING)).isZero();
    }

    @Test
    void byIdentifier() {
      assertThat(find(Criterion.Token.of("identifier", "urn:example:reading", "id150")))
          .containsExactly(high);
      assertThat(find(Criterion.Token.of("identifier", null, "id150"))).containsExactly(high);
      assertThat(find(Criterion.Token.of("identifier", "other", "id150"))).isEmpty();
      assertThat(find(new Criterion.Token("identifier", "urn:example:reading", null)))
          .containsExactly(low, high);
    }

    @Test
    void byText() {
      assertThat(find(words(Criterion.Text.Mode.STARTS, "CLEAR"))).containsExactly(text);
      assertThat(find(words(Criterion.Text.Mode.CONTAINS, "0%"))).containsExactly(text);
      assertThat(find(words(Criterion.Text.Mode.STARTS, "%"))).isEmpty();
      assertThat(find(words(Criterion.Text.Mode.EXACT, "clear 100%"))).isEmpty();
      assertThat(find(words(Criterion.Text.Mode.EXACT, "Clear 100%"))).containsExactly(text);
    }

    @Test
    void partsOfOneComponentOnly() {
      assertThat(find(component("systolic", 120))).containsExactly(pressure);
      assertThat(find(component("diastolic", 80))).containsExactly(pressure);
      assertThat(find(component("systolic", 80))).isEmpty();
    }

    @Test
    void byReference() {
      assertThat(find(Criterion.Link.to(Set.of("Observation.subject"), List.of(7L)))).hasSize(4);
      assertThat(find(Criterion.Link.to(Set.of("Observation.subject"), List.of(8L)))).isEmpty();
      assertThat(find(Criterion.Link.to(Set.of("Observation.performer"), List.of(9L)))).hasSize(4);
      assertThat(find(new Criterion.Not(Criterion.Link.present(Set.of("Observation.device")))))
          .hasSize(4);
      assertThat(observations.linksTo(TENANT, List.of(7L, 9L), Set.of(), 100)).hasSize(8);
      assertThat(
              observations.linksTo(TENANT, List.of(7L, 9L), Set.of("Observation.performer"), 100))
          .hasSize(4);
      assertThat(observations.linksFrom(TENANT, List.of(low), Set.of()))
          .extracting(found -> found.link().path())
          .containsExactlyInAnyOrder("Observation.subject", "Observation.performer");
      assertThat(observations.linksTo(OTHER, List.of(7L, 9L), Set.of(), 100)).isEmpty();
    }

    @Test
    void theOldestFirstWhereOneBeganInAnEarlierWeek() {
      ObservationKey began = allocate(NOW);
      record(
          new ObservationWrite.Put(
              began,
              began.id(),
              1,
              NOW,
              SplitTest.json(reading(99, NOW)),
              new Effective(NOW.minus(Duration.ofDays(60)), NOW),
              NOW,
              List.of(ObservationLink.local("Observation.subject", "Patient", 7, "p1")),
              List.of()));
      Criterion patient = Criterion.Link.to(Set.of("Observation.subject"), List.of(7L));
      assertThat(find(All.of(patient, date(DateBound.Comparison.GE, NOW))))
          .containsExactlyInAnyOrder(began, high, pressure);
      Sort oldest = new Sort(Sort.By.EFFECTIVE, null, false);
      for (int limit = 1; limit <= 5; limit++) {
        List<ObservationKey> found =
            observations
                .search(ObservationQuery.of(TENANT, EVERYTHING, limit).sortedBy(oldest))
                .stream()
                .map(ObservationPosition::key)
                .toList();
        assertThat(found).isEqualTo(List.of(began, low, high, pressure, text).subList(0, limit));
      }
    }

    @Test
    void inOrderAndByPages() {
      Sort newest = new Sort(Sort.By.EFFECTIVE, null, true);
      ObservationQuery query = ObservationQuery.of(TENANT, EVERYTHING, 1).sortedBy(newest);
      List<ObservationKey> paged = new ArrayList<>();
      for (List<ObservationPosition> page = observations.search(query);
          !page.isEmpty();
          page = observations.search(query)) {
        paged.add(page.get(0).key());
        query = query.after(page.get(0));
      }
      List<ObservationKey> whole =
          observations
              .search(ObservationQuery.of(TENANT, EVERYTHING, 100).sortedBy(newest))
              .stream()
              .map(ObservationPosition::key)
              .toList();
      assertThat(paged).isEqualTo(whole);
      assertThat(paged).endsWith(low, text).hasSize(4);
      for (Sort sort :
          List.of(
              new Sort(Sort.By.NUMBER, "value-quantity", true),
              new Sort(Sort.By.TEXT, "value-string", true),
              new Sort(Sort.By.TOKEN, "code", false),
              new Sort(Sort.By.DATE, "when", false),
              new Sort(Sort.By.LINK, "Observation.subject", false),
              new Sort(Sort.By.UPDATED, null, true))) {
        assertThat(observations.search(ObservationQuery.of(TENANT, EVERYTHING, 9).sortedBy(sort)))
            .hasSize(4);
      }
      assertThat(
              observations
                  .search(
                      ObservationQuery.of(TENANT, EVERYTHING, 9)
                          .sortedBy(new Sort(Sort.By.NUMBER, "value-quantity", true)))
                  .get(0)
                  .key())
          .isEqualTo(high);
    }

    @Test
    void periodsThatBeganInAnEarlierWeek() {
      ObservationKey key = allocate(NOW);
      record(
          new ObservationWrite.Put(
              key,
              key.id(),
              1,
              NOW,
              "{\"resourceType\":\"Observation\"}",
              new Effective(NOW.minus(Duration.ofDays(60)), null),
              NOW,
              List.of(),
              List.of()));
      assertThat(find(date(DateBound.Comparison.LE, NOW.minus(Duration.ofDays(50)))))
          .containsExactly(key);
      assertThat(current(key).json()).isEqualTo("{\"resourceType\":\"Observation\"}");
    }

    @Test
    @Tag("safety")
    void nothingOfAPersonOnceErased() {
      record(put(low, 2, reading(51, NOW)));
      record(new ObservationWrite.Delete(high, 2, NOW));
      long erased = 0;
      Observations.Erased step = new Observations.Erased(0, false);
      while (!step.done()) {
        step = database.transactions().execute(status -> observations.eraseSubject(TENANT, 7, 1));
        erased += step.count();
      }
      assertThat(erased).isEqualTo(4);
      for (String table :
          List.of(
              "observation",
              "observation_version",
              "observation_entry",
              "observation_link",
              "observation_place")) {
        assertThat(
                database
                    .jdbc()
                    .sql("select count(*) from telemetry." + table)
                    .query(Long.class)
                    .single())
            .as(table)
            .isZero();
      }
    }
  }

  @Test
  void theNumberOfAPatientIsKnownByItsIdOnceAReadingWasCommitted() {
    database
        .transactions()
        .executeWithoutResult(
            status -> {
              ObservationKey key = allocate(NOW);
              observations.record(TENANT, 1, List.of(put(key, key.id(), 1, reading(72, NOW))));
              assertThat(observations.pid(TENANT, "Patient", "p1")).hasValue(7);
              status.setRollbackOnly();
            });
    assertThat(observations.pid(TENANT, "Patient", "p1")).isEmpty();
    create(reading(72, NOW));
    for (PostgresObservations store : List.of(observations, store(database.dataSource()))) {
      for (int again = 0; again < 2; again++) {
        assertThat(store.pid(TENANT, "Patient", "p1")).hasValue(7);
        assertThat(store.pid(TENANT, "Patient", "p2")).isEmpty();
        assertThat(store.pid(TENANT, "Patient", "P1")).isEmpty();
        assertThat(store.pid(TENANT, "Device", "p1")).isEmpty();
        assertThat(store.pid(TENANT, "Practitioner", "d1")).isEmpty();
        assertThat(store.pid(OTHER, "Patient", "p1")).isEmpty();
      }
    }
  }

  @Test
  void readingsOfADeviceNeedNoRowsBesideTheirOwnAndAskTheExtractorOnce() {
    for (int i = 0; i < 20; i++) {
      create(reading(60 + i, NOW.plusSeconds(i)), false);
      create(pressure(120 + i, 80, NOW.plusSeconds(i)), false);
    }
    assertThat(extractor.asked).isEqualTo(8);
    assertThat(
            database
                .jdbc()
                .sql(
                    "select (select count(*) from telemetry.observation_entry) + (select count(*) from telemetry.observation_link) + (select count(*) from telemetry.observation_place)")
                .query(Long.class)
                .single())
        .isZero();
    assertThat(find(component("systolic", 125))).hasSize(1);
  }

  private int concurrently(int times, Runnable step) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(times);
    CountDownLatch start = new CountDownLatch(1);
    List<Future<Boolean>> results = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      results.add(
          threads.submit(
              () -> {
                start.await();
                try {
                  step.run();
                  return true;
                } catch (ProblemException e) {
                  return false;
                }
              }));
    }
    start.countDown();
    int done = 0;
    for (Future<Boolean> result : results) {
      done += result.get(30, TimeUnit.SECONDS) ? 1 : 0;
    }
    threads.shutdown();
    return done;
  }

  private static Criterion code(String code) {
    return Criterion.Token.of("code", "http://loinc.org", code);
  }

  private static Criterion value(Double low, Double high) {
    return new Criterion.Quantity(
        "value-quantity", new Range(low, true, high, true), null, null, false);
  }

  private static Criterion words(Criterion.Text.Mode mode, String value) {
    return new Criterion.Text("value-string", mode, value);
  }

  private static Criterion component(String code, double value) {
    return new Criterion.SameElement(
        List.of(
            Criterion.Token.of("component-code", "urn:p", code),
            new Criterion.Quantity(
                "component-value-quantity",
                new Range(value, true, value, true),
                null,
                null,
                false)));
  }

  private static Criterion date(DateBound.Comparison comparison, Instant moment) {
    DateBound.Edge edge =
        comparison == DateBound.Comparison.GE ? DateBound.Edge.HIGH : DateBound.Edge.LOW;
    return new Criterion.Date("date", List.of(new DateBound(edge, comparison, moment)));
  }

  private List<ObservationKey> find(Criterion criterion) {
    List<ObservationKey> found =
        observations.search(ObservationQuery.of(TENANT, criterion, 100)).stream()
            .map(ObservationPosition::key)
            .toList();
    assertThat(observations.count(TENANT, criterion)).isEqualTo(found.size());
    return found;
  }

  private List<StoredObservation> history(
      Optional<ObservationKey> key, Instant from, Instant to, boolean at) {
    return observations.history(new HistoryQuery(TENANT, key, from, to, at, 0, 100));
  }

  private static List<Long> versions(List<StoredObservation> history) {
    return history.stream().map(StoredObservation::version).toList();
  }

  private StoredObservation current(ObservationKey key) {
    return observations.load(TENANT, List.of(key)).get(key);
  }

  private ObservationKey allocate(Instant moment) {
    return observations.allocate(List.of(moment)).get(0);
  }

  private ObservationKey create(Observation observation) {
    return create(observation, true);
  }

  private ObservationKey create(Observation observation, boolean performer) {
    Instant moment =
        observation.hasEffective()
            ? observation.getEffectiveDateTimeType().getValue().toInstant()
            : NOW;
    ObservationKey key = allocate(moment);
    ObservationWrite.Put put = put(key, 1, observation);
    List<ObservationLink> links = new ArrayList<>();
    links.add(ObservationLink.local("Observation.subject", "Patient", 7, "p1"));
    if (performer) {
      links.add(ObservationLink.local("Observation.performer", "Practitioner", 9, "d1"));
    }
    record(
        new ObservationWrite.Put(
            key, put.id(), 1, NOW, put.json(), put.effective(), put.placedAt(), links, List.of()));
    return key;
  }

  private void record(ObservationWrite write) {
    database
        .transactions()
        .executeWithoutResult(status -> observations.record(TENANT, 1, List.of(write)));
  }

  private static ObservationWrite.Put put(ObservationKey key, long version, Observation content) {
    return put(key, key.id(), version, content);
  }

  private static ObservationWrite.Put put(
      ObservationKey key, String id, long version, Observation content) {
    Instant moment =
        content.hasEffective() ? content.getEffectiveDateTimeType().getValue().toInstant() : null;
    return new ObservationWrite.Put(
        key,
        id,
        version,
        NOW.plusSeconds(version == 1 ? 0 : version),
        SplitTest.json(content),
        moment == null ? null : new Effective(moment, moment),
        moment == null ? NOW : moment,
        List.of(ObservationLink.local("Observation.subject", "Patient", 7, "p1")),
        List.of());
  }

  static Observation reading(int value, Instant moment) {
    Observation reading = SplitTest.heartRate();
    reading.getIdentifierFirstRep().setValue("id" + value);
    reading.setEffective(new DateTimeType(Date.from(moment)));
    reading.getValueQuantity().setValue(new BigDecimal(value + ".0"));
    return reading;
  }

  private static Observation pressure(int systolic, int diastolic, Instant moment) {
    Observation reading = new Observation();
    reading.getCode().addCoding().setSystem("http://loinc.org").setCode("85354-9");
    reading.setEffective(new DateTimeType(Date.from(moment)));
    component(reading, "systolic", systolic);
    component(reading, "diastolic", diastolic);
    return reading;
  }

  private static void component(Observation reading, String code, int value) {
    Observation.ObservationComponentComponent component = reading.addComponent();
    component.getCode().addCoding().setSystem("urn:p").setCode(code);
    component.setValue(new Quantity().setValue(value).setSystem("u").setCode("mm[Hg]"));
  }
}
