"""stub until the policies come"""

from dataclasses import dataclass
from datetime import timedelta

from events.catalogue.cases import Kind, Priority
from events.catalogue.contacts import Channel
from events.catalogue.policies import Saying
from events.catalogue.terms import Rung, Terms


@dataclass(frozen=True)
class About:
    """What a policy goes by."""

    kind: Kind
    priority: Priority
    segment: str | None
    channel: Channel | None


@dataclass(frozen=True)
class Policy:
    """One version of a policy."""

    ref: str
    says: Saying

    def saying(self, about: About) -> Saying:
        """Stub."""
        return self.says

    def terms(self, about: About, *, zone: str) -> Terms:
        """Stub."""
        given = {
            name: value
            for name in ("ladder", "short_notice", "ack_timeout", "attempt_keeps", "pauses", "told_of_lapse")
            if (value := getattr(self.says, name)) is not None
        }
        return Terms(**{"ladder": (), **given})


DEFAULT = Policy(
    "default@1",
    Saying(
        ladder=(Rung(lead=timedelta(hours=1)),),
        review=timedelta(days=1),
        owner_by=timedelta(minutes=30),
        lapse_reasons=("forgotten", "overloaded", "waiting_on_others", "impossible", "other"),
    ),
)
