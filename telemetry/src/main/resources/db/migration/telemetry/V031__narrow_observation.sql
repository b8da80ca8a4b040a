-- Narrower rows of Observations: numbers in place of the names of tenants and of what is referred to, rare
-- values in one column, and indexes over groups of rows, whose equal keys PostgreSQL keeps once.

-- A number for each tenant. No row is ever removed.
create sequence telemetry.tenant_number_number as smallint;

create table telemetry.tenant_number (
  tenant_id text not null,
  number smallint not null default nextval('telemetry.tenant_number_number'),
  constraint tenant_number_pk primary key (tenant_id),
  constraint tenant_number_number_uq unique (number)
);

-- What rows refer to: a Patient as their subject, a Device or DeviceMetric as their device. The number is
-- unique among all tenants. id is null only for what an older version wrote.
create sequence telemetry.target_number as integer;

create table telemetry.target (
  tenant smallint not null,
  number integer not null default nextval('telemetry.target_number'),
  type text not null,
  pid bigint not null,
  id text,
  constraint target_pk primary key (number),
  constraint target_pid_uq unique (tenant, pid)
);

-- The second (hour) that a moment lies in, for indexes: rows of one second (hour) share an entry.
create function telemetry.second_of(moment timestamptz) returns timestamptz
language sql immutable parallel safe as $$
  select date_bin('1 second', moment, timestamptz '2000-01-01 00:00:00Z')
$$;

create function telemetry.hour_of(moment timestamptz) returns timestamptz
language sql immutable parallel safe as $$
  select date_bin('1 hour', moment, timestamptz '2000-01-01 00:00:00Z')
$$;

-- What few rows have, in one text, which is empty in all others and then takes one byte: end of the
-- effective time (without it a moment) | home week (if not that of the place) | id that the client chose |
-- numbers of the slots from 1, separated by commas.
create function telemetry.effective_until(effective_from timestamptz, rare text) returns timestamptz
language sql stable parallel safe as $$
  select coalesce(nullif(split_part(rare, '|', 1), '')::timestamptz, effective_from)
$$;

drop function telemetry.observation_key(bigint, integer);

create function telemetry.observation_key(place bigint, rare text) returns bigint
language sql immutable parallel safe as $$
  select case when split_part(rare, '|', 2) = '' then place
    else (split_part(rare, '|', 2)::bigint << 42) | (place & 4398046511103) end
$$;

create function telemetry.client_id(rare text) returns text
language sql immutable parallel safe as $$
  select nullif(split_part(rare, '|', 3), '')
$$;

create function telemetry.slot_number(value double precision, rare text, slot integer)
returns double precision
language sql immutable parallel safe as $$
  select case slot when 0 then value
    else split_part(split_part(rare, '|', 4), ',', slot)::double precision end
$$;

-- The tables as they were, to be copied.
alter table telemetry.observation rename to observation_before;
alter table telemetry.observation_before drop constraint observation_pk;
drop index telemetry.observation_patient_ix, telemetry.observation_shape_ix,
  telemetry.observation_updated_ix, telemetry.observation_identifier_ix, telemetry.observation_device_ix;

do $$
declare
  leaf text;
begin
  for leaf in select relname from pg_class
    where relnamespace = 'telemetry_leaf'::regnamespace and relkind = 'r'
  loop
    execute format('alter table telemetry_leaf.%I rename to %I', leaf, 'before_' || leaf);
  end loop;
end
$$;

insert into telemetry.tenant_number (tenant_id)
select tenant_id from telemetry.shape
union select tenant_id from telemetry.observation_before
union select tenant_id from telemetry.observation_version
order by 1;

insert into telemetry.target (tenant, type, pid)
select number, type, pid
from (
  select tenant_id, 'Patient' as type, patient as pid from telemetry.observation_before
  union select tenant_id, 'Patient', patient from telemetry.observation_version
  union select tenant_id, 'Device', device from telemetry.observation_before) as referred
join telemetry.tenant_number using (tenant_id)
where pid is not null
order by pid;

-- The newest versions. value is the number of slot 0; identifier is a hash; rows that have the same place
-- divided by 16 share an entry of the first index. The columns are in this order to leave no gaps.
create table telemetry.observation (
  place bigint not null,
  effective_from timestamptz,
  updated_at timestamptz not null,
  sequence bigint not null,
  value double precision,
  identifier bigint,
  patient integer,
  device integer,
  shape_id integer not null,
  version integer not null,
  tenant smallint not null,
  rare text not null,
  leaves bytea not null
) partition by range (place);

create index observation_place_ix on telemetry.observation ((place >> 4));
create index observation_patient_ix
  on telemetry.observation (patient, shape_id, telemetry.hour_of(effective_from));
create index observation_shape_ix
  on telemetry.observation (tenant, telemetry.hour_of(effective_from), shape_id);
create index observation_updated_ix on telemetry.observation (tenant, telemetry.second_of(updated_at));
create index observation_identifier_ix on telemetry.observation (identifier)
  where identifier is not null;
create index observation_device_ix on telemetry.observation (device) where device is not null;

-- As it was, but for rows that lost their primary key and gained no constraint.
create or replace function telemetry.add_observation_partition(week integer) returns void
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

-- A UUID as identifier is in the row once: its first half hidden in the hash, the other in the leaves. So its
-- hash differs from before. This finds the leaf of the identifier and gives the hash as it is now.
create function telemetry.identifier_now(identifier bigint, leaves bytea, leaf integer) returns bigint
language plpgsql immutable as $$
declare
  at integer := 0;
  tag integer;
  bits bigint;
  shift integer;
begin
  if identifier is null or leaf is null then
    return identifier;
  end if;
  for n in 0..leaf loop
    tag := get_byte(leaves, at);
    at := at + 1;
    if n = leaf then
      if tag not in (129, 130) then
        return identifier;
      end if;
      return substring(leaves from at + 1 for 8)::bigint # substring(
        sha256(set_byte('\x00', 0, tag - 129) || substring(leaves from at + 9 for 8)) for 8)::bigint;
    end if;
    if tag < 128 then
      at := at + tag;
    elsif tag in (129, 130) then
      at := at + 16;
    else
      bits := 0;
      shift := 0;
      loop
        bits := bits | ((get_byte(leaves, at) & 127)::bigint << shift);
        shift := shift + 7;
        at := at + 1;
        exit when get_byte(leaves, at - 1) < 128;
      end loop;
      if tag = 128 then
        at := at + (bits >> 1)::integer;
      elsif tag >= 176 then
        at := at + 1;
      end if;
    end if;
  end loop;
  return identifier;
end
$$;

create function telemetry.rare_now(
  effective_to timestamptz, home_week integer, client_id text, more_values double precision[])
returns text language sql stable as $$
  select case when effective_to is null and home_week is null and client_id is null
      and more_values is null
    then ''
    else concat_ws('|', coalesce(to_char(effective_to at time zone 'UTC',
        case when isfinite(effective_to) then 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"' end), effective_to::text, ''),
      coalesce(home_week::text, ''), coalesce(client_id, ''), coalesce(array_to_string(more_values, ','), ''))
  end
$$;

do $$
declare
  week integer;
begin
  for week in select distinct (place >> 42)::integer from telemetry.observation_before loop
    perform telemetry.add_observation_partition(week);
  end loop;
end
$$;

insert into telemetry.observation (place, effective_from, updated_at, sequence, value, identifier, patient,
  device, shape_id, version, tenant, rare, leaves)
select place, effective_from, updated_at, sequence, value,
  telemetry.identifier_now(before.identifier, leaves, shape.identifier_leaf), patient.number,
  device.number, shape_id, version, tenant.number,
  telemetry.rare_now(effective_to, home_week, client_id, more_values), leaves
from telemetry.observation_before as before
join telemetry.tenant_number as tenant using (tenant_id)
join telemetry.shape using (tenant_id, shape_id)
left join telemetry.target as patient on patient.tenant = tenant.number and patient.pid = before.patient
left join telemetry.target as device on device.tenant = tenant.number and device.pid = before.device
order by place;

drop table telemetry.observation_before;
drop function telemetry.identifier_now(bigint, bytea, integer);

-- Superseded versions and deletions, with what their leaves are read by. superseded_sequence is that of the
-- event that told of the next version.
alter table telemetry.observation_version rename to observation_version_before;
alter table telemetry.observation_version_before drop constraint observation_version_pk;
alter table telemetry.observation_version_before drop constraint observation_version_content_ck;
drop index telemetry.observation_version_updated_ix, telemetry.observation_version_patient_ix;

create table telemetry.observation_version (
  tenant smallint not null,
  key bigint not null,
  version integer not null,
  deleted boolean not null,
  patient integer,
  device integer,
  shape_id integer,
  effective_from timestamptz,
  value double precision,
  identifier bigint,
  updated_at timestamptz not null,
  superseded_at timestamptz,
  sequence bigint not null,
  superseded_sequence bigint,
  rare text not null,
  leaves bytea,
  constraint observation_version_pk primary key (tenant, key, version),
  constraint observation_version_content_ck check (deleted = (leaves is null)
    and deleted = (shape_id is null)),
  constraint observation_version_superseded_ck check (
    (superseded_at is null) = (superseded_sequence is null))
);

create index observation_version_updated_ix on telemetry.observation_version (tenant, updated_at);
create index observation_version_patient_ix on telemetry.observation_version (patient)
  where patient is not null;

insert into telemetry.observation_version (tenant, key, version, deleted, patient, shape_id,
  effective_from, updated_at, superseded_at, sequence, superseded_sequence, rare, leaves)
select tenant.number, key, version, deleted, target.number, shape_id, effective_from, updated_at,
  superseded_at, sequence, case when superseded_at is not null then 0 end,
  telemetry.rare_now(null, null, client_id, null), leaves
from telemetry.observation_version_before as before
join telemetry.tenant_number as tenant using (tenant_id)
left join telemetry.target on target.tenant = tenant.number and target.pid = before.patient;

drop table telemetry.observation_version_before;
drop function telemetry.rare_now(timestamptz, integer, text, double precision[]);

-- The tables beside them name the tenant by its number too.
create function telemetry.number_now(tenant_id text) returns smallint language sql stable as $$
  select number from telemetry.tenant_number as tenant where tenant.tenant_id = number_now.tenant_id
$$;

insert into telemetry.tenant_number (tenant_id)
select tenant_id from telemetry.observation_place
union select tenant_id from telemetry.observation_crossing
union select tenant_id from telemetry.observation_match
order by 1
on conflict do nothing;

alter table telemetry.shape_entry drop constraint shape_entry_shape_fk;

do $$
declare
  name text;
begin
  foreach name in array array['shape', 'shape_entry', 'observation_place', 'observation_crossing',
    'observation_entry', 'observation_link', 'observation_match']
  loop
    execute format(
      'alter table telemetry.%I alter column tenant_id type smallint using telemetry.number_now(tenant_id)',
      name);
    execute format('alter table telemetry.%I rename column tenant_id to tenant', name);
  end loop;
end
$$;

alter table telemetry.shape_entry add constraint shape_entry_shape_fk
  foreign key (tenant, shape_id) references telemetry.shape;

drop function telemetry.number_now(text);
