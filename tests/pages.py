"""`python -m tests.pages` writes the pages under docs/ that follow from the code; a test compares them."""

import inspect
import json
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from pydantic_core import to_jsonable_python

from events import errors
from events.catalogue import TYPES
from events.service.kinds import KINDS, Kind, rejected
from events.service.problems import problem_of, response
from events.testing import EXAMPLES

from .edges import edges_page
from .roles import roles_page

DOCS = Path(__file__).parents[1] / "docs"
FAMILIES = (
    "customers",
    "erasure",
    "contacts",
    "cases",
    "owners",
    "policies",
    "commitments",
    "moves",
    "waits",
    "reminders",
    "notices",
)
REJECTING = (
    "intake.contact",
    "intake.customer",
    "cases.case.rejections",
)
SAMPLES: dict[str, dict[str, Any]] = {
    "CustomerUnknown": {"id": "0b7e3c1e-6f0a-5d0e-9f3e-2d7f4c1b8a90"},
    "CommitmentsOpen": {
        "what": "case",
        "state": "open",
        "commitments": ["5a1d7c52-8f0e-5b1c-9a37-6f1f6c3f7d11"],
    },
    "CommitmentMoved": {
        "commitment": "5a1d7c52-8f0e-5b1c-9a37-6f1f6c3f7d11",
        "case": "0b7e3c1e-6f0a-5d0e-9f3e-2d7f4c1b8a90",
    },
    "NeedsReply": {"what": "commitment", "state": "open"},
    "ReferenceTaken": {"what": "case", "state": "open"},
}
"""What the rejections of services carry along."""


EVENTS = """\
# Events

Written by `python -m tests.pages` from the catalogue. Every event also carries who caused it, by what,
in which trace, and when it was recorded: see `events tail --json`."""
PROBLEMS = """\
# Problems

Written by `python -m tests.pages`. What is refused is answered as `application/problem+json` (RFC 9457):
`type` is `/problems/<name>`, where every service says what stands here, and never changes; `detail` says what
is wrong in this case, and is for people; `errors` names the fields. Nothing was written, save where the
outcome is said to be unknown."""


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


def rejections(module: ModuleType) -> list[type[errors.Rejection]]:
    """Return the rejections that a module defines, in its order."""
    return [
        cls
        for cls in vars(module).values()
        if isinstance(cls, type) and issubclass(cls, errors.Rejection) and cls.__module__ == module.__name__
    ]


def kinds() -> list[Kind]:
    """Return every type of problem: the scaffold's, then those of the services' own rejections."""
    own = [cls for name in REJECTING for cls in rejections(import_module(name))]
    return [
        *KINDS.values(),
        *(rejected(cls, problem_of(cls(**SAMPLES.get(cls.__name__, {})))) for cls in own),
    ]


def problems_page() -> str:
    """Return docs/problems.md: every `type`, its status, when it is met, what to do, and an example."""
    found = kinds()
    lines = [PROBLEMS, "", "| type | status | when |", "|---|---|---|"]
    for kind in found:
        name = kind.example.slug
        lines.append(f"| [`{name}`](#{name}) | {kind.example.status} | {kind.when} |")
    for kind in found:
        body = json.loads(bytes(response(kind.example).body))
        example = json.dumps(body, indent=2, ensure_ascii=False)
        lines += ["", f"## {kind.example.slug}", "", f"{kind.example.status}. {kind.when}", ""]
        lines += [f"**Do.** {kind.do}", "", "```json", example, "```"]
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
