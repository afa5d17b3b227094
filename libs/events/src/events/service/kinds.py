"""Every type of problem: when a caller meets it and what to do; `/problems/<name>` and the page say it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from inspect import cleandoc

from fastapi import APIRouter
from starlette.responses import PlainTextResponse

from events.errors import Forbidden, Invalid, NotNow, Rejection, Unknown

from .problems import STATUS, Problem, invalid, slug

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Kind:
    """One type of problem."""

    example: Problem
    """One as a caller may meet it, with the members it has beside those of every problem."""
    when: str
    do: str

    def text(self) -> str:
        """Return what is answered at the problem's type."""
        status = self.example.status
        name = HTTPStatus(status).phrase
        return f"{self.example.slug}: {status} {name}\n\nWhen: {self.when}\nDo: {self.do}\n"


def _kind(
    status: int, name: str, detail: str, when: str, do: str, members: Mapping[str, object] | None = None
) -> Kind:
    return Kind(Problem(status, name, detail, members=members), when, do)


_KINDS = (
    _kind(
        *(400, "malformed", "The body is not JSON in UTF-8."),
        when="The body is not one JSON object in UTF-8, nests deeper than 32, or holds a number of "
        "thousands of digits.",
        do="Send one object as a JSON library writes it.",
    ),
    _kind(
        *(400, "key-missing", "Send an Idempotency-Key with every POST, such as a UUID."),
        when="A POST came without an Idempotency-Key.",
        do="Send a new UUID with each new command, and the same one when you send that command again.",
    ),
    _kind(
        *(400, "key-malformed", "An Idempotency-Key is one string of at most 255 printable ASCII letters."),
        when="The Idempotency-Key is not one string of at most 255 printable ASCII letters, or came twice.",
        do="Send one UUID, bare or in double quotes.",
    ),
    _kind(
        *(400, "kept-after-malformed", "Kept-After is log@position, such as cases@1234."),
        when="Kept-After is not `log@position`.",
        do="Send it as an answer said it in Kept-Position.",
    ),
    _kind(
        *(400, "kept-after-unknown", "This service does not follow a log weather."),
        when="Kept-After names a log that this service neither writes nor follows.",
        do="Leave that log out.",
    ),
    _kind(
        *(400, "if-match-malformed", 'If-Match takes one strong entity tag, such as "3".'),
        when="If-Match is not one strong entity tag and not `*`.",
        do="Send it as an answer said it in ETag.",
    ),
    _kind(
        *(401, "unauthorized", "The token has ended."),
        when="The bearer token is missing, has ended, or is not one of ours.",
        do="Get a new token, then send the same again.",
    ),
    _kind(
        *(403, "forbidden", "This needs one of the roles lead, system."),
        when="The token lacks the role that is needed; `detail` names it.",
        do="Ask somebody who has that role.",
    ),
    _kind(
        *(404, "not-found", "Not Found"),
        when="No route has this path.",
        do="Look the path up in `/docs`.",
    ),
    _kind(
        *(404, "unknown", "There is no case 0b7e3c1e-6f0a-5d0e-9f3e-2d7f4c1b8a90."),
        when="There is no such thing, or it is not shown yet.",
        do="Check the id; where it was made a moment ago, read with Kept-After.",
        members={"what": "case", "id": "0b7e3c1e-6f0a-5d0e-9f3e-2d7f4c1b8a90"},
    ),
    _kind(
        *(405, "method-not-allowed", "Method Not Allowed"),
        when="The path is there, but not for this method.",
        do="Use a method that Allow names.",
    ),
    _kind(
        *(408, "slow-body", "The body did not come in time."),
        when="The whole body was not here within 10 s.",
        do="Send it again, faster.",
    ),
    _kind(
        *(409, "not-now", "Not while the commitment is kept."),
        when="Not in this state; `what` and `state` name it.",
        do="Read the thing again, and decide by its state.",
        members={"what": "commitment", "state": "kept"},
    ),
    _kind(
        *(409, "conflict", "case-0b7e3c1e-6f0a-5d0e-9f3e-2d7f4c1b8a90 was written to by others."),
        when="Others wrote to the same thing again and again.",
        do="Send the same again, with the same key.",
    ),
    _kind(
        *(409, "in-flight", "The first request with this Idempotency-Key is still at work."),
        when="The first request with this key is still at work.",
        do="Send the same again shortly: you get the first one's answer.",
    ),
    _kind(
        *(409, "customer-erased", "0b7e3c1e-6f0a-5d0e-9f3e-2d7f4c1b8a90 is erased."),
        when="The customer is erased: nothing personal of them is recorded any more.",
        do="Leave it; who comes back as a customer is registered anew, under another reference.",
        members={"subject": "0b7e3c1e-6f0a-5d0e-9f3e-2d7f4c1b8a90"},
    ),
    _kind(
        *(412, "changed-meanwhile", "It is at version 4, not 3."),
        when="If-Match is another version than the one that stands.",
        do="Read the thing again, decide again, and send its new ETag.",
    ),
    _kind(
        *(413, "too-large", "The body is too large."),
        when="The body is larger than 64 KiB (a batch: 1 MiB).",
        do="Send less, or a batch in parts.",
    ),
    _kind(
        *(415, "not-json", "Send the body as application/json."),
        when="The Content-Type is not JSON.",
        do="Send `Content-Type: application/json`.",
    ),
    Kind(
        invalid([("due", "give a time between 2000 and 2200")]),
        when="A field, or a parameter of the query or path, holds what it cannot hold, is not known, or is "
        "missing; `errors` names each with the reason.",
        do="Put right what `errors` names; the same key may be used again, for nothing was written.",
    ),
    _kind(
        *(422, "key-reused", "This Idempotency-Key came with another body before."),
        when="The key came with another body before.",
        do="A new command needs a new key; to send the old one again, send its body unchanged.",
    ),
    _kind(
        *(428, "if-match-missing", "It is there already: send If-Match."),
        when="A PATCH or PUT would write over what stands, and does not say which version was read.",
        do="Send If-Match with the ETag you have read, or `*` to write over whatever stands.",
    ),
    _kind(
        *(431, "head-too-large", "Path, query and headers are too large."),
        when="Path, query and headers are larger than 32 KiB together.",
        do="Send less; what must be said at length goes into a body.",
    ),
    _kind(
        *(500, "fault", "Something failed here; it was logged."),
        when="A defect of ours; it was logged, and the outcome is unknown.",
        do="Send the same again, with the same key, once; then tell whoever runs the installation.",
    ),
    _kind(
        *(500, "undecodable", "Something failed here; it was logged."),
        when="The thing holds an event that this release cannot read.",
        do="Tell whoever runs the installation: a newer release can.",
    ),
    _kind(
        *(503, "crowded", "Too many requests at once."),
        when="More requests are at work, or more callers follow the feed, than the service takes at once.",
        do="Send the same again after Retry-After, with the same key.",
    ),
    _kind(
        *(503, "unavailable", "The store did not answer in time; send the same again."),
        when="The store did not answer in time: the outcome is unknown.",
        do="Send the same again after Retry-After, with the same key: it has one effect.",
    ),
    _kind(
        *(503, "not-yet", "contacts@1234 was not reached in time."),
        when="What Kept-After asks for was not read in time; nothing was done.",
        do="Ask again after Retry-After, or allow more time with `Prefer: wait=10`.",
    ),
    _kind(
        *(503, "log-diverged", "contacts@1234 is another event than the one read before."),
        when="Two histories stand under one log: a service has stopped following it.",
        do="Tell whoever runs the installation: it does not pass by itself.",
    ),
)
KINDS: Mapping[str, Kind] = {each.example.slug: each for each in _KINDS}
"""The types that every service may answer, by name."""
_LIKE = {Invalid: "invalid", Unknown: "unknown", Forbidden: "forbidden", NotNow: "not-now"}


def rejected(cls: type[Rejection], example: Problem | None = None) -> Kind:
    """Return the type of a service's own rejection, whose docstring says when."""
    like = KINDS[next(_LIKE[each] for each in cls.__mro__ if each in _LIKE)]
    said = " ".join(cleandoc(cls.__doc__ or "").split())
    status = next(STATUS[each] for each in cls.__mro__ if each in STATUS)
    return Kind(example or Problem(status, slug(cls.__name__), said), said, like.do)


@router.get("/problems/{name}", response_class=PlainTextResponse)
async def get_problem(name: str) -> str:
    """Say when a problem of this type is met, and what to do."""
    found = KINDS.get(name) or next(
        (rejected(cls) for cls in _below(Rejection) if slug(cls.__name__) == name), None
    )
    if found is None:
        raise Unknown(what="problem", id=name)
    return found.text()


def _below(cls: type[Rejection]) -> Iterator[type[Rejection]]:
    for each in cls.__subclasses__():
        yield each
        yield from _below(each)
