"""A case with one commitment, in each of its states, and the commands that come to it."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from cases.book import Book
from cases.case import Case, CaseEvent, Command, decider
from cases.case.commands import (
    AgreeCommitment,
    BeginWait,
    CloseCase,
    CorrectVerdict,
    DateCommitment,
    DeclineCommitment,
    EndWait,
    ExplainLapse,
    FellDue,
    HandOverCommitment,
    KeepCommitment,
    KeepPart,
    NewCondition,
    OpenCase,
    PromiseFollowUp,
    Proof,
    Recompute,
    ReleaseCommitment,
    RescheduleCommitment,
    ServeContact,
    Service,
    SetExpectation,
    WithdrawCommitment,
)
from cases.commitment import Commitment
from cases.due import WithinDays
from cases.policy import DEFAULT, Policy
from cases.setting import Setting
from events.catalogue.contacts import Outcome
from events.catalogue.policies import Aim, QuietHours
from events.catalogue.terms import Span
from events.decider import Actor
from events.testing import AGENT, NOW, Given, an_id, given
from worktime import Calendar

HOUR = timedelta(hours=1)
DUE = NOW + 8 * HOUR
LATER = NOW + 32 * HOUR
BEFORE = NOW + HOUR
AFTER = DUE + 2 * HOUR

BERLIN = Calendar.parse(
    {
        "tz": "Europe/Berlin",
        "weekly": {key: [["09:00", "17:00"]] for key in ("mon", "tue", "wed", "thu", "fri")},
    }
)
"""Calendar B of the edge cases."""


def desk(version: int, hours: int, **says: Any) -> Policy:
    within = Span(unit="business", lasts=timedelta(hours=hours))
    aim = Aim(within=within, buffer=Span(lasts=timedelta(hours=1)))
    saying = DEFAULT.says.model_copy(update={"response": aim, "outcome": Aim(within=within), **says})
    return Policy(f"desk@{version}", saying)


TWICE = Policy("twice@1", DEFAULT.says.model_copy(update={"attempt_keeps": 2}))
NIGHTLY = Policy(
    "quiet@1", DEFAULT.says.model_copy(update={"quiet": QuietHours(begins="22:00", ends="07:00")})
)
BOOK = Book(
    {"berlin@1": BERLIN, "berlin@2": replace(BERLIN, holidays=frozenset({date(2026, 11, 9)}))},
    {each.ref: each for each in (desk(1, 8), desk(2, 4), desk(3, 8, announced=True), NIGHTLY, TWICE)},
)
CASE = decider(BOOK)
DESK = Setting(policy="desk@1", calendar="berlin@1", zone="Europe/Berlin")
"""Our own aims: an answer within eight hours of the desk's."""
CUSTOMER = an_id("customer")
A_CASE = an_id("case")
ONE = an_id("commitment")
TWO = an_id("second commitment")
THREE = an_id("third commitment")
WAIT = an_id("wait")
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


def keep_part(**fields: Any) -> KeepPart:
    return KeepPart(**{"case": A_CASE, "commitment": ONE, "done": 1, **fields})


def explain(**fields: Any) -> ExplainLapse:
    return ExplainLapse(**{"case": A_CASE, "commitment": ONE, "reason": "forgotten", **fields})


def name_due(**fields: Any) -> DateCommitment:
    return DateCommitment(**{"case": A_CASE, "commitment": ONE, "due": LATER, **fields})


def condition_met(**fields: Any) -> DateCommitment:
    return DateCommitment(**{"case": A_CASE, "commitment": ONE, "cause": "condition_met", **fields})


def recompute(**fields: Any) -> Recompute:
    newest = Setting(policy="desk@2", calendar="berlin@1", zone="Europe/Berlin")
    said = {"case": A_CASE, "commitment": ONE, "cause": "policy", "setting": newest}
    return Recompute(**{**said, **fields})


def wait(**fields: Any) -> BeginWait:
    said = {"case": A_CASE, "wait": WAIT, "reason": "She looks for the number.", "next_contact": TWO}
    return BeginWait(**{**said, **fields})


def end_wait(**fields: Any) -> EndWait:
    return EndWait(**{"case": A_CASE, **fields})


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


def case_of(scene: Scene) -> Case:
    """Return the case, which has been opened."""
    assert scene.state is not None
    return scene.state


def the(scene_or_state: Scene | Case | None) -> Commitment:
    """Return the one commitment."""
    case = scene_or_state.state if isinstance(scene_or_state, Given) else scene_or_state
    assert case is not None
    return case.commitments[ONE]


OPENED: Scene = after(given(CASE), opening())
SOON = {"due": None, "undated": True}
IF = {"due": None, "condition": NewCondition(words="The part is here.", then=WithinDays(business_days=1))}
AIM = {"due": None, "by_policy": "response", "basis": "policy", "setting": DESK}


def in_each_state(**fields: Any) -> dict[str, tuple[Scene, datetime]]:
    """Return each state of a promise with these fields, and the instant at which commands come to it."""
    unsaid = {"setting": DESK, **fields}
    opened = after(OPENED, promise(**fields))
    aim = after(after(OPENED, promise(commitment=TWO, due=LATER)), promise(**AIM | fields))
    lapsed = after(opened, fell_due(), AFTER)
    return {
        "open": (opened, BEFORE),
        "untold": (after(opened, reschedule(), BEFORE), BEFORE),
        "overdue": (opened, AFTER),
        "lapsed": (lapsed, AFTER),
        "not owed": (after(lapsed, release(), AFTER), AFTER),
        "kept": (after(opened, keep(), BEFORE), AFTER),
        "kept late": (after(lapsed, keep(), AFTER), AFTER),
        "released": (after(opened, release(), BEFORE), BEFORE),
        "withdrawn": (after(opened, withdraw(), BEFORE), BEFORE),
        "undated": (after(OPENED, promise(**SOON | unsaid)), BEFORE),
        "dormant": (after(OPENED, promise(**IF | unsaid)), BEFORE),
        "aim": (aim, BEFORE),
        "waiting": (after(aim, wait(), BEFORE), BEFORE),
    }


STATES = in_each_state()
"""Each state of a commitment; `aim` is open, but our own: of basis `policy`."""
IN_PARTS = in_each_state(parts=2)
OPEN, UNTOLD, LAPSED, KEPT = (STATES[state][0] for state in ("open", "untold", "lapsed", "kept"))
