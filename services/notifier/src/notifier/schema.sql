-- What is known of commitments and of people, and the deliveries about them. Idempotent.

-- One row per commitment ever heard of, without its words.
create table if not exists watched_v1(
  commitment uuid primary key,
  position bigint not null,  -- of the last event of `cases` that is in it
  owner text,                -- null: nobody has it yet
  watched jsonb not null);

-- The zones in which messages give times: of the owner they go to, and of the customer of the case.
create table if not exists zone_v1(
  stream text collate "C" primary key,  -- owner-<name>, team-<name>, case-<uuid>
  zone text not null);

-- People and teams as they are registered.
create table if not exists roster_v1(
  stream text collate "C" primary key,  -- owner-<name>, team-<name>
  entry jsonb not null);

-- Whose case is whose, and how customers are written to.
create table if not exists case_v1(
  case_id uuid primary key,
  customer uuid not null);
create index if not exists case_v1_customer on case_v1(customer);
create table if not exists customer_v1(
  customer uuid primary key,
  profile jsonb not null);

-- Which other systems are told of what, and since when: what was before, they are not told.
create table if not exists subscriber_v1(
  name text collate "C" primary key,
  moments text[] not null,  -- lapsed, kept; none of them: it is not active
  since timestamptz not null);

-- One row per delivery. What made it comes from the logs, what came of it from the own log; either may be known
-- first. The columns after `settled` are bookkeeping between attempts, and so are `recipient` and `owner` until
-- it is settled.
create table if not exists delivery_v1(
  id uuid primary key,
  commitment uuid not null,
  case_id uuid not null,
  revision int not null,
  notice text not null,
  kind text,               -- with what it may share a message
  recipient text,          -- null: not known when it was made
  owner text,
  made_at timestamptz,
  follows uuid,            -- a delivery that must be settled before this one is tried
  delivery jsonb,          -- null: what made it is not known yet
  outcome text,            -- sent, failed, suppressed; null: pending
  settled_at timestamptz,
  settled jsonb,
  acknowledged_at timestamptz,
  message uuid,            -- under which id it is sent, alone or with others
  next_attempt timestamptz,
  held boolean not null default false,  -- waits for others; goes with the first of them
  attempts int not null default 0,
  spent text[] not null default '{}',   -- means that had their turn
  turn_begun int not null default 0,
  turn_until timestamptz,
  claimed_by text,
  claimed_until timestamptz);  -- machine time
create index if not exists delivery_v1_pending on delivery_v1(next_attempt) where outcome is null;
create index if not exists delivery_v1_held on delivery_v1(recipient) where outcome is null and held;
create index if not exists delivery_v1_made on delivery_v1(made_at, id);
create index if not exists delivery_v1_case on delivery_v1(case_id) where outcome is null;
create index if not exists delivery_v1_commitment on delivery_v1(commitment, made_at, id);
create index if not exists delivery_v1_recipient on delivery_v1(recipient, made_at, id);
create index if not exists delivery_v1_message on delivery_v1(message) where message is not null;

-- When each pending delivery can be tried; one that follows another waits for it.
create or replace view pending_v1 as
  select d.id, greatest(d.next_attempt, f.next_attempt) as try_at, f.id is not null as waits
    from delivery_v1 d left join delivery_v1 f on f.id = d.follows and f.outcome is null
   where d.outcome is null and d.delivery is not null;

-- How many attempts have come, and the next instant after that.
create or replace function kept_due() returns table(due bigint, next timestamptz) language sql stable as
$$
  with present as materialized (select kept_now() as at)
  select (select count(*) from pending_v1 where try_at <= (select at from present)),
         (select min(try_at) from pending_v1 where try_at > (select at from present))
$$;
