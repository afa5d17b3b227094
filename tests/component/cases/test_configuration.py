"""Owners, teams, calendars and policies by the front door, on a real database."""

import json
import os
import re
import sys
from asyncio import create_subprocess_exec
from asyncio.subprocess import PIPE
from pathlib import Path
from typing import Any

import httpx
import pytest

from cases.publisher import Refused, publish, read

EXAMPLES = Path(__file__).parents[3] / "examples"
OVERLAP = {"mon": [["09:00", "12:00"], ["11:00", "13:00"]]}
WEEKLY = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
BERLIN: dict[str, Any] = {"zone": "Europe/Berlin", "weekly": WEEKLY, "country": "DE"}
SAYS: dict[str, Any] = {"response": {"within": {"unit": "business", "lasts": "PT4H"}}}


async def head(cases) -> int:
    return int((await cases.parts.log.head()).position)


async def test_calendar__published_repeated_changed_and_read_back(cases):
    first = await cases.put("/v1/calendars/berlin", BERLIN)
    assert (first.status_code, first.json()) == (200, {"id": "berlin", "version": 1})
    again = await cases.put("/v1/calendars/berlin", BERLIN, if_match=first.headers["etag"])
    assert again.json() == {"id": "berlin", "version": 1, "changed": False}
    assert (await cases.put("/v1/calendars/berlin", {**BERLIN, "country": "AT"})).status_code == 428
    changed = {**BERLIN, "not_holidays": ["2027-01-01"]}
    second = await cases.put("/v1/calendars/berlin", changed, if_match='"1"')
    assert second.json() == {"id": "berlin", "version": 2}
    assert (await cases.put("/v1/calendars/berlin", BERLIN, if_match='"1"')).status_code == 412
    current = await cases.get("/v1/calendars/berlin")
    assert (current.json()["version"], current.headers["etag"]) == (2, '"2"')
    assert "2027-01-01" not in current.json()["holidays"]
    earlier = (await cases.get("/v1/calendars/berlin?version=1")).json()
    assert (earlier["version"], earlier["holidays"]["2027-01-01"]) == (1, "Neujahr")
    assert (await cases.get("/v1/calendars/berlin?version=3")).status_code == 404
    assert (await cases.get("/v1/calendars/nowhere")).status_code == 404
    listed = await cases.read("/v1/calendars", second)
    assert ("berlin", 2) in [(each["name"], each["version"]) for each in listed["items"]]


async def test_policy__default_is_built_in_until_it_is_published(cases):
    built_in = await cases.get("/v1/policies/default")
    assert (built_in.json()["version"], built_in.headers["etag"]) == (1, '"0"')
    same = await cases.put("/v1/policies/default", {}, if_match=built_in.headers["etag"])
    assert same.json() == {"id": "default", "version": 1, "changed": False}
    made = await cases.put("/v1/policies/default", {"says": {"short_notice": "skip"}})
    assert made.json() == {"id": "default", "version": 2}
    assert (await cases.get("/v1/policies/default")).json()["says"]["short_notice"] == "skip"
    first = await cases.get("/v1/policies/default?version=1")
    assert first.json() == built_in.json()


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("calendars/bad", {"zone": "UTC"}, "weekly"),
        ("calendars/bad", {"zone": "Mars/Olympus", "weekly": WEEKLY}, "zone"),
        ("calendars/bad", {"zone": "UTC", "weekly": OVERLAP}, "weekly.mon"),
        ("calendars/bad", {**BERLIN, "country": "XX"}, "country"),
        ("calendars/bad", {**BERLIN, "hours": {}}, "hours"),
        ("policies/bad", {"calendar": "nowhere"}, "calendar"),
        ("policies/bad", {"says": SAYS}, "says.response.within"),
        ("policies/bad", {"says": {"ladder": [{"share": 2.0}]}}, "says.ladder.0.share"),
        ("policies/bad", {"says": {"quiet": {"begins": "22:00", "ends": "22:00"}}}, "says.quiet"),
        ("policies/bad", {"says": {"response": {"within": {"lasts": "PT1H"}}}}, "says.ladder.0.lead"),
        ("teams/bad", {"zone": "UTC", "lead": "nobody"}, "lead"),
        ("teams/agent", {"zone": "UTC"}, "name"),
        ("owners/bad", {"zone": "UTC", "team": "nowhere"}, "team"),
        ("owners/bad", {"zone": "UTC", "delegate": "bad"}, "delegate"),
    ],
)
async def test_put__refused_naming_the_field_and_nothing_is_written(cases, path, body, field):
    before = await head(cases)
    answer = await cases.put(f"/v1/{path}", body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] == field
    assert await head(cases) == before


@pytest.mark.parametrize("path", ["calendars/x", "policies/x", "teams/x", "owners/x"])
async def test_put__by_an_agent_is_forbidden(cases, path):
    assert (await cases.put(f"/v1/{path}", {"zone": "UTC"}, role="agent")).status_code == 403


async def test_team__its_people_and_what_they_share(cases):
    await cases.put("/v1/calendars/rome", {**BERLIN, "zone": "Europe/Rome", "country": "IT"})
    team = await cases.put("/v1/teams/care", {"zone": "Europe/Rome", "lead": "agent", "calendar": "rome"})
    assert team.status_code == 200, team.text
    week = {"begins": "2030-02-01T00:00:00Z", "ends": "2030-02-08T00:00:00Z"}
    said = {"zone": "Europe/Rome", "team": "care", "delegate": "agent", "absences": [week]}
    mai = await cases.put("/v1/owners/mai", said)
    assert mai.status_code == 200, mai.text
    shown = (await cases.get("/v1/owners/mai")).json()
    assert (shown["team"], shown["absences"], shown["calendar"]) == ("care", [week], None)
    assert (await cases.get("/v1/teams/care")).json()["lead"] == "agent"
    listed = await cases.read("/v1/teams", mai)
    assert "care" in [each["name"] for each in listed["items"]]
    first = (await cases.get("/v1/owners?limit=1")).json()
    rest = (await cases.get(f"/v1/owners?cursor={first['next']}")).json()
    names = [each["name"] for each in (*first["items"], *rest["items"])]
    assert names == sorted(names)
    assert {"agent", "mai"} <= set(names)
    assert (await cases.get("/v1/teams/nowhere")).status_code == 404
    astray = await cases.get(f"/v1/teams?cursor={first['next']}")
    assert (astray.status_code, astray.json()["errors"][0]["field"]) == (422, "cursor")


async def test_preview__says_what_would_be_and_writes_nothing(cases):
    await cases.put("/v1/calendars/hours", BERLIN)
    await cases.put("/v1/policies/desk", {"calendar": "hours", "says": SAYS})
    before = await head(cases)
    asked = {"at": "2026-11-06T16:30:00+01:00", "kept_at": "2026-11-09T12:00:00+01:00"}
    seen = await cases.post("/v1/policies/desk/preview", asked, key=None, role="analyst")
    assert seen.status_code == 200, seen.text
    told = seen.json()
    (foreseen,) = told["foreseen"]
    assert (told["hypothetical"], told["policy"], told["calendar"]) == (True, "desk@1", "hours@1")
    assert (foreseen["due"], foreseen["would"]) == ("2026-11-09T11:30:00Z", "have been kept")
    assert foreseen["steps"][0].startswith("Fri 6 Nov 2026 16:30 → 4 business h on hours@1")
    tighter = {"calendar": "hours", "says": {"response": {"within": {"unit": "business", "lasts": "PT2H"}}}}
    draft = await cases.post("/v1/policies/desk/preview", {**asked, "draft": tighter}, key=None)
    assert (draft.json()["policy"], draft.json()["foreseen"][0]["would"]) == ("desk@2", "have lapsed")
    assert await head(cases) == before


async def test_preview__of_an_earlier_version(cases):
    await cases.put("/v1/policies/turn", {"says": {"response": {"within": {"lasts": "P1D"}}}})
    body = {"says": {"response": {"within": {"lasts": "PT2H"}}}}
    await cases.put("/v1/policies/turn", body, if_match='"1"')
    dues = [
        (
            await cases.post("/v1/policies/turn/preview", {"at": "2026-11-06T12:00:00Z", **more}, key=None)
        ).json()
        for more in ({"version": 1}, {"version": 2}, {})
    ]
    assert [each["foreseen"][0]["due"][:13] for each in dues] == [
        "2026-11-07T12",
        "2026-11-06T14",
        "2026-11-06T14",
    ]


async def test_preview__counts_in_the_hours_of_the_owner_and_is_quiet_on_the_walls_of_the_team(cases):
    await cases.put("/v1/calendars/nights", {"zone": "Asia/Manila", "weekly": {"sat": [["00:00", "06:00"]]}})
    await cases.put("/v1/teams/abroad", {"zone": "Asia/Tokyo"})
    await cases.put("/v1/owners/ana", {"zone": "Asia/Manila", "team": "abroad", "calendar": "nights"})
    await cases.put("/v1/calendars/office", BERLIN)
    await cases.put("/v1/policies/whose", {"calendar": "office", "says": SAYS})
    asked = {"at": "2026-11-06T16:00:00+08:00", "owner": "ana"}
    told = (await cases.post("/v1/policies/whose/preview", asked, key=None)).json()
    assert (told["calendar"], told["zone"]) == ("nights@1", "Asia/Tokyo")
    assert told["foreseen"][0]["due"] == "2026-11-06T20:00:00Z"


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("nowhere", {}, 404),
        ("default", {"version": 99}, 404),
        ("default", {"colour": "red"}, 422),
        ("default", {"owner": "nobody"}, 422),
        ("default", {"draft": {"says": {"ladder": [{"share": 2.0}]}}}, 422),
        ("default", {"draft": {"calendar": "nowhere"}}, 422),
        ("default", {"draft": {"says": SAYS}}, 422),
    ],
)
async def test_preview__refused(cases, path, body, status):
    answer = await cases.post(f"/v1/policies/{path}/preview", body, key=None)
    assert answer.status_code == status, answer.text


async def test_publish__the_shipped_files_and_again(cases):
    files = sorted([*EXAMPLES.glob("policies/*.toml"), *EXAMPLES.glob("calendars/*.toml")])
    written = [each for each in read(files) if each.name != "default"]
    token = cases.site.keys.token("lead", ("lead",))
    bearer = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    async with httpx.AsyncClient(base_url=cases.running["cases"].url, headers=bearer) as client:
        first = [line async for line in publish(written, client)]
        again = [line async for line in publish(written, client)]
    policies = [line for line in first if line.startswith("policy")]
    assert first[0].startswith("calendar lisbon-shop: version 1")  # another test may have published it
    assert [line.endswith("version 1 published") for line in policies] == [True] * 3
    assert [line.endswith("version 1 stands already") for line in again] == [True] * 6


async def test_publish__a_refusal_names_file_and_reason(cases, tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text('[policies.mine]\ncalendar = "nowhere"\n')
    token = cases.site.keys.token("lead", ("lead",))
    bearer = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    async with httpx.AsyncClient(base_url=cases.running["cases"].url, headers=bearer) as client:
        with pytest.raises(Refused, match=r"mine.toml: policies.mine is refused: calendar: nowhere"):
            _ = [line async for line in publish(read([file]), client)]


@pytest.mark.accept
async def test_publish__from_the_command_line(cases):
    token = cases.site.keys.token("lead", ("lead",))
    environment = {**os.environ, "CASES": cases.running["cases"].url, "TOKEN": token}

    async def run(file: Path) -> tuple[int | None, str, str]:
        arguments = ("-m", "cases", "publish", str(file))
        started = await create_subprocess_exec(
            sys.executable, *arguments, env=environment, stdout=PIPE, stderr=PIPE
        )
        said, complained = await started.communicate()
        return started.returncode, said.decode(), complained.decode()

    calendar, policy = EXAMPLES / "calendars/lisbon-shop.toml", EXAMPLES / "policies/default.toml"
    status, said, _ = await run(calendar)
    assert (status, said.split(":")[0]) == (0, "calendar lisbon-shop")
    assert (await cases.get("/v1/calendars/lisbon-shop")).json()["country"] == "PT"
    assert (await run(policy))[0] == 0
    status, said, complained = await run(EXAMPLES / "none.toml")
    assert (status, said) == (1, "")
    assert "none.toml" in complained


async def test_openapi__every_part_that_is_referred_to_is_there(cases):
    page = (await cases.get("/openapi.json")).json()
    parts = page["components"]["schemas"].keys()
    referred = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(page)))
    assert referred - parts == set()
    preview = page["paths"]["/v1/policies/{name}/preview"]["post"]["requestBody"]["content"]
    asked = preview["application/json"]["example"]
    assert (await cases.post("/v1/policies/default/preview", asked, key=None)).status_code == 200


@pytest.mark.parametrize("path", ["teams", "calendars", "policies", "owners"])
async def test_openapi__each_example_works_and_what_is_read_of_it_may_be_put_again(cases, path):
    page = (await cases.get("/openapi.json")).json()
    put = page["paths"][f"/v1/{path}/{{name}}"]["put"]["requestBody"]["content"]["application/json"]
    answer = await cases.put(f"/v1/{path}/example-of-{path}", put["example"])
    assert answer.status_code == 200, answer.text
    shown = (await cases.get(f"/v1/{path}/example-of-{path}")).json()
    said = {name: value for name, value in shown.items() if name not in {"name", "version"}}
    again = await cases.put(f"/v1/{path}/example-of-{path}", said, if_match=answer.headers["etag"])
    assert again.json()["changed"] is False, again.text
