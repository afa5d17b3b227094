-- The data keys of one service, in a database of their own: neither the log's nor in its backups. Idempotent.
create table if not exists data_key(
  id uuid primary key,
  subject text collate "C" not null unique,
  wrapped bytea,              -- null: destroyed; the row stays, so that no key is made again
  wrapped_by text not null,   -- the name of the wrapping key; empty where there is none
  made_at timestamptz not null default clock_timestamp(),
  destroyed_at timestamptz,
  check ((wrapped is null) = (destroyed_at is not null)));
create index if not exists data_key_wrapped_by on data_key(wrapped_by, id) where wrapped is not null;
