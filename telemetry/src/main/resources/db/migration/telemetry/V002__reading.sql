-- Device readings by signal and event time. The key serves the window scans.
create table telemetry.reading (
  tenant_id text not null,
  patient_id text not null,
  metric text not null,
  measured_at timestamptz not null,
  observation_id text not null,
  ordinal smallint not null,
  device_id text not null,
  value numeric,
  unit text,
  code_system text,
  code text,
  quality text[] not null,
  received_at timestamptz not null,
  sequence bigint not null,
  constraint reading_pk
    primary key (tenant_id, patient_id, metric, measured_at, observation_id, ordinal),
  constraint reading_observation_uq unique (tenant_id, observation_id, ordinal),
  constraint reading_value_ck check (
    (value is not null and unit is not null and code_system is null and code is null)
    or (value is null and unit is null and code_system is not null and code is not null)),
  constraint reading_value_finite_ck check (value not in ('NaN', 'Infinity', '-Infinity'))
);

-- The newest reading of each signal, in event time.
create table telemetry.signal (
  tenant_id text not null,
  patient_id text not null,
  metric text not null,
  device_id text not null,
  measured_at timestamptz not null,
  observation_id text not null,
  ordinal smallint not null,
  sequence bigint not null,
  constraint signal_pk primary key (tenant_id, patient_id, metric, device_id)
);
