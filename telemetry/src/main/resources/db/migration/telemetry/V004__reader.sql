-- How far each reader of the log has come; the row is also the lock that keeps two processes apart.
create table telemetry.reader_position (
  reader text not null,
  position bigint not null,
  constraint reader_position_pk primary key (reader),
  constraint reader_position_position_ck check (position >= 0)
);

-- Events a reader could not take. The error is the exception's class: its message may name a person.
create table telemetry.parked_event (
  tenant_id text not null,
  reader text not null,
  sequence bigint not null,
  error text not null,
  parked_at timestamptz not null,
  constraint parked_event_pk primary key (reader, sequence)
);
