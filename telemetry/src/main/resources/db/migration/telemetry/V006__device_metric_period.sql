-- What each DeviceMetric measures, by the catalogue's name, and how often. Null where it does not say,
-- and for those written before this migration until they are written again.
alter table telemetry.device_metric
  add column metric text,
  add column interval_ms bigint,
  add constraint device_metric_interval_ms_ck check (interval_ms > 0);

create index device_metric_device_ix on telemetry.device_metric (tenant_id, device_id, metric);
