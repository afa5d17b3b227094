"""The OpenAPI page: what each route takes, what it answers, what it refuses, and one example per body."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.routing import compile_path

from .clock_route import DRIVING
from .command import CommandSpec
from .kinds import KINDS
from .links import add_links
from .problems import MEDIA_TYPE

Json = dict[str, Any]

REF = "#/components/schemas/{model}"
KEY = (
    "One string of at most 255 printable ASCII letters, bare or in quotes. Its scope is the caller, the "
    "method and the path. The same key with the same body (names in any order, any white space; 1.0 is not "
    "1) is answered as the first time, byte for byte; with another body it is refused; while the first is "
    "at work, 409. A refusal or an outage is not kept: it is tried again. Keys are kept as long as the log."
)
AFTER = (
    "`log@position`, as an answer said it in Kept-Position: what is read or decided knows all up to there. "
    "Waited for two seconds, or as long as `Prefer: wait=` says (ten at most); then 503 `not-yet`."
)
MATCH = "The ETag of what was read, or `*`. Needed to write over what stands (PUT, PATCH); else as one likes."
PAGE = (
    "Bodies are one JSON object of at most 64 KiB (a batch: 1 MiB) and 32 levels, without unknown or "
    "repeated names; times are RFC 3339 with an offset, from 2000 to 2200; path, query and headers have "
    "32 KiB. What is refused is `application/problem+json`: its `type` never changes and can be opened."
)
PROBLEM: Json = {
    "type": "object",
    "description": "Why a request was refused (RFC 9457).",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "description": "Stable; at this path stands what to do."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "For people; it may change."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "reason"],
                "properties": {"field": {"type": "string"}, "reason": {"type": "string"}},
            },
        },
    },
}
ANSWERED: Json = {
    "type": "object",
    "description": "What was made or changed; further members by the command.",
    "required": ["id"],
    "properties": {
        "id": {"type": "string"},
        "version": {"type": "integer"},
        "case": {"type": ["string", "null"], "format": "uuid"},
        "state": {"type": "string"},
        "revision": {"type": "integer"},
        "due": {"type": ["string", "null"], "format": "date-time"},
        "told_due": {"type": ["string", "null"], "format": "date-time"},
        "next_reminder": {"type": "string", "format": "date-time"},
        "changed": {"type": "boolean", "description": "False: it stood so already, nothing was written."},
    },
}
BATCH_ANSWERED: Json = {
    "type": "object",
    "required": ["items"],
    "properties": {
        "items": {
            "type": "array",
            "description": "Answers and problems in the order of the items sent, each with its `status`.",
            "items": {
                "type": "object",
                "required": ["status"],
                "properties": {"status": {"type": "integer"}},
            },
        }
    },
}
SCHEMAS = {"Problem": PROBLEM, "Answered": ANSWERED, "BatchAnswered": BATCH_ANSWERED}
HEADERS = {
    "Kept-Position": {"schema": {"type": "string"}, "description": "Where it stands in the log: Kept-After."},
    "ETag": {"schema": {"type": "string"}, "description": "The version, for If-Match."},
}
EVERYWHERE = (404, 422, 431, 503)
BEHIND_THE_DOOR = (400, 401, 403)
WITH_A_BODY = (408, 409, 413, 415)
OVER_WHAT_STANDS = (412, 428)


def operation(spec: CommandSpec, *, many: bool = False) -> Json:
    """Return what OpenAPI says of a command, beside its problems; names of the path are not in its body."""
    named = compile_path(spec.path)[2]
    schema = dict(_schema(spec.body))
    schema["properties"] = {k: v for k, v in schema.get("properties", {}).items() if k not in named}
    schema["required"] = [name for name in schema.get("required", []) if name not in named]
    example: Any = dict(spec.example)
    if many:
        items = {"type": "array", "items": schema, "minItems": 1, "maxItems": 512}
        schema = {"type": "object", "additionalProperties": False, "properties": {"items": items}}
        schema["required"] = ["items"]
        example = {"items": [example]}
    content = {"application/json": {"schema": schema, "example": example}}
    model = "BatchAnswered" if many else "Answered"
    done = {"content": {"application/json": {"schema": {"$ref": REF.format(model=model)}}}}
    statuses = {200} if many else {200, spec.status}
    sent = {"requestBody": {"required": bool(schema["required"]), "content": content}}
    return {
        **({} if spec.method == "DELETE" else sent),
        "parameters": [*_path(spec), *_headers(spec.method, one=not many)],
        "responses": {
            str(status): {"description": "Done", "headers": HEADERS, **done} for status in sorted(statuses)
        },
    }


def document(
    app: FastAPI,
    bodies: Sequence[type[BaseModel]],
    open_to_all: Collection[str],
    made: Mapping[str, str],
) -> None:
    """Let the application describe itself, with the parts that its bodies refer to.

    `open_to_all` are the paths that need no token; `made` are those that make things, with their places.
    """

    def describe() -> Json:
        if app.openapi_schema is None:
            page = get_openapi(title=app.title, version="1", description=PAGE, routes=app.routes)
            _, parts = models_json_schema([(body, "validation") for body in bodies], ref_template=REF)
            components = page.setdefault("components", {})
            said, sent = components.get("schemas", {}), parts.get("$defs", {})
            if twice := sorted(name for name in said.keys() & sent.keys() if said[name] != sent[name]):
                raise TypeError(f"two things of a page have one name: {', '.join(twice)}")
            known = {**sent, **said, **SCHEMAS}
            unused = ("HTTPValidationError", "ValidationError")
            components["schemas"] = {name: part for name, part in known.items() if name not in unused}
            components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
            page["security"] = [{"bearer": []}]
            for path, methods in page["paths"].items():
                for method, each in methods.items():
                    read = method == "get" and path not in DRIVING
                    public, writes = path in open_to_all, "requestBody" in each or method == "delete"
                    _complete(each, read=read, public=public, writes=writes)
            add_links(page["paths"], made)
            app.openapi_schema = _plain(page)
        return app.openapi_schema

    app.openapi = describe  # type: ignore[method-assign]


def methods_at(app: FastAPI, path: str) -> list[str]:
    """Return the methods by which something is at a path."""
    said = app.openapi()["paths"].items()
    there = [methods for known, methods in said if compile_path(known)[0].match(path)]
    return sorted({method.upper() for methods in there for method in methods})


def _complete(said: Json, *, read: bool, public: bool, writes: bool) -> None:
    """Add to an operation what it may refuse, and what every read takes."""
    statuses = {*EVERYWHERE}
    if public:
        said["security"] = []
    else:
        statuses |= {*BEHIND_THE_DOOR}
        if read:
            said.setdefault("parameters", []).extend(_headers("GET"))
    if writes:
        statuses |= {*WITH_A_BODY, *OVER_WHAT_STANDS}
    shown = said["responses"].get("200", {}).get("content", {})
    page = {"text/html": shown["text/html"]} if "text/html" in shown else {}
    said["responses"] |= {str(status): _problem(status, page) for status in sorted(statuses)}


def _plain(said: Any) -> Any:
    """Return the same with a list of n equal kinds said as such: many a reader of pages knows no tuples."""
    if isinstance(said, list):
        return [_plain(each) for each in said]
    if not isinstance(said, dict):
        return said
    places = said.get("prefixItems")
    if isinstance(places, list) and all(each == places[0] for each in places):
        said = {name: each for name, each in said.items() if name != "prefixItems"} | {"items": places[0]}
    return {name: _plain(each) for name, each in said.items()}


def _problem(status: int, page: Json) -> Json:
    names = [f"`{name}`" for name, kind in KINDS.items() if kind.example.status == status]
    schema = {"$ref": REF.format(model="Problem")}
    return {"description": ", ".join(names), "content": {MEDIA_TYPE: {"schema": schema}, **page}}


@cache
def _schema(body: type[BaseModel]) -> Mapping[str, Any]:
    """Return what OpenAPI says of a body; without its title, of which generators of clients make names."""
    return {
        name: said
        for name, said in body.model_json_schema(ref_template=REF).items()
        if name not in {"$defs", "title"}
    }


def _path(spec: CommandSpec) -> Iterator[Json]:
    named = _schema(spec.body).get("properties", {})
    for name in compile_path(spec.path)[2]:
        yield {"name": name, "in": "path", "required": True, "schema": named.get(name, {"type": "string"})}


def _headers(method: str, *, one: bool = True) -> Iterator[Json]:
    if method == "POST":
        yield _header("Idempotency-Key", KEY, r"^[!#-&(-+\-.-~]{1,255}$", required=True)
    if method != "GET" and one:
        yield _header("If-Match", MATCH, r'^(\*|"[0-9]{1,18}")$')
    yield _header("Kept-After", AFTER, r"^[a-z][a-z0-9_-]{0,62}@[0-9]{1,18}$")
    yield _header("Prefer", "`wait=` and the seconds that Kept-After is waited for; else ignored.")


def _header(name: str, says: str, pattern: str | None = None, *, required: bool = False) -> Json:
    schema = {"type": "string"} | ({"pattern": pattern} if pattern else {})
    return {"name": name, "in": "header", "required": required, "description": says, "schema": schema}
