"""What came of the deliveries of a message, as it is recorded."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from events.catalogue.notices import Means

from .claims import Claim
from .delivery import Delivery, Outcome, failed, sent, suppressed
from .need import needless
from .watched import Watched
from .weighing import Ready

ENDINGS = frozenset({"kept", "kept_late", "released", "withdrawn"})
Settled = tuple[Delivery, Outcome]


def told(going: Sequence[Ready], means: Means, message: UUID, known: Mapping[UUID, Watched]) -> list[Settled]:
    """Return what came of deliveries that went out together: who has two of the roles was told once."""
    known_to_them: set[object] = set()
    settled: list[Settled] = []
    for each in going:
        delivery = each.claim.delivery
        again = delivery.step in known_to_them
        known_to_them.add(delivery.step)
        came = suppressed(delivery, "told", attempts=each.claim.attempts) if again else None
        settled.append((delivery, came or _sent(each, means, message, known)))
    return settled


def _sent(ready: Ready, means: Means, message: UUID, known: Mapping[UUID, Watched]) -> Outcome:
    """Return that it was sent; it has raced where its commitment ended meanwhile, as far as is known here."""
    delivery, standing = ready.claim.delivery, known.get(ready.claim.delivery.commitment)
    raced = standing is not None and needless(delivery, standing) in ENDINGS
    digest = message if message != delivery.id else None
    unchecked = ready.answered is None and delivery.announced is None
    return sent(delivery, means, ready.claim.attempts, raced=raced, unchecked=unchecked, digest=digest)


def gave_up(claim: Claim, means: Means | None = None) -> Outcome:
    """Return that its time was over."""
    return failed(claim.delivery, "gave_up", means, claim.attempts)


def refused(claim: Claim, means: Means) -> Outcome:
    """Return that it was refused for good."""
    return failed(claim.delivery, "refused", means, claim.attempts)
