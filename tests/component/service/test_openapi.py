"""The OpenAPI pages hold: against thousands of generated requests, and for a client generated from them."""

import asyncio
import json
import re
import sys
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from events.clock import new_id
from tests.desk import Desk

pytestmark = [pytest.mark.accept, pytest.mark.timeout(1500)]

SETTINGS = Path(__file__).with_name("schemathesis.toml")
TOOLS = Path(sys.executable).parent
SAID = re.compile(r"([\d,]+) generated, ([\d,]+) passed")
CASES = 10_000


async def run(tool: str, *arguments: str, cwd: Path) -> tuple[int | None, str]:
    """Run a tool of the environment; return its status and what it said."""
    process = await asyncio.create_subprocess_exec(
        str(TOOLS / tool),
        *arguments,
        stdout=PIPE,
        stderr=STDOUT,
        cwd=cwd,
        env={"PATH": f"{TOOLS}:/usr/bin:/bin"},
    )
    said, _ = await process.communicate()
    return process.returncode, said.decode()


async def test_schemathesis__finds_nothing_in_ten_thousand_cases(desk: Desk, tmp_path):
    generated = 0
    for service, examples in (("scheduler", 60), ("notifier", 30), ("intake", 30), ("cases", 12)):
        status, said = await run(
            "schemathesis",
            *("--config-file", str(SETTINGS), "run", f"{desk.urls[service]}/openapi.json"),
            *("--header", f"Authorization: Bearer {desk.site.token}"),
            *("--checks", "all", "--phases", "examples,coverage,fuzzing,stateful"),
            *("--max-examples", str(examples), "--seed", "1", "--continue-on-failure"),
            cwd=tmp_path,
        )
        assert status == 0, said
        found = SAID.search(said)
        assert found is not None, said
        assert found[1] == found[2], said
        generated += int(found[1].replace(",", ""))
    assert generated >= CASES


class Generated:
    """A client of one service, generated from its page."""

    def __init__(self, package: str, client: Any) -> None:
        self._package, self._client = package, client

    def body(self, model: str, data: dict[str, Any]) -> Any:
        return getattr(import_module(f"{self._package}.models"), model).from_dict(data)

    async def __call__(self, name: str, *path: Any, **more: Any) -> Any:
        """Call an operation; return its answer, which is no refusal."""
        call = import_module(f"{self._package}.api.default.{name}").asyncio_detailed
        answer = await call(*path, client=self._client, **more)
        assert answer.status_code < 300, answer.content
        return answer


@asynccontextmanager
async def generated(desk: Desk, service: str, tmp_path: Path) -> AsyncIterator[Generated]:
    page, package = tmp_path / f"{service}.json", f"generated_{service}"
    page.write_text(json.dumps((await desk.client.get(f"{desk.urls[service]}/openapi.json")).json()))
    status, said = await run(
        "openapi-python-client",
        *("generate", "--path", str(page), "--output-path", str(tmp_path / package), "--meta", "none"),
        "--fail-on-warning",
        cwd=tmp_path,
    )
    assert status == 0, said
    token = desk.site.keys.token("agent", ("agent", "lead", "system"))
    made = import_module(f"{package}.client").AuthenticatedClient(base_url=desk.urls[service], token=token)
    async with made as client:
        yield Generated(package, client)


async def test_generated_client__makes_a_promise_and_sees_it_kept(desk: Desk, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    async with generated(desk, "intake", tmp_path) as intake, generated(desk, "cases", tmp_path) as cases:
        customer = await intake(
            "new_customer", body=intake.body("NewCustomerBody", {"name": "Mai", "zone": "UTC"}), **key()
        )
        await cases("set_owner", "agent", body=cases.body("SetOwnerBody", {"zone": "UTC"}))
        opened = {"customer": customer.parsed.id, "subject": "No parcel."}
        after = {"kept_after": customer.headers["kept-position"], "prefer": "wait=9"}
        case = (await cases("new_case", body=cases.body("NewCaseBody", opened), **key(), **after)).parsed.id
        promised = {"words": "I will call.", "due": {"within": "PT8H"}}
        made = await cases("new_follow_up", case, body=cases.body("NewFollowUpBody", promised), **key())
        assert (made.parsed.state, made.parsed.due.tzinfo is not None) == ("open", True)
        evidence = {"evidence": {"words": "I called."}}
        kept = await cases(
            "keep_commitment", case, made.parsed.id, body=cases.body("KeepCommitmentBody", evidence), **key()
        )
        shown = await cases(
            "get_commitment", made.parsed.id, kept_after=kept.headers["kept-position"], prefer="wait=9"
        )
        assert str(shown.parsed.state) == "kept"


def key() -> dict[str, str]:
    return {"idempotency_key": str(new_id())}
