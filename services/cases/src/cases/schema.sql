-- What is read of cases and commitments, folded from the own log; and the customers, from intake's. Idempotent.

create table if not exists case_v1(
  id uuid primary key,
  version bigint not null,
  position bigint not null,   -- of its opening: the order of lists
  customer uuid not null,
  kind text not null,
  state text not null,
  opened_at timestamptz not null,
  closed_at timestamptz,
  body text not null);        -- the case as JSON: what the next event is folded onto
create unique index if not exists case_v1_position on case_v1(position);
create index if not exists case_v1_customer on case_v1(customer, position);
create index if not exists case_v1_state on case_v1(state, position);

-- The ledger: every promise ever made.
create table if not exists commitment_v1(
  id uuid primary key,
  case_id uuid not null,
  customer uuid not null,
  owner text,                 -- null: nobody has it yet
  state text not null,
  due timestamptz not null,   -- 2200: it has none yet
  body text not null);        -- the commitment as JSON
create index if not exists commitment_v1_due on commitment_v1(due, id);
create index if not exists commitment_v1_owner on commitment_v1(owner, due, id);
create index if not exists commitment_v1_customer on commitment_v1(customer, due, id);
create index if not exists commitment_v1_state on commitment_v1(state, due, id);
create index if not exists commitment_v1_case on commitment_v1(case_id, due, id);

create table if not exists customer_v1(
  id uuid primary key,
  zone text not null,
  erased boolean not null default false);   -- they asked to be forgotten
alter table customer_v1 add column if not exists erased boolean not null default false;

-- Owners, teams, calendars and policies, as they stand.
create table if not exists registered_v1(
  kind text collate "C" not null,
  name text collate "C" not null,
  version integer not null,
  body text not null,         -- the last event as JSON
  primary key (kind, name));

-- What is personal is not sampled: the planner's statistics would keep it beyond an erasure.
alter table case_v1 alter column body set statistics 0;
alter table commitment_v1 alter column body set statistics 0;
