"""Times, dates, durations, addresses and ids at the front door: every published vector, judged."""

import json
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from events.clock import new_id
from events.wire import rfc3339
from local.site import SERVICES
from tests.desk import Desk

NOW = datetime(2030, 1, 7, 9, tzinfo=UTC)
"""Domain time: it stands still, so that a duration ends at a known instant."""
Said = Callable[[Any], Any]


@dataclass(frozen=True)
class Door:
    """Where values of a format are sent, and what is shown of them afterwards."""

    send: Callable[[str], Awaitable[httpx.Response]]
    field: str
    shown: Callable[[httpx.Response, str], Awaitable[Any]]
    means: Said
    """What a value means, as far as it was taken."""


class Front:
    """A desk, a case and a customer, and the doors of each format."""

    def __init__(self, desk: Desk, case: str, customer: str) -> None:
        self.desk, self.case, self.customer = desk, case, customer

    async def promise(self, due: Any) -> httpx.Response:
        path, body = f"/v1/cases/{self.case}/follow-ups", {"words": "I call.", "due": due}
        return await self.desk.post("cases", path, body, str(new_id()))

    async def put(self, service: str, path: str, body: dict[str, Any]) -> httpx.Response:
        headers = self.desk.headers(None, "lead") | {"If-Match": "*"}
        return await self.desk.client.put(self.desk.urls[service] + path, json=body, headers=headers)

    async def contact(self, answers: str) -> httpx.Response:
        body = {"direction": "outbound", "outcome": "reached", "channel": "call", "words": "!"}
        body |= {"customer": self.customer, "visibility": "private"}
        return await self.desk.post("intake", "/v1/contacts", {**body, "answers": [answers]}, str(new_id()))

    async def read(self, service: str, path: str, made: httpx.Response) -> Any:
        after = {"Kept-After": made.headers["kept-position"], "Prefer": "wait=10"}
        answer = await self.desk.get(service, path, "lead", **after)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def doors(self) -> dict[str, Door]:
        async def due(made: httpx.Response, _: str) -> Any:
            return datetime.fromisoformat(made.json()["due"])

        async def holiday(made: httpx.Response, value: str) -> Any:
            shown = await self.read("cases", "/v1/calendars/formats", made)
            return value if value in shown["holidays"] else shown["holidays"]

        async def email(made: httpx.Response, _: str) -> Any:
            return (await self.read("notifier", "/v1/recipients/formats", made))["email"]

        async def answered(made: httpx.Response, _: str) -> Any:
            shown = await self.read("intake", made.headers["location"], made)
            return UUID(shown["answers"][0])

        hours = {"zone": "UTC", "weekly": {"mon": [["09:00", "17:00"]]}}
        return {
            "date-time": Door(self.promise, "due", due, instant),
            "date": Door(
                lambda day: self.put("cases", "/v1/calendars/formats", {**hours, "holidays": {day: "x"}}),
                "holidays",
                holiday,
                str,
            ),
            "duration": Door(
                lambda length: self.promise({"within": length}), "due", due, lambda x: NOW + LENGTHS[x]
            ),
            "email": Door(
                lambda text: self.put("notifier", "/v1/recipients/formats", {"email": text}),
                "email",
                email,
                str,
            ),
            "uuid": Door(self.contact, "answers.0", answered, UUID),
        }


def instant(value: str) -> datetime:
    """Return what a time means, to the microsecond."""
    return datetime.fromisoformat(value.upper())


LENGTHS = {
    "P4DT12H30M5S": timedelta(days=4, hours=12, minutes=30, seconds=5),
    "PT1M": timedelta(minutes=1),
    "PT36H": timedelta(hours=36),
    "P1DT12H": timedelta(hours=36),
    "P2W": timedelta(days=14),
    "PT1H2M3S": timedelta(hours=1, minutes=2, seconds=3),
    "PT1H30M": timedelta(minutes=90),
    "PT1H2M": timedelta(minutes=62),
    "PT1H2S": timedelta(hours=1, seconds=2),
    "PT1M2S": timedelta(seconds=62),
    "P01D": timedelta(days=1),
}
"""What the durations that are taken come to."""
TOO_EARLY = "an instant of Kept lies between 2000 and 2200"
LEAP = "computers' clocks do not show the leap second, so that no timer could fire in it"
NO_LENGTH = "years and months have no fixed length: a promise in months says so by `months`"
QUOTED = "quoted names and bare addresses are hardly ever meant, and many a mail server refuses them"
REFUSED: dict[str, dict[str, str]] = {
    "date-time": {"leap second": LEAP},
    "date": {
        "1963-06-19": "a calendar has dates from 2000 to 2199",
        "0400-02-29": "the same",
        "0001-01-01": "the same",
        "1582-10-10": "the same",
    },
    "duration": {
        **dict.fromkeys(("P4Y", "P1M", "P1Y2M3DT4H5M6S", "P1Y2M3D", "P1M2D", "P1Y2M"), NO_LENGTH),
        "P10Y10M10DT10H10M10S": NO_LENGTH,
        "PT0S": "a promise for now is none",
        "P0D": "the same",
        "P" + "9" * 78 + "D": "a duration is a year at most",
    },
    "email": {
        '"joe bloggs"@example.com': QUOTED,
        '"joe..bloggs"@example.com': QUOTED,
        '"joe@bloggs"@example.com': QUOTED,
        "joe.bloggs@[127.0.0.1]": QUOTED,
        "joe.bloggs@[IPv6:::1]": QUOTED,
    },
    "uuid": {},
}
"""Valid by the vectors and refused by us, and why."""
TAKEN = {"duration": {"PT1H2S": "ISO 8601 allows it, and it cannot be misread"}}
"""Not valid by the vectors and taken by us, and why."""
COUNTS = {"date-time": 27, "date": 75, "duration": 46, "email": 21, "uuid": 22}


def is_taken(format_: str, vector: dict[str, Any]) -> bool:
    """Say whether we take a value."""
    value = vector["value"]
    if format_ == "date-time" and vector["valid"]:
        return ":60" not in value and value >= "2000"
    refused = REFUSED[format_].keys()
    return (vector["valid"] and value not in refused) or value in TAKEN.get(format_, ())


def moved(vectors: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """Return the vectors as they are, and once more a century later, where times are kept."""
    for vector in vectors:
        yield vector
        if vector["value"].startswith("19"):
            yield {**vector, "value": "20" + vector["value"][2:]}


@pytest.fixture(scope="module")
async def front(desk: Desk) -> Front:
    """All four services at a time that stands still."""
    clock = {"at": rfc3339(NOW)}
    for service in SERVICES:
        headers = desk.headers(None, "operator")
        assert (
            await desk.client.put(f"{desk.urls[service]}/v1/clock", json=clock, headers=headers)
        ).is_success
    owner = desk.client.put(
        f"{desk.urls['cases']}/v1/owners/agent", json={"zone": "UTC"}, headers=desk.headers(None, "lead")
    )
    assert (await owner).is_success
    made = await desk.post("intake", "/v1/customers", {"name": "Mai", "zone": "UTC"}, str(new_id()))
    after = {"Kept-After": made.headers["kept-position"], "Prefer": "wait=10"}
    body = {"customer": made.json()["id"], "subject": "?"}
    opened = await desk.post("cases", "/v1/cases", body, str(new_id()), **after)
    return Front(desk, opened.json()["id"], made.json()["id"])


@pytest.mark.parametrize("format_", COUNTS)
async def test_format__every_vector_is_taken_whole_or_refused_by_name(front, data, format_):
    vectors = json.loads((data / "string-format-vectors.json").read_text())["formats"][format_]
    assert len(vectors) == COUNTS[format_]
    door, wrong = front.doors()[format_], {}
    for vector in moved(vectors) if format_ == "date-time" else vectors:
        value = vector["value"]
        answer = await door.send(value)
        if answer.is_success != is_taken(format_, vector):
            wrong[value] = answer.text
        elif answer.is_success:
            if (shown := await door.shown(answer, value)) != door.means(value):
                wrong[value] = f"was taken as {shown}"
        elif not names(answer, door.field):
            wrong[value] = answer.text
    assert wrong == {}


def names(answer: httpx.Response, field: str) -> bool:
    """Say whether this is a refusal that names the field."""
    told = [error["field"] for error in answer.json().get("errors", ())]
    return answer.status_code == 422 and bool(told) and all(name.startswith(field) for name in told)


def test_judgements__are_of_vectors_that_are_there(data):
    formats = json.loads((data / "string-format-vectors.json").read_text())["formats"]
    for format_, values in REFUSED.items():
        valid = {vector["value"] for vector in formats[format_] if vector["valid"]}
        assert values.keys() - {"leap second"} <= valid
    for format_, values in TAKEN.items():
        assert values.keys() <= {vector["value"] for vector in formats[format_] if not vector["valid"]}
