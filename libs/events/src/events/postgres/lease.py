"""A lease: which of several replicas does a thing that only one shall do."""

from collections.abc import Sequence

from .pool import Connection, Pool, ask

SECONDS = 5.0

_HOLD = """
    INSERT INTO lease(name, holder, until) VALUES ($1, $2, clock_timestamp() + $3 * interval '1 s')
    ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
    WHERE lease.holder = excluded.holder OR lease.until < clock_timestamp()
    RETURNING true
"""
_OTHERS = """
    SELECT holder FROM lease
    WHERE name = ANY($1::text[]) AND holder <> $2 AND until > clock_timestamp() LIMIT 1
"""
_RELEASE = "DELETE FROM lease WHERE name = $1 AND holder = $2"


class Lease:
    """The lease of this name for this holder; it lasts 5 s of the database's machine time."""

    def __init__(self, pool: Pool, name: str, holder: str) -> None:
        self._pool = pool
        self.name = name
        self.holder = holder

    async def hold(self) -> bool:
        """Take or renew it; false: another one holds it. Renew it every 1.5 s. Raises Unavailable."""

        async def hold(connection: Connection) -> bool:
            return bool(await connection.fetchval(_HOLD, self.name, self.holder, SECONDS))

        return await ask(self._pool, hold)

    async def release(self) -> None:
        """Give it up, where it is held. Raises Unavailable: then it runs out by itself."""

        async def release(connection: Connection) -> None:
            await connection.execute(_RELEASE, self.name, self.holder)

        await ask(self._pool, release)


async def held_by_another(pool: Pool, names: Sequence[str], holder: str) -> str | None:
    """Return who else holds one of these leases now. Raises Unavailable."""

    async def others(connection: Connection) -> str | None:
        found: str | None = await connection.fetchval(_OTHERS, names, holder)
        return found

    return await ask(pool, others)
