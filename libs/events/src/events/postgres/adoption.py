"""A restored log becomes another log; cursors follow it as far as they have seen the same."""

from uuid import UUID

from events.log import Head

from .pool import Connection

_AT_WORK = "SELECT name FROM lease WHERE until > clock_timestamp() ORDER BY name"
_NAME = "SELECT name FROM log"
_NEW_ID = "UPDATE log SET log_id = gen_random_uuid() RETURNING log_id"
_UNRELAYED = "DELETE FROM relay"
_CURSORS = "SELECT subscription, log_id, position, hash FROM cursor WHERE log = $1 AND position > 0"
_PUT = "UPDATE cursor SET log_id = $2, position = $3, hash = $4 WHERE subscription = $1"
_FORGET_PARKED = "DELETE FROM parked WHERE subscription = $1 AND position > $2"
_RENAME_PARKED = "UPDATE parked SET log_id = $2 WHERE subscription = $1"


async def at_work(connection: Connection) -> list[str]:
    """Return what is being done on this database by a service that is running."""
    return [row["name"] for row in await connection.fetch(_AT_WORK)]


async def name_of_log(connection: Connection) -> str:
    """Return the name of the database's log."""
    return str(await connection.fetchval(_NAME))


async def new_id(connection: Connection) -> UUID:
    """Give the database's log another id, as one that nobody has read and nothing has been relayed of."""
    await connection.execute(_UNRELAYED)
    return UUID(int=(await connection.fetchval(_NEW_ID)).int)


async def cursors_on(connection: Connection, log: str) -> dict[str, Head]:
    """Return where each subscription to a log stands."""
    rows = await connection.fetch(_CURSORS, log)
    return {
        row["subscription"]: Head(UUID(int=row["log_id"].int), row["position"], row["hash"]) for row in rows
    }


async def put(connection: Connection, subscription: str, at: Head) -> None:
    """Put a cursor at a place; what is parked from beyond it is forgotten."""
    await connection.execute(_PUT, subscription, at.log_id, at.position, at.hash)
    await connection.execute(_FORGET_PARKED, subscription, at.position)
    await connection.execute(_RENAME_PARKED, subscription, at.log_id)
