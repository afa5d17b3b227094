"""The driver against services made of paper: no sockets, their clocks and timers in a dictionary."""

import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from events import caller
from events.caller import Refused
from events.driver import NEVER, Driver
from events.journal import Line
from events.rest import Unsettled

T0 = datetime(2018, 6, 1, tzinfo=UTC)
TOKEN = "e30.eyJzdWIiOiAiYW4ifQ.s"
LOGS = {"intake": "contacts", "cases": "cases", "scheduler": "reminders", "notifier": "notifications"}
READS = {
    "intake": [],
    "cases": ["contacts", "reminders", "notifications"],
    "scheduler": ["cases", "notifications"],
    "notifier": ["cases", "contacts", "reminders"],
}
URLS = {name: f"http://{name}" for name in LOGS}


def at(hours):
    return T0 + timedelta(hours=hours)


class Paper:
    """Four services: what was done to them, in order; a timer fires when the scheduler's clock reaches it."""

    def __init__(self, timers=()):
        self.done = []
        self.timers = sorted(timers)
        self.heads = dict.fromkeys(LOGS.values(), 0)
        self.behind = 0
        self.parked = 0
        self.answers = []

    def __call__(self, request):
        service, path = request.url.host, request.url.path
        if path == "/v1/settled":
            return httpx.Response(200, json=self.settled(service))
        body = json.loads(request.content)
        if path == "/v1/clock":
            return self.move(service, datetime.fromisoformat(body["at"]))
        if self.answers and isinstance(self.answers[0], Exception):
            raise self.answers.pop(0)
        self.done.append((path, request.headers.get("Idempotency-Key")))
        answer = self.answers.pop(0) if self.answers else httpx.Response(201, json={"id": "i"})
        self.timers.extend(
            datetime.fromisoformat(answer.json()["due"]) for _ in range("due" in answer.json())
        )
        return answer

    def move(self, service, instant):
        self.done.append((service, instant))
        if service == "scheduler":
            fired = [each for each in self.timers if each <= instant]
            self.timers = [each for each in self.timers if each > instant]
            self.heads["reminders"] += len(fired)
            self.behind = 2 * bool(fired)
        return httpx.Response(200, json={})

    def settled(self, service):
        lag = self.behind and service == "cases"
        self.behind -= bool(lag)
        return {
            "log": LOGS[service],
            "head": self.heads[LOGS[service]],
            "relayed": self.heads[LOGS[service]],
            "cursors": {log: {"log": log, "position": self.heads[log] - bool(lag)} for log in READS[service]},
            "due": 0,
            "parked": self.parked,
            "next": min(self.timers).isoformat() if service == "scheduler" and self.timers else None,
        }


class Lines:
    def __init__(self):
        self.lines: list[Line] = []

    def write(self, line):
        self.lines.append(line)


@pytest.fixture
def lines():
    return Lines()


def driver(paper, lines=None):
    return Driver(URLS, TOKEN, httpx.AsyncClient(transport=httpx.MockTransport(paper)), lines)


def clocks(paper):
    return [(service, instant) for service, instant in paper.done if service in LOGS]


async def test_to__sets_every_clock_once_in_order_and_then_leaves_the_scheduler_behind():
    paper = Paper()
    drive = driver(paper)
    await drive.to(at(0))
    await drive.to(at(1))
    await drive.to(at(1))
    assert [service for service, _ in clocks(paper)] == [
        *("cases", "intake", "notifier", "scheduler"),
        *("cases", "intake", "notifier"),
    ]


async def test_to__moves_only_the_clocks_that_are_wanted():
    paper = Paper()
    drive = driver(paper)
    await drive.to(at(0), "cases")
    await drive.to(at(1), "cases")
    assert clocks(paper)[4:] == [("cases", at(1))]


async def test_to__stops_at_each_timer_on_the_way_but_not_at_one_that_is_there():
    paper = Paper([at(1), at(2), at(3)])
    drive = driver(paper)
    await drive.to(at(0))
    await drive.settle()
    await drive.to(at(3))
    moved = [instant for service, instant in clocks(paper) if service == "scheduler"]
    assert moved == [at(0), at(1), at(2)]
    assert ("scheduler", at(3)) not in clocks(paper)
    assert paper.timers == [at(3)]
    await drive.to(at(3.5))
    assert paper.timers == []


async def test_post__before_the_horizon_needs_no_settling_and_an_answer_moves_the_horizon():
    paper = Paper()
    paper.answers = [httpx.Response(201, json={"id": "i", "due": at(2).isoformat()})]
    drive = driver(paper)
    await drive.to(at(0))
    await drive.post("cases", "/v1/cases", {})
    assert drive.horizon == at(2)
    await drive.to(at(2))
    assert drive.settles == 1
    await drive.to(at(5))
    assert (paper.timers, drive.horizon) == ([], NEVER)


async def test_post__that_ends_a_commitment_takes_its_timers_out_of_the_horizon():
    paper = Paper()
    due = {"id": "p", "due": at(2).isoformat(), "state": "open"}
    paper.answers = [httpx.Response(201, json=due), httpx.Response(200, json=due | {"state": "kept"})]
    drive = driver(paper)
    await drive.to(at(0))
    await drive.post("cases", "/v1/cases/x/expectations", {})
    assert drive.horizon == at(2)
    await drive.post("cases", "/v1/cases/x/commitments/p/keep", {})
    assert drive.horizon == NEVER


async def test_post__that_tells_of_the_due_alone_forgets_no_reminder():
    paper = Paper()
    made = {"id": "p", "due": at(2).isoformat(), "state": "open"}
    paper.answers = [
        httpx.Response(201, json=made | {"next_reminder": at(1).isoformat()}),
        httpx.Response(200, json=made),
    ]
    drive = driver(paper)
    await drive.to(at(0))
    await drive.post("cases", "/v1/cases/x/follow-ups", {})
    await drive.post("cases", "/v1/cases/x/commitments/p/hand-over", {})
    assert drive.horizon == at(1)


async def test_to__settles_once_for_timers_with_no_input_between():
    paper = Paper([at(1), at(2), at(3)])
    drive = driver(paper)
    await drive.to(at(0))
    await drive.to(at(4))
    assert drive.settles == 1 + 3


async def test_finish__fires_every_timer():
    paper = Paper([at(1), at(200)])
    drive = driver(paper)
    await drive.to(at(0))
    await drive.finish()
    assert (paper.timers, drive.horizon) == ([], NEVER)


async def test_settle__waits_until_a_reader_has_caught_up():
    paper = Paper([at(0)])
    drive = driver(paper)
    await drive.to(at(0))
    await drive.settle()
    assert paper.behind == 0


async def test_settle__fails_at_once_where_a_stream_is_parked():
    paper = Paper()
    paper.parked = 1
    with pytest.raises(Unsettled, match="cases has 1 streams parked"):
        await driver(paper).settle()


async def test_post__sends_the_same_key_again_until_the_outcome_is_known(lines):
    paper = Paper()
    flight = httpx.Response(409, json={"type": caller.IN_FLIGHT})
    paper.answers = [httpx.ReadError("gone"), httpx.Response(503, json={}), flight]
    answer = await driver(paper, lines).post("intake", "/v1/contacts", {}, key="k")
    assert answer.id == "i"
    assert paper.done == [("/v1/contacts", '"k"')] * 3
    assert [line.what for line in lines.lines] == ["invoke", "info", "info", "info", "ok"]
    assert lines.lines[-1].caller == "an"


async def test_post__sends_a_batch_again_while_an_item_is_in_doubt(lines):
    paper = Paper()
    paper.answers = [httpx.Response(200, json={"items": [{"id": "a", "status": 201}, {"status": 503}]})]
    await driver(paper, lines).post("intake", "/v1/contacts:batch", {}, key="k")
    assert [line.what for line in lines.lines] == ["invoke", "info", "ok"]


async def test_post__raises_a_refusal_with_its_answer(lines):
    paper = Paper()
    paper.answers = [httpx.Response(409, json={"type": "/problems/not-now"})]
    with pytest.raises(Refused) as refused:
        await driver(paper, lines).post("cases", "/v1/cases/x/closing", {})
    assert refused.value.answer.body == {"type": "/problems/not-now"}
    assert [line.what for line in lines.lines] == ["invoke", "fail"]


async def test_post__writes_what_was_kept_and_under_which_ids(lines):
    paper = Paper()
    items = {"items": [{"id": "a", "status": 201}, {"id": "b", "status": 201}, {"status": 422}]}
    headers = {"Kept-Position": "contacts@9"}
    paper.answers = [
        httpx.Response(200, json=items, headers=headers),
        httpx.Response(200, json={"id": "a", "changed": False}, headers=headers),
    ]
    drive = driver(paper, lines)
    await drive.post("intake", "/v1/contacts:batch", {})
    await drive.post("intake", "/v1/contacts", {})
    kept, unchanged = (line for line in lines.lines if line.what == "ok")
    assert (kept.ids, kept.position, kept.changed) == (("a", "b", ""), "contacts@9", True)
    assert not unchanged.changed
