"""Cases and the ledger as they are read: folded from the own log; and the customers of intake's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from asyncpg import Record
from pydantic import TypeAdapter

from events.catalogue import Event
from events.fields import LAST
from events.postgres import Connection, Pool, ask
from events.recorded import Recorded

from .case import Case, CaseEvent
from .case.evolve import evolve
from .commitment import Commitment

STREAM = "case-"
NEVER = LAST
"""Where in the ledger stands what has no due yet: after everything that has one."""
_CASE: TypeAdapter[Case] = TypeAdapter(Case)
_COMMITMENT: TypeAdapter[Commitment] = TypeAdapter(Commitment)


@dataclass(frozen=True, slots=True)
class Row:
    """A case as the table has it."""

    version: int
    position: int
    case: Case


class Ledger:
    """The projection of the own log: cases and their commitments."""

    name = "ledger"
    log = "cases"

    async def apply(self, connection: Connection, batch: Sequence[Recorded[Event]]) -> None:
        """Fold the batch into the tables, in the caller's transaction."""
        events = [recorded for recorded in batch if recorded.stream.startswith(STREAM)]
        if events:
            before = await _read(connection, {UUID(recorded.entity) for recorded in events})
            await _write(connection, before, fold(before, events))


def fold(before: Mapping[UUID, Row], batch: Sequence[Recorded[Event]]) -> dict[UUID, Row]:
    """Return the cases that these events touch, as they are after them."""
    after: dict[UUID, Row] = {}
    for recorded in batch:
        id_ = UUID(recorded.entity)
        known = after.get(id_) or before.get(id_)
        case = evolve(known.case if known else None, cast("CaseEvent", recorded.event))
        after[id_] = Row(recorded.version, known.position if known else recorded.position, case)
    return after


_READ = "SELECT id, version, position, body FROM case_v1 WHERE id = any($1)"


async def _read(connection: Connection, ids: set[UUID]) -> dict[UUID, Row]:
    return {row["id"]: _row(row) for row in await connection.fetch(_READ, list(ids))}


def _row(row: Record) -> Row:
    return Row(row["version"], row["position"], _CASE.validate_json(row["body"]))


_WRITE_CASE = """
    INSERT INTO case_v1(id, version, position, customer, kind, state, opened_at, closed_at, body)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    ON CONFLICT (id) DO UPDATE SET version = excluded.version, state = excluded.state,
      closed_at = excluded.closed_at, body = excluded.body
"""
_WRITE_COMMITMENT = """
    INSERT INTO commitment_v1(id, case_id, customer, owner, state, due, body)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (id) DO UPDATE SET case_id = excluded.case_id, owner = excluded.owner,
      state = excluded.state, due = excluded.due, body = excluded.body
"""


async def _write(connection: Connection, before: Mapping[UUID, Row], after: Mapping[UUID, Row]) -> None:
    await connection.executemany(_WRITE_CASE, [_case(id_, row) for id_, row in after.items()])
    changed = [
        _commitment(id_, row.case.customer, commitment)
        for id_, row in after.items()
        for commitment in _changed(before.get(id_), row)
    ]
    if changed:
        await connection.executemany(_WRITE_COMMITMENT, changed)


def _changed(before: Row | None, after: Row) -> list[Commitment]:
    known: Mapping[UUID, Commitment] = before.case.commitments if before else {}
    return [each for each in after.case.commitments.values() if known.get(each.id) != each]


def _case(id_: UUID, row: Row) -> tuple[object, ...]:
    case = row.case
    return (
        id_,
        row.version,
        row.position,
        case.customer,
        case.kind,
        case.state,
        case.opened_at,
        case.closed_at,
        _CASE.dump_json(case).decode(),
    )


def _commitment(case: UUID, customer: UUID, commitment: Commitment) -> tuple[object, ...]:
    return (
        commitment.id,
        case,
        customer,
        commitment.owner,
        commitment.state,
        commitment.due or NEVER,
        _COMMITMENT.dump_json(commitment).decode(),
    )


_CASES = "SELECT id, version, position, body FROM case_v1 WHERE {} ORDER BY position DESC LIMIT $1"
_LEDGER = "SELECT case_id, customer, body FROM commitment_v1 WHERE {} ORDER BY due, id LIMIT $1"
_WANTED = {
    "id": "id = ${}",
    "owner": "owner = ${}",
    "customer": "customer = ${}",
    "case": "case_id = ${}",
    "state": "state = ${}",
    "due_before": "due < ${}",
    "due_after": "due > ${} AND due < '2200-01-01Z'",
    "before": "position < ${}",
    "after_due": "due >= ${}",
    "after": "(due, id) > (${}, ${})",
}
"""What may be asked of a list; only what is asked stands in the query, so that an index serves it."""


@dataclass(frozen=True, slots=True)
class Found:
    """A commitment of the ledger, and where it belongs."""

    case: UUID
    customer: UUID
    commitment: Commitment


async def cases(pool: Pool, wanted: Mapping[str, Any], limit: int) -> list[tuple[UUID, Row]]:
    """Return at most `limit` cases, the last opened first, that are as `wanted` (names of _WANTED).

    A value of None is not asked for. Raises Unavailable.
    """
    query, values = _query(_CASES, wanted)
    rows = await ask(pool, lambda connection: connection.fetch(query, limit, *values))
    return [(row["id"], _row(row)) for row in rows]


_CASES_OF = """
    SELECT id FROM case_v1 WHERE customer = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3
"""


async def cases_of(pool: Pool, customer: UUID, after: UUID | None, limit: int) -> list[UUID]:
    """Return at most `limit` cases of a customer by id, after this one. Raises Unavailable."""
    rows = await ask(pool, lambda connection: connection.fetch(_CASES_OF, customer, after, limit))
    return [row["id"] for row in rows]


async def commitments(pool: Pool, wanted: Mapping[str, Any], limit: int) -> list[Found]:
    """Return at most `limit` commitments, the first due first, that are as `wanted` (names of _WANTED).

    A value of None is not asked for; `after` is a pair of due and id. Raises Unavailable.
    """
    query, values = _query(_LEDGER, wanted)
    rows = await ask(pool, lambda connection: connection.fetch(query, limit, *values))
    return [Found(row["case_id"], row["customer"], _COMMITMENT.validate_json(row["body"])) for row in rows]


def _query(query: str, wanted: Mapping[str, Any]) -> tuple[str, list[Any]]:
    conditions, values = ["true"], list[Any]()
    for name, value in wanted.items():
        if value is not None:
            given = value if isinstance(value, tuple) else (value,)
            numbers = range(len(values) + 2, len(values) + 2 + len(given))
            conditions.append(_WANTED[name].format(*numbers))
            values += given
    return query.format(" AND ".join(conditions)), values


_COUNTS = "SELECT state, count(*) AS number FROM commitment_v1 GROUP BY state ORDER BY state"


async def counts(pool: Pool) -> dict[str, int]:
    """Return how many commitments are in each state. Raises Unavailable."""
    rows = await ask(pool, lambda connection: connection.fetch(_COUNTS))
    return {row["state"]: row["number"] for row in rows}
