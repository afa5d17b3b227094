"""The proof of a verdict, gathered from the log."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from fastapi import APIRouter

from events.catalogue import (
    CommitmentRecomputed,
    CommitmentsMovedIn,
    Event,
    ExpectationSet,
    FollowUpPromised,
    WaitEnded,
    WaitingOnCustomer,
)
from events.catalogue.waits import commitments_of
from events.fields import Id
from events.log import Log
from events.recorded import Stored
from events.service import Parts
from events.wire import ORIGIN, decode
from worktime import tzdata_version

from . import case, proof, tables
from .ledger import ProofShown
from .reads import find, folded


def proof_reads(parts: Parts) -> APIRouter:
    """Return the read of proofs."""
    router = APIRouter()

    @router.get("/commitments/{commitment}/proof", response_model=ProofShown)
    async def get_proof(commitment: Id) -> Any:
        """Return all that a verdict follows from, as the log holds it.

        `python -m cases prove < proof.json` computes the verdict again, without a database.
        """
        found = await find(parts, commitment)
        return await gathered(parts.log, found.case, commitment)

    return router


async def gathered(log: Log, of: UUID, commitment: UUID) -> proof.Json:
    """Return the proof of a commitment, from the log that has it."""
    lived = await _lived(log, of, commitment)
    told = [row for rows in lived.values() for row in _concerning(rows, commitment)]
    told.sort(key=lambda row: row.position)
    made_in = UUID(told[0].stream.removeprefix(tables.STREAM))
    first, whole = (
        folded(map(decode, lived[at])) for at in (made_in, of)
    )  # a proof needs no words: they stay sealed
    assert whole is not None, "what the ledger has is in the log"
    assert first is not None, "where it was made is in the log"
    pinned = dict.fromkeys(pin for row in told for pin in _pins(decode(row).event))
    rules = [row for pin in pinned for row in await _published(log, pin)]
    return {
        "commitment": commitment,
        "case": of,
        "zone": first.zone,
        "tzdata": tzdata_version(),
        "claims": proof.claims(whole.commitments[commitment]),
        "rules": [proof.item(row, await _previous(log, row)) for row in rules],
        "items": [proof.item(row, await _previous(log, row)) for row in told],
    }


async def _lived(log: Log, of: UUID, commitment: UUID) -> dict[UUID, list[Stored]]:
    """Return the streams of all cases in which a commitment has been, also of one that it came back to."""
    streams: dict[UUID, list[Stored]] = {}
    left = [of]
    while left:
        if (at := left.pop()) in streams:
            continue
        streams[at] = rows = await log.stream(case.stream(at))
        events = (decode(row).event for row in rows)
        arrivals = (each for each in events if isinstance(each, CommitmentsMovedIn))
        left += [each.origin for each in arrivals if commitment in commitments_of(each)]
    return streams


def _concerning(rows: list[Stored], commitment: UUID) -> Iterator[Stored]:
    """Yield the events of a commitment, of the waits that stopped it, and of the one that replaces it."""
    waits = set[UUID]()
    for row in rows:
        event = decode(row).event
        match event:
            case WaitingOnCustomer():
                concerns = commitment in event.paused
                waits |= {event.wait} if concerns else set()
            case WaitEnded():
                concerns = event.wait in waits
            case _:
                named = getattr(event, "commitment", None), getattr(event, "replaces", None)
                concerns = commitment in named
        if concerns:
            yield row


def _pins(event: Event) -> Iterator[str]:
    """Yield each calendar and policy that an event pins, as stream and version: `policy-desk@2`."""
    if calendar := getattr(event, "calendar", None):
        yield f"calendar-{calendar}"
    if isinstance(event, ExpectationSet | FollowUpPromised | CommitmentRecomputed):
        yield f"policy-{event.policy}"


async def _published(log: Log, pin: str) -> list[Stored]:
    """Return the row that published a version; none for what is built in."""
    stream, _, version = pin.rpartition("@")
    rows = await log.stream(stream)
    return [row for row in rows if getattr(decode(row).event, "version", None) == int(version)]


async def _previous(log: Log, row: Stored) -> bytes:
    if row.position == 1:
        return ORIGIN
    (before,) = await log.tail(row.position - 2, 1)
    return before.hash
