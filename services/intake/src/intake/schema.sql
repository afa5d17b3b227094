-- What is read of customers and contacts: folded from the own log. Idempotent.

create table if not exists customer_v1(
  id uuid primary key,
  version bigint not null,
  name text not null,
  zone text not null,
  language text not null,
  channel text not null,
  address text,
  source text,
  reference text,
  registered_at timestamptz not null,
  erased_at timestamptz);   -- they asked to be forgotten: nothing personal is left
alter table customer_v1 add column if not exists erased_at timestamptz;

create table if not exists contact_v1(
  id uuid primary key,
  position bigint not null,
  direction text not null,
  customer uuid not null,
  channel text not null,
  visibility text not null,
  words text not null,
  case_id uuid,
  opens boolean not null,   -- the contact opened the case
  outcome text,             -- outbound only
  serves jsonb not null,
  answers uuid[] not null,
  source text,
  reference text,
  occurred_at timestamptz not null,
  recorded_at timestamptz not null);
create unique index if not exists contact_v1_position on contact_v1(position);
create index if not exists contact_v1_customer on contact_v1(customer, position);
create index if not exists contact_v1_reference on contact_v1(source, reference) where reference is not null;

-- By what customers are found: keyed hashes of how they are called, where they are written to, by which reference.
create table if not exists customer_key_v1(
  customer uuid not null,
  kind text not null,        -- name, address, reference
  hash bytea not null,
  primary key (kind, hash, customer));
create index if not exists customer_key_v1_customer on customer_key_v1(customer);

-- What is personal is not sampled: the planner's statistics would keep it beyond an erasure.
alter table customer_v1 alter column name set statistics 0, alter column address set statistics 0,
  alter column reference set statistics 0;
alter table contact_v1 alter column words set statistics 0, alter column reference set statistics 0;
