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

-- Domain time: the one row of `clock` where a driver has set it, else the machine's.
create table if not exists clock(
  only_one boolean primary key default true check (only_one),
  at timestamptz not null);

create or replace function kept_now() returns timestamptz language sql volatile as
$$ select coalesce((select at from clock), clock_timestamp()) $$;

-- Machine time: who does a thing that only one replica shall do.
create table if not exists lease(
  name text primary key,
  holder text not null,
  until timestamptz not null);

-- 1802858612 ("kept") is the lock of the log. Who holds it is the only writer, until its commit is durable: that
-- is why positions are dense and stand in the order of commit.

-- Appends a batch of commands; each of them stands whole or not at all.
--
-- The arrays have one element per event, grouped by command, within a command by stream. On the first event of a
-- command stand its id, size, fingerprint and answer; on its others these are null. versions: the version the
-- event shall have, null: whichever comes next. A batch names a stream and a command at most once.
-- chosen: the ids of the commands to append, of those given; null: all.
--
-- Returns one row, whose arrays have one element per command taken, in order: firsts, the position of its first
-- event if it was appended now; repeats, that position if it stood already. Both null: a stream was not at the
-- version expected.
--
-- Another function may call it to change rows of its own in the same transaction, as the scheduler's `fire` does:
-- it first takes its row locks, then says
--   select * from append_batch(…the arrays as given…, chosen => the commands whose timers it deleted)
-- and returns that row. It must be volatile and called as a statement of its own: nothing may wait for a client
-- while the log is locked.
create or replace function append_batch(
  commands uuid[], sizes int[], fingerprints bytea[], answers bytea[],
  streams text[], versions bigint[], event_ids uuid[], types text[], schemas int[],
  datas bytea[], metadatas bytea[], occurred timestamptz[], contents bytea[],
  chosen uuid[] default null)
returns table(at timestamptz, firsts bigint[], repeats bigint[])
language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off  -- a plan made while the table was empty must hold when it is not
as $$
declare
  last bigint; chain bytea; stamp bytea; known bigint[]; heads bigint[];
  n int := 1; first bigint; fits boolean; stream text; version bigint;
  positions bigint[] := array_fill(null::bigint, array[cardinality(streams)]);
  hashes bytea[] := array_fill(null::bytea, array[cardinality(streams)]);
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise 'append_batch needs READ COMMITTED' using errcode = 'invalid_transaction_state';
  end if;
  perform pg_advisory_xact_lock(1802858612);
  select e.position, e.hash, e.recorded_at into last, chain, at from event e order by e.position desc limit 1;
  last := coalesce(last, 0); chain := coalesce(chain, '\x00');
  at := greatest(at, kept_now()); stamp := timestamptz_send(at);
  select array_agg((select e.position from event e where e.command = g.command) order by g.n),
         array_agg((select e.version from event e where e.stream = g.stream order by e.version desc limit 1) order by g.n)
    into known, heads
    from unnest(commands, streams) with ordinality g(command, stream, n);
  firsts := '{}'; repeats := '{}';
  while n <= cardinality(streams) loop
    if chosen is null or commands[n] = any(chosen) then
      fits := known[n] is null; first := null; stream := null;
      for i in n..n + sizes[n] - 1 loop
        exit when not fits;
        if streams[i] is distinct from stream then
          stream := streams[i]; version := coalesce(heads[i], 0);
        end if;
        version := version + 1;
        fits := coalesce(versions[i] = version, true);
        versions[i] := version;
      end loop;
      if fits then
        first := last + 1;
        for i in n..n + sizes[n] - 1 loop
          last := last + 1;
          chain := sha256('\x00'::bytea || chain || int8send(last) || int8send(versions[i]) || stamp || contents[i]);
          positions[i] := last; hashes[i] := chain;
        end loop;
      end if;
      firsts := firsts || first; repeats := repeats || known[n];
    end if;
    n := n + sizes[n];
  end loop;
  insert into event
  select g.position, g.stream, g.version, g.event_id, g.type, g.schema, g.data, g.metadata, g.occurred, at,
         g.content, g.hash, g.command, g.size, g.fingerprint, g.answer
    from unnest(positions, streams, versions, event_ids, types, schemas, datas, metadatas, occurred,
                contents, hashes, commands, sizes, fingerprints, answers)
      as g(position, stream, version, event_id, type, schema, data, metadata, occurred,
           content, hash, command, size, fingerprint, answer)
   where g.position is not null;
  return next;
end $$;

-- Sets domain time. Returns null, or, where it would run back, the instant before which it cannot be set.
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
