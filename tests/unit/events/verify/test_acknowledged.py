"""I1: what a journal says was acknowledged is looked up, by the id that the service made of the key."""

from collections.abc import Sequence
from uuid import UUID

import pytest

from events.clock import derived_id
from events.journal import Line
from events.log import Appended
from events.verify.acknowledged import durability, told

from .rows import AT

PATH = "/v1/cases/c/closing"


def line(**change):
    fields = {"what": "ok", "key": "k", "caller": "agent", "service": "cases", "method": "POST", "path": PATH}
    return Line.model_validate(fields | {"status": 200, "position": "cases@7"} | change)


def command(key: str = "k", path: str = PATH) -> UUID:
    return derived_id("http", "agent", "POST", path, key)


async def judged(*lines, **logs: dict[UUID, int]):
    """Judge a journal against logs: for each service, where the last event of each command stands."""

    async def find(service: str, commands: Sequence[UUID]) -> dict[UUID, Appended]:
        held = logs.get(service, {})
        return {each: Appended(held[each], 1, AT, b"", b"") for each in commands if each in held}

    return await durability(lines, find)


async def test_durability__each_where_it_was_told__holds():
    finding = await judged(line(what="invoke"), line(what="info"), line(), cases={command(): 7})
    assert finding.line() == "I1  ok: 1 acknowledged commands, each in its log"


@pytest.mark.parametrize(
    "change", [{"what": "fail"}, {"what": "info"}, {"changed": False}, {"method": "GET"}]
)
async def test_durability__what_was_not_acknowledged_as_a_change__is_not_looked_up(change):
    assert (await judged(line(**change))).says.startswith("0 acknowledged")


async def test_durability__a_command_that_is_not_there__is_named_with_its_position():
    finding = await judged(line(), line(key="other", position="cases@9"), cases={command(): 7})
    assert not finding.holds
    assert finding.says == f"POST {PATH} under key other was acknowledged at 9, but cases has no event of it"


async def test_durability__in_the_log_of_another_service__is_not_there():
    assert not (await judged(line(), intake={command(): 7})).holds


async def test_durability__at_another_position__is_named_with_both():
    finding = await judged(line(), cases={command(): 8})
    assert not finding.holds
    assert "was told 7, but its last event is at 8" in finding.says


def test_told__a_batch__gives_one_command_for_each_item_that_was_taken():
    path = "/v1/contacts:batch"
    batch = line(service="intake", path=path, position="contacts@9", ids=("one", "", "three"))
    assert [(each.command, each.position) for each in told([batch])] == [
        (command("k\x1f0", path), None),
        (command("k\x1f2", path), None),
    ]
