"""What a body that makes a commitment becomes: with an id, and in the setting that holds now."""

from datetime import timedelta

from events.clock import derived_id
from events.decider import Actor
from events.errors import Invalid
from events.perform import Performer
from events.service import Asking, Parts

from . import case, tables
from .case import Case, CaseEvent, Command
from .case.commands import (
    AGENTS,
    NewExpectation,
    NewFollowUp,
    PromiseFollowUp,
    Recompute,
    RecomputeCommitment,
    SetExpectation,
)
from .due import Whereabouts, as_said
from .setting import Setting
from .shelf import Shelf

Cases = Performer[Case | None, Command, CaseEvent]
CLOSE = timedelta(hours=1)
"""How near to it other promises of the owner are looked for."""
NEAR = 50
"""How many of them are named at most."""


class Making:
    """Looks up what a new commitment is made in: best effort for the owner's other promises."""

    def __init__(self, parts: Parts, cases: Cases, shelf: Shelf) -> None:
        self._parts = parts
        self._cases = cases
        self._shelf = shelf

    async def of(self, body: NewExpectation, asking: Asking) -> SetExpectation | PromiseFollowUp:
        """Return the command. Raises Invalid for an owner or policy that is not there."""
        owner = owner_of(body, asking.actor)
        standing = await self._shelf.setting(owner, body.policy)
        if owner is not None:
            _must_be_there(owner, found=standing.found, active=standing.active)
        setting = Setting(standing.policy, standing.calendar, standing.zone)
        setting = await self._beside_others(body, owner, setting)
        commitment = derived_id("commitment", asking.command_id)
        if isinstance(body, NewFollowUp):
            return PromiseFollowUp(commitment=commitment, setting=setting, **dict(body))
        return SetExpectation(commitment=commitment, setting=setting, **dict(body))

    async def recomputing(self, body: RecomputeCommitment) -> Recompute:
        """Return the command, with the newest versions of what the commitment pins."""
        _, found = await self._cases.state(case.stream(body.case))
        known = found.commitments.get(body.commitment) if found else None
        if known is None:
            return Recompute(**dict(body))
        standing = await self._shelf.setting(known.owner, known.policy.partition("@")[0])
        return Recompute(setting=Setting(standing.policy, standing.calendar, standing.zone), **dict(body))

    async def _beside_others(self, body: NewExpectation, owner: str | None, setting: Setting) -> Setting:
        """Return the setting with the owner's other promises about that time, from the ledger."""
        _, found = await self._cases.state(case.stream(body.case))
        if owner is None or found is None or body.due is None or body.backfill:
            return setting
        hours = None if setting.calendar is None else self._shelf.book.calendar(setting.calendar)
        said = Whereabouts(await self._parts.log.now(), found.zone, setting.zone, hours)
        try:
            due, _ = as_said(body.due, said)
        except Invalid:
            return setting  # the decision says what is wrong with it
        position, others = await tables.owed(self._parts.pool, owner, due - CLOSE, due + CLOSE, NEAR)
        return Setting(setting.policy, setting.calendar, setting.zone, others, position)


def owner_of(body: NewExpectation, actor: Actor) -> str | None:
    """Return who must keep it: named, else the caller; of what a system says nobody, until it is taken."""
    return body.owner or (actor.subject if actor.has(*AGENTS) else None)


async def must_be_there(shelf: Shelf, name: str) -> None:
    """Raise Invalid unless this is an active owner or team."""
    found = await shelf.owner(name) or await shelf.team(name)
    _must_be_there(name, found=found is not None, active=found is not None and found.active)


def _must_be_there(name: str, *, found: bool, active: bool) -> None:
    if not found:
        raise Invalid(field="owner", reason=f"{name} is not registered: PUT /v1/owners/{name}")
    if not active:
        raise Invalid(field="owner", reason=f"{name} is not active")
