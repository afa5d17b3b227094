"""Cursors: where a caller is in a list, opaque, signed, and good for one route with its filters only."""

import base64
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Annotated, Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from fastapi import Depends, Query
from starlette.requests import Request

from events.errors import Invalid

from .site import site_of

LONGEST = 1000
PLACES = frozenset({"cursor", "after", "limit"})
"""Parameters that say where a page begins and ends, not what the list holds."""


@dataclass(frozen=True, slots=True)
class Bookmark:
    """Where a request begins in a list, and how the requests after it may."""

    key: bytes
    bound: str
    """The route and its filters, which every cursor of this list is bound to."""
    said: str | None = None
    """The cursor that came with the request, in the parameter or header `field`."""
    field: str = "cursor"

    def write(self, *values: Any) -> str:
        """Return the cursor of a place in the list; values as JSON has them."""
        text = json.dumps(values, separators=(",", ":"), default=str).encode()
        place = base64.urlsafe_b64encode(text).decode().rstrip("=")
        return f"{place}.{self._signature(place)}"

    def place(self, *kinds: Callable[[Any], Any]) -> tuple[Any, ...] | None:
        """Return the values in the request's cursor, each made by its kind (`UUID`), or none without one.

        Raises Invalid for what this service did not write for this list.
        """
        if self.said is None:
            return None
        place, _, signature = self.said.partition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(place).encode()):
            raise self._refused()
        try:
            values: list[Any] = json.loads(base64.urlsafe_b64decode(place + "=" * (-len(place) % 4)))
            return tuple(kind(value) for kind, value in zip(kinds, values, strict=True))
        except (ValueError, TypeError) as error:  # another release wrote other values for this list
            raise self._refused() from error

    def _signature(self, place: str) -> str:
        return hmac.digest(self.key, f"{self.bound}\n{place}".encode(), sha256).hex()

    def _refused(self) -> Invalid:
        return Invalid(field=self.field, reason="give a cursor of this list, with the filters it came with")


def bookmark_of(request: Request, said: str | None, field: str = "cursor") -> Bookmark:
    """Return where a request begins in the list that its path and filters name; `said` is its cursor."""
    site = site_of(request)
    filters = sorted(pair for pair in request.query_params.multi_items() if pair[0] not in PLACES)
    bound = json.dumps([request.scope["path"], filters])
    secret = site.parts.settings.cursor_key.get_secret_value()
    return Bookmark(signing_key(secret, site.service.name), bound, said, field)


@cache
def signing_key(secret: str, service: str) -> bytes:
    """Return the key that a service signs cursors with; `secret` is base64 of 32 bytes (empty: dev)."""
    info = f"kept cursor {service}".encode()
    return HKDF(SHA256(), 32, salt=None, info=info).derive(base64.b64decode(secret))


async def bookmark(
    request: Request,
    cursor: Annotated[str | None, Query(max_length=LONGEST, description="`next` of the page before.")] = None,
) -> Bookmark:
    """Return where the caller of a list is; a dependency for routes."""
    return bookmark_of(request, cursor)


Cursor = Annotated[Bookmark, Depends(bookmark)]
