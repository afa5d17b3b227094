"""What each role may do with each route, read off the applications of the four services."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from importlib.util import find_spec
from types import SimpleNamespace
from typing import Any, cast

from fastapi import FastAPI
from opentelemetry.trace import NoOpTracerProvider

from events.bearer import ROLES
from events.postgres import LOGS
from events.service import Parts
from events.service.app import build
from events.service.figures import Figures
from events.service.permissions import Permission, permissions
from events.service.site import Site
from events.settings import Settings

SAID: Mapping[str, Any] = {
    "database": "postgresql://nowhere",
    "broker": "nowhere:9092",
    "public_key": "none: nobody enters",
    "token": "t",
    "smtp": "nowhere:25",
    "link_key": "k" * 32,
    "urls": dict.fromkeys(LOGS, "http://nowhere"),
}
DRIVEN = frozenset({"/v1/clock", "/v1/settled", "/docs", "/openapi.json"})
"""Routes of profile `dev` only."""
ROLES_PAGE = """\
# Roles

Written by `python -m tests.pages` from the routes themselves; `tests/component/service/test_roles.py` asks
every route of the running services by every role, and by nobody, and compares.

| role | who |
|---|---|
| agent | talks with customers, owns promises |
| lead | answers for agents: sets owners, policies and recipients, decides what an agent may not |
| system | another system or a bot, and the services among themselves |
| analyst | reads, replays the logs, writes nothing |
| operator | runs the installation: sets what promises are made under, and how people are reached |

A token says who one is (`sub`) and which roles one has (`roles`); who has several may what any of them may.
No token, or one that does not hold: 401. A token without the role: 403, which names the roles.

## Rows

Cases, promises, customers, contacts, timers and the register of messages are one ledger of one organisation:
whoever may read a route reads all its rows. Where a table says *own*, a role reaches its own rows only:

| rows | one's own |
|---|---|
| `/v1/recipients/{name}` | under one's own name (`sub`) |
| `/v1/deliveries/{delivery}/acknowledgement` | a message that went to oneself |
| `/v1/cases/{case}/commitments/{commitment}/withdraw` | a promise that one gave oneself and that is open |

A recipient or a message out of reach is answered as one that does not exist, to the letter. To set another
recipient is 403, whether it exists or not. Promises can be read by all, so to withdraw another's is 403.

The feed (`GET /v1/events`) is a log itself, word for word, and for those who replay it. The notifier's holds
the addresses and secrets of recipients: it is for services and operators only."""


def apps(profile: str = "dev") -> dict[str, FastAPI]:
    """Return the application of each service by name, composed on nothing: it can be looked at, not asked."""
    return {name: _app(name, profile) for name in LOGS}


def _app(name: str, profile: str) -> FastAPI:
    cls = import_module(f"{name}.settings").Settings if find_spec(f"{name}.settings") else Settings
    nothing, log = cast("Any", None), cast("Any", SimpleNamespace(name=LOGS[name]))
    parts = Parts(
        name, cls(**SAID, profile=profile), nothing, log, nothing, nothing, "nobody", nothing, nothing
    )
    service = import_module(f"{name}.app").compose(parts)
    return build(Site(parts, service, nothing, nothing, Figures(name), nothing), NoOpTracerProvider())


def roles_page() -> str:
    """Return docs/roles.md: every route of the four services, and what each role may do with it."""
    found = {name: list(permissions(app)) for name, app in apps().items()}
    shared = [each for each in found["intake"] if all(each in of_one for of_one in found.values())]
    lines = [ROLES_PAGE, *_table("Every service", shared)]
    for name, of_one in found.items():
        lines += _table(name.capitalize(), [each for each in of_one if each not in shared])
    return "\n".join(lines) + "\n"


def _table(title: str, rows: list[Permission]) -> Iterator[str]:
    yield from ("", f"## {title}", "")
    yield f"| route | {' | '.join(ROLES)} |"
    yield f"|---|{'---|' * len(ROLES)}"
    for row in rows:
        mark = " (profile `dev`)" if row.path in DRIVEN else ""
        yield f"| `{row.method} {row.path}`{mark} | {' | '.join(map(row.of, ROLES))} |"
