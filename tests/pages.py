"""`python -m tests.pages` writes the pages under docs/ that follow from the code; a test compares them."""

import inspect
import json
from importlib import import_module
from pathlib import Path
from types import ModuleType

from pydantic_core import to_jsonable_python

from events import errors
from events.catalogue import TYPES
from events.service.problems import STATUS, slug
from events.testing import EXAMPLES

from .edges import edges_page
from .roles import roles_page

DOCS = Path(__file__).parents[1] / "docs"
FAMILIES = (
    "customers",
    "contacts",
    "cases",
    "owners",
    "policies",
    "commitments",
    "waits",
    "reminders",
    "notices",
)
REJECTING = (
    "intake.contact",
    "intake.customer",
    "cases.case.rejections",
)
SCAFFOLD = {
    "unknown": (404, "There is no such thing, or no such route."),
    "not-now": (409, "Not in this state; the answer names it."),
    "conflict": (409, "Others wrote to the same thing again and again: send it again."),
    "malformed": (400, "The body is not one JSON object in UTF-8, or nests too deep."),
    "key-missing": (400, "A POST came without an Idempotency-Key: send a new UUID with each new command."),
    "key-malformed": (400, "An Idempotency-Key is one string of at most 255 printable ASCII letters."),
    "kept-after-malformed": (400, "Kept-After is log@position, as Kept-Position said it."),
    "kept-after-unknown": (400, "The service does not follow that log."),
    "if-match-malformed": (400, "If-Match takes one strong entity tag, as ETag said it."),
    "unauthorized": (401, "The bearer token is missing, expired, or not one of ours."),
    "forbidden": (403, "The token lacks the role that the route needs; the answer names it."),
    "slow-body": (408, "The body did not come in time."),
    "in-flight": (409, "The first request with this key is still at work: send it again shortly."),
    "changed-meanwhile": (412, "If-Match is older than the thing: read it again, then decide again."),
    "too-large": (413, "The body is larger than 64 KiB (a batch: 1 MiB)."),
    "not-json": (415, "Send the body as application/json."),
    "invalid": (422, "A field holds what it cannot hold; `errors` names each with the reason."),
    "key-reused": (422, "The key came with another body before: a new command needs a new key."),
    "if-match-missing": (428, "It is there already: send If-Match with its ETag, or * to write over it."),
    "fault": (500, "A defect of ours; it was logged."),
    "crowded": (503, "Too many requests at once: send it again after Retry-After."),
    "unavailable": (
        503,
        "The store did not answer, the outcome is unknown: send the same again, same key.",
    ),
    "not-yet": (503, "What Kept-After asks for was not read in time: ask again after Retry-After."),
}


EVENTS = """\
# Events

Written by `python -m tests.pages` from the catalogue. Every event also carries who caused it, by what,
in which trace, and when it was recorded: see `events tail --json`."""
PROBLEMS = """\
# Problems

Written by `python -m tests.pages`. What is refused is answered as `application/problem+json` (RFC 9457):
`type` is `/problems/<name>`, `detail` says what is wrong, `errors` names the fields. Nothing was written,
save where the table says that the outcome is unknown.

| type | status | says |
|---|---|---|"""


def sentence(thing: object) -> str:
    """Return the first paragraph of a docstring as one line."""
    return " ".join(inspect.cleandoc(inspect.getdoc(thing) or "").split("\n\n")[0].split())


def events_page() -> str:
    """Return docs/events.md: every type, what it means, and one whole example."""
    lines = [EVENTS]
    for family in FAMILIES:
        module = import_module(f"events.catalogue.{family}")
        lines += ["", f"## {family.capitalize()}", "", sentence(module)]
        for name, cls in TYPES.items():
            if cls.__module__ == module.__name__:
                example = json.dumps(to_jsonable_python(EXAMPLES[name]), indent=2, ensure_ascii=False)
                lines += ["", f"### {name} {cls.schema_version}", "", sentence(cls)]
                lines += ["", "```json", example, "```"]
    return "\n".join(lines) + "\n"


def rejections(module: ModuleType) -> list[type[errors.KeptError]]:
    """Return the rejections that a module defines, and its faults that a caller meets, in its order."""
    return [
        cls
        for cls in vars(module).values()
        if isinstance(cls, type) and issubclass(cls, errors.KeptError) and cls.__module__ == module.__name__
    ]


def problems_page() -> str:
    """Return docs/problems.md: every `type`, its status, and what it says."""
    lines = [PROBLEMS]
    lines += [f"| `{name}` | {status} | {says} |" for name, (status, says) in SCAFFOLD.items()]
    for name in REJECTING:
        for cls in rejections(import_module(name)):
            status = next(STATUS[base] for base in cls.__mro__ if base in STATUS)
            lines.append(f"| `{slug(cls.__name__)}` | {status} | {sentence(cls)} |")
    return "\n".join(lines) + "\n"


PAGES = {
    "events.md": events_page,
    "problems.md": problems_page,
    "edge-cases.md": edges_page,
    "roles.md": roles_page,
}

if __name__ == "__main__":
    for page, text in PAGES.items():
        (DOCS / page).write_text(text())
