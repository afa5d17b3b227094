"""Texts in bodies: where a body has free text, and how it fares with other words there."""

from collections.abc import Iterator, Mapping
from typing import Any

Path = tuple[str | int, ...]
NARROW = {"pattern", "format", "enum", "const"}
"""What makes a string no free text."""


def free_texts(
    schema: Mapping[str, Any], parts: Mapping[str, Any] | None = None, at: Path = ()
) -> Iterator[Path]:
    """Return where free text may stand in a body of this JSON schema; in the first item of lists."""
    parts = parts if parts is not None else schema.get("$defs", {})
    if "$ref" in schema:
        schema = parts[schema["$ref"].rpartition("/")[2]]
    if schema.get("type") == "string" and not NARROW & schema.keys():
        yield at
    for way in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        yield from free_texts(way, parts, at)
    for name, inner in schema.get("properties", {}).items():
        yield from free_texts(inner, parts, (*at, name))
    if isinstance(schema.get("items"), dict):
        yield from free_texts(schema["items"], parts, (*at, 0))


def put(body: Any, at: Path, text: str) -> Any:
    """Return the body with this text in this place, made where it is not there."""
    if not at:
        return text
    key, rest = at[0], at[1:]
    if isinstance(key, int):
        inner = body[0] if isinstance(body, list) and body else None
        return [put(inner, rest, text)]
    known = body if isinstance(body, dict) else {}
    return {**known, key: put(known.get(key), rest, text)}


def found(thing: Any, at: Path) -> Any:
    """Return what stands in a place of a model or of what JSON says."""
    for key in at:
        thing = thing[key] if isinstance(key, int) or isinstance(thing, dict) else getattr(thing, key)
    return thing


def leaves(thing: Any) -> Iterator[str]:
    """Return every string in what JSON says."""
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, dict):
        for inner in thing.values():
            yield from leaves(inner)
    elif isinstance(thing, list):
        for inner in thing:
            yield from leaves(inner)
