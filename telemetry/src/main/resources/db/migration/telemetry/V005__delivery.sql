-- How far each destination has got, and how it fares.
create table telemetry.delivery (
  tenant_id text not null,
  channel text not null,
  destination text not null,
  position bigint not null,
  attempts integer not null default 0,
  next_attempt_at timestamptz,
  first_failed_at timestamptz,
  state text not null default 'ok',
  last_error text,
  constraint delivery_pk primary key (tenant_id, channel, destination),
  constraint delivery_state_ck check (state in ('ok', 'failing')),
  constraint delivery_failing_ck check ((state = 'failing') = (first_failed_at is not null))
);

-- Events a destination did not confirm and will not be sent again by itself.
create table telemetry.dead_letter (
  tenant_id text not null,
  channel text not null,
  destination text not null,
  sequence bigint not null,
  error text not null,
  attempts integer not null,
  failed_at timestamptz not null,
  constraint dead_letter_pk primary key (tenant_id, channel, destination, sequence)
);
