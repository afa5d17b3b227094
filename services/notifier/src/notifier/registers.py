"""Who is who: zones, people, teams and customers, folded from the logs of `cases` and `contacts`."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from events.catalogue import (
    CaseOpened,
    CustomerChanged,
    CustomerErased,
    CustomerRegistered,
    Event,
    OwnerChanged,
    TeamChanged,
)
from events.catalogue.contacts import Channel
from events.postgres import Connection, Pool, ask
from events.recorded import Recorded

from .roster import Roster

ZONE_COLUMNS = "stream, zone"
ROSTER_COLUMNS = "stream, entry"
CASE_COLUMNS = "case_id, customer"
CUSTOMER_COLUMNS = "customer, profile"


class Customer(BaseModel):
    """How a customer of `intake` is written to; who they are is asked when a letter goes out."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    zone: str
    language: str
    channel: Channel
    erased: bool = False
    """They asked to be forgotten: nobody writes to them any more."""


_SET_ZONE = """
    INSERT INTO zone_v1(stream, zone) VALUES ($1, $2) ON CONFLICT (stream) DO UPDATE SET zone = excluded.zone
"""
_SET_ENTRY = """
    INSERT INTO roster_v1(stream, entry) VALUES ($1, $2)
    ON CONFLICT (stream) DO UPDATE SET entry = excluded.entry
"""
_SET_CASE = "INSERT INTO case_v1(case_id, customer) VALUES ($1, $2) ON CONFLICT (case_id) DO NOTHING"


async def note_people(connection: Connection, batch: Sequence[Recorded[Event]]) -> None:
    """Take in who is registered in a batch of `cases`, and whose case is whose."""
    zones, entries, cases = [], [], []
    for each in batch:
        match each.event:
            case OwnerChanged() | TeamChanged() as event:
                zones.append((each.stream, event.zone))
                entries.append((each.stream, event.model_dump_json()))
            case CaseOpened() as event:
                zones.append((each.stream, event.zone))
                cases.append((UUID(each.entity), event.customer))
            case _:
                pass
    await connection.executemany(_SET_ZONE, zones)
    await connection.executemany(_SET_ENTRY, entries)
    await connection.executemany(_SET_CASE, cases)


_SET_CUSTOMER = """
    INSERT INTO customer_v1(customer, profile) VALUES ($1, $2)
    ON CONFLICT (customer) DO UPDATE SET profile = excluded.profile
"""
_ERASE_CUSTOMERS = """
    UPDATE customer_v1 SET profile = profile || '{"erased": true}' WHERE customer = any($1)
"""


class Knowing:
    """The projection of `contacts`: how customers are written to."""

    name = "customers"
    log = "contacts"
    types: frozenset[type[Event]] = frozenset({CustomerRegistered, CustomerChanged, CustomerErased})

    async def apply(self, connection: Connection, batch: Sequence[Recorded[Event]]) -> None:
        """Fold the batch into the table, in the caller's transaction."""
        rows = [
            (UUID(each.entity), Customer.model_validate(each.event, from_attributes=True).model_dump_json())
            for each in batch
            if isinstance(each.event, CustomerRegistered | CustomerChanged)
        ]
        await connection.executemany(_SET_CUSTOMER, rows)
        erased = [UUID(each.entity) for each in batch if isinstance(each.event, CustomerErased)]
        if erased:
            await connection.execute(_ERASE_CUSTOMERS, erased)


_ENTRIES = """
    WITH named AS (SELECT entry FROM roster_v1 WHERE stream = any($1))
    SELECT stream, entry FROM roster_v1
     WHERE stream = any($1)
        OR stream IN (SELECT 'owner-' || (entry ->> key) FROM named, unnest(ARRAY['lead', 'delegate']) key)
        OR stream IN (SELECT 'team-' || (entry ->> 'team') FROM named)
        OR stream IN (
          SELECT 'owner-' || (t.entry ->> key)
            FROM named n JOIN roster_v1 t ON t.stream = 'team-' || (n.entry ->> 'team'),
                 unnest(ARRAY['lead', 'manager']) key)
        OR stream IN (SELECT 'owner-' || (entry ->> key) FROM named, unnest(ARRAY['manager']) key)
"""
_STAND_INS = """
    SELECT stream, entry FROM roster_v1
     WHERE stream IN (SELECT 'owner-' || (entry ->> 'delegate') FROM roster_v1 WHERE stream = any($1))
"""


async def read_roster(connection: Connection, names: Iterable[str | None]) -> Roster:
    """Return who may stand behind the roles of commitments of these owners."""
    streams = [f"{kind}-{name}" for name in names if name for kind in ("owner", "team")]
    rows = await connection.fetch(_ENTRIES, streams)
    rows += await connection.fetch(_STAND_INS, [row["stream"] for row in rows])
    people, teams = {}, {}
    for row in rows:
        kind, _, name = row["stream"].partition("-")
        if kind == "owner":
            people[name] = OwnerChanged.model_validate_json(row["entry"])
        else:
            teams[name] = TeamChanged.model_validate_json(row["entry"])
    return Roster(people, teams)


async def roster(pool: Pool, name: str | None) -> Roster:
    """Return who may stand behind the roles of a commitment of this owner. Raises Unavailable."""
    return await ask(pool, lambda connection: read_roster(connection, [name]))


_CUSTOMER = "SELECT profile FROM case_v1 JOIN customer_v1 USING (customer) WHERE case_id = $1"


async def customer(pool: Pool, case: UUID) -> Customer | None:
    """Return the customer of a case, or none who is known here yet. Raises Unavailable."""
    row = await ask(pool, lambda connection: connection.fetchrow(_CUSTOMER, case))
    return Customer.model_validate_json(row["profile"]) if row else None


_CUSTOMER_ID = "SELECT customer FROM case_v1 WHERE case_id = $1"


async def customer_of(pool: Pool, case: UUID) -> UUID | None:
    """Return the id of the customer of a case, or none where the case is not known here yet."""
    found = await ask(pool, lambda connection: connection.fetchval(_CUSTOMER_ID, case))
    return UUID(int=found.int) if found else None
