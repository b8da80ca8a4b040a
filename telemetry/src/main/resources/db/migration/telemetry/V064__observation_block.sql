-- Weeks that are no longer hot, packed: their rows lie in blocks. A week stands here some time before its first block,
-- so that every process knows of it by then; packed_at is null until then, shrunk_at until the room of the rows was given
-- back since, failed_at is when either last could not be done; high_updated is the newest time of writing in its blocks, in
-- microseconds since 2000.
create table telemetry.packed_week (
  week integer not null,
  announced_at timestamptz not null default now(),
  packed_at timestamptz,
  shrunk_at timestamptz,
  failed_at timestamptz,
  packed_rows bigint not null default 0,
  kept_rows bigint not null default 0,
  high_updated bigint,
  constraint packed_week_pk primary key (week)
);

-- Rows of one tenant, patient, device and shape in the order of their places. Numbers are n-th from 0: first + n * step +
-- unit * the n-th of the whole numbers in the bytes, all of the same width, which may be 0. Moments are microseconds since
-- 2000. value is a whole number over 10 to the power of decimals. Leaves of all rows have the same head and tail.
-- id is the week and the ordinal in it, of 24 bits. What all rows have: version 1, no period, their key as place,
-- and no index entry or link beside them.
create table telemetry.observation_block (
  id bigint not null,
  place bigint not null,
  place_step bigint not null,
  low_place bigint not null,
  high_place bigint not null,
  effective bigint,
  effective_step bigint,
  effective_unit bigint,
  low_effective bigint,
  high_effective bigint,
  updated bigint not null,
  updated_step bigint not null,
  updated_unit bigint not null,
  low_updated bigint not null,
  high_updated bigint not null,
  sequence bigint not null,
  sequence_step bigint not null,
  value bigint,
  week integer not null,
  patient integer,
  device integer,
  shape_id integer not null,
  tenant smallint not null,
  rows smallint not null,
  decimals smallint,
  place_bytes bytea not null,
  effective_bytes bytea,
  updated_bytes bytea not null,
  sequence_bytes bytea not null,
  value_bytes bytea,
  identifier_bytes bytea,
  leaf_head bytea not null,
  leaf_tail bytea not null,
  leaf_bytes bytea not null,
  rare text[],
  constraint observation_block_pk primary key (id),
  constraint observation_block_id_ck check (id >> 24 = week)
);

create index observation_block_week_ix on telemetry.observation_block (week, low_place);
create index observation_block_patient_ix on telemetry.observation_block (patient, shape_id, week);

-- Groups of 32 places that a block has some of.
create function telemetry.place_groups(
  place bigint, place_step bigint, place_bytes bytea, rows smallint) returns bigint[]
language sql immutable parallel safe as $$
  select array_agg(distinct (place_groups.place + n * place_groups.place_step
      + substring(place_groups.place_bytes from n * width + 1 for width)::bigint) >> 5)
  from generate_series(0, place_groups.rows - 1) as n,
    (values (octet_length(place_groups.place_bytes) / place_groups.rows)) as each (width)
$$;

create index observation_block_place_ix on telemetry.observation_block
  using gin (telemetry.place_groups(place, place_step, place_bytes, rows)) with (fastupdate = off);

-- Where identifiers lie, about 300 in a row: the upper 4 bytes of their hashes in order, and the ordinals of their blocks in
-- 2 or 3 bytes each. first is the number of the first 4 bytes; equal ones are never parted.
create table telemetry.block_identifier (
  week integer not null,
  first bigint not null,
  hashes bytea not null,
  ordinals bytea not null,
  constraint block_identifier_pk primary key (week, first)
);

-- The rows in the blocks, as the table of rows has them. Bytes are taken out of their storage once for a block.
create view telemetry.packed_observation as
select
  block.place + n * block.place_step
    + substring(bytes.place from n * bytes.place_width + 1 for bytes.place_width)::bigint as place,
  timestamptz '2000-01-01 00:00:00Z' + (block.effective + n * block.effective_step + block.effective_unit
    * substring(bytes.effective from n * bytes.effective_width + 1 for bytes.effective_width)::bigint)
    * interval '1 microsecond' as effective_from,
  timestamptz '2000-01-01 00:00:00Z' + (block.updated + n * block.updated_step + block.updated_unit
    * substring(bytes.updated from n * bytes.updated_width + 1 for bytes.updated_width)::bigint)
    * interval '1 microsecond' as updated_at,
  block.sequence + n * block.sequence_step
    + substring(bytes.sequence from n * bytes.sequence_width + 1 for bytes.sequence_width)::bigint as sequence,
  (block.value + substring(bytes.value from n * bytes.value_width + 1 for bytes.value_width)::bigint)
    ::double precision / (10::double precision ^ block.decimals) as value,
  substring(bytes.identifier from n * 8 + 1 for 8)::bigint as identifier,
  block.patient,
  block.device,
  block.shape_id,
  1 as version,
  block.tenant,
  coalesce(bytes.rare[n + 1], '') as rare,
  block.leaf_head || substring(bytes.leaf from n * bytes.leaf_width + 1 for bytes.leaf_width) || block.leaf_tail
    as leaves,
  block.week,
  block.id,
  block.low_place,
  block.high_place,
  block.low_effective,
  block.high_effective,
  block.low_updated,
  block.high_updated,
  telemetry.place_groups(block.place, block.place_step, block.place_bytes, block.rows) as place_groups
from telemetry.observation_block as block
cross join lateral (
  select
    block.place_bytes || ''::bytea as place,
    octet_length(block.place_bytes) / block.rows as place_width,
    block.effective_bytes || ''::bytea as effective,
    octet_length(block.effective_bytes) / block.rows as effective_width,
    block.updated_bytes || ''::bytea as updated,
    octet_length(block.updated_bytes) / block.rows as updated_width,
    block.sequence_bytes || ''::bytea as sequence,
    octet_length(block.sequence_bytes) / block.rows as sequence_width,
    block.value_bytes || ''::bytea as value,
    octet_length(block.value_bytes) / block.rows as value_width,
    block.identifier_bytes || ''::bytea as identifier,
    block.leaf_bytes || ''::bytea as leaf,
    octet_length(block.leaf_bytes) / block.rows as leaf_width,
    block.rare || '{}'::text[] as rare
  offset 0) as bytes
cross join lateral generate_series(0, block.rows - 1) as n;

-- Lets nobody write to the partition of a week, or hold rows of it, until the caller's transaction ends. All may read.
create function telemetry.hold_observation_partition(week integer) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  execute format('lock table telemetry_leaf.%I in exclusive mode', 'observation_w' || week);
end
$$;

revoke execute on function telemetry.hold_observation_partition(integer) from public;

-- Writes the rows of a partition and its indexes anew, without the room of what was deleted. Old snapshots see what they saw.
create function telemetry.shrink_observation_partition(week integer) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  leaf text := 'observation_w' || week;
  by_place text := (
    select own.relname from pg_inherits join pg_class as own on own.oid = inhrelid
    where inhparent = 'telemetry.observation_place_ix'::regclass
      and exists (
        select from pg_index
        where indexrelid = own.oid and indrelid = format('telemetry_leaf.%I', leaf)::regclass));
begin
  execute format('cluster telemetry_leaf.%I using %I', leaf, by_place);
end
$$;

revoke execute on function telemetry.shrink_observation_partition(integer) from public;
