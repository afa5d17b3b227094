"""How events change a case."""

from dataclasses import replace
from typing import assert_never
from uuid import UUID

from cases import commitment as one
from cases.commitment import Changed, Commitment, Made
from events.catalogue import (
    CaseClosed,
    CaseOpened,
    CaseReopened,
    ContactAttached,
    ExpectationSet,
    FollowUpPromised,
    ResolutionConfirmed,
    ResolutionProposed,
    ResolutionRejected,
)

from .state import Case, CaseEvent, OfCase, Resolution


def evolve(case: Case | None, event: CaseEvent) -> Case:
    """Return the case after an event. Raises LookupError for an event of what was never made."""
    match event:
        case CaseOpened():
            return _opened(event)
        case _ if case is None:
            raise LookupError(f"{type(event).__name__} before CaseOpened")
        case ExpectationSet() | FollowUpPromised():
            return _made(case, event)
        case (
            ContactAttached()
            | ResolutionProposed()
            | ResolutionConfirmed()
            | ResolutionRejected()
            | CaseClosed()
            | CaseReopened()
        ):
            return _evolve(case, event)
        case _:
            return _changed(case, event)


def _opened(event: CaseOpened) -> Case:
    return Case(
        customer=event.customer,
        kind=event.kind,
        subject=event.subject,
        zone=event.zone,
        opened_at=event.at,
        contacts=() if event.contact is None else (event.contact,),
    )


def _made(case: Case, event: Made) -> Case:
    new = one.made(event)
    replaced: dict[UUID, Commitment] = {}
    if event.replaces is not None:
        replaced = {event.replaces: replace(case.commitments[event.replaces], debt_ended=True)}
    return _with(case, {**replaced, new.id: new})


def _changed(case: Case, event: Changed) -> Case:
    changed = one.evolve(case.commitments[event.commitment], event)
    return _with(case, {changed.id: changed})


def _with(case: Case, commitments: dict[UUID, Commitment]) -> Case:
    return replace(case, commitments={**case.commitments, **commitments})


def _evolve(case: Case, event: OfCase) -> Case:
    match event:
        case ContactAttached():
            return replace(case, contacts=(*case.contacts, event.contact))
        case ResolutionProposed():
            return replace(case, resolution=Resolution("proposed", event.words))
        case ResolutionConfirmed():
            return replace(case, resolution=Resolution("confirmed", event.words, event.contact))
        case ResolutionRejected():
            return replace(case, resolution=Resolution("rejected", event.words, event.contact))
        case CaseClosed():
            return replace(case, state="closed", closed_at=event.at)
        case CaseReopened():
            return replace(case, state="open", closed_at=None, resolution=None)
        case _:
            assert_never(event)
