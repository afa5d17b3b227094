"""Letting a due follow anew from its rule, by command only (commitment.md §5.5)."""

from dataclasses import dataclass, replace
from datetime import datetime

from cases.commitment import Commitment
from cases.due import Whereabouts, again
from cases.plan import Frame
from cases.replan import replan
from cases.span import Running, counted
from cases.verdict import known_due
from events.catalogue import CommitmentRecomputed
from events.catalogue.terms import ByPolicy, Rule, Span, Terms
from events.errors import Invalid, NotNow
from worktime import Calendar, tzdata_version

from .commands import Recompute
from .draft import Draft


@dataclass(frozen=True, slots=True)
class _New:
    """What holds after it."""

    due: datetime
    rule: Rule
    policy: str
    calendar: str | None
    terms: Terms


def recompute(draft: Draft, command: Recompute) -> None:
    """Let its due follow anew. Raises NotNow where nothing but a reschedule may move it; Invalid."""
    found = draft.touch_in(command.commitment, "open")
    if _is_newest(command, found):
        return
    new = _by_law(draft, found) if command.cause == "tzdata" else _by_rules(draft, command, found)
    pinned = (found.due, found.policy, found.calendar, found.tzdata)
    if pinned == (new.due, new.policy, new.calendar, tzdata_version()):
        return
    hours = None if new.calendar is None else draft.book.calendar(new.calendar)
    if hours is None and any(rung.unit == "business" for rung in new.terms.ladder):
        raise Invalid(
            field="cause", reason="the newer ladder has leads in business time, but there are no hours"
        )
    planned = replan(replace(found, terms=new.terms), Frame(new.due, new.due, draft.asked.now), hours)
    draft.add(
        CommitmentRecomputed(
            commitment=found.id,
            revision=found.revision + 1,
            was=known_due(found),
            due=new.due,
            cause=command.cause,
            rule=new.rule,
            at=draft.asked.now,
            policy=new.policy,
            calendar=new.calendar,
            terms=new.terms,
            tzdata_was=found.tzdata,
            tzdata=tzdata_version(),
            timers=planned.timers,
            left_out=planned.left_out,
        )
    )


def _is_newest(command: Recompute, found: Commitment) -> bool:
    """Say whether it follows from the newest version already; of laws the due itself tells."""
    match command.cause:
        case "policy":
            return found.basis == "policy" and command.setting.policy == found.policy
        case "calendar":
            return found.basis == "policy" and command.setting.calendar == found.calendar
        case _:
            return False


def _by_law(draft: Draft, found: Commitment) -> _New:
    """Read the wall again that its due was said on; what was said has not changed (12)."""
    assert found.rule is not None, "what is open has a rule"
    said = Whereabouts(draft.asked.now, draft.case.zone, found.team_zone, draft.calendar(found))
    due = again(found.rule, said)
    if due is None:
        raise NotNow(what="commitment", state="due after a real duration: no law of a zone moves it")
    if found.told_due != found.due:
        raise NotNow(what="commitment", state="rescheduled, and the customer not told: tell them first")
    return _New(_ahead(draft, due), found.rule, found.policy, found.calendar, found.terms)


def _by_rules(draft: Draft, command: Recompute, found: Commitment) -> _New:
    """Carry the time used over to the newest version (19). Raises Invalid where nothing would be left."""
    if found.basis != "policy":
        raise NotNow(what="commitment", state="told to somebody: reschedule it instead")
    assert found.rule is not None, "what is open has a rule"
    span, now = _span(found.rule), draft.asked.now
    policy = command.setting.policy if command.cause == "policy" else found.policy
    calendar = command.setting.calendar if command.cause == "calendar" else found.calendar
    hours: Calendar | None = None if calendar is None else draft.book.calendar(calendar)
    rule, terms = found.rule, found.terms
    if command.cause == "policy":
        rule, terms = _newer(draft, command, found)
    used = Running(found.made_at, span, draft.case.zone, draft.calendar(found)).used(now, known_due(found))
    anew = Running(found.made_at, _span(rule), draft.case.zone, hours)
    if anew.whole <= used:
        raise Invalid(field="cause", reason="nothing would be left of it: more time is used than that allows")
    return _New(_ahead(draft, anew.due(now, used)), rule, policy, calendar, terms)


def _newer(draft: Draft, command: Recompute, found: Commitment) -> tuple[Rule, Terms]:
    if not isinstance(found.rule, ByPolicy):
        raise NotNow(what="commitment", state="not due by a target of the policy")
    saying = draft.saying(command.setting.policy, found.channel)
    aim = saying.response if found.rule.aim == "response" else saying.outcome
    if aim is None:
        raise Invalid(field="cause", reason=f"{command.setting.policy} says nothing of this any more")
    own = {"own": found.terms.own} | {name: getattr(found.terms, name) for name in found.terms.own}
    terms = draft.terms(command.setting, found.channel).model_copy(update=own)
    return ByPolicy(aim=found.rule.aim, span=aim.within), terms


def _span(rule: Rule | None) -> Span:
    """Return what a rule counts. Raises NotNow where an instant was named."""
    span = counted(rule)
    if span is None:
        raise NotNow(what="commitment", state="due at a time that was named: no version moves it")
    return span


def _ahead(draft: Draft, due: datetime) -> datetime:
    if due <= draft.asked.now:
        raise Invalid(field="cause", reason=f"its due would lie in the past, at {due.isoformat()}")
    return due
