"""The policy that holds until somebody publishes one: `default@1`."""

from datetime import timedelta

from events.catalogue import PolicyPublished
from events.catalogue.policies import Saying
from events.catalogue.terms import Rung

from .effect import Policy

BUILT_IN = PolicyPublished(
    name="default",
    version=1,
    says=Saying(
        announced=False,
        ladder=(Rung(lead=timedelta(hours=1)),),
        short_notice="remind",
        quiet="none",
        ack_timeout=timedelta(hours=1),
        attempt_keeps="message_left",
        pauses=("customer",),
        told_of_lapse=("owner", "lead"),
        digest=timedelta(0),
        review=timedelta(days=1),
        owner_by=timedelta(minutes=30),
        lapse_reasons=("forgotten", "overloaded", "waiting_on_others", "impossible", "other"),
    ),
)
DEFAULT = Policy.of(BUILT_IN)
