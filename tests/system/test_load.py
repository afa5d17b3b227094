"""Edge case 34 through all four services: 500 promises due in one minute of real time, among 5,000 open."""

import asyncio
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from statistics import quantiles
from uuid import UUID

import pytest

from events.caller import Caller
from events.catalogue import CommitmentFellDue, Event, NotificationSent, ReminderDue
from events.recorded import Recorded
from events.wire import decode, rfc3339
from tests.desk import Desk
from tests.line import until

OPEN, SOON, AGENTS, CASES = 5_000, 500, 10, 250
SECOND = timedelta(seconds=1)
LEAD, WINDOW, AHEAD, LATEST = 60 * SECOND, 20 * SECOND, 120 * SECOND, 5 * SECOND
AT_ONCE = 8
TOLD = ("rung-1", "lapsed")
"""What is looked at; of a promise that somebody else makes for them, an agent is told as well."""
SENT = "SELECT count(*) FROM delivery_v1 WHERE notice = ANY($1) AND outcome = 'sent'"

pytestmark = [pytest.mark.accept, pytest.mark.timeout(900)]


async def staffed(caller: Caller) -> list[str]:
    """Register agents and their policy; return the cases of one customer."""
    says = {
        "ladder": [{"lead": f"PT{LEAD.seconds}S"}],
        "digest": f"PT{WINDOW.seconds}S",
        "told_of_lapse": ["owner"],
    }
    await caller.send("PUT", "cases", "/v1/policies/rush", {"says": says})
    for name in (f"agent{number}" for number in range(AGENTS)):
        await caller.send("PUT", "cases", f"/v1/owners/{name}", {"zone": "Europe/Berlin"})
        await caller.send("PUT", "notifier", f"/v1/recipients/{name}", {"email": f"{name}@example.test"})
    customer = await caller.send("POST", "intake", "/v1/customers", {"name": "Lan", "zone": "UTC"})
    body = {"customer": customer.id, "subject": "It does not work."}
    made = [
        await caller.send("POST", "cases", "/v1/cases", body, after=customer.position) for _ in range(CASES)
    ]
    return [answer.id for answer in made]


async def promised(caller: Caller, cases: list[str], dues: list[datetime]) -> list[UUID]:
    """Promise so many calls, spread over agents and cases."""
    room = asyncio.Semaphore(AT_ONCE)

    async def promise(number: int, due: datetime) -> UUID:
        owner, case = f"agent{number % AGENTS}", cases[number % CASES]
        body = {"words": f"Call {number}.", "due": rfc3339(due), "owner": owner, "policy": "rush"}
        async with room:
            answer = await caller.send("POST", "cases", f"/v1/cases/{case}/follow-ups", body)
        return UUID(answer.id)

    return await asyncio.gather(*(promise(number, due) for number, due in enumerate(dues)))


async def said(desk: Desk, service: str) -> list[Recorded[Event]]:
    """Return what a service has recorded."""
    rows = await desk.running[service].parts.log.tail(0, 1_000_000)
    return [decode(row) for row in rows]


def p99(lags: list[timedelta]) -> timedelta:
    return quantiles([lag / SECOND for lag in lags], n=100)[98] * SECOND


async def test_edge_34__five_hundred_due_in_one_minute_of_five_thousand(desk):
    caller = Caller(desk.urls, desk.site.token, desk.client)
    cases = await staffed(caller)
    start = await desk.running["cases"].parts.log.now()
    later = [start + timedelta(days=1, minutes=number) for number in range(OPEN - SOON)]
    await promised(caller, cases, later)
    begin = await desk.running["cases"].parts.log.now() + AHEAD
    soon = await promised(caller, cases, [begin + 60 * SECOND * number / SOON for number in range(SOON)])

    notices = desk.running["notifier"].parts.pool

    async def told() -> bool:
        sent: int = await notices.fetchval(SENT, TOLD)
        return sent >= 2 * SOON

    await until(told, 300)
    lags: dict[str, list[timedelta]] = defaultdict(list)
    fired: Counter[tuple[str, UUID]] = Counter()
    for each in await said(desk, "scheduler"):
        match each.event:
            case ReminderDue(commitment=commitment, planned=planned):
                lags["reminded"].append(each.recorded_at - planned)
            case CommitmentFellDue(commitment=commitment, due=planned):
                lags["fell due"].append(each.recorded_at - planned)
            case _:
                continue
        fired[type(each.event).__name__, commitment] += 1
    assert fired == {(kind, each): 1 for each in soon for kind in ("ReminderDue", "CommitmentFellDue")}
    dues = dict(zip(soon, (begin + 60 * SECOND * number / SOON for number in range(SOON)), strict=True))
    items: Counter[tuple[str, UUID]] = Counter()
    letters: defaultdict[tuple[str, str], set[object]] = defaultdict(set)
    for each in await said(desk, "notifier"):
        if isinstance(sent := each.event, NotificationSent) and sent.notice in TOLD:
            items[sent.notice, sent.commitment] += 1
            letters[sent.notice, sent.recipient or ""].add(sent.digest or each.entity)
            if sent.notice == "lapsed":
                lags["told of the lapse"].append(each.recorded_at - dues[sent.commitment])
    assert items == {(notice, each): 1 for each in soon for notice in ("rung-1", "lapsed")}
    reminding = {who: len(ids) for (notice, who), ids in letters.items() if notice == "rung-1"}
    assert reminding.keys() == {f"agent{number}" for number in range(AGENTS)}
    assert max(reminding.values()) <= 60 * SECOND / WINDOW + 1, "one letter for each window"
    late = {what: p99(found) for what, found in lags.items()}
    print(f"p99 lateness: {late}; letters of reminders: {reminding}")  # noqa: T201
    assert all(each <= LATEST for each in late.values()), late
    rows = "SELECT count(*), count(DISTINCT commitment) FROM delivery_v1 WHERE notice = ANY($1)"
    assert tuple(await notices.fetchrow(rows, TOLD)) == (2 * SOON, SOON)
    standing = "SELECT count(*) FROM timer_v1"
    assert await desk.running["scheduler"].parts.pool.fetchval(standing) == 2 * (OPEN - SOON)
