"""When a new commitment holds: by what was said, by the policy, or not yet."""

from dataclasses import dataclass, replace
from datetime import datetime

from cases.due import as_said, must_lie_ahead, resolve, spanned
from cases.span import after, promised
from cases.verdict import known_due, time_of_fact
from events.catalogue.policies import Aim, Saying
from events.catalogue.terms import ByPolicy, Condition, Rule
from events.errors import Invalid

from .commands import PromiseFollowUp, SetExpectation
from .draft import Draft

Making = SetExpectation | PromiseFollowUp


@dataclass(frozen=True, slots=True)
class When:
    """By when a new commitment holds; without a due, what will give it one."""

    due: datetime | None = None
    rule: Rule | None = None
    target: datetime | None = None
    condition: Condition | None = None


def when(draft: Draft, command: Making, saying: Saying) -> When:
    """Return by when it holds. Raises Invalid where it cannot, or is not said in exactly one way."""
    named = (command.due, command.condition, command.by_policy, command.undated or None)
    if sum(each is not None for each in named) != 1:
        raise Invalid(field="due", reason="say when: one of due, undated, condition, by_policy")
    if command.undated or command.condition is not None:
        _must_be_said(command)
        return When(condition=_condition(draft, command))
    found = _by_policy(draft, command, saying) if command.by_policy else _as_said(draft, command)
    _check_window(command, found)
    _check_parent(draft, command, found)
    return found


def aim_due(draft: Draft, command: Making, aim: Aim | None) -> tuple[datetime, datetime] | None:
    """Return the target and the due that an aim of the policy gives from now on; none where it has none."""
    if aim is None:
        return None
    setting = command.setting
    start = time_of_fact(command.said_at, draft.asked, "said_at").at
    said = draft.said(setting.zone, setting.calendar)
    return promised(aim, start, said.zone, said.calendar, "by_policy")


def _must_be_said(command: Making) -> None:
    if command.backfill or command.not_before is not None:
        raise Invalid(field="due", reason="a window, and what is recorded after the fact, need a due")


def _condition(draft: Draft, command: Making) -> Condition | None:
    if command.condition is None:
        return None
    limit = command.condition.limit
    if limit is not None:
        must_lie_ahead(limit, draft.asked.now, "condition.limit")
    then, setting = spanned(command.condition.then), command.setting
    said = draft.said(setting.zone, setting.calendar)
    after(then, said.now, zone=said.zone, calendar=said.calendar, field="condition.then")
    return Condition(words=command.condition.words, then=then, limit=limit)


def _by_policy(draft: Draft, command: Making, saying: Saying) -> When:
    aim = saying.response if command.by_policy == "response" else saying.outcome
    found = aim_due(draft, command, aim)
    if found is None or aim is None:
        raise Invalid(field="by_policy", reason=f"{command.setting.policy} says nothing of this here")
    announced = bool(saying.announced)
    target, said = found
    due = said if announced else target
    if command.backfill:
        _must_have_come(draft, command, due)
    else:
        must_lie_ahead(due, draft.asked.now, "by_policy")
    assert command.by_policy is not None
    buffer = aim.buffer if announced else None
    return When(due, ByPolicy(aim=command.by_policy, span=aim.within, buffer=buffer), target)


def _as_said(draft: Draft, command: Making) -> When:
    assert command.due is not None
    said = draft.said(command.setting.zone, command.setting.calendar)
    if not command.backfill:
        due, rule = resolve(command.due, said)
        return When(due, rule)
    said_at = time_of_fact(command.said_at, draft.asked, "said_at").at
    due, rule = as_said(command.due, replace(said, now=said_at))
    _must_have_come(draft, command, due)
    return When(due, rule)


def _must_have_come(draft: Draft, command: Making, due: datetime) -> None:
    if due > draft.asked.now and command.kept_at is None:
        raise Invalid(field="backfill", reason="its due is still ahead: promise it as it is")


def _check_window(command: Making, found: When) -> None:
    if command.not_before is not None and found.due is not None and command.not_before >= found.due:
        raise Invalid(field="not_before", reason="must lie before the due")


def _check_parent(draft: Draft, command: Making, found: When) -> None:
    parent = None if command.parent is None else draft.case.commitments[command.parent]
    if parent is not None and parent.told_due is not None and found.due and found.due > known_due(parent):
        reason = f"must not lie after the due of its parent, {known_due(parent).isoformat()}"
        raise Invalid(field="due", reason=reason)
