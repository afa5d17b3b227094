"""Making commitments. `New…` are bodies whose thing has no id yet."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from cases.due import By, Lasting, PositiveLead
from cases.setting import Setting
from events.catalogue.contacts import Channel
from events.catalogue.terms import Role, ShortNotice
from events.fields import Body, Id, Instant, Name, Text


class Proof(Body):
    """What shows that it was done: a contact, an outside record, or somebody's word."""

    contact: Id | None = None
    record: Text | None = None
    words: Text | None = None
    agreed_in: Id | None = None
    """The contact in which the customer agreed to an earlier time than the appointment's."""


class Reminder(Body):
    """A rung of a promise's own ladder: a lead before due, or a share of the time until then."""

    lead: PositiveLead | None = None
    unit: Literal["real", "business"] = "real"
    share: Annotated[float, Field(gt=0, lt=1)] | None = None
    role: Role = "owner"

    @model_validator(mode="after")
    def _one(self) -> "Reminder":
        if (self.lead is None) == (self.share is None):
            msg = "give a lead or a share"
            raise ValueError(msg)
        return self


class NewCondition(Body):
    """What must happen before it has a due, and how long after it."""

    words: Text
    then: Lasting
    """A duration, counted from when it happens."""
    limit: Instant | None = None
    """The outer limit: then the owner is reminded."""


class NewSeries(Body):
    """Again and again: how often, counted from when the last one was kept (sliding) or from its due."""

    every: Lasting
    cadence: Literal["sliding", "fixed"] = "sliding"


class NewExpectation(Body):
    """Tell the customer what will happen, by when.

    Exactly one of `due`, `undated`, `condition` and `by_policy` says when.
    """

    case: Id
    words: Text
    due: By | None = None
    undated: bool = False
    """Said without a time ("soon"): it will be reviewed until somebody names one."""
    condition: NewCondition | None = None
    by_policy: Literal["response", "outcome"] | None = None
    """As the policy's target has it, with its buffer where it was announced."""
    not_before: Instant | None = None
    """The start of an appointment window; `due` is its end."""
    owner: Name | None = None
    """Who must keep it; none: the caller, or nobody yet where a system calls."""
    basis: Literal["said", "policy", "internal"] = "said"
    parent: Id | None = None
    """The commitment of this case that an internal one serves."""
    policy: Name | None = None
    """The policy that holds; none: the default one."""
    contact: Id | None = None
    """The contact in which it was said."""
    replaces: Id | None = None
    """A lapsed commitment of this case whose debt it takes over."""
    reminders: Annotated[tuple[Reminder, ...], Field(max_length=10)] | None = None
    """Its own ladder; none: the policy's."""
    short_notice: ShortNotice | None = None
    parts: Annotated[int, Field(ge=1, le=1000)] = 1
    needed_by: Instant | None = None
    """By when the customer needs it."""
    backfill: bool = False
    """Recorded after the fact: the due may lie in the past, and the verdict is given at once."""
    said_at: Instant | None = None
    """When it was said, where that is recorded after the fact."""
    kept_at: Instant | None = None
    """When it was done, where that is recorded after the fact; none: it was not."""
    evidence: Proof = Proof()


class SetExpectation(NewExpectation):
    """Set the expectation of this id, in this setting."""

    commitment: Id
    setting: Setting = Setting()


class NewFollowUp(NewExpectation):
    """Promise the customer that we will contact them, by when."""

    channel: Channel | None = None
    answers: Annotated[tuple[Id, ...], Field(max_length=50)] = ()
    """The contacts that the reply must name."""
    series: NewSeries | None = None
    """One of several: the next is promised when this one is kept or lapses."""


class PromiseFollowUp(NewFollowUp):
    """Promise the follow-up of this id, in this setting."""

    commitment: Id
    setting: Setting = Setting()
