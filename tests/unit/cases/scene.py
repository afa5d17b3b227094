"""A case with one commitment, in each of its states, and the commands that come to it."""

from datetime import datetime, timedelta
from typing import Any

from cases.book import Book
from cases.case import Case, CaseEvent, Command, decider
from cases.case.commands import (
    AgreeCommitment,
    CloseCase,
    CorrectVerdict,
    DeclineCommitment,
    FellDue,
    HandOverCommitment,
    KeepCommitment,
    OpenCase,
    PromiseFollowUp,
    Proof,
    ReleaseCommitment,
    RescheduleCommitment,
    ServeContact,
    Service,
    SetExpectation,
    WithdrawCommitment,
)
from cases.commitment import Commitment
from events.catalogue.contacts import Outcome
from events.decider import Actor
from events.testing import AGENT, NOW, Given, an_id, given

HOUR = timedelta(hours=1)
DUE = NOW + 8 * HOUR
LATER = NOW + 32 * HOUR
BEFORE = NOW + HOUR
AFTER = DUE + 2 * HOUR

BOOK = Book()
CASE = decider(BOOK)
"""Cases that know the built-in policy, and no calendar."""
CUSTOMER = an_id("customer")
A_CASE = an_id("case")
ONE = an_id("commitment")
TWO = an_id("second commitment")
CALL = an_id("call")
INQUIRY = an_id("inquiry")
RECORD = Proof(record="carrier: delivered")

Scene = Given[Case | None, Command, CaseEvent]


def opening(**fields: Any) -> OpenCase:
    said = {"case": A_CASE, "customer": CUSTOMER, "subject": "No parcel.", "zone": "Europe/Berlin"}
    return OpenCase(**{**said, **fields})


def promise(**fields: Any) -> PromiseFollowUp:
    said = {"case": A_CASE, "commitment": ONE, "words": "I will call you.", "due": DUE}
    return PromiseFollowUp(**{**said, **fields})


def expectation(**fields: Any) -> SetExpectation:
    said = {"case": A_CASE, "commitment": ONE, "words": "It will be there.", "due": DUE}
    return SetExpectation(**{**said, **fields})


def agree(**fields: Any) -> AgreeCommitment:
    return AgreeCommitment(**{"case": A_CASE, "commitment": ONE, "contact": CALL, **fields})


def decline(**fields: Any) -> DeclineCommitment:
    return DeclineCommitment(**{"case": A_CASE, "commitment": ONE, "contact": CALL, **fields})


def reschedule(**fields: Any) -> RescheduleCommitment:
    said = {"case": A_CASE, "commitment": ONE, "due": LATER, "reason": "The part is late."}
    return RescheduleCommitment(**{**said, **fields})


def hand_over(**fields: Any) -> HandOverCommitment:
    return HandOverCommitment(**{"case": A_CASE, "commitment": ONE, "owner": "mai", **fields})


def keep(**fields: Any) -> KeepCommitment:
    return KeepCommitment(**{"case": A_CASE, "commitment": ONE, **fields})


def release(**fields: Any) -> ReleaseCommitment:
    return ReleaseCommitment(**{"case": A_CASE, "commitment": ONE, "contact": CALL, **fields})


def withdraw(**fields: Any) -> WithdrawCommitment:
    return WithdrawCommitment(**{"case": A_CASE, "commitment": ONE, "reason": "duplicate", **fields})


def correct(**fields: Any) -> CorrectVerdict:
    said = {"case": A_CASE, "commitment": ONE, "verdict": "kept", "evidence": RECORD}
    return CorrectVerdict(**{**said, **fields})


def fell_due(**fields: Any) -> FellDue:
    return FellDue(**{"case": A_CASE, "commitment": ONE, "revision": 1, "due": DUE, **fields})


def contact(outcome: Outcome = "reached", *, tells: int | None = None, **fields: Any) -> ServeContact:
    said = {
        "case": A_CASE,
        "customer": CUSTOMER,
        "contact": CALL,
        "channel": "call",
        "outcome": outcome,
        "at": BEFORE,
        "recorded_at": fields.get("at", BEFORE),
        "serves": (Service(commitment=ONE, tells=tells),),
    }
    return ServeContact(**{**said, **fields})


def close(**fields: Any) -> CloseCase:
    return CloseCase(**{"case": A_CASE, **fields})


def after(scene: Scene, command: Command, at: datetime = NOW, by: Actor = AGENT) -> Scene:
    """Return the scene after a command that must not be rejected."""
    came = scene.when(command, at=at, by=by)
    assert came.rejection is None, came.rejection
    return scene.and_then(*came.events)


def the(scene_or_state: Scene | Case | None) -> Commitment:
    """Return the one commitment."""
    case = scene_or_state.state if isinstance(scene_or_state, Given) else scene_or_state
    assert case is not None
    return case.commitments[ONE]


OPENED: Scene = after(given(CASE), opening())
OPEN = after(OPENED, promise())
UNTOLD = after(OPEN, reschedule(), BEFORE)
LAPSED = after(OPEN, fell_due(), AFTER)
KEPT = after(OPEN, keep(), BEFORE)
STATES: dict[str, tuple[Scene, datetime]] = {
    "open": (OPEN, BEFORE),
    "untold": (UNTOLD, BEFORE),
    "overdue": (OPEN, AFTER),
    "lapsed": (LAPSED, AFTER),
    "not owed": (after(LAPSED, release(), AFTER), AFTER),
    "kept": (KEPT, AFTER),
    "kept late": (after(LAPSED, keep(), AFTER), AFTER),
    "released": (after(OPEN, release(), BEFORE), BEFORE),
    "withdrawn": (after(OPEN, withdraw(), BEFORE), BEFORE),
}
"""Each state of a commitment, and the instant at which commands come to it."""
