-- What follows from a log: how far each subscription has read, what it could not take in, and how far the relay
-- has sent. Run as kept_owner, after schema.sql and kept_due(); idempotent.

create table if not exists cursor(
  subscription text primary key,
  log text not null,
  log_id uuid not null default '00000000-0000-0000-0000-000000000000',  -- of the first row it has read
  position bigint not null default 0,
  hash bytea not null default '\x00');

-- Rows of streams that a subscription could not go on with; those without an error wait behind one with it.
create table if not exists parked(
  subscription text not null,
  position bigint not null,
  log text not null,
  log_id uuid not null,
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
  error text,
  damaged boolean not null default false,  -- it does not fit its hashes: it is read anew before each retry
  tries int not null default 0,
  parked_at timestamptz not null default clock_timestamp(),
  retry_at timestamptz not null default clock_timestamp() + interval '30 s',
  primary key (subscription, position));
create index if not exists parked_stream on parked(subscription, stream, position);

create table if not exists relay(
  log text primary key,
  position bigint not null);

-- Moves a cursor from where the caller knows it to be; false: somebody else has moved it.
-- Its transaction need not be flushed by itself: cursor and tables are lost together, and read again together; and
-- whatever is appended afterwards flushes it on its way.
create or replace function kept_move_cursor(
  subscription text, was_id uuid, was bigint, was_hash bytea, log_id uuid, "position" bigint, hash bytea)
returns boolean language plpgsql as $$
begin
  perform set_config('synchronous_commit', 'off', true);
  update cursor c set log_id = $5, position = $6, hash = $7
   where c.subscription = $1 and c.log_id = $2 and c.position = $3 and c.hash = $4;
  return found;
end $$;

-- Notes how far a log has been relayed. `onwards`: never back, for a relay that was frozen may wake and say so.
-- Not flushed by itself: the topic knows, this is for kept_settled().
create or replace function kept_relayed(log text, "position" bigint, onwards boolean)
returns void language plpgsql as $$
begin
  perform set_config('synchronous_commit', 'off', true);
  insert into relay as r values ($1, $2) on conflict on constraint relay_pkey
    do update set position = case when $3 then greatest(r.position, excluded.position) else excluded.position end;
end $$;

-- Whether the service is at rest, seen at one instant: what it has, what it has sent, what it has read, what is
-- left to do, and when next there will be something.
create or replace function kept_settled()
returns table(log text, log_id uuid, head bigint, relayed bigint, cursors jsonb,
              due bigint, parked bigint, next timestamptz)
language sql stable as $$
  select l.name, l.log_id,
         coalesce((select e.position from event e order by e.position desc limit 1), 0),
         coalesce((select r.position from relay r where r.log = l.name), 0),
         coalesce((select jsonb_object_agg(c.subscription, jsonb_build_object('log', c.log, 'position', c.position))
                     from cursor c), '{}'),
         d.due,
         (select count(*) from (select distinct p.subscription, p.stream from parked p) streams),
         d.next
    from log l cross join kept_due() d
$$;

revoke all on cursor, parked, relay from public;
grant select, insert, update, delete on cursor, parked, relay to kept_service;
