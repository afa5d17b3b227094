"""How events change a case."""

from dataclasses import replace
from typing import assert_never
from uuid import UUID

from cases import commitment as one
from cases.commitment import Changed, Commitment, Made
from events.catalogue import (
    CaseClosed,
    CaseErased,
    CaseOpened,
    CaseReopened,
    CommitmentsMovedIn,
    CommitmentsMovedOut,
    ContactAttached,
    ExpectationSet,
    FollowUpPromised,
    ResolutionConfirmed,
    ResolutionProposed,
    ResolutionRejected,
    WaitEnded,
    WaitingOnCustomer,
)
from events.keyring import ERASED, hidden

from .state import Case, CaseEvent, Moved, OfCase, Resolution, Wait


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
            | CaseErased()
            | WaitingOnCustomer()
            | WaitEnded()
        ):
            return _evolve(case, event)
        case CommitmentsMovedOut() | CommitmentsMovedIn():
            return _moved(case, event)
        case _:
            return _changed(case, event)


def _opened(event: CaseOpened) -> Case:
    return Case(
        customer=event.customer,
        kind=event.kind,
        subject=event.subject,
        priority=event.priority,
        segment=event.segment,
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


def _evolve(case: Case, event: OfCase) -> Case:  # noqa: PLR0911 - one arm per event
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
            return replace(case, state="closed", closed_at=event.at, waits=())
        case CaseReopened():
            return replace(case, state="open", closed_at=None, resolution=None)
        case CaseErased():
            return _erased(case)
        case WaitingOnCustomer():
            return _waiting(case, event)
        case WaitEnded():
            return _resumed(case, event)
        case _:
            assert_never(event)


def _waiting(case: Case, event: WaitingOnCustomer) -> Case:
    """Begin a wait; a further event of the same one holds what began to run meanwhile."""
    held = _with(case, {id_: one.paused(case.commitments[id_], event) for id_ in event.paused})
    if any(wait.id == event.wait for wait in case.waits):
        return held
    wait = Wait(event.wait, event.kind, event.reason, event.next_contact, event.at)
    return replace(held, waits=(*case.waits, wait))


def _resumed(case: Case, event: WaitEnded) -> Case:
    left = tuple(wait for wait in case.waits if wait.id != event.wait)
    unheld = {
        each.id: one.unheld(each, event) for each in case.commitments.values() if event.wait in each.waits
    }
    again = {each.commitment: one.resumed(case.commitments[each.commitment], each) for each in event.resumed}
    return replace(_with(case, unheld | again), waits=left)


def _moved(case: Case, event: Moved) -> Case:
    """Let commitments go on elsewhere, which is remembered, or here."""
    if isinstance(event, CommitmentsMovedOut):
        gone = dict.fromkeys(event.commitments, event.to)
        left = {id_: each for id_, each in case.commitments.items() if id_ not in gone}
        return replace(case, commitments=left, moved={**case.moved, **gone})
    here = {each.id: one.arrived(each) for each in event.commitments}
    return replace(_with(case, here), moved={id_: to for id_, to in case.moved.items() if id_ not in here})


def _erased(case: Case) -> Case:
    said = case.resolution
    return replace(
        case,
        subject=ERASED,
        erased=True,
        waits=tuple(replace(wait, reason=ERASED) for wait in case.waits),
        resolution=said and replace(said, words=hidden(said.words)),
        commitments={id_: one.erased(each) for id_, each in case.commitments.items()},
    )
