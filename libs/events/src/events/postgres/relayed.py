"""How far the relay has come, for whoever asks whether the service is at rest."""

from .pool import Pool, ask

_RELAYED = "SELECT kept_relayed($1, $2, $3)"


async def relayed(pool: Pool, log: str, position: int, *, onwards: bool = True) -> None:
    """Note that the topic holds a log up to a position; `onwards`: never back. Raises Unavailable."""
    await ask(pool, lambda connection: connection.execute(_RELAYED, log, position, onwards))
