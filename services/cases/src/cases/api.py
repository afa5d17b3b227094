"""The public face of cases: its table of commands, how bodies become commands, how they are answered."""

from functools import partial

from events.catalogue.moves import Carried
from events.clock import derived_id
from events.errors import Invalid
from events.fields import Body
from events.perform import Performer
from events.service import Asking, Commands, CommandSpec, Parts, command

from . import case, customers
from .answering import answered
from .case import Case, CaseEvent, Command
from .case.commands import (
    MAY,
    OWN,
    AgreeCommitment,
    BeginWait,
    CloseCase,
    ConfirmResolution,
    CorrectVerdict,
    DateCommitment,
    DeclineCommitment,
    EndWait,
    ExplainLapse,
    HandOverCommitment,
    KeepCommitment,
    KeepPart,
    NewCase,
    NewExpectation,
    NewFollowUp,
    OpenCase,
    PromiseFollowUp,
    ProposeResolution,
    RecomputeCommitment,
    RejectResolution,
    ReleaseCommitment,
    ReopenCase,
    RescheduleCommitment,
    SetExpectation,
    TakeOver,
    WaitForCustomer,
    WithdrawCommitment,
)
from .commitment import Commitment
from .examples import EXAMPLES
from .making import Making, must_be_there
from .shelf import Shelf

Cases = Performer[Case | None, Command, CaseEvent]
Sent = NewCase | NewExpectation | WaitForCustomer | RecomputeCommitment | Command

A_CASE = "/v1/cases/{case}"
A_COMMITMENT = "/v1/cases/{case}/commitments/{commitment}"
MAKES: tuple[tuple[type[Body], type[Body], str, str], ...] = (
    (NewCase, OpenCase, "/v1/cases", "/v1/cases/{id}"),
    (NewExpectation, SetExpectation, f"{A_CASE}/expectations", "/v1/commitments/{id}"),
    (NewFollowUp, PromiseFollowUp, f"{A_CASE}/follow-ups", "/v1/commitments/{id}"),
    (WaitForCustomer, BeginWait, f"{A_CASE}/waits", "/v1/cases/{case}"),
)
"""What makes a thing: the body, the command it becomes, where it is sent, where the thing is read."""
CHANGES: tuple[tuple[type[Body], str], ...] = (
    (DateCommitment, f"{A_COMMITMENT}/date"),
    (AgreeCommitment, f"{A_COMMITMENT}/agreement"),
    (DeclineCommitment, f"{A_COMMITMENT}/refusal"),
    (KeepCommitment, f"{A_COMMITMENT}/keep"),
    (KeepPart, f"{A_COMMITMENT}/part"),
    (ExplainLapse, f"{A_COMMITMENT}/cause"),
    (RescheduleCommitment, f"{A_COMMITMENT}/reschedule"),
    (RecomputeCommitment, f"{A_COMMITMENT}/recomputation"),
    (HandOverCommitment, f"{A_COMMITMENT}/hand-over"),
    (ReleaseCommitment, f"{A_COMMITMENT}/release"),
    (WithdrawCommitment, f"{A_COMMITMENT}/withdraw"),
    (CorrectVerdict, f"{A_COMMITMENT}/correction"),
    (EndWait, f"{A_CASE}/waits/ending"),
    (ProposeResolution, f"{A_CASE}/resolution"),
    (ConfirmResolution, f"{A_CASE}/resolution/confirmation"),
    (RejectResolution, f"{A_CASE}/resolution/rejection"),
    (CloseCase, f"{A_CASE}/closing"),
    (ReopenCase, f"{A_CASE}/reopening"),
)
"""What changes a thing: the command, and where it is sent."""


def case_commands(parts: Parts, cases: Cases, shelf: Shelf) -> Commands[Case | None, Command, CaseEvent]:
    """Return the commands on cases; new things get their ids here, and owners are looked up."""
    making = Making(parts, cases, shelf)

    async def prepare(body: Sent, asking: Asking) -> Command:
        match body:
            case NewCase():
                return await _opening(parts, body, asking)
            case NewExpectation():
                return await making.of(body, asking)
            case HandOverCommitment():
                await must_be_there(shelf, body.owner)
                return body
            case WaitForCustomer():
                return BeginWait(wait=derived_id("wait", asking.command_id), **dict(body))
            case RecomputeCommitment():
                return await making.recomputing(body)
            case _:
                return body

    return Commands(
        cases,
        stream=lambda command: case.stream(command.case),
        specs=_specs(),
        answer=answered,
        prepare=prepare,
    )


def case_performer(parts: Parts, shelf: Shelf) -> Cases:
    """Return what performs commands on cases, for requests and reactions alike."""

    async def ready(state: Case | None, command: Command) -> None:
        """Have every version at hand that the commitments of the case pin, and those that come to it."""
        if state is not None:
            pinned: list[Commitment | Carried] = list(state.commitments.values())
            if isinstance(command, TakeOver):
                pinned += command.commitments
            await shelf.load(
                calendars={each.calendar for each in pinned}, policies={each.policy for each in pinned}
            )

    return Performer(
        parts.log,
        case.decider(shelf.book),
        source="cases",
        happened=case.happened,
        found=partial(case.lapses, shelf.book),
        ready=ready,
        elsewhere=case.elsewhere,
        keyring=parts.keyring,
        subject=case.subject,
    )


def _specs() -> tuple[CommandSpec, ...]:
    making = (
        command(body, "POST", path, 201, roles=MAY[becomes], example=EXAMPLES[body], location=location)
        for body, becomes, path, location in MAKES
    )
    changing = (
        command(body, "POST", path, roles=MAY[body], own=OWN.get(body, frozenset()), example=EXAMPLES[body])
        for body, path in CHANGES
    )
    return (*making, *changing)


async def _opening(parts: Parts, body: NewCase, asking: Asking) -> OpenCase:
    zone = await customers.zone_of(parts.pool, body.customer)
    if zone is None:
        raise Invalid(field="customer", reason="is not known here; register them at intake")
    named = derived_id("case", asking.command_id)
    if body.reference is not None:
        named = parts.lookup.id("case", body.source, body.reference)
    return OpenCase(case=named, zone=zone, **dict(body))
