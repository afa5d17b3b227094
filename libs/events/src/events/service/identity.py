"""From bearer token to actor: a key of ours, one issuer, one audience, an end."""

from collections import OrderedDict

import jwt

from events.clock import machine_time
from events.decider import Actor

from .jwks import Keys
from .problems import Problem, forbidden

LONGEST = 8192
"""The longest token that is looked at, in letters."""
LONGEST_LIFE = 366 * 86_400
"""The longest time a token may still hold, in seconds."""
REQUIRED = ["exp", "iat", "iss", "aud", "sub", "roles"]


class Identity:
    """Verifies bearer tokens; a verified token is remembered until it ends or the keys change."""

    def __init__(self, keys: Keys, *, issuer: str, audience: str, remembered: int = 1024) -> None:
        self._keys = keys
        self._edition = keys.edition
        self._issuer = issuer
        self._audience = audience
        self._known: OrderedDict[str, tuple[Actor, float]] = OrderedDict()
        self._remembered = remembered

    async def actor(self, authorization: str | None, roles: frozenset[str]) -> Actor:
        """Return who sends this `Authorization` header.

        Raises Problem: 401; 403 without one of `roles`; 503 where no keys could be had so far.
        """
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not 0 < len(token) <= LONGEST:
            raise _unauthorized("Send a bearer token.")
        await self._keys.renew()
        if self._keys.edition != self._edition:
            self._edition = self._keys.edition
            self._known.clear()
        actor, until = self._known.get(token) or await self._verify(token)
        if until <= machine_time().timestamp():
            raise _unauthorized("The token has ended.")
        if not actor.has(*roles):
            raise forbidden(roles)
        return actor

    async def _verify(self, token: str) -> tuple[Actor, float]:
        try:
            key = await self._keys.named(jwt.get_unverified_header(token).get("kid"))
            if key is None:
                raise _unauthorized("The token is signed with a key that is not known here.")
            claims = jwt.decode(
                token,
                key.public,
                algorithms=[key.algorithm],
                audience=self._audience,
                issuer=self._issuer,
                options={"require": REQUIRED},
            )
            subject, roles, until = claims["sub"], claims["roles"], float(claims["exp"])
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError) as error:
            raise _unauthorized("The token does not hold.") from error
        if until > machine_time().timestamp() + LONGEST_LIFE:
            raise _unauthorized("The token holds too long.")
        if not subject or not isinstance(roles, list) or not all(isinstance(role, str) for role in roles):
            raise _unauthorized("The token does not hold.")
        self._known[token] = known = (Actor(subject, frozenset(roles)), until)
        if len(self._known) > self._remembered:
            self._known.popitem(last=False)
        return known


def _unauthorized(detail: str) -> Problem:
    return Problem(401, "unauthorized", detail, headers={"WWW-Authenticate": 'Bearer realm="kept"'})
