"""Types of problems: each that a service can answer stands in docs/problems.md and says what to do."""

import ast
import json
import re
from importlib import import_module
from pkgutil import walk_packages

import pytest

from events.errors import KeptError, Rejection
from events.service.kinds import KINDS
from events.service.problems import FAULT, STATUS, slug
from tests.architecture.test_house import SOURCES
from tests.pages import DOCS, kinds

PACKAGES = ("events", "intake", "cases", "scheduler", "notifier")
BY_STARLETTE = {"not-found": 404, "method-not-allowed": 405}
"""What is answered for routes: its types follow from the phrases of HTTP."""


def written() -> dict[str, int]:
    """Return the types that are written in the sources, `Problem(409, "in-flight", ...)`."""
    calls = (
        node
        for source in SOURCES
        for node in ast.walk(ast.parse(source.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Problem"
    )
    literal = ([each.value for each in call.args[:2] if isinstance(each, ast.Constant)] for call in calls)
    return {str(found[1]): int(str(found[0])) for found in literal if len(found) == 2}


def declared() -> dict[str, int]:
    """Return the types that follow from classes of errors, those of the services' modules included."""
    for package in map(import_module, PACKAGES):
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                import_module(module.name)
    own = {cls for cls in below(Rejection) if cls.__module__.partition(".")[0] in PACKAGES}
    found = {cls: next(STATUS[base] for base in cls.__mro__ if base in STATUS) for cls in own | STATUS.keys()}
    del found[Rejection], found[KeptError]  # none is raised as such
    return {slug(cls.__name__): status for cls, status in found.items()}


def below(cls: type[Rejection]) -> set[type[Rejection]]:
    return {cls}.union(*map(below, cls.__subclasses__()))


def sections() -> dict[str, str]:
    """Return the sections of the page by their headings."""
    parts = (DOCS / "problems.md").read_text().split("\n## ")[1:]
    return {name: text for name, _, text in (part.partition("\n") for part in parts)}


def test_every_type__has_its_section_with_its_status():
    answered = written() | declared() | BY_STARLETTE | {FAULT: 500}
    assert len(answered) > 25
    assert {name: int(re.findall(r"\d{3}", text)[0]) for name, text in sections().items()} == answered


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.example.slug)
def test_section__says_when_and_what_to_do_and_shows_one(kind):
    text = sections()[kind.example.slug]
    assert kind.when in text
    assert f"**Do.** {kind.do}" in text
    example = json.loads(text.split("```json\n")[1].split("```")[0])
    assert example.keys() >= {"type", "title", "status", "detail"}
    assert (example["type"], example["status"]) == (f"/problems/{kind.example.slug}", kind.example.status)


def test_table__names_each_type_once():
    assert len({kind.example.slug for kind in kinds()}) == len(kinds())
    assert all(name == kind.example.slug for name, kind in KINDS.items())
