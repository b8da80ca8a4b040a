package dev.vigil.telemetry.reading;

import dev.vigil.core.DeviceId;
import dev.vigil.core.TenantId;
import dev.vigil.telemetry.observation.ObservationRows;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.hl7.fhir.r4.model.IdType;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The Devices that rows came from: those they name, and the sources of the DeviceMetrics they name
 * as these were when the row was written.
 */
final class SourceDevices {

  private static final String CHANNEL = "DeviceMetric";

  private final JdbcClient jdbc;
  private final ObservationRows rows;

  SourceDevices(JdbcClient jdbc, ObservationRows rows) {
    this.jdbc = jdbc;
    this.rows = rows;
  }

  /** The device of each reading, in the order of the readings. */
  List<DeviceId> of(TenantId tenant, List<FoundReading> readings) {
    int number = rows.number(tenant);
    Map<Integer, IdType> byNumber = new HashMap<>();
    List<IdType> named =
        readings.stream()
            .map(FoundReading::row)
            .map(
                row ->
                    row.device() == null
                        ? told(number, row)
                        : byNumber.computeIfAbsent(row.device(), device -> named(number, row)))
            .toList();
    Map<String, NavigableMap<Instant, String>> sources =
        sources(
            tenant,
            named.stream()
                .filter(id -> id.getResourceType().equals(CHANNEL))
                .map(IdType::getIdPart)
                .collect(Collectors.toSet()));
    List<DeviceId> devices = new ArrayList<>();
    for (int i = 0; i < named.size(); i++) {
      IdType id = named.get(i);
      devices.add(
          new DeviceId(
              id.getResourceType().equals(CHANNEL)
                  ? source(id, sources.get(id.getIdPart()), readings.get(i).row().updatedAt())
                  : id.getIdPart()));
    }
    return devices;
  }

  private IdType named(int tenant, ObservationRows.Row row) {
    return rows.reference(tenant, row.device()).map(IdType::new).orElseGet(() -> told(tenant, row));
  }

  private IdType told(int tenant, ObservationRows.Row row) {
    return new IdType(ShapeReading.parse(rows.json(tenant, row)).getDevice().getReference());
  }

  /** The first source known also stands for the time before; without any the channel for itself. */
  private static String source(
      IdType channel, NavigableMap<Instant, String> sources, Instant moment) {
    if (sources == null) {
      return channel.getIdPart();
    }
    Map.Entry<Instant, String> entry = sources.floorEntry(moment);
    return (entry == null ? sources.firstEntry() : entry).getValue();
  }

  private Map<String, NavigableMap<Instant, String>> sources(
      TenantId tenant, Set<String> channels) {
    Map<String, NavigableMap<Instant, String>> sources = new HashMap<>();
    if (!channels.isEmpty()) {
      jdbc.sql(
              """
              select metric_id, since, device_id from telemetry.device_metric_source
              where tenant_id = :tenant and metric_id = any(:channels)
              """)
          .param("tenant", tenant.value())
          .param("channels", channels.toArray(String[]::new), Types.ARRAY)
          .query(
              row -> {
                OffsetDateTime since = row.getObject("since", OffsetDateTime.class);
                sources
                    .computeIfAbsent(row.getString("metric_id"), key -> new TreeMap<>())
                    .put(
                        since.equals(OffsetDateTime.MIN) ? Instant.MIN : since.toInstant(),
                        row.getString("device_id"));
              });
    }
    return sources;
  }
}
