package dev.vigil.telemetry.device;

import dev.vigil.core.DeviceId;
import dev.vigil.core.Metric;
import dev.vigil.core.TenantId;
import dev.vigil.telemetry.Timestamptz;
import dev.vigil.terminology.metric.MetricCatalog;
import java.sql.Types;
import java.time.Duration;
import java.util.Date;
import java.util.Optional;
import org.hl7.fhir.r4.model.DeviceMetric;
import org.hl7.fhir.r4.model.DeviceMetric.DeviceMetricOperationalStatus;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The channels of devices in {@code telemetry.device_metric}: whose, what and how often; and whose
 * they were, in {@code telemetry.device_metric_source}.
 */
final class DeviceMetricTable {

  private final JdbcClient jdbc;
  private final MetricCatalog catalog;

  DeviceMetricTable(JdbcClient jdbc, MetricCatalog catalog) {
    this.jdbc = jdbc;
    this.catalog = catalog;
  }

  /** A channel entered in error still names its device, but says nothing about any metric. */
  void write(TenantId tenant, DeviceMetric channel, DeviceId device) {
    boolean error = channel.getOperationalStatus() == DeviceMetricOperationalStatus.ENTEREDINERROR;
    Optional<String> metric =
        error
            ? Optional.empty()
            : catalog.byConcept(channel.getType()).map(found -> found.metric().id());
    Optional<Duration> interval =
        error ? Optional.empty() : MeasurementPeriod.interval(channel.getMeasurementPeriod());
    jdbc.sql(
            """
            insert into telemetry.device_metric
              (tenant_id, metric_id, device_id, metric, interval_ms)
            values (:tenant, :id, :device, :metric, :interval)
            on conflict on constraint device_metric_pk do update
            set device_id = excluded.device_id, metric = excluded.metric,
              interval_ms = excluded.interval_ms
            """)
        .param("tenant", tenant.value())
        .param("id", channel.getIdElement().getIdPart())
        .param("device", device.value())
        .param("metric", metric.orElse(null), Types.VARCHAR)
        .param("interval", interval.map(Duration::toMillis).orElse(null), Types.BIGINT)
        .update();
    keepSource(tenant, channel, device);
  }

  /** From which device a channel's readings are stays known when the channel goes to another. */
  private void keepSource(TenantId tenant, DeviceMetric channel, DeviceId device) {
    Date written = channel.getMeta().getLastUpdated();
    jdbc.sql(
            """
            insert into telemetry.device_metric_source (tenant_id, metric_id, since, device_id)
            select :tenant, :id, coalesce(cast(:since as timestamptz), now()), :device
            where cast(:device as text) is distinct from (
              select device_id from telemetry.device_metric_source
              where tenant_id = :tenant and metric_id = :id
              order by since desc limit 1)
            on conflict on constraint device_metric_source_pk do update
            set device_id = excluded.device_id
            """)
        .param("tenant", tenant.value())
        .param("id", channel.getIdElement().getIdPart())
        .param(
            "since",
            written == null ? null : Timestamptz.of(written.toInstant()),
            Types.TIMESTAMP_WITH_TIMEZONE)
        .param("device", device.value())
        .update();
  }

  void delete(TenantId tenant, String id) {
    jdbc.sql(
            """
            delete from telemetry.device_metric
            where tenant_id = :tenant and metric_id = :id
            """)
        .param("tenant", tenant.value())
        .param("id", id)
        .update();
  }

  Optional<DeviceId> device(TenantId tenant, String id) {
    return jdbc.sql(
            """
            select device_id from telemetry.device_metric
            where tenant_id = :tenant and metric_id = :id
            """)
        .param("tenant", tenant.value())
        .param("id", id)
        .query(String.class)
        .optional()
        .map(DeviceId::new);
  }

  /** The longest of all channels; one that does not say is taken to measure every otherwise. */
  Duration interval(TenantId tenant, DeviceId device, Metric metric, Duration otherwise) {
    return jdbc.sql(
            """
            select max(coalesce(interval_ms, :otherwise)) from telemetry.device_metric
            where tenant_id = :tenant and device_id = :device and metric = :metric
            """)
        .param("tenant", tenant.value())
        .param("device", device.value())
        .param("metric", metric.id())
        .param("otherwise", otherwise.toMillis())
        .query(Long.class)
        .optional()
        .map(Duration::ofMillis)
        .orElse(otherwise);
  }
}
