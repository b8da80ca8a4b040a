package dev.vigil.telemetry.reading;

import static dev.vigil.telemetry.TestReadings.DEVICE;
import static dev.vigil.telemetry.TestReadings.GLUCOSE;
import static dev.vigil.telemetry.TestReadings.NOON;
import static dev.vigil.telemetry.TestReadings.PATIENT;
import static dev.vigil.telemetry.TestReadings.TENANT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vigil.core.ObservationId;
import dev.vigil.core.PatientId;
import dev.vigil.core.ProblemException;
import dev.vigil.core.Quantity;
import dev.vigil.core.Reading;
import dev.vigil.core.SignalQuality;
import dev.vigil.core.event.ResourcesWritten;
import dev.vigil.telemetry.ReadingJournal;
import dev.vigil.telemetry.Rebuilt;
import dev.vigil.telemetry.TelemetrySchema;
import dev.vigil.telemetry.TestDatabase;
import dev.vigil.telemetry.TestReadings;
import dev.vigil.telemetry.aggregate.AggregateRebuild;
import dev.vigil.telemetry.aggregate.Aggregation;
import dev.vigil.telemetry.log.EventLog;
import dev.vigil.telemetry.log.LogSignal;
import dev.vigil.telemetry.log.PostgresEventLog;
import dev.vigil.telemetry.log.Source;
import dev.vigil.telemetry.observation.ObservationKey;
import dev.vigil.telemetry.observation.ObservationLink;
import dev.vigil.telemetry.observation.ObservationPartitions;
import dev.vigil.telemetry.observation.ObservationWrite;
import dev.vigil.telemetry.observation.ObservationWrite.Effective;
import dev.vigil.telemetry.observation.Observations;
import dev.vigil.telemetry.observation.PostgresObservations;
import dev.vigil.terminology.metric.MetricCatalog;
import dev.vigil.terminology.metric.RangeTable;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Hazard: a reading or an aggregate that an upgrade loses. A database of before readings were read
 * out of Observations, brought up to date, beside one that never was old.
 */
@Tag("safety")
class ReadingCopyMigrationTest {

  private static final PatientId NEIGHBOUR = new PatientId("ward-2");
  private static final String CHANNEL = "channel-1";
  private static final Source SOURCE = new Source("test", "test");

  private final MetricCatalog catalog = MetricCatalog.standard();
  private final TestDatabase database = TestDatabase.fresh();
  private final TestDatabase reference = TestDatabase.fresh();
  private final EventLog log = log(database);
  private final ReadingJournal journal = new ReadingJournal(reference, log(reference));
  private final Observations store =
      new PostgresObservations(
          database.dataSource(),
          new ObservationPartitions(database.dataSource()),
          json -> List.of(),
          (tenant, sequence, shape, json) -> {});

  private static EventLog log(TestDatabase database) {
    return new PostgresEventLog(
        database.dataSource(), database.keys(), Clock.systemUTC(), new LogSignal());
  }

  /** A reading corrected, one deleted, one of a channel, one of days before, one of a neighbour. */
  @BeforeEach
  void fillAsItWas() {
    migrateTo031();
    for (int i = 0; i < 6; i++) {
      write(sample("sample-" + i, "6." + i, NOON.plus(Duration.ofMinutes(5L * i)), PATIENT), 1);
    }
    write(sample("old", "7.10", NOON.minus(Duration.ofDays(20)), PATIENT), 1);
    write(sample("neighbour", "8.20", NOON, NEIGHBOUR), 1);
    write(sample("corrected", "5.0", NOON.minusSeconds(7_000), PATIENT), 1);
    write(sample("corrected", "5.50", NOON.minusSeconds(7_200), PATIENT), 2);
    write(sample("deleted", "4.0", NOON.minusSeconds(8_000), PATIENT), 1);
    takeBack("deleted");
    throughAChannel(sample("channel", "6.66", NOON.plusSeconds(2_000), PATIENT));
    ObservationKey own = store.allocate(List.of(NOON)).get(0);
    write(own, sample(own.id(), "6.77", NOON.plusSeconds(2_400), PATIENT), 1, false);
    aggregate();
    copyOf("telemetry.signal");
    copyOf("telemetry.reading_hour");
    copyOf("telemetry.reading_day");
  }

  @AfterEach
  void close() {
    database.close();
    reference.close();
  }

  @Test
  void tellsTheSameReadingsAndAggregatesAsBefore() {
    upgrade();
    PostgresReadings readings = new PostgresReadings(database.dataSource(), catalog);

    for (PatientId patient : List.of(PATIENT, NEIGHBOUR)) {
      List<Reading> expected =
          journal
              .readings()
              .window(TENANT, patient, GLUCOSE, Instant.MIN, Instant.MAX, Long.MAX_VALUE);
      assertThat(expected).hasSizeGreaterThanOrEqualTo(1);
      assertThat(
              readings.window(TENANT, patient, GLUCOSE, Instant.MIN, Instant.MAX, Long.MAX_VALUE))
          .isEqualTo(expected);
      assertThat(readings.latest(TENANT, patient))
          .isEqualTo(journal.readings().latest(TENANT, patient));
    }
    Rebuilt rebuilt = aggregates(database).rebuild((done, total) -> {});
    assertThat(rebuilt.same()).as(rebuilt.toString()).isTrue();
    assertThat(rows(database, "telemetry.reading_hour"))
        .hasSizeGreaterThanOrEqualTo(4)
        .isEqualTo(rows(reference, "telemetry.reading_hour"));
    assertThat(rows(database, "telemetry.reading_day"))
        .isEqualTo(rows(reference, "telemetry.reading_day"));
  }

  @Test
  void goesOnFromThere() {
    upgrade();
    EventLog goingOn = log(database);
    Observations now =
        new PostgresObservations(
            database.dataSource(),
            new ObservationPartitions(database.dataSource()),
            json -> List.of(),
            new ReadingShapes(database.dataSource(), catalog));
    PostgresReadings readings = new PostgresReadings(database.dataSource(), catalog);
    Reading correction = sample("sample-2", "9.90", NOON.plusSeconds(3_000), PATIENT);
    ObservationKey key = now.findByIds(TENANT, List.of("sample-2")).get("sample-2").key();
    database
        .transactions()
        .executeWithoutResult(
            status -> {
              ResourcesWritten written =
                  new ResourcesWritten(
                      List.of(TestReadings.created("sample-2", PATIENT)), List.of(correction));
              long sequence = goingOn.append(TENANT, SOURCE, written);
              now.record(TENANT, sequence, List.of(put(key, correction, 2, false)));
              readings.follow(List.of(new Readings.Told(TENANT, sequence, written)));
            });

    assertThat(readings.latest(TENANT, PATIENT)).containsExactly(correction);
    assertThat(readings.window(TENANT, PATIENT, GLUCOSE, Instant.MIN, Instant.MAX, Long.MAX_VALUE))
        .hasSize(
            journal
                .readings()
                .window(TENANT, PATIENT, GLUCOSE, Instant.MIN, Instant.MAX, Long.MAX_VALUE)
                .size())
        .contains(correction);
  }

  @Test
  void refusesToTellWhatWasKnownBeforeTheUpgrade() {
    upgrade();
    ReadingHistory history = new ReadingHistory(database.dataSource(), catalog);

    assertThatThrownBy(() -> history.eventAt(Instant.parse("2020-01-01T00:00:00Z")))
        .isInstanceOf(ProblemException.class);
    assertThat(history.eventAt(Instant.now())).isEqualTo(log.head());
  }

  private void migrateTo031() {
    database.jdbc().sql("drop schema telemetry cascade").update();
    database.jdbc().sql("drop schema telemetry_leaf cascade").update();
    Flyway.configure()
        .dataSource(database.dataSource())
        .schemas("telemetry")
        .locations("classpath:db/migration/telemetry")
        .target("031")
        .load()
        .migrate();
    // The writer of today asks whether anything is packed.
    database.jdbc().sql("create table telemetry.packed_week (week integer)").update();
    database
        .jdbc()
        .sql(
            """
            insert into telemetry.device_metric (tenant_id, metric_id, device_id)
            values ('demo', :channel, :device)
            """)
        .param("channel", CHANNEL)
        .param("device", DEVICE.value())
        .update();
  }

  /** As a start of the server does it. */
  private void upgrade() {
    database.jdbc().sql("drop table telemetry.packed_week").update();
    TelemetrySchema.migrate(database.dataSource());
    database
        .transactions()
        .executeWithoutResult(
            status -> new ReadingShapes(database.dataSource(), catalog).readUnread());
  }

  private static Reading sample(String id, String value, Instant at, PatientId patient) {
    return new Reading(
        new ObservationId(id),
        DEVICE,
        patient,
        GLUCOSE,
        Quantity.of(value, "mmol/L"),
        at,
        NOON.plusSeconds(3_600),
        Set.<SignalQuality>of());
  }

  private ObservationKey keyOf(String id) {
    var known = store.findByIds(TENANT, List.of(id)).get(id);
    return known == null ? store.allocate(List.of(NOON)).get(0) : known.key();
  }

  private void write(Reading reading, long version) {
    write(keyOf(reading.observation().value()), reading, version, false);
  }

  /** The Observation, and what was the copy of its reading. */
  private void write(ObservationKey key, Reading reading, long version, boolean channel) {
    journal.write(TENANT, List.of(reading));
    database
        .transactions()
        .executeWithoutResult(
            status -> {
              long sequence =
                  log.append(
                      TENANT,
                      SOURCE,
                      new ResourcesWritten(
                          List.of(
                              TestReadings.created(
                                  reading.observation().value(), reading.patient())),
                          List.of(reading)));
              store.record(TENANT, sequence, List.of(put(key, reading, version, channel)));
              replace(reading.observation().value(), sequence);
              copy(reading, sequence);
            });
  }

  private static ObservationWrite.Put put(
      ObservationKey key, Reading reading, long version, boolean channel) {
    Instant at = reading.measuredAt();
    String json = ReadingJournal.json(List.of(reading));
    boolean mine = reading.patient().equals(PATIENT);
    return new ObservationWrite.Put(
        key,
        reading.observation().value(),
        version,
        reading.receivedAt(),
        channel ? json.replace("Device/" + DEVICE.value(), "DeviceMetric/" + CHANNEL) : json,
        new Effective(at, at),
        at,
        List.of(
            // Rows of before this form name the neighbour by a number only, and hold the id.
            new ObservationLink(
                "Observation.subject",
                "Patient",
                mine ? 7L : 8L,
                mine ? PATIENT.value() : null,
                null,
                null),
            channel
                ? new ObservationLink("Observation.device", "DeviceMetric", 10L, CHANNEL, 1L, null)
                : ObservationLink.local("Observation.device", "Device", 9, DEVICE.value())),
        List.of());
  }

  /** Then a link of its own, in no column. */
  private void throughAChannel(Reading reading) {
    write(keyOf(reading.observation().value()), reading, 1, true);
    assertThat(
            database
                .jdbc()
                .sql("update telemetry.observation_link set target_version = null")
                .update())
        .isEqualTo(1);
  }

  private void takeBack(String id) {
    journal.takeBack(TENANT, new ObservationId(id));
    database
        .transactions()
        .executeWithoutResult(
            status -> {
              long sequence = log.append(TENANT, SOURCE, TestReadings.written(id));
              store.record(
                  TENANT,
                  sequence,
                  List.of(new ObservationWrite.Delete(keyOf(id), 2, NOON.plusSeconds(4_000))));
              replace(id, sequence);
            });
  }

  private void replace(String id, long sequence) {
    database
        .jdbc()
        .sql(
            """
            with gone as (delete from telemetry.reading where observation_id = :id returning *)
            insert into telemetry.reading_replaced select gone.*, :sequence from gone
            """)
        .param("id", id)
        .param("sequence", sequence)
        .update();
  }

  private void copy(Reading reading, long sequence) {
    Quantity value = (Quantity) reading.value();
    database
        .jdbc()
        .sql(
            """
            insert into telemetry.reading (tenant_id, patient_id, metric, measured_at,
              observation_id, ordinal, device_id, value, unit, quality, received_at, sequence)
            values ('demo', :patient, :metric, :measured::timestamptz, :id, 0, :device, :value, :unit,
              '{}', :received::timestamptz, :sequence)
            """)
        .param("patient", reading.patient().value())
        .param("metric", reading.metric().id())
        .param("measured", reading.measuredAt().toString())
        .param("id", reading.observation().value())
        .param("device", reading.device().value())
        .param("value", value.value())
        .param("unit", value.unit())
        .param("received", reading.receivedAt().toString())
        .param("sequence", sequence)
        .update();
  }

  private void aggregate() {
    aggregates(reference).rebuild((done, total) -> {});
  }

  private AggregateRebuild aggregates(TestDatabase of) {
    return new AggregateRebuild(
        of.dataSource(),
        of.transactionManager(),
        log(of),
        new Aggregation(catalog, RangeTable.standard()));
  }

  /** What the older version had counted, too. */
  private void copyOf(String table) {
    for (Map<String, Object> row : rows(reference, table)) {
      database
          .jdbc()
          .sql(
              "insert into "
                  + table
                  + " select * from jsonb_populate_record(null::"
                  + table
                  + ", :row::jsonb)")
          .param("row", row.get("json"))
          .update();
    }
  }

  private static List<Map<String, Object>> rows(TestDatabase of, String table) {
    return of.jdbc()
        .sql("select to_jsonb(t)::text as json from " + table + " as t order by 1")
        .query()
        .listOfRows();
  }
}
