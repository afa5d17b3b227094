"""CloudEvents 1.0: the attributes and data of a message in binary or structured mode, and what makes it none.

Source of the rules: the specification's core, its JSON format, and its bindings of Kafka and HTTP.
"""

import json
import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from events.errors import Undecodable

STRUCTURED = "application/cloudevents+json"
NEEDED = frozenset({"specversion", "id", "source", "type"})
KNOWN = NEEDED | {"subject", "time", "datacontenttype", "dataschema"}
"""All but the extensions; none of them may be empty."""
_NAME = re.compile(r"(?!data$)[a-z0-9]+", re.ASCII)
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class CloudEvent:
    """A valid CloudEvent."""

    attributes: Mapping[str, str]
    """Extensions among them."""
    data: bytes


def read(headers: Mapping[str, bytes | None], value: bytes, prefix: str = "ce_") -> CloudEvent:
    """Return the CloudEvent in a message; `prefix` begins the headers of its attributes (HTTP: `ce-`).

    Raises Undecodable where it is none.
    """
    try:
        kind = (headers.get("content-type") or b"").decode()
        if kind.partition(";")[0].strip().lower() == STRUCTURED:
            event = _structured(value)
        else:
            event = CloudEvent(_attributes(headers, kind, prefix), value)
        _check(event.attributes)
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise Undecodable(f"not a CloudEvent: {error}") from error
    return event


def _attributes(headers: Mapping[str, bytes | None], kind: str, prefix: str) -> dict[str, str]:
    told = {
        name[len(prefix) :]: part.decode()
        for name, part in headers.items()
        if part is not None and name.startswith(prefix)
    }
    return {**told, "datacontenttype": kind} if kind else told


def _structured(value: bytes) -> CloudEvent:
    whole = json.loads(value)
    data, encoded = whole.pop("data", None), whole.pop("data_base64", None)
    told = {name: _text(said) for name, said in whole.items() if said is not None}
    if encoded is not None:
        return CloudEvent(told, b64decode(encoded, validate=True))
    is_json = "json" in told.get("datacontenttype", "json")
    return CloudEvent(
        told, data.encode() if isinstance(data, str) and not is_json else json.dumps(data).encode()
    )


def _text(said: object) -> str:
    if isinstance(said, bool):
        return str(said).lower()
    if not isinstance(said, str | int):
        raise TypeError(f"{said!r} is no value of an attribute")
    return str(said)


def _check(told: Mapping[str, str]) -> None:
    """Raise ValueError unless these can be the attributes of one event."""
    if missing := NEEDED - told.keys():
        raise ValueError(f"without {', '.join(sorted(missing))}")
    for name, said in told.items():
        if not said and name in KNOWN:
            raise ValueError(f"{name} is empty")
    for name in told.keys() - KNOWN:
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name of an attribute")
    if told["specversion"] != "1.0":
        raise ValueError(f"specversion {told['specversion']} is not 1.0")
    if (time := told.get("time")) is not None:
        if not _TIME.fullmatch(time):
            raise ValueError(f"time {time} is not RFC 3339")
        datetime.fromisoformat(time.upper())
