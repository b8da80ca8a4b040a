create extension if not exists btree_gist schema telemetry;

-- Devices we were told about; a row is also the lock under which its assignments change.
create table telemetry.device (
  tenant_id text not null,
  device_id text not null,
  constraint device_pk primary key (tenant_id, device_id)
);

-- Whose a device was from (inclusive) to (exclusive); infinity on a side without limit.
create table telemetry.device_assignment (
  tenant_id text not null,
  device_id text not null,
  patient_id text not null,
  valid_from timestamptz not null,
  valid_to timestamptz not null,
  constraint device_assignment_pk primary key (tenant_id, device_id, valid_from),
  constraint device_assignment_device_fk
    foreign key (tenant_id, device_id) references telemetry.device (tenant_id, device_id),
  constraint device_assignment_period_ck check (valid_from < valid_to),
  constraint device_assignment_one_patient_ex exclude using gist (
    tenant_id with =, device_id with =, tstzrange(valid_from, valid_to, '[)') with &&)
);

-- The device behind each DeviceMetric.
create table telemetry.device_metric (
  tenant_id text not null,
  metric_id text not null,
  device_id text not null,
  constraint device_metric_pk primary key (tenant_id, metric_id)
);
