"""Plans and events of one commitment, in minutes from nine o'clock."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from events import testing
from events.catalogue import (
    CommitmentDated,
    CommitmentHandedOver,
    CommitmentKept,
    CommitmentLapsed,
    CommitmentRecomputed,
    CommitmentReleased,
    CommitmentRescheduled,
    CommitmentWithdrawn,
    CustomerTold,
    Event,
    FollowUpPromised,
    VerdictCorrected,
    WaitEnded,
    WaitingOnCustomer,
)
from events.catalogue.terms import AtInstant, Evidence, Terms, Timer
from events.catalogue.waits import Resumed
from events.clock import derived_id
from events.recorded import Recorded
from scheduler.reminder import DUE

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
CASE, COMMITMENT, CONTACT = (derived_id("test", name) for name in ("case", "commitment", "contact"))
CHAIN = testing.an_id("chain")
MINUTE = timedelta(minutes=1)


def at(minutes: float) -> datetime:
    return NINE + minutes * MINUTE


def timers(due: float | None = 120, **rungs: float) -> tuple[Timer, ...]:
    """Return a plan in minutes from nine: `timers(120, rung_1=60)`."""
    plan = [
        Timer(name=name if name == "owner_by" else name.replace("_", "-"), at=at(minutes))
        for name, minutes in rungs.items()
    ]
    return (*plan, *([] if due is None else [Timer(name=DUE, at=at(due))]))


def promised(
    plan: Sequence[Timer], due: float | None = 120, revision: int = 1, commitment: UUID = COMMITMENT
) -> FollowUpPromised:
    return FollowUpPromised(
        commitment=commitment,
        words="we call you",
        due=None if due is None else at(due),
        rule=None if due is None else AtInstant(at=at(due)),
        owner="an",
        said_by="an",
        at=NINE,
        revision=revision,
        terms=Terms(ladder=()),
        timers=tuple(plan),
        tzdata="2026a",
        origin=CASE,
    )


def rescheduled(
    plan: Sequence[Timer], due: float, told_due: float, revision: int = 2
) -> CommitmentRescheduled:
    return CommitmentRescheduled(
        commitment=COMMITMENT,
        revision=revision,
        was=at(120),
        due=at(due),
        told_due=at(told_due),
        at=NINE,
        rule=AtInstant(at=at(due)),
        reason="the part is late",
        timers=tuple(plan),
        tzdata="2026a",
    )


def told(due: float, revision: int = 2) -> CustomerTold:
    return CustomerTold(
        commitment=COMMITMENT, revision=revision, contact=CONTACT, told_due=at(due), timers=timers(due)
    )


def corrected(revision: int, plan: Sequence[Timer] = ()) -> VerdictCorrected:
    return VerdictCorrected(
        commitment=COMMITMENT,
        was="lapsed",
        verdict="open" if plan else "kept",
        at=NINE,
        evidence=Evidence(contact=CONTACT),
        revision=revision,
        timers=tuple(plan),
    )


def dated(plan: Sequence[Timer], due: float) -> CommitmentDated:
    return CommitmentDated(
        commitment=COMMITMENT,
        revision=2,
        cause="named",
        due=at(due),
        at=NINE,
        rule=AtInstant(at=at(due)),
        timers=tuple(plan),
        tzdata="2026a",
    )


def recomputed(plan: Sequence[Timer], due: float) -> CommitmentRecomputed:
    return CommitmentRecomputed(
        commitment=COMMITMENT,
        revision=2,
        was=at(120),
        due=at(due),
        cause="calendar",
        at=NINE,
        rule=AtInstant(at=at(due)),
        policy="default@1",
        terms=Terms(ladder=()),
        timers=tuple(plan),
        tzdata_was="2026a",
        tzdata="2026a",
    )


def wait_ended(plan: Sequence[Timer], due: float) -> WaitEnded:
    resumed = Resumed(commitment=COMMITMENT, revision=2, due=at(due), timers=tuple(plan))
    return WaitEnded(wait=CASE, resumed=(resumed,), at=NINE)


def taken(owner: str = "binh") -> CommitmentHandedOver:
    return CommitmentHandedOver(commitment=COMMITMENT, was=None, owner=owner)


WAITING = WaitingOnCustomer(
    wait=CASE, kind="customer", reason="the number", next_contact=CONTACT, paused=(COMMITMENT,), at=NINE
)
KEPT = CommitmentKept(
    commitment=COMMITMENT, verdict="kept", at=NINE, margin=MINUTE, evidence=Evidence(contact=CONTACT)
)
LAPSED = CommitmentLapsed(commitment=COMMITMENT, revision=1, at=at(120))
RELEASED = CommitmentReleased(commitment=COMMITMENT, contact=CONTACT)
WITHDRAWN = CommitmentWithdrawn(commitment=COMMITMENT, reason="duplicate")


def traceparent(position: int) -> str:
    return f"00-{position:032x}-{position:016x}-01"


def recorded(event: Event, position: int = 1, case: UUID = CASE) -> Recorded[Event]:
    return testing.recorded(event, f"case-{case}", position, actor="an", traceparent=traceparent(position))


PLAN = timers(120, rung_1=60, rung_2=105)
