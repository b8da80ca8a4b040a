package dev.vigil.telemetry.reading;

import static dev.vigil.telemetry.TestReadings.DEVICE;
import static dev.vigil.telemetry.TestReadings.GLUCOSE;
import static dev.vigil.telemetry.TestReadings.NOON;
import static dev.vigil.telemetry.TestReadings.OTHER_TENANT;
import static dev.vigil.telemetry.TestReadings.PATIENT;
import static dev.vigil.telemetry.TestReadings.TENANT;
import static dev.vigil.telemetry.TestReadings.coded;
import static dev.vigil.telemetry.TestReadings.glucose;
import static dev.vigil.telemetry.TestReadings.reading;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.core.DeviceId;
import dev.vigil.core.ObservationId;
import dev.vigil.core.PatientId;
import dev.vigil.core.Quantity;
import dev.vigil.core.Reading;
import dev.vigil.core.SignalQuality;
import dev.vigil.telemetry.ReadingJournal;
import dev.vigil.telemetry.TestDatabase;
import dev.vigil.telemetry.device.PostgresDeviceAssignments;
import dev.vigil.telemetry.log.LogSignal;
import dev.vigil.telemetry.log.PostgresEventLog;
import dev.vigil.terminology.metric.MetricCatalog;
import java.time.Clock;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.regex.Matcher;
import java.util.stream.IntStream;
import org.hl7.fhir.r4.model.DeviceMetric;
import org.hl7.fhir.r4.model.Reference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class PostgresReadingsTest {

  private static final DeviceId SECOND_DEVICE = new DeviceId("sensor-2");

  private TestDatabase database;
  private ReadingJournal journal;
  private Readings readings;

  @BeforeEach
  void open() {
    database = TestDatabase.fresh();
    journal =
        new ReadingJournal(
            database,
            new PostgresEventLog(
                database.dataSource(), database.keys(), Clock.systemUTC(), new LogSignal()));
    readings = journal.readings();
  }

  @AfterEach
  void close() {
    database.close();
  }

  private void record(Reading... recorded) {
    journal.write(TENANT, List.of(recorded));
  }

  private List<Reading> all() {
    return readings.window(TENANT, PATIENT, GLUCOSE, Instant.MIN, Instant.MAX, Long.MAX_VALUE);
  }

  @Nested
  class AWindow {

    @Test
    void holdsBothEndsInEventTimeOrder() {
      Reading before = glucose("a", "5.0", NOON.minusNanos(1_000));
      Reading first = glucose("b", "5.1", NOON);
      Reading flagged = coded("c", NOON.plusSeconds(60));
      Reading last = glucose("d", "5.3", NOON.plusSeconds(120));
      Reading after = glucose("e", "5.4", NOON.plusSeconds(120).plusNanos(1_000));
      record(last, after);
      record(flagged, before, first);

      assertThat(
              readings.window(
                  TENANT, PATIENT, GLUCOSE, NOON, NOON.plusSeconds(120), Long.MAX_VALUE))
          .containsExactly(first, flagged, last);
    }

    @Test
    void knowsOnlyWhatTheLogHadToldByThen() {
      Reading early = glucose("a", "5.0", NOON);
      Reading late = glucose("b", "5.1", NOON.minusSeconds(60));
      record(early);
      record(late);

      assertThat(readings.window(TENANT, PATIENT, GLUCOSE, Instant.MIN, NOON, 1))
          .containsExactly(early);
    }

    @Test
    void keepsTenantsAndPatientsApart() {
      Reading ours = glucose("a", "5.0", NOON);
      Reading neighbour =
          reading("b", DEVICE, new PatientId("ward-2"), Quantity.of("9.9", "mmol/L"), NOON);
      record(ours, neighbour);
      journal.write(OTHER_TENANT, List.of(glucose("a", "7.7", NOON)));

      assertThat(all()).containsExactly(ours);
    }

    @Test
    void givesNumbersBackWithTheirScaleHoweverOftenItIsAsked() {
      String[] numbers = {"6.30", "0.000", "-1.50", "100", "0.10", "12345678901234567890.120"};
      for (int i = 0; i < numbers.length; i++) {
        record(glucose("o-" + i, numbers[i], NOON.plusSeconds(i)));
      }

      for (int i = 0; i < 20; i++) {
        assertThat(all())
            .extracting(reading -> ((Quantity) reading.value()).value().toString())
            .containsExactly(numbers);
      }
    }

    @Test
    void takesThousandsOfReadingsOfOneMessage() {
      List<Reading> many =
          IntStream.range(0, 2_500)
              .mapToObj(i -> glucose("o-" + i, "5.5", NOON.plusSeconds(i)))
              .toList();
      journal.write(TENANT, many);

      assertThat(all()).isEqualTo(many);
    }
  }

  @Nested
  class AnObservation {

    @Test
    void ofAPeriodCountsAtItsEnd() {
      Instant before = NOON.minusSeconds(30 * 86_400L);
      Reading sum = glucose("a", "5.0", NOON);
      journal.write(
          TENANT,
          sum,
          before,
          "Device/sensor-1",
          json ->
              json.replace(
                  "\"effectiveDateTime\":\"" + NOON + "\"",
                  "\"effectivePeriod\":{\"start\":\"" + before + "\",\"end\":\"" + NOON + "\"}"));

      assertThat(readings.window(TENANT, PATIENT, GLUCOSE, NOON, NOON, Long.MAX_VALUE))
          .containsExactly(sum);
      assertThat(readings.window(TENANT, PATIENT, GLUCOSE, before, before, Long.MAX_VALUE))
          .isEmpty();
      assertThat(readings.latest(TENANT, PATIENT)).containsExactly(sum);
    }

    @Test
    void isOfTheDeviceThatItsChannelHadWhenItCame() {
      channel("c-1", DEVICE, NOON.minusSeconds(60));
      channel("c-1", SECOND_DEVICE, NOON.plusSeconds(7_200));
      Reading first = glucose("a", "5.0", NOON);
      journal.write(TENANT, first, NOON, "DeviceMetric/c-1", json -> json);

      assertThat(all()).containsExactly(first);
      assertThat(readings.latest(TENANT, PATIENT)).containsExactly(first);
    }

    private void channel(String id, DeviceId device, Instant written) {
      DeviceMetric metric = new DeviceMetric();
      metric.setId("DeviceMetric/" + id);
      metric.getMeta().setLastUpdated(Date.from(written));
      metric.setSource(new Reference("Device/" + device.value()));
      PostgresDeviceAssignments assignments =
          new PostgresDeviceAssignments(database.dataSource(), MetricCatalog.standard());
      database
          .transactions()
          .executeWithoutResult(status -> assignments.deviceMetricWritten(TENANT, metric));
    }

    @Test
    void thatIsKeptWholeIsAskedItself() {
      Reading whole = glucose("a", "5.00", NOON);
      Reading usual = glucose("b", "5.10", NOON.plusSeconds(1));
      String more = "{\"system\":\"http://example.com/of-one\",\"code\":\"x\"},".repeat(200);
      journal.write(
          TENANT,
          whole,
          NOON,
          "Device/sensor-1",
          json ->
              json.replaceFirst("\"coding\":\\[", Matcher.quoteReplacement("\"coding\":[" + more)));
      record(usual);

      assertThat(all()).containsExactly(whole, usual);
      assertThat(knownNow(1)).containsExactly(whole);
    }

    private List<Reading> knownNow(int most) {
      return new ReadingHistory(database.dataSource(), MetricCatalog.standard())
          .knownAt(TENANT, PATIENT, GLUCOSE, Instant.MIN, Instant.MAX, Long.MAX_VALUE, most);
    }

    @Test
    void thatIsNoDeviceReadingGivesNone() {
      Reading reading = glucose("a", "5.0", NOON);
      journal.write(
          TENANT,
          reading,
          NOON,
          "Device/sensor-1",
          json -> json.replace("\"device\":{\"reference\":\"Device/sensor-1\"},", ""));

      assertThat(all()).isEmpty();
    }
  }

  @Nested
  class TheLatest {

    @Test
    void isTheNewestInEventTimeWhateverCameLast() {
      Reading newest = glucose("a", "5.0", NOON);
      record(newest);
      record(glucose("b", "4.0", NOON.minusSeconds(300)));

      assertThat(readings.latest(TENANT, PATIENT)).containsExactly(newest);
    }

    @Test
    void isTheNewestOfOneMessageToo() {
      Reading newest = glucose("b", "5.0", NOON);
      record(
          glucose("a", "4.0", NOON.minusSeconds(1)),
          newest,
          glucose("c", "6", NOON.minusSeconds(2)));

      assertThat(readings.latest(TENANT, PATIENT)).containsExactly(newest);
    }

    @Test
    void isNeverASampleFromTheFuture() {
      Reading newest = glucose("a", "5.0", NOON);
      Reading future =
          reading(
              "b",
              DEVICE,
              PATIENT,
              Quantity.of("9.0", "mmol/L"),
              NOON.plusSeconds(86_400),
              SignalQuality.FUTURE);
      record(newest, future);

      assertThat(readings.latest(TENANT, PATIENT)).containsExactly(newest);
      assertThat(all()).containsExactly(newest, future);
    }

    @Test
    void ofATenantCoversDevicesThatAreAssignedNow() {
      PostgresDeviceAssignments assignments =
          new PostgresDeviceAssignments(database.dataSource(), MetricCatalog.standard());
      database
          .transactions()
          .executeWithoutResult(status -> assignments.assign(TENANT, DEVICE, PATIENT));
      Reading assigned = glucose("a", "5.0", NOON);
      Reading newerButNotAssigned =
          reading("b", SECOND_DEVICE, PATIENT, Quantity.of("6.0", "mmol/L"), NOON.plusSeconds(60));
      record(assigned, newerButNotAssigned);

      assertThat(readings.latest(TENANT)).containsExactly(assigned);
      assertThat(readings.latest(TENANT, PATIENT)).containsExactly(newerButNotAssigned);
      assertThat(readings.latest(OTHER_TENANT)).isEmpty();
    }

    @Test
    void isHeardOfEachAssignedDeviceOnItsOwn() {
      PostgresDeviceAssignments assignments =
          new PostgresDeviceAssignments(database.dataSource(), MetricCatalog.standard());
      database
          .transactions()
          .executeWithoutResult(
              status -> {
                assignments.assign(TENANT, DEVICE, PATIENT);
                assignments.assign(TENANT, SECOND_DEVICE, PATIENT);
                assignments.assign(TENANT, new DeviceId("mute"), PATIENT);
              });
      record(
          glucose("a", "5.0", NOON.minusSeconds(60)),
          glucose("b", "5.0", NOON),
          reading("c", SECOND_DEVICE, PATIENT, Quantity.of("6", "mmol/L"), NOON.plusSeconds(60)));
      record(reading("d", new DeviceId("x"), PATIENT, Quantity.of("6", "mmol/L"), NOON));

      assertThat(readings.heard(TENANT))
          .containsExactly(
              new Readings.Heard(DEVICE, PATIENT, GLUCOSE, NOON),
              new Readings.Heard(SECOND_DEVICE, PATIENT, GLUCOSE, NOON.plusSeconds(60)));
      assertThat(readings.heard(OTHER_TENANT)).isEmpty();
    }
  }

  @Nested
  class WhenAnObservationChanges {

    @Test
    void itsNewReadingsReplaceTheOldOnes() {
      record(glucose("a", "5.0", NOON));
      Reading corrected = glucose("a", "6.0", NOON.minusSeconds(10));
      Reading other = glucose("b", "5.5", NOON.minusSeconds(20));
      record(corrected, other);

      assertThat(all()).containsExactly(other, corrected);
      assertThat(readings.latest(TENANT, PATIENT)).containsExactly(corrected);
    }

    @Test
    void anOlderReadingBecomesTheNewestWhenTheNewestIsRemoved() {
      Reading older = glucose("a", "5.0", NOON.minusSeconds(60));
      record(older);
      record(glucose("b", "6.0", NOON));

      journal.takeBack(TENANT, new ObservationId("b"));

      assertThat(all()).containsExactly(older);
      assertThat(readings.latest(TENANT, PATIENT)).containsExactly(older);
    }

    @Test
    void nothingIsLeftWhenTheOnlyOneIsRemoved() {
      record(glucose("a", "5.0", NOON));

      journal.takeBack(TENANT, new ObservationId("a"));

      assertThat(all()).isEmpty();
      assertThat(readings.latest(TENANT, PATIENT)).isEmpty();
    }

    @Test
    void theFormerPatientLosesTheReading() {
      PatientId second = new PatientId("ward-2");
      record(glucose("a", "5.0", NOON));
      Reading moved = reading("a", DEVICE, second, Quantity.of("5.0", "mmol/L"), NOON);
      record(moved);

      assertThat(readings.latest(TENANT, PATIENT)).isEmpty();
      assertThat(readings.latest(TENANT, second)).containsExactly(moved);
    }
  }
}
