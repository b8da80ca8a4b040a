-- Readings that a later version of their Observation replaced or took back: with them the readings can be told as they
-- were known at any event of the log.
create table telemetry.reading_replaced (
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
  replaced_by bigint not null,
  constraint reading_replaced_pk primary key (tenant_id, observation_id, ordinal, replaced_by)
);

create index reading_replaced_signal_ix
  on telemetry.reading_replaced (tenant_id, patient_id, metric, measured_at);

create index reading_replaced_event_ix on telemetry.reading_replaced (replaced_by);

-- One row: after which event replaced readings are complete. A rebuild of the readings makes it 0.
create table telemetry.reading_history (
  complete_after bigint not null,
  constraint reading_history_complete_after_ck check (complete_after >= 0)
);

insert into telemetry.reading_history (complete_after)
select coalesce(max(sequence), 0) from telemetry.event;
