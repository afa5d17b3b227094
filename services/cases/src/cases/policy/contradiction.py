"""What in a policy contradicts what else it says; a policy that does is refused when it is published."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import pairwise

from events.catalogue import PolicyPublished
from events.catalogue.policies import Aim, Saying
from events.catalogue.terms import CLIMB, Rung, Span
from events.errors import Invalid

from .situations import BASE, Situations

AIMS = ("response", "outcome")
DAY = timedelta(days=1)
NOMINAL = {"business_days": DAY, "months": 30 * DAY}
"""What a count is taken for where aims of different kinds are compared."""
Wrong = tuple[str, str]
"""A field, and what is wrong with it."""


def check(policy: PolicyPublished) -> None:
    """Raise Invalid, naming the field, where what a policy says does not go together."""
    for field, reason in _wrong(policy):
        raise Invalid(field=field, reason=reason)


def _wrong(policy: PolicyPublished) -> Iterator[Wrong]:
    for number in range(BASE, len(policy.lines)):
        says = _at(policy, number)
        yield from _climbs(_place(number, "ladder"), says.ladder or ())
        for name in _in_business_time(says) if policy.calendar is None else ():
            yield _place(number, name), "business time needs a calendar: name one in `calendar`"
    situations = Situations(policy)
    yield from _complaints_first(policy, situations)
    yield from _leads_fit(policy, situations)


def _at(policy: PolicyPublished, number: int) -> Saying:
    return policy.says if number == BASE else policy.lines[number]


def _place(number: int, name: str) -> str:
    return f"says.{name}" if number == BASE else f"lines.{number}.{name}"


def _climbs(field: str, ladder: tuple[Rung, ...]) -> Iterator[Wrong]:
    """Yield rungs that stand twice, and those by which attention goes down while time runs out."""
    for number, rung in enumerate(ladder):
        if rung in ladder[:number]:
            yield f"{field}.{number}", "stands here twice"
    for alike in _in_order_of_time(ladder):
        for (_, earlier), (number, later) in pairwise(alike):
            if CLIMB.index(later.role) < CLIMB.index(earlier.role):
                reason = f"comes later, but goes to the {later.role} after the {earlier.role}: it only climbs"
                yield f"{field}.{number}.role", reason


def _in_order_of_time(ladder: tuple[Rung, ...]) -> Iterable[list[tuple[int, Rung]]]:
    """Return the rungs that can be compared (real leads, business leads, shares), numbered and in order."""
    ahead = [(rung.lead, number, rung) for number, rung in enumerate(ladder) if rung.lead is not None]
    passed = [(rung.share, number, rung) for number, rung in enumerate(ladder) if rung.share is not None]
    climb = CLIMB.index
    for unit in ("real", "business"):
        ordered = sorted(ahead, key=lambda each: (-each[0], climb(each[2].role)))
        yield [(number, rung) for _, number, rung in ordered if rung.unit == unit]
    ordered_shares = sorted(passed, key=lambda each: (each[0], climb(each[2].role)))
    yield [(number, rung) for _, number, rung in ordered_shares]


def _in_business_time(says: Saying) -> Iterator[str]:
    for name in AIMS:
        aim: Aim | None = getattr(says, name)
        for part, span in (("within", aim.within), ("buffer", aim.buffer)) if aim else ():
            if span is not None and span.unit.startswith("business"):
                yield f"{name}.{part}"
    if says.cadence is not None and says.cadence.every.unit.startswith("business"):
        yield "cadence.every"
    for number, rung in enumerate(says.ladder or ()):
        if rung.unit == "business":
            yield f"ladder.{number}"


def _complaints_first(policy: PolicyPublished, situations: Situations) -> Iterator[Wrong]:
    """Yield aims of complaints that are looser than those of others, or than without a segment (F4)."""
    for name in AIMS:
        for ours, theirs, than in situations.complaints_beside(name):
            if _looser(getattr(_at(policy, ours), name), getattr(_at(policy, theirs), name)):
                at = theirs if getattr(_at(policy, ours), name) is None else ours
                yield _place(at, name), f"complaints come first: their aim is looser than that of {than}"


def _looser(aim: Aim | None, other: Aim | None) -> bool:
    if aim is None or other is None:
        return aim is None and other is not None
    return _length(aim.within) > _length(other.within)


def _length(span: Span) -> timedelta:
    return span.lasts if span.lasts is not None else (span.count or 0) * NOMINAL[span.unit]


def _leads_fit(policy: PolicyPublished, situations: Situations) -> Iterator[Wrong]:
    """Yield rungs that would always come before the start of what they remind of."""
    for ladder, *aims in sorted(situations.together("ladder", *AIMS)):
        for name, number in zip(AIMS, aims, strict=True):
            aim: Aim | None = getattr(_at(policy, number), name)
            for step, rung in enumerate(_at(policy, ladder).ladder or ()):
                if aim is not None and _too_early(rung, aim):
                    reason = f"is no shorter than the time for the {name} ({_place(number, name)})"
                    yield _place(ladder, f"ladder.{step}.lead"), reason


def _too_early(rung: Rung, aim: Aim) -> bool:
    """Tell whether a lead is at least as long as all there is, as far as that holds on every day."""
    spans = [aim.within, *([aim.buffer] if aim.buffer else [])]
    units = {span.unit for span in spans}
    if rung.lead is None or units not in ({"real"}, {rung.unit}):
        return False
    return rung.lead >= sum((_length(span) for span in spans), timedelta(0))
