"""`Idempotency-Key`: how it is written, and the command id that follows from it."""

import re
from collections.abc import Sequence
from uuid import UUID

from events.clock import derived_id, new_id
from events.decider import Actor

from .problems import Problem

LONGEST = 255
_QUOTED = re.compile(r'"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"(?:\s*;\s*[a-z*][^"\s;,]*)*')
_PLAIN = re.compile(r"[\x21\x23-\x26\x28-\x2b\x2d-\x7e]+")
"""A bare key: printable ASCII without blanks, quotes and commas."""


def read_key(values: Sequence[str]) -> str | None:
    """Return the key in these header lines, none where there is no line.

    A structured string (`"a b"`) and a bare key are both taken. Raises Problem, 400.
    """
    if not values:
        return None
    if len(values) > 1:
        raise _malformed()
    value = values[0].strip(" ")
    if quoted := _QUOTED.fullmatch(value):
        key = re.sub(r"\\(.)", r"\1", quoted[1])
    elif _PLAIN.fullmatch(value):
        key = value
    else:
        raise _malformed()
    if len(key) > LONGEST:
        raise _malformed()
    return key


def command_id(actor: Actor, method: str, path: str, key: str | None) -> UUID:
    """Return a command's id: it follows from caller, method, path and key; without a key it is random."""
    if key is None:
        return new_id()
    return derived_id("http", actor.subject, method, path, key)


def missing() -> Problem:
    """Return the refusal of a POST without a key."""
    return Problem(400, "key-missing", "Send an Idempotency-Key with every POST, such as a UUID.")


def _malformed() -> Problem:
    detail = f"An Idempotency-Key is one string of at most {LONGEST} printable ASCII letters."
    return Problem(400, "key-malformed", detail)
