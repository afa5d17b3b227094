"""The public face of cases: its table of commands, how bodies become commands, how they are answered."""

from events.catalogue import OwnerChanged
from events.clock import derived_id
from events.errors import Invalid
from events.fields import Body
from events.perform import Performer
from events.service import Asking, Commands, CommandSpec, Parts, command

from . import case, owner, tables
from .case import CASE, Case, CaseEvent, Command
from .case.commands import (
    MAY,
    AgreeCommitment,
    CloseCase,
    ConfirmResolution,
    CorrectVerdict,
    DeclineCommitment,
    HandOverCommitment,
    KeepCommitment,
    NewCase,
    NewExpectation,
    NewFollowUp,
    OpenCase,
    PromiseFollowUp,
    ProposeResolution,
    RejectResolution,
    ReleaseCommitment,
    ReopenCase,
    RescheduleCommitment,
    SetExpectation,
    WithdrawCommitment,
)
from .examples import EXAMPLES
from .ledger import answered
from .owner import OWNER, Owner, SetOwner

Cases = Performer[Case | None, Command, CaseEvent]
Owners = Performer[Owner | None, SetOwner, OwnerChanged]
Sent = NewCase | NewExpectation | Command

A_CASE = "/v1/cases/{case}"
A_COMMITMENT = "/v1/cases/{case}/commitments/{commitment}"
MAKES: tuple[tuple[type[Body], type[Body], str, str], ...] = (
    (NewCase, OpenCase, "/v1/cases", "/v1/cases/{id}"),
    (NewExpectation, SetExpectation, f"{A_CASE}/expectations", "/v1/commitments/{id}"),
    (NewFollowUp, PromiseFollowUp, f"{A_CASE}/follow-ups", "/v1/commitments/{id}"),
)
"""What makes a thing: the body, the command it becomes, where it is sent, where the thing is read."""
CHANGES: tuple[tuple[type[Body], str], ...] = (
    (AgreeCommitment, f"{A_COMMITMENT}/agreement"),
    (DeclineCommitment, f"{A_COMMITMENT}/refusal"),
    (KeepCommitment, f"{A_COMMITMENT}/keep"),
    (RescheduleCommitment, f"{A_COMMITMENT}/reschedule"),
    (HandOverCommitment, f"{A_COMMITMENT}/hand-over"),
    (ReleaseCommitment, f"{A_COMMITMENT}/release"),
    (WithdrawCommitment, f"{A_COMMITMENT}/withdraw"),
    (CorrectVerdict, f"{A_COMMITMENT}/correction"),
    (ProposeResolution, f"{A_CASE}/resolution"),
    (ConfirmResolution, f"{A_CASE}/resolution/confirmation"),
    (RejectResolution, f"{A_CASE}/resolution/rejection"),
    (CloseCase, f"{A_CASE}/closing"),
    (ReopenCase, f"{A_CASE}/reopening"),
)
"""What changes a thing: the command, and where it is sent."""


def case_commands(parts: Parts, cases: Cases, owners: Owners) -> Commands[Case | None, Command, CaseEvent]:
    """Return the commands on cases; new things get their ids here, and owners are looked up."""

    async def prepare(body: Sent, asking: Asking) -> Command:
        match body:
            case NewCase():
                return await _opening(parts, body, asking)
            case NewExpectation():
                await _check_owner(owners, body.owner or asking.actor.subject)
                return _making(body, asking)
            case HandOverCommitment():
                await _check_owner(owners, body.owner)
                return body
            case _:
                return body

    return Commands(
        cases,
        stream=lambda command: case.stream(command.case),
        specs=_specs(),
        answer=answered,
        prepare=prepare,
    )


def owner_commands(owners: Owners) -> Commands[Owner | None, SetOwner, OwnerChanged]:
    """Return the one command on owners."""
    example = EXAMPLES[SetOwner]
    return Commands(
        owners,
        stream=lambda command: owner.stream(command.name),
        specs=(command(SetOwner, "PUT", "/v1/owners/{name}", roles=owner.MAY_SET, example=example),),
        answer=lambda command, _owner, version, _events: {"id": command.name, "version": version},
    )


def case_performer(parts: Parts) -> Cases:
    """Return what performs commands on cases, for requests and reactions alike."""
    return Performer(parts.log, CASE, source="cases", happened=case.happened, found=case.lapses)


def owner_performer(parts: Parts) -> Owners:
    """Return what performs commands on owners."""
    return Performer(parts.log, OWNER, source="cases")


def _specs() -> tuple[CommandSpec, ...]:
    making = (
        command(body, "POST", path, 201, roles=MAY[becomes], example=EXAMPLES[body], location=location)
        for body, becomes, path, location in MAKES
    )
    changing = (
        command(body, "POST", path, roles=MAY[body], example=EXAMPLES[body]) for body, path in CHANGES
    )
    return (*making, *changing)


async def _opening(parts: Parts, body: NewCase, asking: Asking) -> OpenCase:
    zone = await tables.zone_of(parts.pool, body.customer)
    if zone is None:
        raise Invalid(field="customer", reason="is not known here; register them at intake")
    named = ("case", body.source, body.reference) if body.reference else ("case", asking.command_id)
    return OpenCase(case=derived_id(*named), zone=zone, **dict(body))


def _making(body: NewExpectation, asking: Asking) -> SetExpectation | PromiseFollowUp:
    commitment = derived_id("commitment", asking.command_id)
    if isinstance(body, NewFollowUp):
        return PromiseFollowUp(commitment=commitment, **dict(body))
    return SetExpectation(commitment=commitment, **dict(body))


async def _check_owner(owners: Owners, name: str) -> None:
    _, found = await owners.state(owner.stream(name))
    if found is None:
        raise Invalid(field="owner", reason=f"{name} is not registered: PUT /v1/owners/{name}")
    if not found.active:
        raise Invalid(field="owner", reason=f"{name} is not active")
