-- What is known of commitments, and the deliveries about them. Idempotent.

-- One row per commitment ever heard of, without its words.
create table if not exists watched_v1(
  commitment uuid primary key,
  position bigint not null,  -- of the last event of `cases` that is in it
  owner text not null,
  watched jsonb not null);

-- The zones in which messages give times: of the owner they go to, and of the customer of the case.
create table if not exists zone_v1(
  stream text collate "C" primary key,  -- owner-<name>, case-<uuid>
  zone text not null);

-- One row per delivery. What made it comes from `cases` and `reminders`, what came of it from the own log; either
-- may be known first. The last four columns are bookkeeping between attempts.
create table if not exists delivery_v1(
  id uuid primary key,
  commitment uuid not null,
  case_id uuid not null,
  revision int not null,
  notice text not null,
  recipient text,          -- null: the owner, not known when it was made
  made_at timestamptz,
  follows uuid,            -- a delivery that must be settled before this one is tried
  delivery jsonb,          -- null: what made it is not known yet
  outcome text,            -- sent, failed, suppressed; null: pending
  settled_at timestamptz,
  settled jsonb,
  next_attempt timestamptz,
  attempts int not null default 0,
  claimed_by text,
  claimed_until timestamptz);  -- machine time
create index if not exists delivery_v1_pending on delivery_v1(next_attempt) where outcome is null;
create index if not exists delivery_v1_made on delivery_v1(made_at, id);
create index if not exists delivery_v1_commitment on delivery_v1(commitment, made_at, id);
create index if not exists delivery_v1_recipient on delivery_v1(recipient, made_at, id);

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
