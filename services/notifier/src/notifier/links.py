"""Links that let somebody without a token do one thing until an instant: signed, each for one purpose."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Literal
from uuid import UUID

Purpose = Literal["acknowledge", "answer"]
LASTS = timedelta(days=7)
"""How long a link holds where no due ends it."""
_ID, _MAC = 16, 32
_LENGTH = _ID + 8 + _MAC
PATHS: dict[Purpose, str] = {"acknowledge": "/v1/acknowledgements", "answer": "/v1/answers"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Opened:
    """What a genuine token says."""

    message: UUID
    until: datetime
    """In domain time."""


@dataclass(frozen=True, slots=True)
class Links:
    """Makes links, and knows its own again."""

    base_url: str
    """Where people reach this service."""
    key: bytes

    def to(self, purpose: Purpose, message: UUID, until: datetime) -> str:
        """Return the link about a message that holds until an instant."""
        return f"{self.base_url.rstrip('/')}{PATHS[purpose]}/{self.token(purpose, message, until)}"

    def token(self, purpose: Purpose, message: UUID, until: datetime) -> str:
        """Return what stands in the link: the message, the instant, and what proves that they are ours."""
        seconds = (until - _EPOCH) // timedelta(seconds=1)
        said = message.bytes + seconds.to_bytes(8, "big")
        return urlsafe_b64encode(said + self._mac(purpose, said)).decode().rstrip("=")

    def open(self, purpose: Purpose, token: str) -> Opened | None:
        """Return what a token says, or none: it is not one of ours for this purpose."""
        try:
            raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
        except (NotBase64, ValueError):
            return None
        said, mac = raw[:-_MAC], raw[-_MAC:]
        if len(raw) != _LENGTH or not hmac.compare_digest(mac, self._mac(purpose, said)):
            return None
        until = _EPOCH + timedelta(seconds=int.from_bytes(said[_ID:], "big"))
        return Opened(UUID(bytes=said[:_ID]), until)

    def _mac(self, purpose: Purpose, said: bytes) -> bytes:
        return hmac.digest(self.key, f"kept link {purpose}\n".encode() + said, sha256)
