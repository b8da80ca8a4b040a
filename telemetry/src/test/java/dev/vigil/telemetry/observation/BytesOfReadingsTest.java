package dev.vigil.telemetry.observation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.core.TenantId;
import dev.vigil.telemetry.TestDatabase;
import dev.vigil.telemetry.observation.ObservationWrite.Effective;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.hl7.fhir.r4.model.Observation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a device's reading takes on disk, and how fast it is copied, in bundles of a hundred. */
class BytesOfReadingsTest {

  private static final Logger LOG = LoggerFactory.getLogger(BytesOfReadingsTest.class);
  private static final TenantId TENANT = new TenantId("demo");
  private static final Instant START = Instant.parse("2026-03-02T00:00:00Z");
  private static final String LEAF = "telemetry_leaf.observation_w" + Week.of(START);
  private static final int SHAPES = 20;
  private static final int PATIENTS = 5;
  private static final int ROUNDS = 100;
  private static final int MOMENTS = 5;
  private static final int ROWS = ROUNDS * PATIENTS * MOMENTS * SHAPES;

  /** The same identifiers in each run: how full pages of their index are depends on them. */
  private final SplittableRandom random = new SplittableRandom(20_260_302);

  private final TestDatabase database = TestDatabase.fresh();
  private final PostgresObservations observations =
      new PostgresObservations(
          database.dataSource(),
          new ObservationPartitions(database.dataSource()),
          new TestExtractor(),
          (tenant, sequence, shape, json) -> {});

  @AfterEach
  void close() {
    database.close();
  }

  @ParameterizedTest(name = "identifiers {0}, every {1} min: heap {2}, indexes {3}")
  @CsvSource({"true, 1, 112, 70, 40", "false, 1, 104, 45, 20", "true, 15, 112, 90, 40"})
  void stayFew(boolean identifiers, int minutes, int mostHeap, int mostIndexes, int mostPacked) {
    List<String> templates = new ArrayList<>();
    for (int shape = 0; shape < SHAPES; shape++) {
      templates.add(template(shape, identifiers));
    }
    long began = System.nanoTime();
    for (int round = 0; round < ROUNDS; round++) {
      for (int patient = 0; patient < PATIENTS; patient++) {
        Instant moment = START.plus(Duration.ofMinutes((long) round * MOMENTS * minutes));
        append(templates, round * PATIENTS + patient + 1L, patient, moment, minutes);
      }
    }
    double seconds = (System.nanoTime() - began) / 1e9;
    database.jdbc().sql("vacuum analyze " + LEAF).update();
    double heap = size("pg_table_size") / (double) ROWS;
    double indexes = size("pg_indexes_size") / (double) ROWS;
    LOG.warn(
        "identifiers {}, every {} min: heap {} B, indexes {} B, {} readings/s",
        identifiers,
        minutes,
        heap,
        indexes,
        Math.round(ROWS / seconds));
    database
        .jdbc()
        .sql(
            """
            select indexrelname || ' ' || round(pg_relation_size(indexrelid) / :rows::numeric, 1)
            from pg_stat_user_indexes where schemaname = 'telemetry_leaf' order by 1
            """)
        .param("rows", ROWS)
        .query(String.class)
        .list()
        .forEach(LOG::warn);
    for (String table : List.of("observation_entry", "observation_link", "observation_place")) {
      assertThat(count(table)).isZero();
    }
    assertThat(heap).isLessThan(mostHeap);
    assertThat(indexes).isLessThan(mostIndexes);
    assertThat(packed()).isLessThan(mostPacked);
  }

  /** Everything that keeps the week once it is packed: blocks, what is stored apart, indexes. */
  private double packed() {
    long began = System.nanoTime();
    WeekPacking packing =
        new WeekPacking(
            database.dataSource(),
            database.transactions(),
            Clock.fixed(START.plus(Duration.ofDays(60)), ZoneOffset.UTC),
            Duration.ofDays(28),
            Duration.ZERO,
            Duration.ZERO,
            1_000);
    assertThat(packing.run(() -> false)).isEqualTo(1);
    LOG.warn("packed {} in {} ms", packing.packed(), (System.nanoTime() - began) / 1_000_000);
    database.jdbc().sql("vacuum analyze telemetry.observation_block").update();
    database
        .jdbc()
        .sql(
            """
            select c.relname || ' ' || round(pg_total_relation_size(c.oid) / :rows::numeric, 1)
              || ', own ' || round(pg_relation_size(c.oid) / :rows::numeric, 1)
            from pg_class as c
            where c.relname like any(array['%observation_block%', '%block_identifier%', :leaf])
            order by 1
            """)
        .param("rows", ROWS)
        .param("leaf", LEAF.substring(LEAF.indexOf('.') + 1))
        .query(String.class)
        .list()
        .forEach(LOG::warn);
    double bytes =
        database
                .jdbc()
                .sql(
                    """
                    select pg_total_relation_size('telemetry.observation_block')
                      + pg_total_relation_size('telemetry.block_identifier')
                      + pg_total_relation_size(:leaf::regclass)
                    """)
                .param("leaf", LEAF)
                .query(Long.class)
                .single()
            / (double) ROWS;
    LOG.warn("packed {} B", bytes);
    return bytes;
  }

  private static String template(int shape, boolean identifiers) {
    Observation observation = SplitTest.heartRate();
    observation.getCode().getCodingFirstRep().setCode("code-" + shape);
    if (!identifiers) {
      observation.setIdentifier(null);
    }
    return SplitTest.json(observation)
        .replace("Patient/p1", "Patient/%1$s")
        .replace("Device/d1", "Device/%2$s")
        .replace("2026-01-01T00:00:00+01:00", "%3$s")
        .replace("72.0", "%4$s")
        .replace("\"value\":\"1\"", "\"value\":\"urn:uuid:%5$s\"");
  }

  private void append(
      List<String> templates, long sequence, int patient, Instant moment, int minutes) {
    String patientId = new UUID(6, patient).toString();
    String deviceId = new UUID(7, patient).toString();
    List<ObservationLink> links =
        List.of(
            ObservationLink.local(NewRow.SUBJECT, "Patient", 1_000 + patient, patientId),
            ObservationLink.local(NewRow.DEVICE, "Device", 2_000 + patient, deviceId));
    List<ObservationKey> keys =
        observations.allocate(Collections.nCopies(MOMENTS * SHAPES, moment));
    List<NewObservation> added = new ArrayList<>();
    for (int i = 0; i < MOMENTS * SHAPES; i++) {
      Instant at = moment.plus(Duration.ofMinutes((long) i / SHAPES * minutes));
      String json =
          templates.get(i % SHAPES).formatted(patientId, deviceId, at, 60 + i % 40 + ".5", uuid());
      Split split = Split.of(json);
      Effective effective = new Effective(at, at);
      added.add(
          new NewObservation(
              observations
                  .shape(TENANT, split.template())
                  .orElseGet(() -> learn(json, split, links)),
              split.leaves(),
              keys.get(i),
              moment,
              effective,
              at,
              List.of(),
              links));
    }
    database
        .transactions()
        .executeWithoutResult(
            status ->
                observations.append(List.of(new NewObservation.Message(TENANT, sequence, added))));
  }

  private UUID uuid() {
    return new UUID(random.nextLong(), random.nextLong());
  }

  private KnownShape learn(String json, Split split, List<ObservationLink> links) {
    Instant elsewhere = START.minus(Duration.ofDays(70));
    ObservationKey key = observations.allocate(List.of(elsewhere)).get(0);
    database
        .transactions()
        .executeWithoutResult(
            status ->
                observations.record(
                    TENANT,
                    1,
                    List.of(
                        new ObservationWrite.Put(
                            key, key.id(), 1, START, json, null, elsewhere, links, List.of()))));
    return observations.shape(TENANT, split.template()).orElseThrow();
  }

  private long size(String function) {
    return database
        .jdbc()
        .sql("select " + function + "(:leaf::regclass)")
        .param("leaf", LEAF)
        .query(Long.class)
        .single();
  }

  private long count(String table) {
    return database
        .jdbc()
        .sql("select count(*) from telemetry." + table)
        .query(Long.class)
        .single();
  }
}
