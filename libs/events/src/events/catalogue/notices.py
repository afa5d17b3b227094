"""What the notifier did, and what customers said by its links; log `notifications`.

Streams `recipient-<name>`, `subscriber-<name>`, `delivery-<uuid>`, `announcement-<uuid>`, `answer-<uuid>`.
"""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from .commitments import Verdict
from .fact import Fact, Personal
from .terms import Role

Means = Literal["email", "chat", "webhook"]
Language = Literal["en", "vi", "fil"]
Moment = Literal["lapsed", "kept"]
Announced = Literal["commitment.lapsed", "commitment.kept", "commitment.corrected"]
FailureReason = Literal["no_recipient", "refused", "gave_up"]
SuppressionReason = Literal[
    "undated",
    "dormant",
    "waiting",
    "kept",
    "kept_late",
    "lapsed",
    "released",
    "withdrawn",
    "newer_revision",
    "other_owner",
    "not_told",
    "expired",
    "nobody",
    "told",
    "backfill",
    "erased",
]


class RecipientChanged(Fact):
    """How a person or team is reached; whole."""

    name: str
    email: Personal[str | None] = None
    webhook: Personal[str | None] = None
    secret: Personal[str | None] = None
    """Signs webhooks (Standard Webhooks, `whsec_…`)."""
    former_secret: Personal[str | None] = None
    """The one that it replaced."""
    former_until: datetime | None = None
    """Until then the former one signs as well."""
    chat: Personal[str | None] = None
    """One target of one chat service, as `apprise` writes it."""
    order: tuple[Means, ...] = ()
    """Which way is tried first; those not named come after, mail before chat before webhook."""
    language: Language = "en"
    zone: str | None = None
    """Where they are; none: as they are registered as an owner."""


class SubscriberChanged(Fact):
    """Which other system is told of lapses and keeps; whole."""

    name: str
    url: Personal[str]
    secret: Personal[str]
    """Signs what is posted (Standard Webhooks, `whsec_…`)."""
    former_secret: Personal[str | None] = None
    """The one that it replaced."""
    former_until: datetime | None = None
    """Until then the former one signs as well."""
    on: tuple[Moment, ...]
    active: bool = True


class AnnouncementDue(Fact):
    """A subscriber is to be told what became of a commitment; the stream names the delivery."""

    subscriber: str
    type: Announced
    commitment: UUID
    case: UUID
    revision: int = 0
    """0: what is announced names none."""
    state: Verdict
    due: datetime | None = None
    """The due that was kept or not; none: a correction that names none."""
    at: datetime
    """The time of the fact: when it was done, or fell due undone."""
    margin: timedelta | None = None
    """due minus at where it was done: negative when late."""
    timestamp: datetime
    """When the case recorded it."""


class _About(Fact):
    """Which message it is about: one delivery, stream `delivery-<id>`."""

    commitment: UUID
    case: UUID
    revision: int
    notice: str
    """A rung (`rung-1`), or what happened: `set`, `lapsed`, `handed_over`, …"""
    recipient: str
    """Who it is for; the customer of the case is `customer`."""
    due: datetime | None = None
    """The due that the customer knew when it was made; none: it had none yet."""


class _Notice(_About):
    """What came of a message; what caused it is its causation."""

    role: Role | None = None
    """For whom it was meant; none: for this recipient and nobody else."""
    means: Means | None = None
    """None: it came to no attempt."""
    attempts: int = 0
    """How often it was tried."""


class NotificationSent(_Notice):
    """The channel took it."""

    raced: bool = False
    """The commitment ended while the message was on its way."""
    unchecked: bool = False
    """The state of the commitment could not be asked before sending, so it went without the words."""
    digest: UUID | None = None
    """The message that named several; none: one of its own."""


class NotificationFailed(_Notice):
    """Nobody is there to deliver it to, the channel refused it for good, or it could not be done in time."""

    reason: FailureReason


class NotificationSuppressed(_Notice):
    """There was no need any more: how the commitment stands, what else changed, or a reason of its own.

    `not_told`: an all-clear for a lapse notice that never went out. `expired`: a lapse that was found too
    long after its due; the leads are told of all of them at once. `nobody`: nobody has the role that was to
    hear of it besides others, or the subscriber is not active any more. `told`: the same
    person has two of the roles that were to hear of it, and was told in the other. `backfill`: the commitment
    was recorded after the fact. `erased`: the customer it was for is erased.
    """

    reason: SuppressionReason


class NotificationAcknowledged(_About):
    """The recipient has taken note: reminders of this revision are held for a while."""

    by: Literal["link", "call"]
    """The link in the message, or a call with a token."""


class CustomerAnswered(Fact):
    """By the link in our letter the customer said whether the new time suits them; the last answer counts."""

    commitment: UUID
    case: UUID
    revision: int
    """The one that the letter told of."""
    agreed: bool
    counter: datetime | None = None
    """The time they named instead."""
    words: Personal[str | None] = None
    customer: UUID | None = None
    """Who said it; none: an answer from before this was noted."""
