"""What the measured rates say: ratios, goals (design, section 2), and a table to read."""

from rich.table import Table

WRITERS = (1, 8, 32, 128)
GOALS = {8: 0.5, 32: 0.8, 128: 1.5}
AIMS = {8: 0.8, 32: 1.2, 128: 2.2}
STOCK_WRITERS, STOCK_GOAL = 32, 30.0
RIVALS = {
    "kept / bare": ("kept", "bare INSERT"),
    "kept / bare, 1 ms flush": ("kept, 1 ms flush", "bare INSERT, 1 ms flush"),
    "kept / bare, two processes": ("kept, two processes", "bare INSERT, two processes"),
    "kept / eventsourcing": ("kept", "eventsourcing"),
}

Rates = dict[str, dict[int, float]]


def ratios(rates: Rates) -> Rates:
    """Return Kept's rate over that of each rival, under the same flush."""
    return {
        name: {writers: rate / rates[theirs][writers] for writers, rate in rates[ours].items()}
        for name, (ours, theirs) in RIVALS.items()
        if theirs in rates
    }


def missed(found: Rates) -> list[str]:
    """Name the goals that were not reached."""
    wanted = [("kept / bare", writers, goal) for writers, goal in GOALS.items()]
    if "kept / eventsourcing" in found:
        wanted.append(("kept / eventsourcing", STOCK_WRITERS, STOCK_GOAL))
    return [
        f"{name} at {writers} writers: {found[name][writers]:.2f} instead of {goal}"
        for name, writers, goal in wanted
        if found[name][writers] < goal
    ]


def table(rates: Rates, found: Rates, rounds: int) -> Table:
    """Return the figures, as one reads them."""
    drawn = Table(title=f"append/s, medians of {rounds} interleaved rounds")
    drawn.add_column("writers")
    for writers in WRITERS:
        drawn.add_column(str(writers), justify="right")
    for name, row in rates.items():
        drawn.add_row(name, *(f"{row[writers]:,.0f}" if writers in row else "" for writers in WRITERS))
    drawn.add_section()
    for name, row in found.items():
        drawn.add_row(name, *(f"{row[writers]:.2f}x" if writers in row else "" for writers in WRITERS))
    drawn.add_row("goal of kept / bare", "", *(f"{GOALS[writers]}x" for writers in GOALS), style="dim")
    drawn.add_row("aim of kept / bare", "", *(f"{AIMS[writers]}x" for writers in AIMS), style="dim")
    return drawn
