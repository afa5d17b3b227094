"""The house keeps its rules: where drivers may be imported, what pure files may not know."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(
    path for part in ("libs", "services", "deploy", "examples") for path in (ROOT / part).rglob("src/**/*.py")
)
BANNED_NAMES = {"utils", "common", "helpers", "base", "manager", "models", "misc", "util"}
DRIVERS = {"asyncpg", "aiokafka", "fastapi", "opentelemetry", "asyncio"}
PURE = {
    "events": {"catalogue", "decider", "errors", "fields", "recorded", "wire", "log"},
    "worktime": None,
    "intake": {"contact", "customer"},
    "cases": {
        "aim",
        "book",
        "calendar",
        "case",
        "commitment",
        "correction",
        "due",
        "overpromise",
        "owner",
        "plan",
        "policy",
        "preview",
        "proof",
        "replan",
        "rungs",
        "setting",
        "span",
        "team",
        "telling",
        "verdict",
    },
    "scheduler": {"notice", "reminder"},
    "notifier": {
        "delivery",
        "language",
        "need",
        "notice",
        "recipient",
        "roster",
        "turn",
        "watched",
        "wording",
    },
}
ASYNCPG = {"tables", "rebuild"}


def imports(source: str) -> set[str]:
    """Return the top names of everything a file imports from outside its own package."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module.partition(".")[0])
    return found


def place(path: Path) -> tuple[str, str]:
    """Return the package of a file and its module (or subpackage) in it."""
    package, *rest = path.parts[path.parts.index("src") + 1 :]
    return package, rest[0].removesuffix(".py")


def is_pure(path: Path) -> bool:
    package, module = place(path)
    names = PURE.get(package, set())
    return names is None or module in names


def impure(path: Path, source: str) -> set[str]:
    """Return what a pure file imports that it may not."""
    return imports(source) & DRIVERS if is_pure(path) else set()


def misplaced_asyncpg(path: Path, source: str) -> bool:
    package, module = place(path)
    allowed = (package == "events" and module == "postgres") or package == "local" or module in ASYNCPG
    return "asyncpg" in imports(source) and not allowed


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_file__imports_what_its_role_allows(path):
    source = path.read_text()
    assert impure(path, source) == set()
    assert not misplaced_asyncpg(path, source)
    assert not set(path.with_suffix("").parts[path.parts.index("src") :]) & BANNED_NAMES


def test_breaches__are_seen():
    pure, other = ROOT / "services/cases/src/cases/case/decide.py", ROOT / "services/cases/src/cases/api.py"
    assert impure(pure, "import asyncio\nfrom asyncpg import Pool\n") == {"asyncio", "asyncpg"}
    assert misplaced_asyncpg(other, "import asyncpg\n")
    assert not misplaced_asyncpg(other.with_name("tables.py"), "import asyncpg\n")


def test_every_module__says_what_it_is_for():
    assert [str(path) for path in SOURCES if ast.get_docstring(ast.parse(path.read_text())) is None] == []


def test_top_level__is_the_agreed_one():
    names = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")}
    assert names - {"build"} == {"services", "libs", "deploy", "tests", "examples", "docs"}
    assert {path.name for path in (ROOT / "services").iterdir()} == {
        "intake",
        "cases",
        "scheduler",
        "notifier",
    }
    assert {path.name for path in (ROOT / "libs").iterdir()} == {"events", "worktime"}
