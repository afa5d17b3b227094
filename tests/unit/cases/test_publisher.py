"""Policies and calendars as files: what is shipped is accepted, what is none is refused by name."""

import json
from pathlib import Path
from typing import Any

import pytest

from cases.calendar import CALENDAR, PublishCalendar
from cases.policy import POLICY, PublishPolicy
from cases.policy.default import BUILT_IN
from cases.publisher import Refused, Written, read, run, service
from events.testing import LEAD, given

EXAMPLES = Path(__file__).parents[3] / "examples"
FILES = sorted([*EXAMPLES.glob("policies/*.toml"), *EXAMPLES.glob("calendars/*.toml")])
SHIPPED = read(FILES)


def command(written: Written) -> Any:
    body = PublishCalendar if written.kind == "calendars" else PublishPolicy
    return body.model_validate_json(json.dumps({**written.body, "name": written.name}), strict=True)


@pytest.mark.parametrize("written", SHIPPED, ids=lambda written: f"{written.kind}-{written.name}")
def test_shipped__every_file_is_accepted(written):
    decider: Any = CALENDAR if written.kind == "calendars" else POLICY
    came = given(decider).when(command(written), by=LEAD)
    assert came.rejection is None, came.rejection


def test_shipped__there_are_some_and_policies_name_calendars_that_are_there():
    assert len(FILES) == 7
    calendars = {each.name for each in SHIPPED if each.kind == "calendars"}
    named = {each.body.get("calendar") for each in SHIPPED if each.kind == "policies"}
    assert named - {None} == calendars


def test_shipped__default_equals_the_built_in():
    (written,) = read([EXAMPLES / "policies/default.toml"])
    given(POLICY).when(command(written), by=LEAD).then_nothing()
    assert written.body["says"].keys() == {name for name, value in BUILT_IN.says if value is not None}


def test_read__calendars_go_first():
    assert [each.kind for each in SHIPPED] == ["calendars"] * 3 + ["policies"] * 4


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a = ", "Invalid value"),
        ("", "holds nothing"),
        ("[policy.x]", "not policy"),
        ("policies.x = 1", "policies.x is no table"),
        ("policies = 1", "policies is no table"),
    ],
)
def test_read__what_is_no_such_file_is_refused_by_name(tmp_path, text, reason):
    file = tmp_path / "mine.toml"
    file.write_text(text)
    with pytest.raises(Refused, match=reason) as refused:
        read([file])
    assert str(file) in str(refused.value)


def test_read__a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(Refused, match="No such file"):
        read([tmp_path / "none.toml"])


@pytest.mark.parametrize(
    ("environment", "missing"),
    [({}, "CASES and TOKEN"), ({"TOKEN": "t"}, "CASES not set"), ({"CASES": "http://x"}, "TOKEN not set")],
)
def test_service__without_an_address_or_a_token_says_where_they_are(environment, missing):
    with pytest.raises(Refused, match=missing):
        service(environment)


async def test_run__without_files_says_how_it_is_used(capsys):
    assert await run([]) == 2
    assert "FILE.toml" in capsys.readouterr().err
