"""What else an owner has to keep about an instant, from the ledger."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias
from uuid import UUID

from events.postgres import Connection
from events.service import Parts

CLOSE = timedelta(hours=1)
"""How near to it other promises of the owner are looked for."""
NEAR = 50
"""How many of them are named at most."""

_About: TypeAlias = tuple[str, datetime]

_OWED = """
    SELECT owner, at, (SELECT position FROM cursor WHERE subscription = 'ledger') AS position,
           array(SELECT (c.id, c.due) FROM commitment_v1 c
                  WHERE c.owner = asked.owner AND c.state = 'open'
                    AND c.due > asked.at - $3::interval AND c.due < asked.at + $3::interval
                  ORDER BY c.due, c.id LIMIT $4) AS others
      FROM unnest($1::text[], $2::timestamptz[]) AS asked(owner, at)
"""


@dataclass(frozen=True, slots=True)
class Owed:
    """Open commitments of an owner, as of which position of the log."""

    position: int | None
    others: tuple[tuple[UUID, datetime], ...]


class Owing:
    """Looks up what is owed; who asks at one time is answered by one statement."""

    def __init__(self, parts: Parts) -> None:
        self._asked = parts.gather(_look)

    async def about(self, owner: str, at: datetime) -> Owed:
        """Return what else an owner has to keep within CLOSE of an instant. Raises Unavailable."""
        return await self._asked.get((owner, at))


async def _look(connection: Connection, asked: Collection[_About]) -> Mapping[_About, Owed]:
    owners, instants = [owner for owner, _ in asked], [at for _, at in asked]
    rows = await connection.fetch(_OWED, owners, instants, CLOSE, NEAR)
    return {
        (row["owner"], row["at"]): Owed(row["position"], tuple((id_, due) for id_, due in row["others"]))
        for row in rows
    }
