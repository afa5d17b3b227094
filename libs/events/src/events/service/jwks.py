"""Where the keys of tokens come from: a key that is pinned, and a set that is read again and again."""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from time import monotonic

import httpx

from events.settings import Settings

from .key_set import Key, read_keys, read_pem
from .problems import RETRY, Problem

log = logging.getLogger("kept.jwks")

REFRESH_SECONDS = 300.0
"""How old a set may grow before it is read again: so long may a withdrawn key go on to hold."""
AGAIN_SECONDS = 30.0
"""Between two readings, however many tokens name a key that is not there."""
PATIENCE = 1.0
"""Seconds for a set to come."""
LARGEST = 262_144
"""Bytes of a set."""

Fetch = Callable[[], Awaitable[bytes]]
UNFIT = (OSError, ValueError, TimeoutError, httpx.HTTPError, httpx.InvalidURL)
"""How a set fails to come."""


class Keys:
    """The keys that tokens are verified with.

    A set that cannot be had, or is none, leaves the last good one as it was.
    """

    def __init__(
        self, pinned: Key | None, fetch: Fetch | None = None, *, now: Callable[[], float] = monotonic
    ) -> None:
        self.edition = 0
        """Another number whenever the keys are others."""
        self._pinned = pinned
        self._fetch = fetch
        self._now = now
        self._named: Mapping[str, Key] | None = None
        self._asked = self._due = -math.inf
        self._lock = asyncio.Lock()

    async def renew(self) -> None:
        """Read the set again where it is old; whoever comes meanwhile goes on with the old one."""
        if self._fetch is not None and self._now() >= self._due:
            await self._read(self._fetch)

    async def named(self, kid: str | None) -> Key | None:
        """Return the key of this name, else the pinned one. Raises Problem, 503, where none was ever had."""
        if self._fetch is None:
            return self._pinned
        if kid is not None and kid not in (self._named or {}):
            await self._read(self._fetch)
        if self._named is None and self._pinned is None:
            raise Problem(503, "unavailable", "The keys of tokens cannot be had.", headers=RETRY)
        return (self._named or {}).get(kid or "", self._pinned)

    async def _read(self, fetch: Fetch) -> None:
        async with self._lock:
            if self._now() - self._asked < AGAIN_SECONDS:
                return
            self._asked = self._now()
            self._due = self._asked + AGAIN_SECONDS  # from now on others go on with what there is
            try:
                found = read_keys(await asyncio.wait_for(fetch(), PATIENCE))
            except UNFIT as error:
                log.warning("the keys of tokens cannot be read: %s", type(error).__name__)
                return
            self._due = self._asked + REFRESH_SECONDS
            if found != self._named:
                self.edition += 1
                self._named = found


def keys_of(settings: Settings, client: httpx.AsyncClient) -> Keys:
    """Return the keys that the settings name. Raises ValueError or TypeError for a PEM that is no key."""
    pinned = read_pem(settings.public_key) if settings.public_key else None
    source = settings.jwks
    if not source:
        return Keys(pinned)
    if "://" not in source:
        return Keys(pinned, lambda: asyncio.to_thread(_from_file, Path(source)))
    return Keys(pinned, lambda: _from_address(client, source))


def _from_file(path: Path) -> bytes:
    with path.open("rb") as file:
        return _bounded(file.read(LARGEST + 1))


async def _from_address(client: httpx.AsyncClient, address: str) -> bytes:
    plain = {"Accept-Encoding": "identity"}  # what is packed may be any size unpacked
    async with client.stream("GET", address, headers=plain, follow_redirects=False) as answer:
        if answer.status_code != httpx.codes.OK:
            raise ValueError("the answer is not 200")
        text = b""
        async for more in answer.aiter_raw():
            text = _bounded(text + more)
        return text


def _bounded(text: bytes) -> bytes:
    if len(text) > LARGEST:
        raise ValueError("the set is too large")
    return text
