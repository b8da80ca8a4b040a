-- The log: one row an event, chained by hashes. Rows are added, never changed.
create table telemetry.event (
  tenant_id text not null,
  shard smallint not null default 0,
  sequence bigint not null,
  kind text not null,
  version smallint not null,
  recorded_at timestamptz not null,
  door text not null,
  client text not null,
  payload text not null,
  previous_hash bytea not null,
  hash bytea not null,
  constraint event_pk primary key (shard, sequence),
  constraint event_sequence_ck check (sequence >= 1),
  constraint event_previous_hash_ck check (octet_length(previous_hash) = 32),
  constraint event_hash_ck check (octet_length(hash) = 32)
);

create function telemetry.refuse_event_change() returns trigger language plpgsql as $$
begin
  raise exception 'telemetry.event is append-only' using errcode = 'restrict_violation';
end
$$;

create trigger event_append_only before update or delete on telemetry.event
  for each row execute function telemetry.refuse_event_change();

create trigger event_no_truncate before truncate on telemetry.event
  for each statement execute function telemetry.refuse_event_change();
