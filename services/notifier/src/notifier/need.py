"""When a message is not worth sending any more (commitment.md §4 rules 6 and 7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from events.catalogue.notices import SuppressionReason

from .delivery import TO_CUSTOMER, Delivery
from .watched import State, Watched


class Standing(Protocol):
    """How a commitment stands, whoever says so."""

    @property
    def state(self) -> State:
        """Open, lapsed or ended."""
        ...

    @property
    def revision(self) -> int:
        """The revision that counts."""
        ...

    @property
    def owner(self) -> str | None:
        """Who must keep it."""
        ...


@dataclass(frozen=True, slots=True)
class Need:
    """What must still hold for a message to be worth sending."""

    states: frozenset[State]
    same_revision: bool = False
    same_owner: bool = False


_OPEN: frozenset[State] = frozenset({"open"})
_LIVE: frozenset[State] = frozenset({"undated", "dormant", "open", "waiting"})
_OWED: frozenset[State] = _LIVE | {"lapsed"}
_LAPSED: frozenset[State] = frozenset({"lapsed"})
_ENDED: frozenset[State] = frozenset({"kept", "kept_late", "released", "withdrawn"})
_ANY: frozenset[State] = _OWED | _ENDED

RUNG = Need(_OPEN, same_revision=True)
NEEDS: Mapping[str, Need] = {
    "review": Need(frozenset({"undated"}), same_revision=True),
    "limit": Need(frozenset({"dormant"}), same_revision=True),
    "owner_by": Need(_LIVE),
    "set": Need(_LIVE, same_owner=True),
    "dated": Need(_OPEN, same_revision=True, same_owner=True),
    "recomputed": Need(_OPEN, same_revision=True, same_owner=True),
    "rescheduled": Need(_OPEN, same_revision=True, same_owner=True),
    TO_CUSTOMER: Need(_OPEN, same_revision=True),
    "tell_customer": Need(_OPEN, same_revision=True),
    "declined": Need(_LIVE, same_owner=True),
    "handed_over": Need(_OWED, same_owner=True),
    "handed_off": Need(_OWED),
    "lapsed": Need(_LAPSED, same_revision=True, same_owner=True),
    "lapses_found": Need(_ANY),
    "all_clear": Need(_ANY - {"lapsed"}),
    "released": Need(_ANY),
    "withdrawn": Need(_ANY),
    "child_lapsed": Need(_LAPSED, same_revision=True),
    "child_rescheduled": Need(_OPEN, same_revision=True),
    "child_withdrawn": Need(_ANY),
    "unreached": Need(_OWED),
}
"""What each notice needs; a rung needs what RUNG says, and not to be taken over."""
LAPSES = frozenset({"lapsed", "child_lapsed"})


def need_of(notice: str) -> Need:
    """Return what a notice needs; `review-2` is a review."""
    return NEEDS.get(notice) or NEEDS.get(notice.partition("-")[0], RUNG)


def needless(delivery: Delivery, standing: Standing) -> SuppressionReason | None:
    """Return why a message need not be sent any more, or none; what happened is announced in any case."""
    if delivery.announced is not None:
        return None
    need = need_of(delivery.notice)
    if need.same_revision and standing.revision > delivery.revision:
        return "newer_revision"
    if standing.state not in need.states and standing.state != "open":
        return standing.state
    if need.same_owner and delivery.role in (None, "owner") and standing.owner != delivery.owner:
        return "other_owner"
    if delivery.notice == "owner_by" and standing.owner is not None:
        return "other_owner"
    return None


def is_taken_over(delivery: Delivery, known: Watched) -> bool:
    """Say whether a reminder's commitment was handed over since it fired; of that the new owner is told.

    One handed over before is its new owner's (commitment.md §4 rules 2 and 7).
    """
    if known.handed_at is None or delivery.role != "owner" or delivery.owner in (None, known.owner):
        return False
    return delivery.is_reminder and known.handed_at >= delivery.at


def is_expired(delivery: Delivery, max_lateness: timedelta) -> bool:
    """Say whether a lapse was found so long after its due that its notice helps nobody (rule 6)."""
    return delivery.notice in LAPSES and delivery.at - (delivery.due or delivery.at) > max_lateness


def is_too_late(delivery: Delivery, now: datetime) -> bool:
    """Say whether not even a first attempt makes sense: the due has come that it is about."""
    return (delivery.is_reminder or delivery.is_for_customer) and now >= delivery.until
