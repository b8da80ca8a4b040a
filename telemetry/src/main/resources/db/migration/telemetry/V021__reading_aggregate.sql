-- Readings by hour and by day (UTC), in the canonical unit of the metric, without those that may not be evaluated. Times
-- in ranges are microseconds, in the order of the ranges of the metric catalogue; empty for metrics without.
create table telemetry.reading_hour (
  tenant_id text not null,
  patient_id text not null,
  metric text not null,
  unit text not null,
  begins_at timestamptz not null,
  count bigint not null,
  sum numeric not null,
  square_sum numeric not null,
  min numeric not null,
  max numeric not null,
  first_value numeric not null,
  first_at timestamptz not null,
  last_value numeric not null,
  last_at timestamptz not null,
  range_us bigint[] not null,
  constraint reading_hour_pk primary key (tenant_id, patient_id, metric, unit, begins_at),
  constraint reading_hour_count_ck check (count > 0)
);

create table telemetry.reading_day (
  tenant_id text not null,
  patient_id text not null,
  metric text not null,
  unit text not null,
  begins_at timestamptz not null,
  count bigint not null,
  sum numeric not null,
  square_sum numeric not null,
  min numeric not null,
  max numeric not null,
  first_value numeric not null,
  first_at timestamptz not null,
  last_value numeric not null,
  last_at timestamptz not null,
  range_us bigint[] not null,
  constraint reading_day_pk primary key (tenant_id, patient_id, metric, unit, begins_at),
  constraint reading_day_count_ck check (count > 0)
);
