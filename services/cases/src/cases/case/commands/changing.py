"""What can be asked of a commitment."""

from typing import Annotated, Literal

from pydantic import Field

from cases.due import By
from cases.setting import Setting
from events.fields import Body, Id, Instant, Name, Text

from .making import Proof
from .on_case import OnCase

AskedReason = Literal["entered_in_error", "duplicate", "no_reply_needed", "series_ended", "impossible"]
"""The reasons that people give; the others follow by themselves."""


class OnCommitment(OnCase):
    """It names its commitment as well."""

    commitment: Id


class DateCommitment(OnCommitment):
    """Name the due of what had none, or say that its condition is met."""

    cause: Literal["named", "condition_met"] = "named"
    due: By | None = None
    """Where it is named."""
    occurred_at: Instant | None = None
    """When the condition was met; none: now."""
    contact: Id | None = None
    """The contact in which the customer was told."""


class AgreeCommitment(OnCommitment):
    """The customer was asked whether that suits, and said yes."""

    contact: Id


class DeclineCommitment(OnCommitment):
    """The customer was asked and said no, perhaps naming another time; it still binds."""

    contact: Id
    counter: Instant | None = None
    words: Text | None = None


class RescheduleCommitment(OnCommitment):
    """Move it before it is due; until the customer is told, the old due counts."""

    due: By
    not_before: Instant | None = None
    """The start of the new window; none: it moves along with its end."""
    reason: Text
    told_in: Id | None = None


class RecomputeCommitment(OnCommitment):
    """Let its due follow anew from its rule: by the newest policy or calendar, or by the laws of the zone."""

    cause: Literal["policy", "calendar", "tzdata"]


class Recompute(RecomputeCommitment):
    """Recompute it in this setting."""

    setting: Setting = Setting()


class HandOverCommitment(OnCommitment):
    """Let somebody else keep it."""

    owner: Name
    words: Text | None = None


class Move(Body):
    """Another commitment of the case, moved because there is no result yet."""

    commitment: Id
    due: By
    reason: Text


class KeepCommitment(OnCommitment):
    """It is done; `occurred_at` says since when."""

    occurred_at: Instant | None = None
    evidence: Proof = Proof()
    moves: Annotated[tuple[Move, ...], Field(max_length=10)] = ()
    """What has no result yet, moved in the same talk."""


class KeepPart(OnCommitment):
    """So many of its parts are done; the last one is done by keeping it."""

    done: Annotated[int, Field(ge=1, le=1000)]
    occurred_at: Instant | None = None
    evidence: Proof = Proof()


class ExplainLapse(OnCommitment):
    """Why it lapsed, by the policy's list of reasons."""

    reason: Name
    words: Text | None = None


class ReleaseCommitment(OnCommitment):
    """The customer let us off, in this contact."""

    contact: Id
    words: Text | None = None


class WithdrawCommitment(OnCommitment):
    """Take it back: it should not stand here."""

    reason: AskedReason
    words: Text | None = None
    contact: Id | None = None
    """The contact in which the customer was told that it is impossible."""


class CorrectVerdict(OnCommitment):
    """Evidence shows that the verdict is wrong."""

    verdict: Literal["kept", "not_kept"]
    evidence: Proof
    occurred_at: Instant | None = None
    """When it was done, where it was."""
