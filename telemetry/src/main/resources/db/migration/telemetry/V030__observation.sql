-- Observations: the JSON with holes once (shape), what fills the holes in each row (leaves).
-- A place is 19 bits of the week since 0001-01-01 of the moment the Observation is about, then its number
-- of 42 bits. A key is the place it was first recorded at; both are equal unless that moment was corrected.

-- A number that no other Observation has; a writer takes 1,000 at a time.
create sequence telemetry.observation_number start 1000 increment 1000 maxvalue 4398046510000;

create sequence telemetry.shape_number as integer;

-- The slots are the leaves whose numbers the rows keep for searches, in order.
create table telemetry.shape (
  tenant_id text not null,
  shape_id integer not null default nextval('telemetry.shape_number'),
  hash bytea not null,
  template text not null,
  slots integer[] not null,
  identifier_leaf integer,
  covered boolean not null,
  constraint shape_pk primary key (tenant_id, shape_id),
  constraint shape_hash_uq unique (tenant_id, hash),
  constraint shape_hash_ck check (octet_length(hash) = 32)
);

-- What searches find in every Observation of a shape. With a slot the number is in the row:
-- number of the slot * factor + shift.
create table telemetry.shape_entry (
  tenant_id text not null,
  shape_id integer not null,
  kind text not null,
  param text not null,
  element integer not null,
  system text,
  code text,
  exact text,
  number double precision,
  slot integer,
  factor double precision,
  shift double precision,
  low timestamptz,
  high timestamptz,
  constraint shape_entry_shape_fk foreign key (tenant_id, shape_id) references telemetry.shape,
  constraint shape_entry_kind_ck check (
    kind in ('token', 'identifier', 'text', 'number', 'quantity', 'canonical', 'date', 'effective', 'uri'))
);

create index shape_entry_shape_ix on telemetry.shape_entry (tenant_id, shape_id);
create index shape_entry_param_ix on telemetry.shape_entry (tenant_id, param, code);

-- The newest versions. effective_to is null for a moment; both are null when it tells no time.
-- home_week is null unless the key lies in another week than the place; client_id unless the client
-- chose the id. The columns are in this order to leave no gaps between them.
create table telemetry.observation (
  place bigint not null,
  patient bigint,
  device bigint,
  effective_from timestamptz,
  effective_to timestamptz,
  value double precision,
  identifier bigint,
  updated_at timestamptz not null,
  sequence bigint not null,
  shape_id integer not null,
  version integer not null,
  home_week integer,
  tenant_id text not null,
  leaves bytea not null,
  more_values double precision[],
  client_id text,
  constraint observation_pk primary key (tenant_id, place)
) partition by range (place);

create index observation_patient_ix
  on telemetry.observation (tenant_id, patient, shape_id, effective_from);
create index observation_shape_ix on telemetry.observation (tenant_id, shape_id);
create index observation_updated_ix on telemetry.observation (tenant_id, updated_at);
create index observation_identifier_ix on telemetry.observation (tenant_id, identifier)
  where identifier is not null;
create index observation_device_ix on telemetry.observation (tenant_id, device)
  where device is not null;

-- Superseded versions and deletions. A deletion that is the newest version has no superseded_at.
create table telemetry.observation_version (
  tenant_id text not null,
  key bigint not null,
  version integer not null,
  deleted boolean not null,
  client_id text,
  patient bigint,
  effective_from timestamptz,
  shape_id integer,
  leaves bytea,
  updated_at timestamptz not null,
  superseded_at timestamptz,
  sequence bigint not null,
  constraint observation_version_pk primary key (tenant_id, key, version),
  constraint observation_version_content_ck check (deleted = (leaves is null)
    and deleted = (shape_id is null))
);

create index observation_version_updated_ix
  on telemetry.observation_version (tenant_id, updated_at);
create index observation_version_patient_ix
  on telemetry.observation_version (tenant_id, patient) where patient is not null;

-- Ids that clients chose, and Observations that are no longer where their key says.
create table telemetry.observation_place (
  tenant_id text not null,
  key bigint not null,
  id text not null,
  place bigint not null,
  constraint observation_place_pk primary key (tenant_id, key),
  constraint observation_place_id_uq unique (tenant_id, id),
  constraint observation_place_place_uq unique (tenant_id, place)
);

-- Weeks that hold Observations which began in an earlier week.
create table telemetry.observation_crossing (
  tenant_id text not null,
  week integer not null,
  constraint observation_crossing_pk primary key (tenant_id, week)
);

-- What searches find in one Observation and neither its shape nor its row tells.
create table telemetry.observation_entry (
  tenant_id text not null,
  place bigint not null,
  kind text not null,
  param text not null,
  element integer not null,
  system text,
  code text,
  exact text,
  number double precision,
  low timestamptz,
  high timestamptz,
  constraint observation_entry_kind_ck check (
    kind in ('token', 'text', 'number', 'quantity', 'canonical', 'date', 'uri'))
);

create index observation_entry_place_ix on telemetry.observation_entry (tenant_id, place);
create index observation_entry_code_ix
  on telemetry.observation_entry (tenant_id, param, md5(code)) where kind = 'token';
create index observation_entry_number_ix
  on telemetry.observation_entry (tenant_id, param, number) where number is not null;
create index observation_entry_low_ix
  on telemetry.observation_entry (tenant_id, param, low) where kind = 'date';
create index observation_entry_text_ix
  on telemetry.observation_entry (tenant_id, param, left(code, 200) text_pattern_ops)
  where kind in ('text', 'uri');

-- References that the row has no column for.
create table telemetry.observation_link (
  tenant_id text not null,
  place bigint not null,
  path text not null,
  target_type text,
  target_pid bigint,
  target_id text,
  target_version bigint,
  url text
);

create index observation_link_place_ix on telemetry.observation_link (tenant_id, place);
create index observation_link_target_ix
  on telemetry.observation_link (tenant_id, target_pid) where target_pid is not null;
create index observation_link_url_ix
  on telemetry.observation_link (tenant_id, md5(url)) where url is not null;

-- Criteria of conditional writes that created an Observation: of two at once one has to wait and fails.
create table telemetry.observation_match (
  tenant_id text not null,
  hash bytea not null,
  key bigint not null,
  claimed_at timestamptz not null,
  constraint observation_match_pk primary key (tenant_id, hash)
);

create index observation_match_key_ix on telemetry.observation_match (tenant_id, key);

-- The key of what lies at a place.
create function telemetry.observation_key(place bigint, home_week integer) returns bigint
language sql immutable parallel safe as $$
  select case when home_week is null then place
    else (home_week::bigint << 42) | (place & 4398046511103) end
$$;

-- Partitions lie in a schema of their own, where nobody but the owner has a right: rows are reached
-- through the parent alone.
create schema telemetry_leaf;

-- Makes the partition that holds a week, unless it is there. Seven days from 2020 (week 105346) to the
-- end of 2069 (week 107954), else 512 weeks. The table is made apart and then attached, since that lets
-- others read and write the parent meanwhile.
create function telemetry.add_observation_partition(week integer) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  first integer;
  behind integer;
  leaf text;
begin
  if week is null or week < 0 or week > 524287 then
    raise exception 'no such week' using errcode = 'invalid_parameter_value';
  end if;
  if week between 105346 and 107954 then
    first := week;
    behind := week + 1;
  else
    first := week / 512 * 512;
    behind := first + 512;
    if week < 105346 then
      behind := least(behind, 105346);
    else
      first := greatest(first, 107955);
    end if;
  end if;
  leaf := 'observation_w' || first;
  if to_regclass('telemetry_leaf.' || leaf) is not null then
    return;
  end if;
  lock table only telemetry.observation in share update exclusive mode;
  if to_regclass('telemetry_leaf.' || leaf) is not null then
    return;
  end if;
  execute format(
    'create table telemetry_leaf.%I (like telemetry.observation including defaults including constraints)',
    leaf);
  execute format(
    'alter table telemetry.observation attach partition telemetry_leaf.%I for values from (%s) to (%s)',
    leaf, first::bigint << 42, behind::bigint << 42);
end
$$;

revoke execute on function telemetry.add_observation_partition(integer) from public;
