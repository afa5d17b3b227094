"""Signatures of webhooks, as standardwebhooks.com has them: HMAC-SHA256 over id, time and body."""

import hmac
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from hashlib import sha256

TOLERANCE = 300
"""Seconds by which a receiver's clock and ours may differ."""
_SECONDS = re.compile(r"\d{1,12}", re.ASCII)


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """Return the value of `webhook-signature`; `timestamp` is in seconds of machine time."""
    key = b64decode(secret.removeprefix("whsec_"))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + b64encode(hmac.digest(key, signed, sha256)).decode()


def signed(secret: str, message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """Return the headers that go with a body."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(secret, message_id, timestamp, body),
    }


def is_genuine(secret: str, headers: Mapping[str, str], body: bytes, now: int) -> bool:
    """Say whether one of the signatures in these headers is ours and no older than TOLERANCE."""
    timestamp = headers.get("webhook-timestamp", "")
    if not _SECONDS.fullmatch(timestamp) or not headers.get("webhook-id"):
        return False
    expected = signature(secret, headers["webhook-id"], int(timestamp), body).encode()
    given = headers.get("webhook-signature", "").split(" ")
    matches = [hmac.compare_digest(expected, each.encode()) for each in given]
    return any(matches) and abs(now - int(timestamp)) <= TOLERANCE
