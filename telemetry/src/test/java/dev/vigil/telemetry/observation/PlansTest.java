package dev.vigil.telemetry.observation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.core.TenantId;
import dev.vigil.telemetry.TestDatabase;
import dev.vigil.telemetry.observation.Criterion.DateBound;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.StringType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** How many rows a search reads of 40,000 in ten weeks: few, whatever time that takes. */
class PlansTest {

  private static final TenantId TENANT = new TenantId("demo");
  private static final Instant END = Instant.parse("2026-03-07T00:00:00Z");
  private static final int SHAPES = 4;
  private static final int PATIENTS = 100;
  private static final int MOMENTS = 100;
  private static final int STEP_HOURS = 17;
  private static final Set<String> SUBJECT = Set.of(NewRow.SUBJECT);

  private static TestDatabase database;
  private static PostgresObservations observations;

  @BeforeAll
  static void fill() {
    database = TestDatabase.fresh();
    observations =
        new PostgresObservations(
            database.dataSource(),
            new ObservationPartitions(database.dataSource()),
            new TestExtractor(),
            (tenant, sequence, shape, json) -> {});
    for (int moment = 0; moment < MOMENTS; moment++) {
      List<ObservationWrite> writes = new ArrayList<>();
      Instant at = END.minus(Duration.ofHours((long) (MOMENTS - moment) * STEP_HOURS));
      List<ObservationKey> keys =
          observations.allocate(IntStream.range(0, SHAPES * PATIENTS).mapToObj(i -> at).toList());
      for (int i = 0; i < SHAPES * PATIENTS; i++) {
        writes.add(put(keys.get(i), reading(i % SHAPES, moment * 1_000 + i, at), i / SHAPES, at));
      }
      record(writes);
    }
    for (int i = 0; i < 30; i++) {
      Observation text = new Observation();
      text.getCode().addCoding().setSystem("http://loinc.org").setCode("1");
      text.setValue(new StringType("Prose " + i));
      record(List.of(put(observations.allocate(List.of(END)).get(0), text, 0, END)));
    }
    database
        .jdbc()
        .sql(
            """
            insert into telemetry.observation_entry (tenant, place, kind, param, element, code, exact)
            select tenant, place, kind, param, element, code || ' ' || n, exact || ' ' || n
            from telemetry.observation_entry, generate_series(1, 200) as n
            where param = 'value-string'
            """)
        .update();
    database.jdbc().sql("vacuum analyze").update();
  }

  @AfterAll
  static void close() {
    database.close();
  }

  @Test
  void theNewestOfAPatientAndACode() {
    Criterion filter = Criterion.All.of(patient(7), code(2));
    assertThat(read(() -> newest(filter, 10, 10))).isLessThan(60);
    assertThat(read(() -> newest(filter, 90, 90))).isLessThan(200);
  }

  @Test
  void theOldestOfAPatientAndACode() {
    Criterion filter = Criterion.All.of(patient(7), code(2));
    Sort oldestFirst = new Sort(Sort.By.EFFECTIVE, null, false);
    ObservationQuery query = ObservationQuery.of(TENANT, filter, 10).sortedBy(oldestFirst);
    assertThat(read(() -> found(query, 10))).isLessThan(60);
    List<ObservationKey> newestFirst =
        new ArrayList<>(keys(query.sortedBy(new Sort(Sort.By.EFFECTIVE, null, true)), 200));
    Collections.reverse(newestFirst);
    assertThat(keys(query, 200)).hasSize(MOMENTS).isEqualTo(newestFirst);
    assertThat(keys(query, 10)).isEqualTo(newestFirst.subList(0, 10));
  }

  @Test
  void someTimeOfAPatient() {
    Instant at = END.minus(Duration.ofHours(30L * STEP_HOURS));
    Criterion filter =
        Criterion.All.of(
            patient(7),
            date(DateBound.Edge.HIGH, DateBound.Comparison.GE, at.minusSeconds(15)),
            date(DateBound.Edge.LOW, DateBound.Comparison.LT, at.plusSeconds(15)));
    assertThat(read(() -> found(ObservationQuery.of(TENANT, filter, 20), SHAPES))).isLessThan(40);
  }

  private static Criterion date(DateBound.Edge edge, DateBound.Comparison comparison, Instant at) {
    return new Criterion.Date(ShapeIndex.DATE, List.of(new DateBound(edge, comparison, at)));
  }

  @Test
  void theNewestOfEachShapeOfAPatient() {
    Criterion codes = new Criterion.Token("code", "http://loinc.org", Set.of("code-1", "code-3"));
    Criterion filter = Criterion.All.of(patient(7), codes);
    assertThat(read(() -> assertThat(newestOfShapes(filter, 3)).hasSize(6))).isLessThan(60);
    List<ObservationKey> expected = new ArrayList<>();
    for (int shape : List.of(1, 3)) {
      ObservationQuery query =
          ObservationQuery.of(TENANT, Criterion.All.of(patient(7), code(shape)), 3)
              .sortedBy(new Sort(Sort.By.EFFECTIVE, null, true));
      expected.addAll(keys(query, 3));
    }
    assertThat(newestOfShapes(filter, 3)).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(newestOfShapes(filter, 200)).hasSize(2 * MOMENTS);
    assertThat(observations.newestOfShapes(TENANT, codes, 3)).isEmpty();
    assertThat(newestOfShapes(patient(7), 3).stream().filter(expected::contains)).hasSize(6);
  }

  private static List<ObservationKey> newestOfShapes(Criterion filter, int max) {
    return observations.newestOfShapes(TENANT, filter, max).orElseThrow().stream()
        .map(StoredObservation::key)
        .toList();
  }

  /** As a search gives them, and with their content. */
  private static List<ObservationKey> keys(ObservationQuery query, int limit) {
    ObservationQuery some =
        new ObservationQuery(TENANT, query.filter(), query.sort(), limit, 0, null);
    List<ObservationKey> keys =
        observations.search(some).stream().map(ObservationPosition::key).toList();
    List<StoredObservation> found = observations.find(some);
    assertThat(found.stream().map(StoredObservation::key)).containsExactlyElementsOf(keys);
    assertThat(found.stream().map(StoredObservation::json))
        .containsExactlyElementsOf(
            observations.load(TENANT, keys).values().stream()
                .map(StoredObservation::json)
                .toList());
    return keys;
  }

  @Test
  void theNewestOfACode() {
    assertThat(read(() -> newest(code(2), 50, 50))).isLessThan(1_000);
  }

  @Test
  void theNewestOfAPatient() {
    assertThat(read(() -> newest(patient(7), 10, 10))).isLessThan(300);
  }

  @Test
  void theNewestBeforeAPosition() {
    ObservationQuery query =
        ObservationQuery.of(TENANT, Criterion.All.of(patient(7), code(2)), 50)
            .sortedBy(new Sort(Sort.By.EFFECTIVE, null, true));
    List<ObservationPosition> page = observations.search(query);
    assertThat(
            read(
                () ->
                    assertThat(observations.search(query.after(page.get(49))))
                        .hasSize(50)
                        .doesNotContainAnyElementsOf(page)))
        .isLessThan(100);
  }

  @Test
  void someOfACodeWithoutOrder() {
    assertThat(read(() -> found(ObservationQuery.of(TENANT, code(2), 20), 20))).isLessThan(1_100);
  }

  @Test
  void theLastWritten() {
    assertThat(
            read(
                () ->
                    found(
                        ObservationQuery.of(TENANT, Criterion.All.of(), 20)
                            .sortedBy(new Sort(Sort.By.UPDATED, null, true)),
                        20)))
        .isLessThan(1_000);
  }

  @Test
  void oneByItsIdentifier() {
    Criterion filter = Criterion.Token.of("identifier", "urn:example:reading", "id99399");
    assertThat(read(() -> found(ObservationQuery.of(TENANT, filter, 20), 1))).isLessThan(20);
  }

  @Test
  void someByTheirKeys() {
    List<ObservationKey> keys =
        observations
            .search(ObservationQuery.of(TENANT, Criterion.All.of(patient(3), code(1)), 100))
            .stream()
            .map(ObservationPosition::key)
            .toList();
    assertThat(read(() -> assertThat(observations.load(TENANT, keys)).hasSize(100)))
        .isLessThan(100 * 17);
  }

  @Test
  void thePatientsThatHaveAnyOfACode() {
    assertThat(
            read(
                () ->
                    assertThat(observations.targets(TENANT, code(2), SUBJECT, "Patient"))
                        .hasSize(PATIENTS)))
        .isLessThan(PATIENTS * MOMENTS);
  }

  @Test
  void textsByTheirBeginning() {
    Criterion starts = new Criterion.Text("value-string", Criterion.Text.Mode.STARTS, "PROSE 17");
    assertThat(entriesScanned(() -> found(ObservationQuery.of(TENANT, starts, 20), 1))).isZero();
    Criterion equal =
        new Criterion.Text("value-string", Criterion.Text.Mode.NORMALIZED, "PROSE 17");
    assertThat(entriesScanned(() -> found(ObservationQuery.of(TENANT, equal, 20), 1))).isZero();
  }

  private static void newest(Criterion filter, int limit, int expected) {
    found(
        ObservationQuery.of(TENANT, filter, limit)
            .sortedBy(new Sort(Sort.By.EFFECTIVE, null, true)),
        expected);
  }

  private static void found(ObservationQuery query, int expected) {
    assertThat(observations.search(query)).hasSize(expected);
  }

  /** Rows of Observations that a step reads. */
  private static long read(Runnable step) {
    return counted(
        step,
        """
        select coalesce(sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)), 0)
        from pg_stat_xact_all_tables where schemaname = 'telemetry_leaf'
        """);
  }

  private static long entriesScanned(Runnable step) {
    return counted(
        step,
        """
        select seq_tup_read from pg_stat_xact_all_tables
        where schemaname = 'telemetry' and relname = 'observation_entry'
        """);
  }

  /** By the worse of two plans: one for the parameters, and one for any. */
  private static long counted(Runnable step, String sql) {
    Supplier<Long> count = () -> database.jdbc().sql(sql).query(Long.class).single();
    return Stream.of("auto", "force_generic_plan")
        .mapToLong(
            plans ->
                database
                    .transactions()
                    .execute(
                        status -> {
                          database.jdbc().sql("set local plan_cache_mode = " + plans).update();
                          long before = count.get();
                          step.run();
                          return count.get() - before;
                        }))
        .max()
        .orElseThrow();
  }

  private static Criterion patient(int number) {
    return Criterion.Link.to(SUBJECT, List.of(1_000L + number));
  }

  private static Criterion code(int shape) {
    return Criterion.Token.of("code", "http://loinc.org", "code-" + shape);
  }

  private static Observation reading(int shape, int number, Instant at) {
    Observation reading = PostgresObservationsTest.reading(number, at);
    reading.getCode().getCodingFirstRep().setCode("code-" + shape);
    return reading;
  }

  private static void record(List<ObservationWrite> writes) {
    database.transactions().executeWithoutResult(status -> observations.record(TENANT, 1, writes));
  }

  private static ObservationWrite.Put put(
      ObservationKey key, Observation content, int patient, Instant at) {
    return new ObservationWrite.Put(
        key,
        key.id(),
        1,
        at,
        SplitTest.json(content),
        content.hasEffective() ? new ObservationWrite.Effective(at, at) : null,
        at,
        List.of(ObservationLink.local(NewRow.SUBJECT, "Patient", 1_000L + patient, "p" + patient)),
        List.of());
  }
}
