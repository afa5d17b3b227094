"""The only source of time, ids and chance.

Domain time (what the ledger says) comes from a `Clock`; machine time (leases, timeouts, tokens) is never
driven by a test or a demo.
"""

import random
from datetime import UTC, datetime
from hashlib import sha1
from secrets import token_bytes
from typing import Protocol
from uuid import UUID, uuid4

NAMESPACE = UUID("6b657074-0000-5000-8000-000000000000")
"""The namespace of every derived id of Kept."""
_NAMESPACE = NAMESPACE.bytes


class Clock(Protocol):
    """Domain time, in UTC."""

    async def now(self) -> datetime:
        """Return the present instant of the ledger."""
        ...


def machine_time() -> datetime:
    """Return the machine's time in UTC, for leases, tokens and spans; never for a promise."""
    return datetime.now(UTC)


def new_id() -> UUID:
    """Return a random id."""
    return uuid4()


def new_secret(size: int) -> bytes:
    """Return so many random bytes, fit for a key."""
    return token_bytes(size)


def derived_id(*names: object) -> UUID:
    """Return the id that always follows from these names, in this order."""
    return UUID(bytes=derived_bytes(*names))


def derived_bytes(*names: object) -> bytes:
    """Return the sixteen bytes of the derived id: a UUID of version 5 in our namespace."""
    text = "\x1f".join([str(name) for name in names])
    raw = bytearray(sha1(_NAMESPACE + text.encode()).digest()[:16])  # noqa: S324 - a name, not a secret
    raw[6] = raw[6] & 0x0F | 0x50
    raw[8] = raw[8] & 0x3F | 0x80
    return bytes(raw)


def jitter(spread: float) -> float:
    """Return a random number of seconds in [0, spread), to keep replicas out of step."""
    return random.uniform(0, spread)  # noqa: S311 - not a secret
