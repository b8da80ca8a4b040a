package dev.vigil.telemetry.device;

import dev.vigil.core.DeviceId;
import dev.vigil.core.PatientId;
import dev.vigil.core.TenantId;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Whose many devices were when, in one question. Tells the same as {@link DeviceAssignments}. */
public final class DeviceOwners {

  /**
   * Whose a device was.
   *
   * @param device the one behind the reference
   * @param spans one after the other, with gaps
   */
  public record Ownership(DeviceId device, List<Span> spans) {

    /** Whose it was at a moment. */
    public Optional<PatientId> at(Instant moment) {
      for (Span span : spans) {
        if (!moment.isBefore(span.from()) && moment.isBefore(span.to())) {
          return Optional.of(span.patient());
        }
      }
      return Optional.empty();
    }
  }

  /**
   * A time with one patient.
   *
   * @param to exclusive
   */
  public record Span(PatientId patient, Instant from, Instant to) {}

  private record Row(String reference, DeviceId device, Optional<Span> span) {}

  private final JdbcClient jdbc;

  /** On the data source of the transactions that ask. */
  public DeviceOwners(DataSource dataSource) {
    this.jdbc = JdbcClient.create(dataSource);
  }

  /**
   * The devices behind references.
   *
   * @param references {@code Device/x} or {@code DeviceMetric/x}
   * @return without those that are unknown
   */
  public Map<String, Ownership> of(TenantId tenant, Collection<String> references) {
    if (references.isEmpty()) {
      return Map.of();
    }
    List<Row> rows =
        jdbc.sql(
                """
                select reference, asked.device_id, patient_id, valid_from, valid_to
                from (
                  select 'Device/' || device_id as reference, device_id
                  from telemetry.device
                  where tenant_id = :tenant and device_id = any(:devices)
                  union all
                  select 'DeviceMetric/' || metric_id, device_id
                  from telemetry.device_metric
                  where tenant_id = :tenant and metric_id = any(:metrics)) as asked
                left join telemetry.device_assignment as assigned
                  on assigned.tenant_id = :tenant and assigned.device_id = asked.device_id
                """)
            .param("tenant", tenant.value())
            .param("devices", ids(references, "Device/"), Types.ARRAY)
            .param("metrics", ids(references, "DeviceMetric/"), Types.ARRAY)
            .query(
                (row, n) -> {
                  String patient = row.getString("patient_id");
                  return new Row(
                      row.getString("reference"),
                      new DeviceId(row.getString("device_id")),
                      patient == null
                          ? Optional.empty()
                          : Optional.of(
                              new Span(
                                  new PatientId(patient),
                                  row.getObject("valid_from", OffsetDateTime.class).toInstant(),
                                  row.getObject("valid_to", OffsetDateTime.class).toInstant())));
                })
            .list();
    Map<String, Ownership> found = new HashMap<>();
    for (Row row : rows) {
      Ownership known =
          found.computeIfAbsent(
              row.reference(), unseen -> new Ownership(row.device(), new ArrayList<>()));
      row.span().ifPresent(known.spans()::add);
    }
    return found;
  }

  private static String[] ids(Collection<String> references, String type) {
    return references.stream()
        .filter(reference -> reference.startsWith(type))
        .map(reference -> reference.substring(type.length()))
        .toArray(String[]::new);
  }
}
