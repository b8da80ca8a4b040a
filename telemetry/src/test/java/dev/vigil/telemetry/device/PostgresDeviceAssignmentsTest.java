package dev.vigil.telemetry.device;

import static dev.vigil.telemetry.TestReadings.NOON;
import static dev.vigil.telemetry.TestReadings.OTHER_TENANT;
import static dev.vigil.telemetry.TestReadings.TENANT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vigil.core.DeviceId;
import dev.vigil.core.PatientId;
import dev.vigil.telemetry.TestDatabase;
import dev.vigil.terminology.metric.MetricCatalog;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.hl7.fhir.r4.model.DateTimeType;
import org.hl7.fhir.r4.model.Device;
import org.hl7.fhir.r4.model.DeviceMetric;
import org.hl7.fhir.r4.model.Reference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataIntegrityViolationException;

class PostgresDeviceAssignmentsTest {

  private static final DeviceId DEVICE = new DeviceId("pump-1");
  private static final PatientId FIRST = new PatientId("ward-1");
  private static final PatientId SECOND = new PatientId("ward-2");
  private static final PatientId THIRD = new PatientId("ward-3");

  private TestDatabase database;
  private DeviceAssignments assignments;

  @BeforeEach
  void open() {
    database = TestDatabase.fresh();
    assignments = new PostgresDeviceAssignments(database.dataSource(), MetricCatalog.standard());
  }

  @AfterEach
  void close() {
    database.close();
  }

  private static Device device(PatientId patient) {
    Device device = new Device();
    device.setId("Device/pump-1/_history/3");
    if (patient != null) {
      device.setPatient(new Reference("Patient/" + patient.value()));
    }
    return device;
  }

  private void write(Device device, Instant now) {
    database
        .transactions()
        .executeWithoutResult(status -> assignments.deviceWritten(TENANT, device, now));
  }

  private Optional<PatientId> at(Instant moment) {
    return assignments.patientAt(TENANT, DEVICE, moment);
  }

  @Test
  void theFirstAssignmentReachesBackWithoutLimit() {
    write(device(FIRST), NOON);

    assertThat(at(NOON.minusSeconds(86_400L * 3_650))).contains(FIRST);
    assertThat(at(NOON.plusSeconds(86_400L * 3_650))).contains(FIRST);
    assertThat(assignments.everAssigned(TENANT, DEVICE)).isTrue();
    assertThat(assignments.patientAt(OTHER_TENANT, DEVICE, NOON)).isEmpty();
  }

  @Test
  void lateReadingsBelongToTheFormerPatient() {
    write(device(FIRST), NOON.minusSeconds(3_600));
    write(device(SECOND), NOON);

    assertThat(at(NOON.minusNanos(1_000))).contains(FIRST);
    assertThat(at(NOON)).contains(SECOND);
  }

  @Test
  void theExtensionNamesWhenItBegan() {
    write(device(FIRST), NOON.minusSeconds(3_600));
    Device reassigned = device(SECOND);
    reassigned
        .getPatient()
        .addExtension(
            PostgresDeviceAssignments.ASSIGNED_SINCE,
            new DateTimeType(Date.from(NOON.minusSeconds(600))));
    write(reassigned, NOON);

    assertThat(at(NOON.minusSeconds(601))).contains(FIRST);
    assertThat(at(NOON.minusSeconds(600))).contains(SECOND);
  }

  @Test
  void anEarlierBeginningTakesOverFromLaterAssignments() {
    write(device(FIRST), NOON.minusSeconds(3_600));
    write(device(SECOND), NOON);
    Device corrected = device(THIRD);
    corrected.addExtension(
        PostgresDeviceAssignments.ASSIGNED_SINCE,
        new DateTimeType(Date.from(NOON.minusSeconds(600))));
    write(corrected, NOON.plusSeconds(600));

    assertThat(at(NOON.minusSeconds(601))).contains(FIRST);
    assertThat(at(NOON.minusSeconds(600))).contains(THIRD);
    assertThat(at(NOON.plusSeconds(1))).contains(THIRD);
  }

  @Test
  void theSamePatientAgainChangesNothing() {
    write(device(FIRST), NOON.minusSeconds(3_600));
    write(device(SECOND), NOON);
    write(device(SECOND), NOON.plusSeconds(600));

    assertThat(at(NOON.plusSeconds(1))).contains(SECOND);
    assertThat(at(NOON.minusSeconds(1))).contains(FIRST);
  }

  @Test
  void endsWhenThePatientIsTakenOff() {
    write(device(FIRST), NOON.minusSeconds(3_600));
    write(device(null), NOON);
    write(device(FIRST), NOON.plusSeconds(600));

    assertThat(at(NOON.minusSeconds(1))).contains(FIRST);
    assertThat(at(NOON)).isEmpty();
    assertThat(at(NOON.plusSeconds(600))).contains(FIRST);
    assertThat(assignments.everAssigned(TENANT, DEVICE)).isTrue();
  }

  @Test
  void aPatientOfAnotherServerIsNotOurs() {
    Device foreign = device(null);
    foreign.setPatient(new Reference("https://elsewhere.example/fhir/Patient/ward-1"));
    write(foreign, NOON);

    assertThat(at(NOON)).isEmpty();
  }

  @Test
  void assignBeginsTheFirstAssignmentOnly() {
    database
        .transactions()
        .executeWithoutResult(
            status -> {
              assignments.assign(TENANT, DEVICE, FIRST);
              assignments.assign(TENANT, DEVICE, SECOND);
            });

    assertThat(at(NOON)).contains(FIRST);
  }

  @Test
  void concurrentFirstAssignmentsLeaveOne() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> writes =
          IntStream.range(0, 8)
              .<Future<?>>mapToObj(
                  i ->
                      pool.submit(
                          () ->
                              database
                                  .transactions()
                                  .executeWithoutResult(
                                      status ->
                                          assignments.assign(
                                              TENANT, DEVICE, new PatientId("ward-" + i)))))
              .toList();
      for (Future<?> write : writes) {
        write.get();
      }
    } finally {
      pool.shutdownNow();
    }

    assertThat(at(NOON)).isPresent();
  }

  @Test
  void theTableItselfRefusesTwoPatientsAtOneMoment() {
    write(device(FIRST), NOON);

    assertThatThrownBy(
            () ->
                database
                    .jdbc()
                    .sql(
                        """
                        insert into telemetry.device_assignment
                        values ('demo', 'pump-1', 'ward-9', '2026-01-01', '2026-01-02')
                        """)
                    .update())
        .isInstanceOf(DataIntegrityViolationException.class)
        .hasMessageContaining("device_assignment_one_patient_ex");
  }

  @Test
  void findsTheDeviceBehindAMetric() {
    write(device(null), NOON);
    DeviceMetric metric = new DeviceMetric();
    metric.setId("rate-1");
    metric.setSource(new Reference("Device/pump-1"));
    assignments.deviceMetricWritten(TENANT, metric);

    assertThat(assignments.deviceOf(TENANT, "DeviceMetric/rate-1")).contains(DEVICE);
    assertThat(assignments.deviceOf(TENANT, "Device/pump-1")).contains(DEVICE);
    assertThat(assignments.deviceOf(OTHER_TENANT, "Device/pump-1")).isEmpty();

    metric.setSource(null);
    assignments.deviceMetricWritten(TENANT, metric);
    assertThat(assignments.deviceOf(TENANT, "DeviceMetric/rate-1")).isEmpty();

    metric.setSource(new Reference("Device/pump-1"));
    assignments.deviceMetricWritten(TENANT, metric);
    assignments.deviceMetricDeleted(OTHER_TENANT, "rate-1");
    assertThat(assignments.deviceOf(TENANT, "DeviceMetric/rate-1")).contains(DEVICE);
    assignments.deviceMetricDeleted(TENANT, "rate-1");
    assertThat(assignments.deviceOf(TENANT, "DeviceMetric/rate-1")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Device/unknown",
        "DeviceMetric/unknown",
        "Patient/pump-1",
        "pump-1",
        "#pump-1",
        "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0",
        "https://elsewhere.example/fhir/Device/pump-1",
        ""
      })
  void knowsNoOtherReference(String reference) {
    write(device(FIRST), NOON);

    assertThat(assignments.deviceOf(TENANT, reference)).isEmpty();
  }
}
