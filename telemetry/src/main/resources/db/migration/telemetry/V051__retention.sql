-- How long Observations are kept: by category (system|code), * for those that no other row names.
create table telemetry.retention_policy (
  tenant_id text not null,
  category text not null,
  keep_days integer not null,
  constraint retention_policy_pk primary key (tenant_id, category),
  constraint retention_policy_keep_days_ck check (keep_days > 0)
);

-- Persons of whom nothing is deleted, with a reference to why.
create table telemetry.legal_hold (
  tenant_id text not null,
  patient_id text not null,
  matter text not null,
  placed_at timestamptz not null,
  constraint legal_hold_pk primary key (tenant_id, patient_id)
);

-- Weeks of which Observations were deleted and whose aggregates do not follow yet. week_at is its first moment, steps
-- how often something was deleted.
create table telemetry.retention_week (
  tenant_id text not null,
  week_at timestamptz not null,
  steps bigint not null default 1,
  constraint retention_week_pk primary key (tenant_id, week_at)
);

-- Locks the partition of a week against everybody, to look at it and then empty it in the same transaction.
create function telemetry.lock_observation_partition(week integer) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  execute format('lock table telemetry_leaf.%I in access exclusive mode', 'observation_w' || week);
end
$$;

revoke execute on function telemetry.lock_observation_partition(integer) from public;

-- Takes every row of a partition away at once, and gives its disk space back.
create function telemetry.empty_observation_partition(week integer) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  execute format('truncate telemetry_leaf.%I', 'observation_w' || week);
end
$$;

revoke execute on function telemetry.empty_observation_partition(integer) from public;
