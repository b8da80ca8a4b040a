-- Searches that have a next page: the numbers of the hits in their order, until a page is asked for or they are too old.
create table telemetry.saved_search (
  tenant_id text not null,
  id uuid not null,
  created_at timestamptz not null,
  asked text not null,
  complete boolean not null,
  hits bigint[] not null,
  constraint saved_search_pk primary key (id)
);
create index saved_search_created_ix on telemetry.saved_search (created_at);
