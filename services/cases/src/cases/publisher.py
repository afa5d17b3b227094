"""Publishes calendars and policies that are written as TOML, through the front door of a running service.

A file holds tables `[calendars.<name>]` and `[policies.<name>]`, each the body of `PUT /v1/calendars/<name>`
or `PUT /v1/policies/<name>`; calendars go first, for policies name them.
"""

import json
import os
import sys
import tomllib
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

KINDS = {"calendars": "calendar", "policies": "policy"}
"""What a file may hold, in the order of publishing."""
USAGE = "usage: python -m cases publish FILE.toml..."


class Refused(Exception):
    """A file, or what it says, cannot be published; the message says why."""


@dataclass(frozen=True, slots=True)
class Written:
    """One calendar or policy as a file has it."""

    kind: str
    name: str
    body: Mapping[str, Any]
    file: Path

    @property
    def path(self) -> str:
        """Where it is put."""
        return f"/v1/{self.kind}/{self.name}"


def read(files: Iterable[Path]) -> list[Written]:
    """Return what files say, calendars first. Raises Refused, naming the file."""
    found = [written for file in files for written in _read(file)]
    return sorted(found, key=lambda written: list(KINDS).index(written.kind))


def _read(file: Path) -> list[Written]:
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Refused(f"{file}: {error}") from error
    if not data or (strange := sorted(data.keys() - KINDS.keys())):
        holds = f"not {', '.join(strange)}" if data else "but holds nothing"
        raise Refused(f"{file}: it may hold [calendars.<name>] and [policies.<name>], {holds}")
    return [
        Written(kind, name, _table(body, f"{kind}.{name}", file), file)
        for kind, bodies in data.items()
        for name, body in _table(bodies, kind, file).items()
    ]


def _table(value: Any, name: str, file: Path) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Refused(f"{file}: {name} is no table")
    return value


async def publish(written: Iterable[Written], client: httpx.AsyncClient) -> AsyncIterator[str]:
    """Publish one after the other; yields a line for each. Raises Refused at the first that is not taken.

    What stands as it is written is not published again.
    """
    for each in written:
        try:
            stands = await client.get(each.path)
            tag = {"If-Match": stands.headers["etag"]} if stands.is_success else {}
            answer = await client.put(each.path, content=_json(each), headers=tag)
        except httpx.HTTPError as error:
            raise Refused(f"{client.base_url} does not answer: {error or type(error).__name__}") from error
        if not answer.is_success:
            raise Refused(f"{each.file}: {each.kind}.{each.name} is refused: {_reason(answer)}")
        said = answer.json()
        what = "published" if said.get("changed", True) else "stands already"
        yield f"{KINDS[each.kind]} {each.name}: version {said['version']} {what}"


def service(environment: Mapping[str, str]) -> httpx.AsyncClient:
    """Return a client of the service that the environment names (`CASES`, `TOKEN`). Raises Refused."""
    if missing := [name for name in ("CASES", "TOKEN") if not environment.get(name)]:
        raise Refused(f"{' and '.join(missing)} not set: `. .kept/env` sets both for a stack on this machine")
    bearer = {"Authorization": f"Bearer {environment['TOKEN']}", "Content-Type": "application/json"}
    return httpx.AsyncClient(base_url=environment["CASES"], headers=bearer, timeout=10)


async def run(arguments: list[str]) -> int:
    """Publish files and say what became of each; returns the exit status: 0, 1 (refused), 2 (usage)."""
    if not arguments or arguments[0].startswith("-"):
        _tell(USAGE)
        return 2
    try:
        written = read(Path(name) for name in arguments)
        async with service(os.environ) as client:
            async for line in publish(written, client):
                sys.stdout.write(f"{line}\n")
    except Refused as error:
        _tell(str(error))
        return 1
    return 0


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def _json(written: Written) -> bytes:
    return json.dumps(written.body, default=str).encode()


def _reason(answer: httpx.Response) -> str:
    try:
        said = answer.json()
    except ValueError:
        return f"{answer.status_code}"
    return str(said.get("detail", answer.status_code))
