"""One whole body for each command, for the pages of the API: it works once the ids are filled in."""

from typing import Any

from events.fields import Body

from .calendar import PublishCalendar
from .case.commands import (
    AgreeCommitment,
    CloseCase,
    ConfirmResolution,
    CorrectVerdict,
    DateCommitment,
    DeclineCommitment,
    EndWait,
    ExplainLapse,
    HandOverCommitment,
    KeepCommitment,
    KeepPart,
    NewCase,
    NewExpectation,
    NewFollowUp,
    ProposeResolution,
    RecomputeCommitment,
    RejectResolution,
    ReleaseCommitment,
    ReopenCase,
    RescheduleCommitment,
    WaitForCustomer,
    WithdrawCommitment,
)
from .owner import SetOwner
from .policy import PublishPolicy
from .preview import PreviewPolicy
from .team import SetTeam

CUSTOMER = "0b7e3c1e-6f0a-5d0e-9f3e-2d7f4c1b8a90"
CONTACT = "5f0c1d5e-93a7-5c53-8a55-7d1c1c9f1a11"
COMMITMENT = "c3a1f6d2-2b7e-5e0f-9a64-4b8f0e6d2c33"

EXAMPLES: dict[type[Body], dict[str, Any]] = {
    NewCase: {
        "customer": CUSTOMER,
        "subject": "The order has not come.",
        "kind": "support",
        "source": "shop",
        "reference": "T-2207",
    },
    NewExpectation: {
        "words": "The parcel will be with you by then.",
        "due": "2030-03-01T17:00:00+07:00",
        "owner": "agent",
        "contact": CONTACT,
        "reminders": [{"lead": "P1D"}, {"lead": "PT1H"}],
        "short_notice": "remind",
    },
    NewFollowUp: {
        "words": "I will call you with what the carrier says.",
        "due": "2030-03-01T17:00:00+07:00",
        "owner": "agent",
        "channel": "call",
        "contact": CONTACT,
        "answers": [CONTACT],
    },
    DateCommitment: {"due": "2030-03-04T17:00:00+07:00", "contact": CONTACT},
    KeepPart: {"done": 2, "evidence": {"record": "carrier: two of three delivered"}},
    ExplainLapse: {"reason": "waiting_on_others", "words": "The carrier lost a box."},
    RecomputeCommitment: {"cause": "policy"},
    WaitForCustomer: {
        "kind": "customer",
        "reason": "She looks up the order number.",
        "next_contact": COMMITMENT,
    },
    EndWait: {"kind": "customer"},
    AgreeCommitment: {"contact": CONTACT},
    DeclineCommitment: {
        "contact": CONTACT,
        "counter": "2030-03-02T09:00:00+07:00",
        "words": "I am not at home before the morning.",
    },
    RescheduleCommitment: {
        "due": {"wall_time": "2030-03-02T09:00", "zone": "Asia/Ho_Chi_Minh"},
        "reason": "The carrier brings it a day later.",
        "told_in": CONTACT,
    },
    HandOverCommitment: {"owner": "agent", "words": "She knows the carrier."},
    KeepCommitment: {
        "occurred_at": "2026-03-01T16:30:00+07:00",
        "evidence": {"record": "carrier: delivered 16:30"},
    },
    ReleaseCommitment: {"contact": CONTACT, "words": "Never mind the call."},
    WithdrawCommitment: {"reason": "duplicate", "words": "It was promised twice."},
    CorrectVerdict: {
        "verdict": "kept",
        "occurred_at": "2026-03-01T16:55:00+07:00",
        "evidence": {"record": "carrier: delivered 16:55"},
    },
    ProposeResolution: {"words": "The parcel was delivered."},
    ConfirmResolution: {"words": "Yes, it is here.", "contact": CONTACT},
    RejectResolution: {"words": "It is the wrong one.", "contact": CONTACT},
    CloseCase: {
        "words": "Delivered and confirmed.",
        "occurred_at": "2026-03-02T09:00:00+07:00",
        "commitments": [{"end": "kept", "commitment": COMMITMENT}],
    },
    ReopenCase: {"words": "The parcel was empty."},
    SetOwner: {
        "zone": "Asia/Ho_Chi_Minh",
        "active": True,
        "absences": [{"begins": "2030-02-01T00:00:00+07:00", "ends": "2030-02-08T00:00:00+07:00"}],
    },
    SetTeam: {"zone": "Asia/Ho_Chi_Minh", "active": True},
    PublishCalendar: {
        "zone": "Asia/Ho_Chi_Minh",
        "weekly": {
            "mon": [["08:00", "12:00"], ["13:30", "17:30"]],
            "tue": [["08:00", "12:00"], ["13:30", "17:30"]],
        },
        "country": "VN",
        "holidays": {"2030-07-01": "Founders' day"},
    },
    PublishPolicy: {
        "says": {
            "response": {"within": {"lasts": "P1D"}},
            "ladder": [{"lead": "PT4H"}, {"lead": "PT1H", "role": "team"}],
            "quiet": {"begins": "22:00", "ends": "07:00"},
        },
        "lines": [{"when": {"kind": ["complaint"]}, "response": {"within": {"lasts": "PT8H"}}}],
    },
    PreviewPolicy: {"kind": "complaint", "channel": "email", "at": "2030-03-01T17:00:00+07:00"},
}
