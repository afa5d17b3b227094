-- A log in PostgreSQL: one table, one function that appends, one lock per batch. Run as kept_owner; idempotent.

create table if not exists log(
  only_one boolean primary key default true check (only_one),
  name text not null,
  log_id uuid not null default gen_random_uuid());

create table if not exists event(
  position bigint primary key,
  stream text collate "C" not null,
  version bigint not null,
  event_id uuid not null,
  type text not null,
  schema_version int not null,
  data bytea not null,
  metadata bytea not null,
  occurred_at timestamptz not null,
  recorded_at timestamptz not null,
  content bytea not null,
  hash bytea not null,
  command uuid,        -- this and what follows stand on the first event of a command only
  size int,            -- how many events the command has; they lie side by side
  fingerprint bytea,
  answer bytea,
  unique (stream, version));
create unique index if not exists event_command on event(command) where command is not null;

-- Domain time: the one row of `clock` where a driver has set it, else the machine's; never before what is recorded,
-- also where the machine's clock was put back.
create table if not exists clock(
  only_one boolean primary key default true check (only_one),
  at timestamptz not null);

create or replace function kept_now() returns timestamptz language sql volatile as
$$
  select greatest(coalesce((select at from clock), clock_timestamp()),
                  (select recorded_at from event order by position desc limit 1))
$$;

-- Machine time: who does a thing that only one replica shall do.
create table if not exists lease(
  name text primary key,
  holder text not null,
  until timestamptz not null);

-- 1802858612 ("kept") is the lock of the log. Who holds it is the only writer, until its commit is durable: that
-- is why positions are dense and stand in the order of commit.

-- One event on its way into the log: the command it belongs to; its number (1, 2, ...) among that command's events
-- for this stream, which lie side by side; the version it shall have (null: whichever comes next). On the first event
-- of a command stand the command's size, fingerprint and answer; on its others these are null.
do $$ begin
  create type entry as (
    command uuid, size int, fingerprint bytea, answer bytea,
    stream text, number int, version bigint, event_id uuid, type text, schema_version int,
    data bytea, metadata bytea, occurred_at timestamptz, content bytea);
exception when duplicate_object then null;
end $$;

-- Appends a batch of commands; each of them stands whole or not at all.
--
-- entries: the events, grouped by command; no two commands of a batch have an id or a stream in common.
-- chosen: the ids of the commands to append, of those given; null: all.
--
-- Returns one row, whose arrays have one element per entry: positions, where it stands if it was appended now; known,
-- where its command's first event stood already. Both null: a stream was not at the version expected, or the command
-- was not chosen.
--
-- Another function may call it to change rows of its own in the same transaction, as the scheduler's `fire` does:
-- it first takes its row locks, then says
--   select * from append_batch(entries, chosen => the commands whose timers it deleted)
-- and returns that row. It must be volatile and called as a statement of its own: nothing may wait for a client
-- while the log is locked.
create or replace function append_batch(entries entry[], chosen uuid[] default null)
returns table(at timestamptz, positions bigint[], known bigint[])
language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off  -- a plan made while the table was empty must hold when it is not
as $$
declare
  last bigint; chain bytea; hashes bytea[]; contents bytea[]; versions bigint[]; fits boolean[]; all_fit boolean;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise 'append_batch needs READ COMMITTED' using errcode = 'invalid_transaction_state';
  end if;
  perform pg_advisory_xact_lock(1802858612);
  -- one query and few expressions: what is set up anew in every transaction is most of a small batch's cost
  select coalesce(t.position, 0), coalesce(t.hash, '\x00'),
         greatest(t.recorded_at, coalesce(c.at, clock_timestamp())),  -- kept_now()
         g.positions, g.hashes, g.contents, g.versions, g.known, g.fits, g.all_fit
    into last, chain, at, positions, hashes, contents, versions, known, fits, all_fit
    from (select array_agg(null::bigint) as positions, array_agg(null::bytea) as hashes,
                 array_agg(f.content) as contents, array_agg(f.next) as versions, array_agg(f.known) as known,
                 array_agg(f.fits) as fits, bool_and(f.fits) as all_fit
            from (select e.content, e.next, e.known,
                         e.known is null and coalesce(e.version = e.next, true)
                         and (chosen is null or e.command = any(chosen)) as fits
                    from (select e.command, e.version, e.content,
                                 (select t.position from event t where t.command = e.command) as known,
                                 coalesce((select t.version from event t where t.stream = e.stream
                                            order by t.version desc limit 1), 0) + e.number as next
                            from unnest(entries) with ordinality e order by e.ordinality) e) f) g
    left join (select t.position, t.hash, t.recorded_at from event t order by t.position desc limit 1) t on true
    left join clock c on true;
  if not all_fit then
    select array_agg(f.whole order by f.ordinality) into fits
      from (select g.ordinality, bool_and(g.fits) over (partition by g.command) as whole
              from rows from (unnest(entries), unnest(fits)) with ordinality
                as g(command, size, fingerprint, answer, stream, number, version, event_id, type, schema_version,
                     data, metadata, occurred_at, content, fits)) f;
  end if;
  for i in 1..cardinality(fits) loop
    if fits[i] then
      last := last + 1;
      chain := sha256('\x00'::bytea || chain || int8send(last) || int8send(versions[i]) || timestamptz_send(at)
                      || contents[i]);
      positions[i] := last; hashes[i] := chain;
    end if;
  end loop;
  insert into event
  select g.position, g.stream, g.next, g.event_id, g.type, g.schema_version, g.data, g.metadata, g.occurred_at, at,
         g.content, g.hash, case when g.size is not null then g.command end, g.size, g.fingerprint, g.answer
    from rows from (unnest(entries), unnest(versions), unnest(positions), unnest(hashes))
      as g(command, size, fingerprint, answer, stream, number, version, event_id, type, schema_version,
           data, metadata, occurred_at, content, next, position, hash)
   where g.position is not null;
  return next;
end $$;

-- Sets domain time. Returns null, or, where it would run back, the instant before which it cannot be set.
-- Not flushed by itself: whatever is recorded at the new time flushes it on its way.
create or replace function kept_set_clock(at timestamptz) returns timestamptz
language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare earliest timestamptz;
begin
  perform pg_advisory_xact_lock(1802858612);
  earliest := greatest((select c.at from clock c),
                       (select e.recorded_at from event e order by e.position desc limit 1));
  if kept_set_clock.at < earliest then
    return earliest;
  end if;
  perform set_config('synchronous_commit', 'off', true);
  insert into clock(at) values (kept_set_clock.at) on conflict (only_one) do update set at = excluded.at;
  return null;
end $$;

-- What is written stays: for the service's role by privilege, for everyone by trigger.
create or replace function kept_refuse() returns trigger language plpgsql as
$$ begin raise 'the log is append-only: % is refused', tg_op using errcode = 'insufficient_privilege'; end $$;

create or replace trigger append_only before update or delete or truncate on event
  for each statement execute function kept_refuse();
alter table event enable always trigger append_only;

revoke execute on function append_batch, kept_set_clock from public;
grant select on event, log, clock to kept_service;
grant select, insert, update, delete on lease to kept_service;
grant execute on function append_batch, kept_set_clock to kept_service;
