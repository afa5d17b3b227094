-- The timers that stand, and how one fires: rows deleted and events appended in one call. Idempotent.

-- One row per timer that has not fired; the log is the history of those that have.
create table if not exists timer_v1(
  id uuid primary key,       -- follows from commitment, revision, name and instant; also the id of its firing
  commitment uuid not null,
  case_id uuid not null,
  revision int not null,
  name text not null,        -- review-1…3, limit, rung-1…n, owner_by, due
  planned timestamptz not null,
  fire_at timestamptz,       -- null: a rung not before a due that the customer still counts on
  due timestamptz,           -- the due that the customer knows; null: it has none yet
  role text not null,
  short_notice boolean not null,
  cause uuid not null,       -- the event that set it, with its chain of commands and its span
  correlation uuid not null,
  traceparent text,
  moved timestamptz,         -- when it speaks instead of as planned: held, or called early
  failed uuid);              -- the notification that reached nobody
create index if not exists timer_v1_fire_at on timer_v1(fire_at);
create index if not exists timer_v1_commitment on timer_v1(commitment);
create index if not exists timer_v1_planned on timer_v1(planned, id);

-- One row per commitment ever heard of: what is needed to ignore an older revision.
create table if not exists armed_v1(
  commitment uuid primary key,
  case_id uuid not null,
  revision int not null,
  ended boolean not null,
  ack_timeout interval not null);

-- How many timers have come and not fired, and the next instant after that.
create or replace function kept_due() returns table(due bigint, next timestamptz) language sql stable as
$$
  with present as materialized (select kept_now() as at)
  select (select count(*) from timer_v1 where fire_at <= (select at from present)),
         (select min(fire_at) from timer_v1 where fire_at > (select at from present))
$$;

-- Fires what was built from the rows seen at `seen`: deletes them and appends for exactly the rows deleted.
--
-- timers, speakers: each timer, and the command that settles it. entries: as append_batch takes them, one event per
-- command, each of another commitment. A command is left alone where another replica holds or has fired one of its
-- timers. Where what was built is no longer true at the instant of the record, because another timer of a commitment
-- has come or because more than two seconds passed, nothing is done and 40001 says so: build anew.
create or replace function fire(seen timestamptz, timers uuid[], speakers uuid[], entries entry[])
returns table(at timestamptz, positions bigint[], known bigint[])
language plpgsql volatile
set plan_cache_mode = force_generic_plan
set enable_seqscan = off  -- a plan made while the table was empty must hold when it is not
as $$
declare held uuid[]; whole uuid[]; settled uuid[]; fired uuid[];
begin
  held := array(select t.id from timer_v1 t where t.id = any(timers) for update skip locked);
  whole := array(select s.speaker from unnest(timers, speakers) s(timer, speaker)
                  group by s.speaker having bool_and(s.timer = any(held)));
  if whole = '{}' then
    return;
  end if;
  settled := array(select s.timer from unnest(timers, speakers) s(timer, speaker) where s.speaker = any(whole));
  with gone as (delete from timer_v1 t where t.id = any(settled) returning t.commitment)
  select array_agg(g.commitment) into fired from gone g;
  select a.at, a.positions, a.known into at, positions, known from append_batch(entries, chosen => whole) a;
  if at > seen + interval '2 seconds'
     or exists(select from timer_v1 t where t.commitment = any(fired) and t.fire_at <= fire.at) then
    raise 'the timers that have come are no longer those seen' using errcode = 'serialization_failure';
  end if;
  return next;
end $$;
