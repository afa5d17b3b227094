"""What a body that makes a commitment becomes: with an id, and in the setting that holds now."""

import asyncio
from dataclasses import replace
from datetime import datetime

from events.clock import derived_id
from events.decider import Actor
from events.errors import Invalid
from events.perform import Performer
from events.service import Asking, Parts

from . import case
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
from .due import Said, Whereabouts, as_said
from .owing import Owing
from .setting import Setting
from .shelf import Shelf

Cases = Performer[Case | None, Command, CaseEvent]


class Making:
    """Looks up what a new commitment is made in: best effort for the owner's other promises."""

    def __init__(self, parts: Parts, cases: Cases, shelf: Shelf) -> None:
        self._log = parts.log
        self._owing = Owing(parts)
        self._cases = cases
        self._shelf = shelf

    async def of(self, body: NewExpectation, asking: Asking) -> SetExpectation | PromiseFollowUp:
        """Return the command. Raises Invalid for an owner or policy that is not there."""
        owner = owner_of(body, asking.actor)
        standing, (_, found), now = await asyncio.gather(
            self._shelf.setting(owner, body.policy),
            self._cases.state(case.stream(body.case)),
            self._log.now(),
        )
        if owner is not None:
            _must_be_there(owner, found=standing.found, active=standing.active)
        setting = Setting(standing.policy, standing.calendar, standing.zone)
        if owner is not None and found is not None and body.due is not None and not body.backfill:
            setting = await self._beside_others(body.due, owner, setting, found.zone, now)
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

    async def _beside_others(
        self, said: Said, owner: str, setting: Setting, zone: str, now: datetime
    ) -> Setting:
        """Return the setting with the owner's other promises about that time, from the ledger."""
        hours = None if setting.calendar is None else self._shelf.book.calendar(setting.calendar)
        try:
            due, _ = as_said(said, Whereabouts(now, zone, setting.zone, hours))
        except Invalid:
            return setting  # the decision says what is wrong with it
        owed = await self._owing.about(owner, due)
        return replace(setting, others=owed.others, position=owed.position)


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
