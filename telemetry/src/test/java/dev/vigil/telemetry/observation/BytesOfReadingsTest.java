package dev.vigil.telemetry.observation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.core.TenantId;
import dev.vigil.telemetry.TestDatabase;
import dev.vigil.telemetry.observation.ObservationWrite.Effective;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a device's reading takes on disk, in bundles of a hundred. */
class BytesOfReadingsTest {

  private static final Logger LOG = LoggerFactory.getLogger(BytesOfReadingsTest.class);
  private static final TenantId TENANT = new TenantId("demo");
  private static final Instant START = Instant.parse("2026-03-02T00:00:00Z");
  private static final int BUNDLES = 500;
  private static final int SIZE = 100;

  private final TestDatabase database = TestDatabase.fresh();
  private final PostgresObservations observations =
      new PostgresObservations(
          database.dataSource(),
          new ObservationPartitions(database.dataSource()),
          new TestExtractor());

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void staysBelowFourHundred() {
    String template =
        SplitTest.json(SplitTest.heartRate())
            .replace("\"Patient/p1\"", "\"Patient/%s\"")
            .replace("\"Device/d1\"", "\"Device/%s\"")
            .replace("2026-01-01T00:00:00+01:00", "%s")
            .replace("72.0", "%s")
            .replace("\"value\":\"1\"", "\"value\":\"urn:uuid:%s\"");
    assertThat(template.split("%s", -1)).hasSize(6);
    long began = System.nanoTime();
    for (int bundle = 0; bundle < BUNDLES; bundle++) {
      Instant moment = START.plus(Duration.ofMinutes(bundle));
      List<ObservationKey> keys = observations.allocate(Collections.nCopies(SIZE, moment));
      List<ObservationWrite> writes = new ArrayList<>();
      for (int i = 0; i < SIZE; i++) {
        String json =
            template.formatted(
                UUID.randomUUID(), new UUID(7, i), moment, 60 + i % 40 + ".5", new UUID(8, i));
        writes.add(
            new ObservationWrite.Put(
                keys.get(i),
                keys.get(i).id(),
                1,
                moment,
                json,
                new Effective(moment, moment),
                moment,
                List.of(
                    ObservationLink.local(NewRow.SUBJECT, "Patient", 1_000 + i, "p" + i),
                    ObservationLink.local(NewRow.DEVICE, "Device", 2_000 + i, "d" + i)),
                List.of(),
                List.of()));
      }
      long sequence = bundle;
      database
          .transactions()
          .executeWithoutResult(status -> observations.record(TENANT, sequence, writes));
    }
    long seconds = Math.max(1, (System.nanoTime() - began) / 1_000_000_000);
    String leaf = "telemetry_leaf.observation_w" + Week.of(START);
    database.jdbc().sql("vacuum analyze " + leaf).update();
    long rows = BUNDLES * SIZE;
    double heap = size("pg_table_size", leaf) / (double) rows;
    double indexes = size("pg_indexes_size", leaf) / (double) rows;
    LOG.warn("a reading: heap {} B, indexes {} B, {} readings/s", heap, indexes, rows / seconds);
    database
        .jdbc()
        .sql(
            """
            select indexrelname || ' ' || pg_relation_size(indexrelid) / :rows
            from pg_stat_user_indexes where schemaname = 'telemetry_leaf' order by 1
            """)
        .param("rows", rows)
        .query(String.class)
        .list()
        .forEach(LOG::warn);
    assertThat(heap + indexes).isLessThan(400);
  }

  private long size(String function, String leaf) {
    return database
        .jdbc()
        .sql("select " + function + "(:leaf::regclass)")
        .param("leaf", leaf)
        .query(Long.class)
        .single();
  }
}
