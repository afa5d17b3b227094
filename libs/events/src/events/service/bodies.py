"""Bodies as sent: strict JSON, its canonical form and fingerprint, and the model they must fit."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from math import isfinite
from typing import Any, NoReturn, TypeVar

from pydantic import BaseModel, ValidationError

from events.lookup import Lookup

from .problems import Problem, fields, invalid

M = TypeVar("M", bound=BaseModel)

DEEPEST = 32
"""How deep a body may nest."""


def parse(raw: bytes) -> dict[str, Any]:
    """Return the object in a body; an empty body is an empty object.

    Raises Problem: 400 for what is not UTF-8 JSON or nests too deep, 422 naming the field for a name that
    stands twice, a number that is none, and text that cannot be stored.
    """
    if not raw:
        return {}
    doubtful = b"\\u" in raw

    def number(text: str) -> float:
        nonlocal doubtful
        value = float(text)
        doubtful = doubtful or not isfinite(value)
        return value

    if raw.count(b"[") + raw.count(b"{") > DEEPEST:
        _check_depth(raw)
    try:
        data = json.loads(
            raw.decode("utf-8"), object_pairs_hook=_object, parse_constant=number, parse_float=number
        )
    except (ValueError, RecursionError) as error:
        raise Problem(400, "malformed", "The body is not JSON in UTF-8.") from error
    if not isinstance(data, dict):
        raise Problem(400, "malformed", "The body is not a JSON object.")
    if doubtful and (errors := [(".".join(path), reason) for path, reason in _unfit(data, ())]):
        raise invalid(errors)
    return data


def canonical(data: Mapping[str, Any]) -> bytes:
    """Return the one form of a body whatever its order of names and its white space."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def fingerprint(data: Mapping[str, Any], lookup: Lookup) -> bytes:
    """Return the keyed hash of the canonical body; `1` and `1.0` differ."""
    return lookup.fingerprint(canonical(data))


def fit(model: type[M], data: Mapping[str, Any], path: Mapping[str, Any]) -> M:
    """Return the model of a body, fields of the path's names filled from the path. Raises Problem, 422."""
    if twice := path.keys() & data.keys():
        raise invalid([(name, "stands in the path already") for name in sorted(twice)])
    try:
        return model.model_validate_json(canonical({**data, **path}), strict=True)
    except ValidationError as error:
        raise invalid(fields(error.errors(include_url=False, include_input=False))) from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        _refuse_twice(pairs)
    return found


def repeated(names: Iterable[str]) -> list[tuple[str, str]]:
    """Return each name that stands more than once, with that as the reason."""
    return [(name, "stands twice") for name, count in sorted(Counter(names).items()) if count > 1]


def _refuse_twice(pairs: list[tuple[str, Any]]) -> NoReturn:
    raise invalid(repeated(name for name, _ in pairs))


def _check_depth(raw: bytes) -> None:
    depth, quoted, escaped = 0, False, False
    for byte in raw:
        if quoted:
            quoted = escaped or byte != ord('"')
            escaped = not escaped and byte == ord("\\")
        elif byte == ord('"'):
            quoted = True
        elif byte in b"[{":
            depth += 1
            if depth > DEEPEST:
                raise Problem(400, "malformed", f"The body nests deeper than {DEEPEST}.")
        elif byte in b"]}":
            depth -= 1


def _unfit(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _unfit(name, (*path, ascii(name)[1:-1]))
            yield from _unfit(inner, (*path, ascii(name)[1:-1]))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _unfit(inner, (*path, str(index)))
    elif isinstance(value, str) and any(
        letter == "\x00" or "\ud800" <= letter <= "\udfff" for letter in value
    ):
        yield path, "NUL and lone surrogates cannot be stored"
    elif isinstance(value, float) and not isfinite(value):
        yield path, "give a finite number"
