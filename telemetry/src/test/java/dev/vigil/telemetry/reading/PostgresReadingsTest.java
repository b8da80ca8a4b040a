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
import dev.vigil.core.TenantId;
import dev.vigil.telemetry.TestDatabase;
import dev.vigil.telemetry.device.PostgresDeviceAssignments;
import dev.vigil.terminology.metric.MetricCatalog;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class PostgresReadingsTest {

  private static final DeviceId SECOND_DEVICE = new DeviceId("sensor-2");

  private TestDatabase database;
  private Readings readings;

  @BeforeEach
  void open() {
    database = TestDatabase.fresh();
    readings = new PostgresReadings(database.dataSource());
  }

  @AfterEach
  void close() {
    database.close();
  }

  private void record(long sequence, Reading... recorded) {
    record(TENANT, sequence, List.of(recorded));
  }

  private void record(TenantId tenant, long sequence, List<Reading> recorded) {
    database
        .transactions()
        .executeWithoutResult(status -> readings.record(tenant, sequence, recorded));
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
      record(1, last, after);
      record(2, flagged, before, first);

      assertThat(
              readings.window(
                  TENANT, PATIENT, GLUCOSE, NOON, NOON.plusSeconds(120), Long.MAX_VALUE))
          .containsExactly(first, flagged, last);
    }

    @Test
    void knowsOnlyWhatTheLogHadToldByThen() {
      Reading early = glucose("a", "5.0", NOON);
      Reading late = glucose("b", "5.1", NOON.minusSeconds(60));
      record(1, early);
      record(2, late);

      assertThat(readings.window(TENANT, PATIENT, GLUCOSE, Instant.MIN, NOON, 1))
          .containsExactly(early);
    }

    @Test
    void keepsTenantsAndPatientsApart() {
      Reading ours = glucose("a", "5.0", NOON);
      Reading neighbour =
          reading("b", DEVICE, new PatientId("ward-2"), Quantity.of("9.9", "mmol/L"), NOON);
      record(1, ours, neighbour);
      record(OTHER_TENANT, 2, List.of(glucose("a", "7.7", NOON)));

      assertThat(all()).containsExactly(ours);
    }

    @Test
    void givesNumbersBackWithTheirScaleHoweverOftenItIsAsked() {
      String[] numbers = {"6.30", "0.000", "-1.50", "100", "0.10", "12345678901234567890.120"};
      for (int i = 0; i < numbers.length; i++) {
        record(i + 1, glucose("o-" + i, numbers[i], NOON.plusSeconds(i)));
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
              .mapToObj(i -> glucose("o-" + i / 10, "5.5", NOON.plusSeconds(i)))
              .toList();
      record(TENANT, 1, many);

      assertThat(all()).isEqualTo(many);
    }
  }

  @Nested
  class TheLatest {

    @Test
    void isTheNewestInEventTimeWhateverCameLast() {
      Reading newest = glucose("a", "5.0", NOON);
      record(1, newest);
      record(2, glucose("b", "4.0", NOON.minusSeconds(300)));

      assertThat(readings.latest(TENANT, PATIENT)).containsExactly(newest);
    }

    @Test
    void isTheNewestOfOneMessageToo() {
      Reading newest = glucose("b", "5.0", NOON);
      record(
          1,
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
      record(1, newest, future);

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
      record(1, assigned, newerButNotAssigned);

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
          1,
          glucose("a", "5.0", NOON.minusSeconds(60)),
          glucose("b", "5.0", NOON),
          reading("c", SECOND_DEVICE, PATIENT, Quantity.of("6", "mmol/L"), NOON.plusSeconds(60)));
      record(2, reading("d", new DeviceId("x"), PATIENT, Quantity.of("6", "mmol/L"), NOON));

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
      record(1, glucose("a", "5.0", NOON), glucose("a", "5.1", NOON.plusSeconds(1)));
      Reading corrected = glucose("a", "6.0", NOON.minusSeconds(10));
      Reading other = glucose("b", "5.5", NOON.minusSeconds(20));
      record(2, corrected, other);

      assertThat(all()).containsExactly(other, corrected);
      assertThat(readings.latest(TENANT, PATIENT)).containsExactly(corrected);
    }

    @Test
    void anOlderReadingBecomesTheNewestWhenTheNewestIsRemoved() {
      Reading older = glucose("a", "5.0", NOON.minusSeconds(60));
      record(1, older);
      record(2, glucose("b", "6.0", NOON));

      database
          .transactions()
          .executeWithoutResult(status -> readings.remove(TENANT, 3, new ObservationId("b")));

      assertThat(all()).containsExactly(older);
      assertThat(readings.latest(TENANT, PATIENT)).containsExactly(older);
    }

    @Test
    void nothingIsLeftWhenTheOnlyOneIsRemoved() {
      record(1, glucose("a", "5.0", NOON));

      database
          .transactions()
          .executeWithoutResult(status -> readings.remove(TENANT, 2, new ObservationId("a")));

      assertThat(all()).isEmpty();
      assertThat(readings.latest(TENANT, PATIENT)).isEmpty();
    }

    @Test
    void theFormerPatientLosesTheReading() {
      PatientId second = new PatientId("ward-2");
      record(1, glucose("a", "5.0", NOON));
      Reading moved = reading("a", DEVICE, second, Quantity.of("5.0", "mmol/L"), NOON);
      record(2, moved);

      assertThat(readings.latest(TENANT, PATIENT)).isEmpty();
      assertThat(readings.latest(TENANT, second)).containsExactly(moved);
    }
  }
}
