"""What can be asked of a case, and who may. `New…` are bodies of things without an id yet."""

from events.fields import Body

from .changing import (
    AgreeCommitment,
    CorrectVerdict,
    DateCommitment,
    DeclineCommitment,
    ExplainLapse,
    HandOverCommitment,
    KeepCommitment,
    KeepPart,
    Move,
    OnCommitment,
    Recompute,
    RecomputeCommitment,
    ReleaseCommitment,
    RescheduleCommitment,
    WithdrawCommitment,
)
from .making import (
    NewCondition,
    NewExpectation,
    NewFollowUp,
    NewSeries,
    PromiseFollowUp,
    Proof,
    Reminder,
    SetExpectation,
)
from .signals import (
    AnswerByLink,
    AttachContact,
    EraseCase,
    FellDue,
    ServeContact,
    Service,
    TakeOver,
    ToldByMessage,
)
from .whole import (
    BeginWait,
    CloseCase,
    ConfirmResolution,
    EndHandedOn,
    Ending,
    EndKept,
    EndReleased,
    EndWait,
    EndWithdrawn,
    NewCase,
    OpenCase,
    ProposeResolution,
    RejectResolution,
    ReopenCase,
    WaitForCustomer,
)

Command = (
    OpenCase
    | SetExpectation
    | PromiseFollowUp
    | DateCommitment
    | AgreeCommitment
    | DeclineCommitment
    | RescheduleCommitment
    | Recompute
    | HandOverCommitment
    | KeepCommitment
    | KeepPart
    | ExplainLapse
    | ReleaseCommitment
    | WithdrawCommitment
    | CorrectVerdict
    | BeginWait
    | EndWait
    | ProposeResolution
    | ConfirmResolution
    | RejectResolution
    | CloseCase
    | ReopenCase
    | AttachContact
    | ServeContact
    | ToldByMessage
    | AnswerByLink
    | FellDue
    | TakeOver
    | EraseCase
)

LEADS = frozenset({"lead"})
AGENTS = frozenset({"agent", "lead"})
WRITERS = frozenset({"agent", "lead", "system"})
MAY: dict[type[Body], frozenset[str]] = {
    OpenCase: WRITERS,
    SetExpectation: WRITERS,
    PromiseFollowUp: WRITERS,
    DateCommitment: WRITERS,
    AgreeCommitment: WRITERS,
    DeclineCommitment: WRITERS,
    RescheduleCommitment: AGENTS,
    RecomputeCommitment: LEADS,
    Recompute: LEADS,
    HandOverCommitment: AGENTS,
    KeepCommitment: WRITERS,
    KeepPart: WRITERS,
    ExplainLapse: AGENTS,
    ReleaseCommitment: WRITERS,
    WithdrawCommitment: WRITERS,
    CorrectVerdict: WRITERS,
    BeginWait: WRITERS,
    EndWait: WRITERS,
    ProposeResolution: WRITERS,
    ConfirmResolution: WRITERS,
    RejectResolution: WRITERS,
    CloseCase: WRITERS,
    ReopenCase: WRITERS,
}
"""Who may ask (commitment.md §3); what other services' events cause is not asked, and stands not here."""
OWN: dict[type[Body], frozenset[str]] = {WithdrawCommitment: WRITERS - LEADS}
"""Who of them may where it is their own only: a promise that they gave."""

__all__ = [
    "AGENTS",
    "MAY",
    "OWN",
    "WRITERS",
    "AgreeCommitment",
    "AnswerByLink",
    "AttachContact",
    "BeginWait",
    "CloseCase",
    "Command",
    "ConfirmResolution",
    "CorrectVerdict",
    "DateCommitment",
    "DeclineCommitment",
    "EndHandedOn",
    "EndKept",
    "EndReleased",
    "EndWait",
    "EndWithdrawn",
    "Ending",
    "EraseCase",
    "ExplainLapse",
    "FellDue",
    "HandOverCommitment",
    "KeepCommitment",
    "KeepPart",
    "Move",
    "NewCase",
    "NewCondition",
    "NewExpectation",
    "NewFollowUp",
    "NewSeries",
    "OnCommitment",
    "OpenCase",
    "PromiseFollowUp",
    "Proof",
    "ProposeResolution",
    "Recompute",
    "RecomputeCommitment",
    "RejectResolution",
    "ReleaseCommitment",
    "Reminder",
    "ReopenCase",
    "RescheduleCommitment",
    "ServeContact",
    "Service",
    "SetExpectation",
    "TakeOver",
    "ToldByMessage",
    "WaitForCustomer",
    "WithdrawCommitment",
]
