"""Every route of the four services, asked by every role and by nobody, answers as docs/roles.md says."""

import re
from typing import NamedTuple

import httpx
import pytest

from events.bearer import ROLES
from events.clock import new_id
from tests.desk import Desk
from tests.pages import DOCS
from tests.roles import DRIVEN, apps

ROW = re.compile(r"^\| `(?P<method>[A-Z]+) (?P<path>/\S*)`[^|]*\|(?P<cells>(?: (?:open|yes|own|no) \|){5})$")


class Row(NamedTuple):
    """A line of the page."""

    service: str
    method: str
    path: str
    cells: dict[str, str]


def rows() -> list[Row]:
    """Return every line of the page that is about a route; what every service has, once for each."""
    found: list[Row] = []
    services: tuple[str, ...] = ()
    for line in (DOCS / "roles.md").read_text().splitlines():
        if line.startswith("## "):
            title = line.removeprefix("## ").lower()
            services = tuple(apps()) if title == "every service" else (title,)
        elif match := ROW.match(line):
            cells = dict(zip(ROLES, match["cells"].replace("|", " ").split(), strict=True))
            found += [Row(service, match["method"], match["path"], cells) for service in services]
    return found


PAGE = rows()


async def ask(desk: Desk, row: Row, role: str | None) -> httpx.Response:
    """Ask a route for what does not exist; a name in its path is the caller's own."""
    path = re.sub(r"\{name\}", role or "nobody", row.path)
    path = re.sub(r"\{\w+\}", lambda _: str(new_id()), path)
    headers = desk.headers(str(new_id()), role) if role else {"Idempotency-Key": str(new_id())}
    body: dict[str, str] | None = {} if row.method in ("POST", "PUT", "PATCH") else None
    url = desk.urls[row.service] + path
    return await desk.client.request(row.method, url, json=body, headers=headers)


def test_page__has_the_routes_of_four_services():
    assert {row.service for row in PAGE} == set(apps())
    assert len(PAGE) > 90
    assert {cell for row in PAGE for cell in row.cells.values()} == {"open", "yes", "own", "no"}


@pytest.mark.parametrize("row", PAGE, ids=lambda row: f"{row.service} {row.method} {row.path}")
async def test_route__answers_each_role_as_the_page_says(desk, row):
    for role, cell in row.cells.items():
        answer = await ask(desk, row, role)
        if cell == "no":
            assert (answer.status_code, answer.json()["type"]) == (403, "/problems/forbidden"), role
        else:
            assert answer.status_code not in (401, 403, 405), (role, answer.text)
            assert answer.status_code < 500, (role, answer.text)


@pytest.mark.parametrize("row", PAGE, ids=lambda row: f"{row.service} {row.method} {row.path}")
async def test_route__answers_nobody_unless_the_page_says_open(desk, row):
    answer = await ask(desk, row, None)
    assert (answer.status_code != 401) == (set(row.cells.values()) == {"open"}), answer.text


def test_open_routes__are_few():
    everywhere = {"/livez", "/readyz", "/metrics", "/docs", "/openapi.json", "/problems/{name}"}
    links = {"/v1/acknowledgements/{token}", "/v1/answers/{token}"}
    assert {row.path for row in PAGE if "open" in row.cells.values()} == everywhere | links
    assert everywhere & DRIVEN == {"/docs", "/openapi.json"}
