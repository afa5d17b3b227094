"""Making a commitment: its due, its plan, its warnings; or, after the fact, its verdict at once."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from cases.due import spanned
from cases.overpromise import warnings
from cases.plan import Frame, Plan, plan, until_owned
from cases.span import after
from cases.verdict import Deed, keep, lapse, time_of_fact
from events.catalogue import ExpectationSet, FollowUpPromised
from events.catalogue.contacts import Channel
from events.catalogue.policies import Saying
from events.catalogue.terms import Basis, Evidence, OverPromise, Role, Rung, Series, Terms, Timer
from events.errors import Invalid, NotNow
from worktime import tzdata_version

from .commands import AGENTS, PromiseFollowUp, SetExpectation
from .draft import Draft
from .timing import Making, When, aim_due, when
from .waiting import hold

SHORTEST_CYCLE = timedelta(hours=1)
"""Of a series: what is more often is no promise to a person, and would fill the log after an outage."""

REVIEWERS: tuple[Role, ...] = ("owner", "lead", "manager")
"""Who looks at a promise without a date, after once, twice and three times the review time."""


def make(draft: Draft, command: Making) -> None:
    """Tell the customer what will happen, or promise them a contact."""
    if command.commitment in draft.case.commitments:
        return
    if isinstance(command, SetExpectation):
        draft.add(ExpectationSet(**_said(draft, command, None)))
    else:
        said = _said(draft, command, command.channel)
        own = {"channel": command.channel, "answers": command.answers, "series": _series(draft, command)}
        draft.add(FollowUpPromised(**said, **own))
    if command.backfill:
        _judge(draft, command)
    hold(draft, command.commitment)


def _series(draft: Draft, command: PromiseFollowUp) -> Series | None:
    """Return the series that it begins. Raises Invalid where the next one could not be counted."""
    if command.series is None:
        return None
    if command.undated or command.condition is not None or command.backfill:
        raise Invalid(field="series", reason="needs a due ahead for its first one")
    every, said = spanned(command.series.every), draft.said(command.setting.zone, command.setting.calendar)
    if every.lasts is not None and every.lasts < SHORTEST_CYCLE:
        raise Invalid(field="series", reason="an hour is the shortest")
    after(every, said.now, zone=said.zone, calendar=said.calendar, field="series")
    return Series(id=command.commitment, cycle=1, every=every, cadence=command.series.cadence)


def _said(draft: Draft, command: Making, channel: Channel | None) -> dict[str, Any]:
    """Return what every new commitment says."""
    draft.must_be_open()
    _check_links(draft, command)
    asked, setting = draft.asked, command.setting
    terms, saying = _terms(draft, command, channel)
    found = when(draft, command, saying)
    owner = command.owner or (asked.actor.subject if asked.actor.has(*AGENTS) else None)
    timers = _timers(draft, command, found, terms, saying, owner=owner)
    copied = (
        "commitment",
        "words",
        "not_before",
        "contact",
        "replaces",
        "parent",
        "parts",
        "needed_by",
        "backfill",
    )
    return {
        **{name: getattr(command, name) for name in copied},
        "basis": _basis(command, saying),
        "target": found.target,
        "due": found.due,
        "rule": found.rule,
        "condition": found.condition,
        "owner": owner,
        "said_by": asked.actor.subject,
        "at": time_of_fact(command.said_at, asked, "said_at").at,
        "terms": terms,
        "timers": timers.timers,
        "left_out": timers.left_out,
        "policy": setting.policy,
        "calendar": setting.calendar,
        "team_zone": setting.zone,
        "tzdata": tzdata_version(),
        "warnings": _warnings(draft, command, found.due, saying),
        "origin": command.case,
    }


def _basis(command: Making, saying: Saying) -> Basis:
    """Return what it rests on: a target that is announced was said, one that is not is our own aim."""
    if command.by_policy is None or command.basis == "internal":
        return command.basis
    return "said" if saying.announced else "policy"


def _check_links(draft: Draft, command: Making) -> None:
    if command.replaces is not None:
        _must_be_owed(draft, command.replaces)
    if (command.basis == "internal") != (command.parent is not None):
        raise Invalid(field="parent", reason="an internal commitment names its parent, and only such a one")
    if command.parent is not None:
        _must_be_a_parent(draft, command.parent, command.commitment)
    if command.basis == "policy" and command.by_policy is None and command.due is None:
        raise Invalid(field="by_policy", reason="say which target of the policy it is, or give a due")
    if (command.said_at or command.kept_at) and not command.backfill:
        raise Invalid(field="backfill", reason="said_at and kept_at are for what is recorded after the fact")


def _must_be_owed(draft: Draft, replaced: UUID) -> None:
    if replaced not in draft.case.commitments:
        raise Invalid(field="replaces", reason="is no commitment of this case")
    commitment = draft.touch_in(replaced, "lapsed")
    if not commitment.owed:
        raise NotNow(what="commitment to be replaced", state="no longer owed")


def _must_be_a_parent(draft: Draft, parent: UUID, child: UUID) -> None:
    if parent == child:
        raise Invalid(field="parent", reason="circular: it would be its own parent")
    if parent not in draft.case.commitments:
        raise Invalid(field="parent", reason="is no commitment of this case")
    found = draft.touch(parent)
    if not found.pending:
        raise NotNow(what="parent", state=found.state)


def _terms(draft: Draft, command: Making, channel: Channel | None) -> tuple[Terms, Saying]:
    """Return what the policy says here, and what the promise says of itself over it."""
    terms = draft.terms(command.setting, channel)
    own: dict[str, Any] = {}
    if command.reminders is not None:
        own["ladder"] = tuple(dict.fromkeys(Rung(**dict(reminder)) for reminder in command.reminders))
    if command.short_notice is not None:
        own["short_notice"] = command.short_notice
    terms = terms.model_copy(update=own | {"own": tuple(own)})
    if command.setting.calendar is None and any(rung.unit == "business" for rung in terms.ladder):
        raise Invalid(field="reminders", reason="a lead in business time needs working hours")
    return terms, draft.saying(command.setting.policy, channel)


def _timers(
    draft: Draft, command: Making, found: When, terms: Terms, saying: Saying, *, owner: str | None
) -> Plan:
    if command.backfill:
        return Plan(())
    now, due = draft.asked.now, found.due
    if due is not None:
        calendar = None if command.setting.calendar is None else draft.book.calendar(command.setting.calendar)
        planned = plan(terms, Frame(due, due, now), calendar)
    elif found.condition is not None:
        limit = found.condition.limit
        planned = Plan(() if limit is None else (Timer(name="limit", at=limit),))
    else:
        planned = Plan(reviews(now, saying.review or timedelta(days=1)))
    unowned = until_owned(saying.owner_by, now, due) if owner is None else ()
    return Plan((*unowned, *planned.timers), planned.left_out)


def reviews(now: datetime, review: timedelta) -> tuple[Timer, ...]:
    """Return when a promise without a date is looked at, and by whom (§4.1)."""
    return tuple(
        Timer(name=f"review-{number}", at=now + number * review, role=role)
        for number, role in enumerate(REVIEWERS, 1)
    )


def _warnings(draft: Draft, command: Making, due: datetime | None, saying: Saying) -> tuple[OverPromise, ...]:
    if due is None or command.backfill:
        return ()
    setting, form = command.setting, isinstance(command, PromiseFollowUp)
    try:
        aim = aim_due(draft, command, saying.response if form else saying.outcome)
    except Invalid:
        aim = None  # a target that cannot be counted here refuses nothing
    return warnings(
        due,
        needed_by=command.needed_by,
        owner_calendar=None if setting.calendar is None else draft.book.calendar(setting.calendar),
        aim_due=None if aim is None else aim[1],
        others=setting.others,
        position=setting.position,
    )


def _judge(draft: Draft, command: Making) -> None:
    """Give what is recorded after the fact its verdict at once, by the facts given (29)."""
    made = draft.case.commitments[command.commitment]
    if command.kept_at is None:
        draft.add(lapse(made))
        return
    fact = time_of_fact(command.kept_at, draft.asked, "kept_at")
    deed = Deed(fact, Evidence(**dict(command.evidence)), draft.asked.actor)
    if made.told_due is not None and fact.at > made.told_due:
        draft.add(lapse(made))
    draft.add(*keep(draft.case.commitments[made.id], deed))
