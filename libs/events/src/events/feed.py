"""The feed: a log as JSON, its exact bytes and hashes included, both ways."""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from .errors import Undecodable
from .log import Head
from .recorded import Stored
from .wire import instant, rfc3339

Json = dict[str, Any]

LIMIT = 200
"""The most rows of one page."""


def to_json(row: Stored) -> Json:
    """Return a row as JSON: bytes as base64, hashes as hex, times to the microsecond."""
    return {
        "log": row.log,
        "log_id": str(row.log_id),
        "position": row.position,
        "stream": row.stream,
        "version": row.version,
        "id": str(row.event_id),
        "type": row.type,
        "schema": row.schema,
        "data": base64.b64encode(row.data).decode(),
        "metadata": base64.b64encode(row.metadata).decode(),
        "occurred_at": rfc3339(row.occurred_at),
        "recorded_at": rfc3339(row.recorded_at),
        "content": row.content.hex(),
        "hash": row.hash.hex(),
    }


def from_json(item: Json) -> Stored:
    """Return the row that `to_json` was given. Raises Undecodable."""
    try:
        return Stored(
            log=str(item["log"]),
            log_id=UUID(item["log_id"]),
            position=int(item["position"]),
            stream=str(item["stream"]),
            version=int(item["version"]),
            event_id=UUID(item["id"]),
            type=str(item["type"]),
            schema=int(item["schema"]),
            data=base64.b64decode(item["data"], validate=True),
            metadata=base64.b64decode(item["metadata"], validate=True),
            occurred_at=instant(item["occurred_at"]),
            recorded_at=instant(item["recorded_at"]),
            content=bytes.fromhex(item["content"]),
            hash=bytes.fromhex(item["hash"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError, binascii.Error) as error:
        raise Undecodable(f"not a row of a feed: {error!r}") from error


@dataclass(frozen=True, slots=True)
class Page:
    """What one request to a feed answers: rows, and how far the log reaches."""

    head: Head
    rows: tuple[Stored, ...]


def write_page(log: str, head: Head, rows: Sequence[Stored], cursor: Callable[[Stored], str]) -> Json:
    """Return the body of `GET /v1/events`; `next` is what to ask `after` for the page that follows.

    `rows` were read after `head` was, or `next` may end before the head. `cursor` writes that of a row.
    """
    more = bool(rows) and rows[-1].position < head.position
    return {
        "log": log,
        "log_id": str(head.log_id),
        "head": {"position": head.position, "hash": head.hash.hex()},
        "items": [to_json(row) for row in rows],
        "next": cursor(rows[-1]) if more else None,
    }


def read_page(body: Json) -> Page:
    """Return the page in a body. Raises Undecodable."""
    try:
        log_id, head, items = UUID(body["log_id"]), body["head"], body["items"]
        reached = Head(log_id, int(head["position"]), bytes.fromhex(head["hash"]))
        return Page(reached, tuple(from_json(item) for item in items))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Undecodable(f"not a page of a feed: {error!r}") from error
