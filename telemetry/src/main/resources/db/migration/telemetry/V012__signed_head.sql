-- Heads of the log as they were signed, chained by digests. Rows are added, never changed.
create table telemetry.signed_head (
  shard smallint not null,
  number bigint not null,
  sequence bigint not null,
  event_hash bytea not null,
  signed_at timestamptz not null,
  key_id uuid not null,
  previous_digest bytea not null,
  signature bytea not null,
  constraint signed_head_pk primary key (shard, number),
  constraint signed_head_number_ck check (number >= 1),
  constraint signed_head_event_hash_ck check (octet_length(event_hash) = 32),
  constraint signed_head_previous_digest_ck check (octet_length(previous_digest) = 32),
  constraint signed_head_signature_ck check (octet_length(signature) = 64)
);

create function telemetry.refuse_head_change() returns trigger language plpgsql as $$
begin
  raise exception 'telemetry.signed_head is append-only' using errcode = 'restrict_violation';
end
$$;

create trigger signed_head_append_only before update or delete on telemetry.signed_head
  for each row execute function telemetry.refuse_head_change();

create trigger signed_head_no_truncate before truncate on telemetry.signed_head
  for each statement execute function telemetry.refuse_head_change();
