-- Work that a client asked for and comes back for: exports and imports. What was asked may name persons, so it is sealed
-- with the tenant's key, as the files are. A running job is its holder's for as long as the lease lasts.
create table telemetry.bulk_job (
  tenant_id text not null,
  job_id uuid not null,
  kind text not null,
  client text not null,
  state text not null,
  key_id uuid not null,
  asked bytea not null,
  progress text not null default '',
  position text not null default '',
  problem text not null default '',
  attempts integer not null default 0,
  created_at timestamptz not null,
  as_of timestamptz,
  lease_holder uuid,
  lease_until timestamptz,
  ended_at timestamptz,
  expires_at timestamptz,
  constraint bulk_job_pk primary key (tenant_id, job_id),
  constraint bulk_job_kind_ck check (kind in ('export', 'import')),
  constraint bulk_job_state_ck check (state in ('waiting', 'running', 'done', 'failed')),
  constraint bulk_job_lease_ck check ((state = 'running') = (lease_until is not null)),
  constraint bulk_job_ended_ck check ((state in ('done', 'failed')) = (expires_at is not null))
);

-- Its finished files, numbered from 1. A job that is taken up again goes on behind the position of the last one.
create table telemetry.bulk_file (
  tenant_id text not null,
  job_id uuid not null,
  number integer not null,
  purpose text not null,
  resource_type text not null,
  lines bigint not null,
  position text not null,
  constraint bulk_file_pk primary key (tenant_id, job_id, number),
  constraint bulk_file_job_fk foreign key (tenant_id, job_id)
    references telemetry.bulk_job (tenant_id, job_id) on delete cascade,
  constraint bulk_file_purpose_ck check (purpose in ('output', 'deleted', 'error'))
);
