-- Keys of what the log keeps, each wrapped by the one above it: person by tenant, tenant by master.

-- A tenant's keys; the newest generation is in use, older ones open what they sealed.
create table telemetry.tenant_key (
  tenant_id text not null,
  generation integer not null,
  key_id uuid not null,
  master_key text not null,
  wrapped_key bytea not null,
  created_at timestamptz not null,
  constraint tenant_key_pk primary key (tenant_id, generation),
  constraint tenant_key_id_uq unique (tenant_id, key_id)
);

-- One key a person. A destroyed one has no bytes, and its row keeps a second one from being made.
create table telemetry.person_key (
  tenant_id text not null,
  patient_id text not null,
  key_id uuid not null,
  tenant_key_id uuid not null,
  wrapped_key bytea,
  created_at timestamptz not null,
  destroyed_at timestamptz,
  constraint person_key_pk primary key (tenant_id, patient_id),
  constraint person_key_id_uq unique (tenant_id, key_id),
  constraint person_key_tenant_key_fk
    foreign key (tenant_id, tenant_key_id) references telemetry.tenant_key (tenant_id, key_id),
  constraint person_key_destroyed_ck check ((wrapped_key is null) = (destroyed_at is not null))
);

create function telemetry.keep_key_destroyed() returns trigger language plpgsql as $$
begin
  raise exception 'a destroyed key stays destroyed' using errcode = 'restrict_violation';
end
$$;

create trigger person_key_stays_destroyed before update or delete on telemetry.person_key
  for each row when (old.destroyed_at is not null)
  execute function telemetry.keep_key_destroyed();

-- Ed25519 keys that sign heads of the log; the newest is in use. The public half is X.509, DER.
create table telemetry.signing_key (
  key_id uuid not null,
  public_key bytea not null,
  master_key text not null,
  wrapped_key bytea not null,
  created_at timestamptz not null,
  constraint signing_key_pk primary key (key_id)
);
