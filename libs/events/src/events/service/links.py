"""The links of an OpenAPI page: what can be done next with a thing that was just made."""

from collections.abc import Iterator, Mapping
from typing import Any

from starlette.routing import compile_path

Json = dict[str, Any]

MADE = "$response.body#/id"


def add_links(paths: Json, made: Mapping[str, str]) -> None:
    """Link each POST that makes a thing to every operation on that thing.

    `paths` are those of a page; `made` names the paths that are posted to, with the place of what they make
    (`/v1/commitments/{id}`). `{case}` and `{case_id}` are the same.
    """
    for path, place in made.items():
        thing = _thing(paths, place)
        if thing is None:
            continue
        filled = {_plain(name): f"$request.path.{name}" for name in _names(path)} | {thing: MADE}
        paths[path]["post"]["responses"]["201"]["links"] = dict(_links(paths, thing, filled))


def _links(paths: Json, thing: str, filled: Mapping[str, str]) -> Iterator[tuple[str, Json]]:
    for path, operations in paths.items():
        names = {name: filled.get(_plain(name)) for name in _names(path)}
        if None in names.values() or thing not in map(_plain, names):
            continue
        for operation in operations.values():
            parameters = {f"path.{name}": said for name, said in names.items()}
            name = operation["operationId"]
            yield name, {"operationId": name, "parameters": parameters}


def _thing(paths: Json, place: str) -> str | None:
    """Return what is named where a thing is read, such as `commitment`; none where its place says no id."""
    whole, _, last = place.rpartition("/")
    if last != "{id}":
        return None
    found = (path.removeprefix(f"{whole}/") for path in paths if path.startswith(f"{whole}/{{"))
    return next((_plain(name.strip("{}")) for name in found if "/" not in name), None)


def _names(path: str) -> list[str]:
    return list(compile_path(path)[2])


def _plain(name: str) -> str:
    return name.removesuffix("_id")
