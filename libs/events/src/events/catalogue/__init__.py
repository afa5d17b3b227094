"""Every event type, one file per family; `Event` is their union."""

from typing import get_args

from .cases import (
    CaseClosed,
    CaseErased,
    CaseOpened,
    CaseReopened,
    ContactAttached,
    ResolutionConfirmed,
    ResolutionProposed,
    ResolutionRejected,
)
from .commitments import (
    CommitmentAgreed,
    CommitmentAttempted,
    CommitmentDated,
    CommitmentDeclined,
    CommitmentHandedOver,
    CommitmentKept,
    CommitmentLapsed,
    CommitmentPartlyKept,
    CommitmentRecomputed,
    CommitmentReleased,
    CommitmentRescheduled,
    CommitmentWithdrawn,
    CustomerTold,
    ExpectationSet,
    FollowUpPromised,
    LapseExplained,
    VerdictCorrected,
)
from .contacts import (
    ContactMade,
    ContactReceived,
)
from .customers import (
    CustomerChanged,
    CustomerErased,
    CustomerRegistered,
)
from .erasure import KeyDestroyed
from .fact import Fact as Fact
from .fact import Personal as Personal
from .fact import PersonalMark as PersonalMark
from .moves import CommitmentsMovedIn, CommitmentsMovedOut
from .notices import (
    AnnouncementDue,
    CustomerAnswered,
    NotificationAcknowledged,
    NotificationFailed,
    NotificationSent,
    NotificationSuppressed,
    RecipientChanged,
    SubscriberChanged,
)
from .owners import OwnerChanged, TeamChanged
from .policies import CalendarPublished, PolicyPublished
from .reminders import (
    CommitmentFellDue,
    ReminderDue,
)
from .waits import WaitEnded, WaitingOnCustomer

Event = (
    CaseOpened
    | ContactAttached
    | ResolutionProposed
    | ResolutionConfirmed
    | ResolutionRejected
    | CaseClosed
    | CaseReopened
    | CaseErased
    | OwnerChanged
    | TeamChanged
    | CalendarPublished
    | PolicyPublished
    | ExpectationSet
    | FollowUpPromised
    | CommitmentDated
    | CommitmentAgreed
    | CommitmentDeclined
    | CommitmentRescheduled
    | CustomerTold
    | CommitmentRecomputed
    | CommitmentHandedOver
    | CommitmentAttempted
    | CommitmentPartlyKept
    | CommitmentKept
    | CommitmentLapsed
    | LapseExplained
    | VerdictCorrected
    | CommitmentReleased
    | CommitmentWithdrawn
    | CommitmentsMovedOut
    | CommitmentsMovedIn
    | WaitingOnCustomer
    | WaitEnded
    | ContactReceived
    | ContactMade
    | CustomerRegistered
    | CustomerChanged
    | CustomerErased
    | KeyDestroyed
    | RecipientChanged
    | NotificationSent
    | NotificationFailed
    | NotificationSuppressed
    | NotificationAcknowledged
    | SubscriberChanged
    | AnnouncementDue
    | CustomerAnswered
    | ReminderDue
    | CommitmentFellDue
)

TYPES: dict[str, type[Event]] = {cls.__name__: cls for cls in get_args(Event)}
"""Every event class by its type on the wire."""

__all__ = [
    "TYPES",
    "AnnouncementDue",
    "CalendarPublished",
    "CaseClosed",
    "CaseErased",
    "CaseOpened",
    "CaseReopened",
    "CommitmentAgreed",
    "CommitmentAttempted",
    "CommitmentDated",
    "CommitmentDeclined",
    "CommitmentFellDue",
    "CommitmentHandedOver",
    "CommitmentKept",
    "CommitmentLapsed",
    "CommitmentPartlyKept",
    "CommitmentRecomputed",
    "CommitmentReleased",
    "CommitmentRescheduled",
    "CommitmentWithdrawn",
    "CommitmentsMovedIn",
    "CommitmentsMovedOut",
    "ContactAttached",
    "ContactMade",
    "ContactReceived",
    "CustomerAnswered",
    "CustomerChanged",
    "CustomerErased",
    "CustomerRegistered",
    "CustomerTold",
    "Event",
    "ExpectationSet",
    "Fact",
    "FollowUpPromised",
    "KeyDestroyed",
    "LapseExplained",
    "NotificationAcknowledged",
    "NotificationFailed",
    "NotificationSent",
    "NotificationSuppressed",
    "OwnerChanged",
    "Personal",
    "PersonalMark",
    "PolicyPublished",
    "RecipientChanged",
    "ReminderDue",
    "ResolutionConfirmed",
    "ResolutionProposed",
    "ResolutionRejected",
    "SubscriberChanged",
    "TeamChanged",
    "VerdictCorrected",
    "WaitEnded",
    "WaitingOnCustomer",
]
