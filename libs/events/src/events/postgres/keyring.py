"""The keyring in PostgreSQL, in a database of its own; a process knows unwrapped keys for seconds only."""

from collections import OrderedDict
from collections.abc import Collection, Mapping
from time import monotonic
from typing import Generic, TypeVar
from uuid import UUID

from asyncpg import Record

from events.clock import new_id, new_secret
from events.keyring import SECRET_BYTES, DataKey, Erased
from events.wrapping import Locked, Wrapped, Wrapping

from .pool import Pool, ask

KNOWN_SECONDS = 10.0
"""How long another process may still seal and open with a key that was destroyed."""
KNOWN = 20_000
"""How many keys and subjects a process knows at most."""

_MAKE = """
    WITH made AS (
        INSERT INTO data_key(id, subject, wrapped, wrapped_by) VALUES ($1, $2, $3, $4)
        ON CONFLICT (subject) DO NOTHING RETURNING id, subject, wrapped, wrapped_by)
    SELECT * FROM made UNION ALL
    SELECT id, subject, wrapped, wrapped_by FROM data_key WHERE subject = $2
"""
_OF_SUBJECT = "SELECT id, subject, wrapped, wrapped_by FROM data_key WHERE subject = $1"
_OF_IDS = "SELECT id, subject, wrapped, wrapped_by FROM data_key WHERE id = ANY($1::uuid[])"
_DESTROY = """
    WITH was AS (SELECT id FROM data_key WHERE subject = $2 AND wrapped IS NOT NULL),
    gone AS (
        INSERT INTO data_key(id, subject, wrapped_by, destroyed_at) VALUES ($1, $2, '', clock_timestamp())
        ON CONFLICT (subject) DO UPDATE SET wrapped = NULL, wrapped_by = '',
          destroyed_at = coalesce(data_key.destroyed_at, clock_timestamp())
        RETURNING id)
    SELECT id, EXISTS (SELECT FROM was) AS held FROM gone
"""

K = TypeVar("K")


class _Known(Generic[K]):
    """Keys that were read a moment ago; None for one that is destroyed."""

    def __init__(self) -> None:
        self._kept: OrderedDict[K, tuple[float, DataKey | None]] = OrderedDict()

    def find(self, name: K) -> tuple[DataKey | None] | None:
        until, key = self._kept.get(name, (0.0, None))
        return (key,) if until > monotonic() else None

    def keep(self, name: K, key: DataKey | None) -> None:
        self._kept[name] = (monotonic() + KNOWN_SECONDS, key)
        self._kept.move_to_end(name)
        while len(self._kept) > KNOWN or next(iter(self._kept.values()))[0] < monotonic():
            self._kept.popitem(last=False)

    def drop(self, name: K) -> None:
        self._kept.pop(name, None)


class PostgresKeyring:
    """The data keys of one service; see events.keyring.Keyring for what each method promises."""

    def __init__(self, pool: Pool, wrapping: Wrapping | None) -> None:
        self._pool = pool
        self._wrapping = wrapping
        self._subjects: _Known[str] = _Known()
        self._ids: _Known[UUID] = _Known()
        self._destroyed = 0
        """How many were destroyed here: what was read before one of them is not kept after it."""

    async def key_for(self, subject: str) -> DataKey:
        """Return the key of a subject, made and committed the first time. Raises Erased at a tombstone."""
        known, before = self._subjects.find(subject), self._destroyed
        key = known[0] if known else self._read(await self._held(subject), before)
        if key is None:
            raise Erased(subject=subject)
        return key

    async def keys(self, ids: Collection[UUID]) -> Mapping[UUID, DataKey | None]:
        """Return the keys of these ids; None for one that is destroyed or not known here."""
        found = {id_: known[0] for id_ in ids if (known := self._ids.find(id_)) is not None}
        if missing := [id_ for id_ in ids if id_ not in found]:
            before = self._destroyed
            rows = await ask(self._pool, lambda connection: connection.fetch(_OF_IDS, missing))
            found |= dict.fromkeys(missing) | {
                UUID(int=row["id"].int): self._read(row, before) for row in rows
            }
        return found

    async def destroy(self, subject: str) -> bool:
        """Destroy a subject's key and leave a tombstone, whether there was one or not; say whether."""
        row = await ask(self._pool, lambda connection: connection.fetchrow(_DESTROY, new_id(), subject))
        assert row is not None
        self._destroyed += 1
        self._subjects.drop(subject)
        self._ids.drop(UUID(int=row["id"].int))
        return bool(row["held"])

    async def _held(self, subject: str) -> Record:
        row = await ask(self._pool, lambda connection: connection.fetchrow(_OF_SUBJECT, subject))
        while row is None:
            made = self._with().wrap(DataKey(new_id(), new_secret(SECRET_BYTES)), subject)
            said = (made.id, subject, made.wrapped, made.by)
            row = await ask(self._pool, lambda connection: connection.fetchrow(_MAKE, *said))  # noqa: B023 - awaited here
        return row

    def _read(self, row: Record, before: int) -> DataKey | None:
        """Return the key in a row, and know it from now on."""
        id_, key = UUID(int=row["id"].int), None
        if row["wrapped"] is not None:
            key = self._with().unwrap(Wrapped(id_, row["subject"], row["wrapped"], row["wrapped_by"]))
        if before == self._destroyed:
            self._subjects.keep(row["subject"], key)
            self._ids.keep(id_, key)
        return key

    def _with(self) -> Wrapping:
        if self._wrapping is None:
            raise Locked("KEPT_WRAPPING_KEY is not set")
        return self._wrapping
