"""What is read of cases and commitments."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, cast
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from events.catalogue import Event
from events.errors import Unknown
from events.fields import Id, Instant, Name
from events.recorded import Recorded
from events.sealed import decoded
from events.service import Cursor, Limit, Parts, page, tagged

from . import case, tables
from .api import Cases
from .case import Case, CaseEvent, evolve
from .commitment import State
from .ledger import (
    CaseShown,
    CasesListed,
    CommitmentShown,
    CommitmentsListed,
    History,
    listed,
    shown,
    told,
    whole,
)
from .tables import Found

CaseState = Annotated[str | None, Query(pattern="^(open|closed)$")]
At = Annotated[Instant | None, Query(description="As of this instant, by the time of recording.")]


def reads(parts: Parts, cases: Cases) -> APIRouter:
    """Return the reads of cases and commitments."""
    router = APIRouter(prefix="/v1")
    _cases(router, parts)
    _case(router, parts, cases)
    _ledger(router, parts)
    _commitment(router, parts)
    return router


def _cases(router: APIRouter, parts: Parts) -> None:
    @router.get("/cases", response_model=CasesListed)
    async def list_cases(
        cursor: Cursor, customer: Id | None = None, state: CaseState = None, limit: Limit = 50
    ) -> Any:
        """Return cases, the last opened first."""
        place = cursor.place(int)
        wanted = {"customer": customer, "state": state, "before": place[0] if place else None}
        found = await tables.cases(parts.pool, wanted, limit + 1)
        shown_page = page(found, limit, lambda item: cursor.write(item[1].position))
        items = [listed(row.case, id_=id_, version=row.version) for id_, row in shown_page["items"]]
        return shown_page | {"items": items}


def _case(router: APIRouter, parts: Parts, cases: Cases) -> None:
    @router.get("/cases/{case_id}", response_model=CaseShown)
    async def get_case(case_id: Id, answer: Response, at: At = None) -> Any:
        """Return a case with its commitments, folded from its events."""
        version, found = await _fold(parts, cases, case_id, at)
        if found is None:
            raise Unknown(what="case", id=case_id)
        tagged(answer, version)
        return whole(found, id_=case_id, version=version, now=at or await parts.log.now())

    @router.get("/cases/{case_id}/history", response_model=History)
    async def get_history(case_id: Id, cursor: Cursor, limit: Limit = 50) -> Any:
        """Return the events of a case, the first one first."""
        place = cursor.place(int)
        after = place[0] if place else 0
        rows = await parts.log.stream(case.stream(case_id), after)
        if not rows and not after:
            raise Unknown(what="case", id=case_id)
        items = [told(each) for each in await decoded(rows[: limit + 1], parts.keyring)]
        return page(items, limit, lambda item: cursor.write(item.version))


async def _fold(parts: Parts, cases: Cases, case_id: UUID, at: datetime | None) -> tuple[int, Case | None]:
    stream = case.stream(case_id)
    if at is None:
        return await cases.state(stream)
    rows = [row for row in await parts.log.stream(stream) if row.recorded_at <= at]
    return len(rows), folded(await decoded(rows, parts.keyring))


def folded(events: Iterable[Recorded[Event]]) -> Case | None:
    """Return the case that these events of its stream tell."""
    found: Case | None = None
    for each in events:
        found = evolve(found, cast("CaseEvent", each.event))
    return found


def _ledger(router: APIRouter, parts: Parts) -> None:
    @router.get("/commitments", response_model=CommitmentsListed)
    async def list_commitments(
        cursor: Cursor,
        owner: Name | None = None,
        customer: Id | None = None,
        case: Id | None = None,
        state: State | None = None,
        due_before: Instant | None = None,
        due_after: Instant | None = None,
        limit: Limit = 50,
    ) -> Any:
        """Return the ledger, the first due first."""
        wanted = {
            "owner": owner,
            "customer": customer,
            "case": case,
            "state": state,
            "due_before": due_before,
            "due_after": due_after,
            "after": cursor.place(datetime.fromisoformat, UUID),
        }
        found = await tables.commitments(parts.pool, wanted, limit + 1)
        now = await parts.log.now()
        shown_page = page(found, limit, lambda item: cursor.write(*_place(item)))
        return shown_page | {"items": [_shown(each, now) for each in shown_page["items"]]}


def _commitment(router: APIRouter, parts: Parts) -> None:
    @router.get("/commitments/{commitment}", response_model=CommitmentShown)
    async def get_commitment(commitment: Id) -> Any:
        """Return a commitment."""
        return _shown(await find(parts, commitment), await parts.log.now())


async def find(parts: Parts, commitment: UUID) -> Found:
    """Return a commitment of the ledger. Raises Unknown."""
    for found in await tables.commitments(parts.pool, {"id": commitment}, 1):
        return found
    raise Unknown(what="commitment", id=commitment)


def _shown(found: Found, now: datetime) -> CommitmentShown:
    return shown(found.commitment, case=found.case, customer=found.customer, now=now)


def _place(found: Found) -> tuple[str, UUID]:
    due = found.commitment.due or tables.NEVER
    return due.isoformat(), found.commitment.id
