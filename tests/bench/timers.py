"""Timers with a million pending: scheduled, fired, late and idle, beside procrastinate."""

from contextlib import AsyncExitStack
from dataclasses import dataclass
from statistics import median, quantiles

from rich.console import Console

from local.postgres import Postgres

from .idle import statements
from .kept_timers import Kept
from .pending import PENDING, kept_database, rival_database
from .rival_timers import Procrastinate
from .timer_figures import DEFERRED, IN_BATCHES, KEPT, RIVAL, Figures

ROUNDS = 3
SCHEDULED, DEFERRED_TIMERS = 12_000, 3_000
FIRED = 10_000
COME, CAP_SECONDS = 200, 10.0
"""Of procrastinate's tasks; it needs seconds for what Kept fires in one tick."""
EACH_SECOND, LAG_SECONDS = 200, 15
STATES = {"from empty": 0, "a million pending": PENDING}


@dataclass(frozen=True)
class Places:
    """The four databases, by how much is pending in them."""

    kept: dict[str, str]
    rival: dict[str, str]


async def measure(server: Postgres, console: Console) -> Figures:
    """Return every figure, each the median of interleaved rounds."""
    console.print("timers: making a million, twice")
    places = Places(
        {
            state: await kept_database(server, f"timers_{pending}", pending)
            for state, pending in STATES.items()
        },
        {
            state: await rival_database(server, f"tasks_{pending}", pending)
            for state, pending in STATES.items()
        },
    )
    async with AsyncExitStack() as stack:
        kept = {
            state: await stack.enter_async_context(Kept.opened(dsn)) for state, dsn in places.kept.items()
        }
        rival = {
            state: await stack.enter_async_context(Procrastinate.opened(dsn))
            for state, dsn in places.rival.items()
        }
        busiest = list(STATES)[-1]
        figures = Figures(
            schedule=await _schedule(kept, rival, console),
            fire=await _fire(kept[busiest], rival[busiest], console),
            lag=await _lag(kept[busiest], rival[busiest], console),
        )
    console.print("timers: idle for a minute")
    figures.idle = await statements(server, places.kept[busiest], places.rival[busiest])
    return figures


async def _schedule(
    kept: dict[str, Kept], rival: dict[str, Procrastinate], console: Console
) -> dict[str, dict[str, float]]:
    seen: dict[str, dict[str, list[float]]] = {}

    def note(name: str, state: str, rate: float) -> None:
        seen.setdefault(name, {}).setdefault(state, []).append(rate)
        console.print(f"  {name}, {state}: {rate:,.0f}/s", style="dim")

    for number in range(ROUNDS):
        console.print(f"timers: scheduled, round {number + 1} of {ROUNDS}")
        for state, pending in STATES.items():
            if not pending:
                await kept[state].empty()
                await rival[state].empty()
            note(KEPT, state, await kept[state].schedule(SCHEDULED))
            note(DEFERRED, state, await rival[state].schedule(DEFERRED_TIMERS))
            note(IN_BATCHES, state, await rival[state].schedule_in_batches(SCHEDULED))
    return {name: {state: median(rates) for state, rates in states.items()} for name, states in seen.items()}


async def _fire(kept: Kept, rival: Procrastinate, console: Console) -> dict[str, float]:
    ours, theirs = [], []
    for number in range(ROUNDS):
        console.print(f"timers: fired, round {number + 1} of {ROUNDS}")
        ours.append(await kept.fire(FIRED))
        theirs.append(await rival.fire(COME, CAP_SECONDS))
        console.print(f"  {ours[-1]:,.0f}/s, {RIVAL} {theirs[-1]:,.1f}/s", style="dim")
    return {KEPT: median(ours), RIVAL: median(theirs)}


async def _lag(kept: Kept, rival: Procrastinate, console: Console) -> dict[str, tuple[float, float]]:
    ours: list[tuple[float, float]] = []
    for number in range(ROUNDS):
        console.print(f"timers: {EACH_SECOND} firings per second, round {number + 1} of {ROUNDS}")
        ours.append(_percentiles(await kept.lags(EACH_SECOND * LAG_SECONDS, EACH_SECOND)))
        console.print("  p50 {:.1f} ms, p99 {:.1f} ms".format(*ours[-1]), style="dim")
    theirs = await rival.lags(EACH_SECOND * LAG_SECONDS, EACH_SECOND)
    return {
        KEPT: (median(each[0] for each in ours), median(each[1] for each in ours)),
        RIVAL: _percentiles(theirs),
    }


def _percentiles(lags: list[float]) -> tuple[float, float]:
    """Return the median and the 99th of a hundred, in milliseconds."""
    hundred = quantiles(lags, n=100)
    return 1000 * hundred[49], 1000 * hundred[98]
