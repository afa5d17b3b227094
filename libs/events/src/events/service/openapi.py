"""The OpenAPI page: the bodies of commands with one whole example each, and the bearer token."""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.routing import compile_path

from .command import CommandSpec

REF = "#/components/schemas/{model}"
KEY = (
    "One string of at most 255 printable ASCII letters, bare or in quotes. Its scope is the caller, the "
    "method and the path. The same key with the same body (names in any order, any white space; 1.0 is not "
    "1) is answered as the first time, byte for byte; with another body it is refused; while the first is "
    "at work, 409. A refusal or an outage is not kept: it is tried again. Keys are kept as long as the log."
)


def request_body(spec: CommandSpec, *, many: bool = False) -> dict[str, Any]:
    """Return what OpenAPI says of a command's body; names of the path are not in it."""
    schema: dict[str, Any] = spec.body.model_json_schema(ref_template=REF)
    schema.pop("$defs", None)
    named = compile_path(spec.path)[2]
    schema["properties"] = {k: v for k, v in schema.get("properties", {}).items() if k not in named}
    schema["required"] = [name for name in schema.get("required", []) if name not in named]
    example: Any = dict(spec.example)
    if many:
        schema = {"type": "object", "properties": {"items": {"type": "array", "items": schema}}}
        example = {"items": [example]}
    content = {"application/json": {"schema": schema, "example": example}}
    return {"requestBody": {"required": True, "content": content}, "parameters": _parameters(spec)}


def document(app: FastAPI, bodies: Sequence[type[BaseModel]]) -> None:
    """Let the application describe itself, with the parts that its bodies refer to."""

    def describe() -> dict[str, Any]:
        if app.openapi_schema is None:
            page = get_openapi(title=app.title, version="1", routes=app.routes)
            _, parts = models_json_schema([(body, "validation") for body in bodies], ref_template=REF)
            components = page.setdefault("components", {})
            components["schemas"] = {**parts.get("$defs", {}), **components.get("schemas", {})}
            components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
            page["security"] = [{"bearer": []}]
            app.openapi_schema = page
        return app.openapi_schema

    app.openapi = describe  # type: ignore[method-assign]


def _parameters(spec: CommandSpec) -> list[dict[str, Any]]:
    named = spec.body.model_json_schema(ref_template=REF).get("properties", {})
    found = [
        {"name": name, "in": "path", "required": True, "schema": named.get(name, {"type": "string"})}
        for name in compile_path(spec.path)[2]
    ]
    if spec.method == "POST":
        schema = {"type": "string", "maxLength": 255}
        named = {"name": "Idempotency-Key", "in": "header", "required": True, "schema": schema}
        found.append(named | {"description": KEY})
    version = {"type": "string", "example": '"3"'}
    found.append({"name": "If-Match", "in": "header", "required": False, "schema": version})
    after = {"type": "string", "example": "contacts@1"}
    found.append({"name": "Kept-After", "in": "header", "required": False, "schema": after})
    return found
