"""The answer to a command as it is kept with the command's first event: status, version, place, body."""

from dataclasses import dataclass
from typing import Any

from pydantic_core import to_json
from starlette.responses import Response

from events.log import Appended

from .problems import Problem


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer, byte for byte."""

    status: int
    version: int
    location: str
    """Empty: nothing was made."""
    body: bytes

    def encode(self) -> bytes:
        """Return the bytes to be kept."""
        return f"{self.status} {self.version} {self.location}\n".encode() + self.body


def decode(kept: bytes) -> Answered:
    """Return the answer in kept bytes. Raises ValueError where there is none."""
    head, _, body = kept.partition(b"\n")
    status, version, location = head.decode().split(" ", 2)
    return Answered(int(status), int(version), location, body)


def answered(status: int, version: int, location: str, members: dict[str, Any]) -> Answered:
    """Return an answer; `location` is where the thing made can be read, empty where none was."""
    return Answered(status, version, location, to_json(members))


def etag(version: int) -> str:
    """Return the strong entity tag of a version."""
    return f'"{version}"'


def response(answer: Answered, position: str) -> Response:
    """Return the answer to a command whose last event stands at `position` (`log@n`)."""
    headers = {"Kept-Position": position, "ETag": etag(answer.version)}
    if answer.location:
        headers["Location"] = answer.location
    return Response(answer.body, answer.status, headers, "application/json")


def replay(appended: Appended, fingerprint: bytes, log: str) -> Response:
    """Return the first answer again. Raises Problem, 422, where the body was another."""
    if appended.fingerprint != fingerprint:
        raise Problem(422, "key-reused", "This Idempotency-Key came with another body before.")
    return response(decode(appended.answer), f"{log}@{appended.last}")
