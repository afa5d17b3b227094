"""What a customer answers by the link in our letter: whether the new time suits them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from events.catalogue import CustomerAnswered
from events.decider import Asked, Decider


@dataclass(frozen=True, slots=True)
class Said:
    """What the customer said."""

    agreed: bool
    counter: datetime | None = None
    words: str | None = None
    customer: UUID | None = None
    """Who said it; nobody else's key seals the words."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Record what the customer said to a letter."""

    commitment: UUID
    case: UUID
    revision: int
    said: Said


def stream(delivery: UUID) -> str:
    """Return the stream of what is answered to a letter."""
    return f"answer-{delivery}"


def decide(state: Said | None, command: Answer, _asked: Asked) -> Sequence[CustomerAnswered]:
    """Return the answer, or none where it was the last one already."""
    said = command.said
    if said == state:
        return ()
    return (
        CustomerAnswered(
            commitment=command.commitment,
            case=command.case,
            revision=command.revision,
            agreed=said.agreed,
            counter=said.counter,
            words=said.words,
            customer=said.customer,
        ),
    )


def evolve(_state: Said | None, event: CustomerAnswered) -> Said:
    """Return what was said last."""
    return Said(event.agreed, event.counter, event.words, event.customer)


def subject(_stream: str, said: Said | None) -> str | None:
    """Return whose words an answer holds."""
    return str(said.customer) if said and said.customer else None


DECIDER: Decider[Said | None, Answer, CustomerAnswered] = Decider(None, decide, evolve)
