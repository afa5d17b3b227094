"""Signatures of webhooks, as standardwebhooks.com has them: HMAC-SHA256 over id, time and body."""

import hmac
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

TOLERANCE = 300
"""Seconds by which a receiver's clock and ours may differ."""
OVERLAP = timedelta(days=1)
"""How long a secret that was replaced signs on, unless the caller says otherwise."""
_SECONDS = re.compile(r"\d{1,12}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Keys:
    """The secret of a webhook; and the one before it, which signs beside it until an instant."""

    secret: str | None = field(default=None, repr=False)
    former: str | None = field(default=None, repr=False)
    until: datetime | None = None

    def replaced(self, secret: str | None, overlap: timedelta, now: datetime) -> "Keys":
        """Return the keys after this secret was set: the one before it signs on for `overlap`."""
        if secret == self.secret:
            return self
        if self.secret is None or not overlap:
            return Keys(secret)
        return Keys(secret, self.secret, now + overlap)

    def at(self, now: datetime) -> tuple[str, ...]:
        """Return the secrets that sign at an instant, the newest first."""
        former = self.former if self.until is not None and now < self.until else None
        return tuple(each for each in (self.secret, former) if each is not None)


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """Return one value of `webhook-signature`; `timestamp` is in seconds of machine time."""
    key = b64decode(secret.removeprefix("whsec_"))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + b64encode(hmac.digest(key, signed, sha256)).decode()


def signed(secrets: Sequence[str], message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """Return the headers that go with a body, with a signature by each secret."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signature(each, message_id, timestamp, body) for each in secrets),
    }


def is_genuine(secrets: Sequence[str], headers: Mapping[str, str], body: bytes, now: int) -> bool:
    """Say whether one of the signatures in these headers is by one of ours, and no older than TOLERANCE."""
    timestamp = headers.get("webhook-timestamp", "")
    if not _SECONDS.fullmatch(timestamp) or not headers.get("webhook-id"):
        return False
    expected = [signature(each, headers["webhook-id"], int(timestamp), body).encode() for each in secrets]
    given = [each.encode() for each in headers.get("webhook-signature", "").split(" ")]
    matches = [hmac.compare_digest(ours, theirs) for ours in expected for theirs in given]
    return any(matches) and abs(now - int(timestamp)) <= TOLERANCE
