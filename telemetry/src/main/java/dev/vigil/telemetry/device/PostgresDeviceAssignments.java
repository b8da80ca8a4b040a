package dev.vigil.telemetry.device;

import dev.vigil.core.DeviceId;
import dev.vigil.core.Metric;
import dev.vigil.core.PatientId;
import dev.vigil.core.TenantId;
import dev.vigil.telemetry.Timestamptz;
import dev.vigil.terminology.metric.MetricCatalog;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.hl7.fhir.r4.model.BaseDateTimeType;
import org.hl7.fhir.r4.model.Device;
import org.hl7.fhir.r4.model.DeviceMetric;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.Reference;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Assignments in {@code telemetry.device_assignment}. Changes of one device run one after the
 * other: each first locks the device's row to the end of its transaction.
 *
 * <p>An assignment that names an earlier beginning than assignments we know takes over from there:
 * those that began later are dropped, the one that ran then ends there.
 */
public final class PostgresDeviceAssignments implements DeviceAssignments {

  /** When the present patient got the device: a dateTime or instant on Device.patient or Device. */
  public static final String ASSIGNED_SINCE =
      "https://vigil.dev/fhir/StructureDefinition/assigned-since";

  private final JdbcClient jdbc;
  private final DeviceMetricTable channels;

  /**
   * Wires the parts.
   *
   * @param dataSource of the transactions that write devices
   * @param catalog knows what DeviceMetric.type means
   */
  public PostgresDeviceAssignments(DataSource dataSource, MetricCatalog catalog) {
    this.jdbc = JdbcClient.create(dataSource);
    this.channels = new DeviceMetricTable(jdbc, catalog);
  }

  @Override
  public void deviceWritten(TenantId tenant, Device device, Instant now) {
    DeviceId id = new DeviceId(device.getIdElement().getIdPart());
    lock(tenant, id);
    Optional<PatientId> patient = target(device.getPatient(), "Patient").map(PatientId::new);
    Optional<PatientId> present = present(tenant, id);
    if (present.equals(patient)) {
      return;
    }
    if (patient.isEmpty()) {
      endAt(tenant, id, now);
    } else if (everAssigned(tenant, id)) {
      Instant since = assignedSince(device).orElse(now);
      endAt(tenant, id, since);
      begin(tenant, id, patient.get(), since);
    } else {
      begin(tenant, id, patient.get(), Instant.MIN);
    }
  }

  @Override
  public void deviceMetricWritten(TenantId tenant, DeviceMetric metric) {
    Optional<String> device = target(metric.getSource(), "Device");
    if (device.isPresent()) {
      channels.write(tenant, metric, new DeviceId(device.get()));
    } else {
      channels.delete(tenant, metric.getIdElement().getIdPart());
    }
  }

  @Override
  public void deviceMetricDeleted(TenantId tenant, String metric) {
    channels.delete(tenant, metric);
  }

  @Override
  public void assign(TenantId tenant, DeviceId device, PatientId patient) {
    lock(tenant, device);
    if (!everAssigned(tenant, device)) {
      begin(tenant, device, patient, Instant.MIN);
    }
  }

  @Override
  public Optional<DeviceId> deviceOf(TenantId tenant, String reference) {
    IdType id = new IdType(reference);
    if (id.getIdPart() == null || id.getResourceType() == null || id.hasBaseUrl()) {
      return Optional.empty();
    }
    return switch (id.getResourceType()) {
      case "Device" -> known(tenant, id.getIdPart());
      case "DeviceMetric" -> channels.device(tenant, id.getIdPart());
      default -> Optional.empty();
    };
  }

  @Override
  public boolean everAssigned(TenantId tenant, DeviceId device) {
    return jdbc.sql(
            """
            select exists (select from telemetry.device_assignment
              where tenant_id = :tenant and device_id = :device)
            """)
        .param("tenant", tenant.value())
        .param("device", device.value())
        .query(Boolean.class)
        .single();
  }

  @Override
  public Optional<PatientId> patientAt(TenantId tenant, DeviceId device, Instant moment) {
    return jdbc.sql(
            """
            select patient_id from telemetry.device_assignment
            where tenant_id = :tenant and device_id = :device
              and valid_from <= :moment and valid_to > :moment
            """)
        .param("tenant", tenant.value())
        .param("device", device.value())
        .param("moment", Timestamptz.of(moment))
        .query(String.class)
        .optional()
        .map(PatientId::new);
  }

  /** The devices of a tenant that are somebody's now. */
  public List<Assigned> current(TenantId tenant) {
    return jdbc.sql(
            """
            select device_id, patient_id from telemetry.device_assignment
            where tenant_id = :tenant and valid_to = 'infinity'
            order by patient_id, device_id
            """)
        .param("tenant", tenant.value())
        .query(
            (row, n) ->
                new Assigned(
                    new DeviceId(row.getString("device_id")),
                    new PatientId(row.getString("patient_id"))))
        .list();
  }

  /**
   * How often a device measures, as its DeviceMetrics of that metric say. Of several that differ
   * the longest counts: with it a duration counts as seen by fewer samples and over longer gaps, so
   * that whatever a shorter interval shows is shown as well.
   *
   * @param otherwise stands for each DeviceMetric that does not say, and for a device that has none
   * @return in whole milliseconds
   */
  public Duration samplingInterval(
      TenantId tenant, DeviceId device, Metric metric, Duration otherwise) {
    return channels.interval(tenant, device, metric, otherwise);
  }

  private Optional<DeviceId> known(TenantId tenant, String device) {
    return jdbc.sql(
            """
            select device_id from telemetry.device
            where tenant_id = :tenant and device_id = :device
            """)
        .param("tenant", tenant.value())
        .param("device", device)
        .query(String.class)
        .optional()
        .map(DeviceId::new);
  }

  private Optional<PatientId> present(TenantId tenant, DeviceId device) {
    return jdbc.sql(
            """
            select patient_id from telemetry.device_assignment
            where tenant_id = :tenant and device_id = :device and valid_to = 'infinity'
            """)
        .param("tenant", tenant.value())
        .param("device", device.value())
        .query(String.class)
        .optional()
        .map(PatientId::new);
  }

  /** The update without effect locks a row that is there; a new row is locked by its insert. */
  private void lock(TenantId tenant, DeviceId device) {
    jdbc.sql(
            """
            insert into telemetry.device (tenant_id, device_id) values (:tenant, :device)
            on conflict on constraint device_pk do update set device_id = excluded.device_id
            """)
        .param("tenant", tenant.value())
        .param("device", device.value())
        .update();
  }

  private void endAt(TenantId tenant, DeviceId device, Instant moment) {
    jdbc.sql(
            """
            delete from telemetry.device_assignment
            where tenant_id = :tenant and device_id = :device and valid_from >= :moment
            """)
        .param("tenant", tenant.value())
        .param("device", device.value())
        .param("moment", Timestamptz.of(moment))
        .update();
    jdbc.sql(
            """
            update telemetry.device_assignment set valid_to = :moment
            where tenant_id = :tenant and device_id = :device and valid_to > :moment
            """)
        .param("tenant", tenant.value())
        .param("device", device.value())
        .param("moment", Timestamptz.of(moment))
        .update();
  }

  private void begin(TenantId tenant, DeviceId device, PatientId patient, Instant from) {
    jdbc.sql(
            """
            insert into telemetry.device_assignment
              (tenant_id, device_id, patient_id, valid_from, valid_to)
            values (:tenant, :device, :patient, :from, 'infinity')
            """)
        .param("tenant", tenant.value())
        .param("device", device.value())
        .param("patient", patient.value())
        .param("from", Timestamptz.of(from))
        .update();
  }

  private static Optional<Instant> assignedSince(Device device) {
    return Stream.concat(
            device.getPatient().getExtensionsByUrl(ASSIGNED_SINCE).stream(),
            device.getExtensionsByUrl(ASSIGNED_SINCE).stream())
        .filter(
            extension -> extension.getValue() instanceof BaseDateTimeType time && time.hasValue())
        .map(extension -> ((BaseDateTimeType) extension.getValue()).getValue().toInstant())
        .findFirst();
  }

  /** Empty also for something on another server: its id may by chance be one of ours. */
  private static Optional<String> target(Reference reference, String type) {
    IdType id = new IdType(reference.getReference());
    return type.equals(id.getResourceType()) && !id.hasBaseUrl()
        ? Optional.ofNullable(id.getIdPart())
        : Optional.empty();
  }
}
