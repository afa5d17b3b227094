"""Every event type, one file per family; `Event` is their union."""

from typing import get_args

from .cases import (
    CaseClosed,
    CaseOpened,
    CaseReopened,
    ContactAttached,
    OwnerChanged,
    ResolutionConfirmed,
    ResolutionProposed,
    ResolutionRejected,
)
from .commitments import (
    CommitmentAgreed,
    CommitmentAttempted,
    CommitmentDeclined,
    CommitmentHandedOver,
    CommitmentKept,
    CommitmentLapsed,
    CommitmentReleased,
    CommitmentRescheduled,
    CommitmentWithdrawn,
    CustomerTold,
    ExpectationSet,
    FollowUpPromised,
    VerdictCorrected,
)
from .contacts import (
    ContactMade,
    ContactReceived,
)
from .customers import (
    CustomerChanged,
    CustomerRegistered,
)
from .fact import Fact as Fact
from .fact import Personal as Personal
from .fact import PersonalMark as PersonalMark
from .notices import (
    NotificationFailed,
    NotificationSent,
    NotificationSuppressed,
    RecipientChanged,
)
from .reminders import (
    CommitmentFellDue,
    ReminderDue,
)

Event = (
    CaseOpened
    | ContactAttached
    | ResolutionProposed
    | ResolutionConfirmed
    | ResolutionRejected
    | CaseClosed
    | CaseReopened
    | OwnerChanged
    | ExpectationSet
    | FollowUpPromised
    | CommitmentAgreed
    | CommitmentDeclined
    | CommitmentRescheduled
    | CustomerTold
    | CommitmentHandedOver
    | CommitmentAttempted
    | CommitmentKept
    | CommitmentLapsed
    | VerdictCorrected
    | CommitmentReleased
    | CommitmentWithdrawn
    | ContactReceived
    | ContactMade
    | CustomerRegistered
    | CustomerChanged
    | RecipientChanged
    | NotificationSent
    | NotificationFailed
    | NotificationSuppressed
    | ReminderDue
    | CommitmentFellDue
)

TYPES: dict[str, type[Event]] = {cls.__name__: cls for cls in get_args(Event)}
"""Every event class by its type on the wire."""

__all__ = [
    "TYPES",
    "CaseClosed",
    "CaseOpened",
    "CaseReopened",
    "CommitmentAgreed",
    "CommitmentAttempted",
    "CommitmentDeclined",
    "CommitmentFellDue",
    "CommitmentHandedOver",
    "CommitmentKept",
    "CommitmentLapsed",
    "CommitmentReleased",
    "CommitmentRescheduled",
    "CommitmentWithdrawn",
    "ContactAttached",
    "ContactMade",
    "ContactReceived",
    "CustomerChanged",
    "CustomerRegistered",
    "CustomerTold",
    "Event",
    "ExpectationSet",
    "Fact",
    "FollowUpPromised",
    "NotificationFailed",
    "NotificationSent",
    "NotificationSuppressed",
    "OwnerChanged",
    "Personal",
    "PersonalMark",
    "RecipientChanged",
    "ReminderDue",
    "ResolutionConfirmed",
    "ResolutionProposed",
    "ResolutionRejected",
    "VerdictCorrected",
]
