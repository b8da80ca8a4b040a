-- Readings are read out of the rows of Observations by what their shapes say. What was a copy of them goes.

-- What the Observations of a shape measure, for the rows from a sequence on and before another. metric is * where each
-- Observation has to be asked; leaf is the one that holds the number. spans: its time is a period, whose end counts.
create table telemetry.shape_reading (
  tenant smallint not null,
  shape_id integer not null,
  from_sequence bigint not null,
  before_sequence bigint not null,
  ordinal smallint not null,
  metric text not null,
  leaf smallint,
  unit text,
  code_system text,
  code text,
  quality text[] not null,
  spans boolean not null,
  constraint shape_reading_pk primary key (tenant, metric, shape_id, from_sequence, ordinal),
  constraint shape_reading_shape_fk foreign key (tenant, shape_id) references telemetry.shape,
  constraint shape_reading_sequence_ck check (from_sequence < before_sequence)
);

create index shape_reading_shape_ix on telemetry.shape_reading (tenant, shape_id);

-- Shapes of which nobody has looked yet what they measure: the server does when it starts.
create table telemetry.shape_unread (
  tenant smallint not null,
  shape_id integer not null,
  constraint shape_unread_pk primary key (tenant, shape_id)
);

insert into telemetry.shape_unread (tenant, shape_id) select tenant, shape_id from telemetry.shape;

-- The Device behind a DeviceMetric since a moment of our clock. Never removed: what was measured stays.
create table telemetry.device_metric_source (
  tenant_id text not null,
  metric_id text not null,
  since timestamptz not null,
  device_id text not null,
  constraint device_metric_source_pk primary key (tenant_id, metric_id, since)
);

insert into telemetry.device_metric_source (tenant_id, metric_id, since, device_id)
select tenant_id, metric_id, '-infinity', device_id from telemetry.device_metric;

-- A DeviceMetric is named in the row as a Device is.
insert into telemetry.target (tenant, type, pid, id)
select distinct tenant, 'DeviceMetric', target_pid, target_id
from telemetry.observation_link
where path = 'Observation.device' and target_type = 'DeviceMetric' and target_pid is not null
  and target_version is null
on conflict do nothing;

with link as (
  delete from telemetry.observation_link
  where path = 'Observation.device' and target_type = 'DeviceMetric' and target_pid is not null
    and target_version is null
  returning tenant, place, target_pid)
update telemetry.observation
set device = target.number
from link
join telemetry.target as target on target.tenant = link.tenant and target.pid = link.target_pid
where observation.tenant = link.tenant and observation.place = link.place
  and observation.place >> 4 = link.place >> 4 and observation.device is null;

-- Ids of persons and devices that older rows name by a number only. An id that the server assigned is the letter o and the
-- key in 13 digits to the base of 32.
create function telemetry.key_of(id text) returns bigint language sql immutable as $$
  select case when id ~ '^o[0-9a-hjkmnp-tv-z]{13}$' then (
    select bit_or((strpos('0123456789abcdefghjkmnpqrstvwxyz', substr(id, n, 1)) - 1)::bigint << (14 - n) * 5)
    from generate_series(2, 14) as n) end
$$;

create temporary table known on commit drop as
select distinct on (row.patient, row.device) row.patient, row.device, reading.patient_id, reading.device_id
from telemetry.reading
join telemetry.tenant_number as tenant using (tenant_id)
left join telemetry.observation_place as place
  on place.tenant = tenant.number and place.id = reading.observation_id
join telemetry.observation as row
  on row.place >> 4 = coalesce(place.place, telemetry.key_of(reading.observation_id)) >> 4
  and row.place = coalesce(place.place, telemetry.key_of(reading.observation_id))
  and row.tenant = tenant.number;

update telemetry.target set id = known.patient_id from known
where target.number = known.patient and target.id is null;

update telemetry.target set id = known.device_id from known
where target.number = known.device and target.type = 'Device' and target.id is null;

drop function telemetry.key_of(text);

create unique index target_id_ix on telemetry.target (tenant, type, id);

-- What was known at an event before this one is not kept: the rows of then do not say which event told of them.
update telemetry.reading_history
set complete_after = greatest(complete_after, (select coalesce(max(sequence), 0) from telemetry.event));

-- The newest readings change in place, and only at the end of the row.
alter table telemetry.signal set (fillfactor = 50);

drop table telemetry.reading;
drop table telemetry.reading_replaced;
