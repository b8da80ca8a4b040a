package dev.vigil.telemetry.intake;

import static dev.vigil.telemetry.TestReadings.TENANT;
import static dev.vigil.telemetry.intake.TestObservations.AT;
import static dev.vigil.telemetry.intake.TestObservations.heartRate;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.vigil.core.DeviceId;
import dev.vigil.core.PatientId;
import dev.vigil.core.ProblemException;
import dev.vigil.core.Reading;
import dev.vigil.telemetry.TestDatabase;
import dev.vigil.telemetry.device.PostgresDeviceAssignments;
import dev.vigil.terminology.metric.MetricCatalog;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import org.hl7.fhir.r4.model.DateTimeType;
import org.hl7.fhir.r4.model.Device;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Reference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A gateway brings a device in, and later it goes to another patient: on PostgreSQL. */
class OnboardingStoryTest {

  private static final Instant NOW = Instant.parse(AT);
  private static final Set<DeviceId> CREATED = Set.of(new DeviceId("d1"));

  private TestDatabase database;
  private PostgresDeviceAssignments assignments;
  private ReadingCheck check;

  @BeforeEach
  void open() {
    database = TestDatabase.fresh();
    assignments = new PostgresDeviceAssignments(database.dataSource(), MetricCatalog.standard());
    check =
        new ReadingCheck(MetricCatalog.standard(), assignments, Clock.fixed(NOW, ZoneOffset.UTC));
  }

  @AfterEach
  void close() {
    database.close();
  }

  private void write(String patient, Instant now) {
    Device device = new Device();
    device.setId("Device/d1/_history/1");
    if (patient != null) {
      device.setPatient(new Reference("Patient/" + patient));
    }
    database
        .transactions()
        .executeWithoutResult(status -> assignments.deviceWritten(TENANT, device, now));
  }

  private List<Reading> accept(Observation observation, Set<DeviceId> createdNow) {
    return database
        .transactions()
        .execute(status -> check.accept(TENANT, observation, NOW, createdNow));
  }

  @Test
  void aDeviceOfTheSameTransactionBelongsToThePatientOfItsFirstReading() {
    write(null, NOW);

    assertThat(accept(heartRate(), CREATED)).hasSize(1);
    assertThat(accept(heartRate(), Set.of())).hasSize(1);
    assertThatExceptionOfType(ProblemException.class)
        .isThrownBy(() -> accept(heartRate().setSubject(new Reference("Patient/p2")), CREATED));
  }

  @Test
  void aDeviceKnownBeforeHasToBeAssignedFirst() {
    write(null, NOW);

    assertThatExceptionOfType(ProblemException.class)
        .isThrownBy(() -> accept(heartRate(), Set.of()))
        .satisfies(
            e ->
                assertThat(e.problems())
                    .extracting("expression")
                    .containsExactly("Observation.device"));
    write("p1", NOW);
    assertThat(accept(heartRate(), Set.of())).hasSize(1);
  }

  @Test
  void aLateReadingGoesToTheFormerPatient() {
    write("p1", NOW.minusSeconds(7_200));
    write("p2", NOW.minusSeconds(3_600));

    Observation late = heartRate().setEffective(new DateTimeType("2026-03-01T08:59:00Z"));
    assertThat(accept(late, Set.of()).get(0).patient()).isEqualTo(new PatientId("p1"));
    assertThatExceptionOfType(ProblemException.class)
        .isThrownBy(() -> accept(heartRate(), Set.of()));
  }
}
