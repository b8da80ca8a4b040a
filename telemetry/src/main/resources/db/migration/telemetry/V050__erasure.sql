-- Persons whose rows are being deleted. A row stays for a while after the last one has gone, for a write that began
-- before the erasure and ends after it.
create table telemetry.erasure (
  tenant_id text not null,
  patient_id text not null,
  patient_pid bigint,
  erased_at timestamptz not null,
  constraint erasure_pk primary key (tenant_id, patient_id)
);
