"""What was measured of timers: goals (acceptance), ratios, and a table to read."""

from dataclasses import asdict, dataclass, field
from typing import Any

from rich.table import Table

KEPT, RIVAL = "kept", "procrastinate"
DEFERRED, IN_BATCHES = "procrastinate, each its own instant", "procrastinate, batches of one instant"
SCHEDULE_GOAL, FIRE_GOAL, LAG_GOAL_MS, IDLE_GOAL = 4.0, 30.0, 50.0, 0.1
TICKER = "kept, ticker"


@dataclass
class Figures:
    """Timers per second, milliseconds (p50, p99), statements per second."""

    schedule: dict[str, dict[str, float]]
    fire: dict[str, float]
    lag: dict[str, tuple[float, float]]
    idle: dict[str, float] = field(default_factory=dict)

    @property
    def ratios(self) -> dict[str, float]:
        """Return Kept's rates over its rival's."""
        ours = self.schedule[KEPT]
        return {
            f"schedule, {state}, {rival}": ours[state] / self.schedule[rival][state]
            for rival in (DEFERRED, IN_BATCHES)
            for state in ours
        } | {"fire": self.fire[KEPT] / self.fire[RIVAL]}

    @property
    def missed(self) -> list[str]:
        """Name the goals that were not reached; batches of one instant are shown only."""
        rates = [
            (name, ratio, FIRE_GOAL if name == "fire" else SCHEDULE_GOAL)
            for name, ratio in self.ratios.items()
            if not name.endswith(IN_BATCHES)
        ]
        bounds = [
            ("lag p99, ms", self.lag[KEPT][1], LAG_GOAL_MS),
            ("statements per second of the idle ticker", self.idle[TICKER], IDLE_GOAL),
        ]
        return [f"{name}: {ratio:.2f}x instead of {goal}x" for name, ratio, goal in rates if ratio < goal] + [
            f"{name}: {found:.2f} instead of {goal}" for name, found, goal in bounds if found > goal
        ]

    @property
    def report(self) -> dict[str, Any]:
        """Return everything, for bench.json."""
        return asdict(self) | {"ratios": self.ratios, "missed": self.missed}


def table(figures: Figures, rounds: int) -> Table:
    """Return the figures, as one reads them."""
    drawn = Table(title=f"timers, medians of {rounds} interleaved rounds")
    for column in ("", "kept", "procrastinate", "ratio", "goal"):
        drawn.add_column(column, justify="right" if column else "left")
    for rival, goal in ((DEFERRED, f"{SCHEDULE_GOAL:.0f}x"), (IN_BATCHES, "")):
        for state, rate in figures.schedule[KEPT].items():
            how, other = rival.partition(", ")[2], figures.schedule[rival][state]
            drawn.add_row(
                f"scheduled/s, {state}, {how}", f"{rate:,.0f}", f"{other:,.0f}", f"{rate / other:.1f}x", goal
            )
    ours, theirs = figures.fire[KEPT], figures.fire[RIVAL]
    drawn.add_row(
        "fired/s, a million pending",
        f"{ours:,.0f}",
        f"{theirs:,.1f}",
        f"{ours / theirs:.0f}x",
        f"{FIRE_GOAL:.0f}x",
    )
    for place, name, goal in ((0, "p50", ""), (1, "p99", f"{LAG_GOAL_MS:.0f}")):
        lags = (f"{figures.lag[who][place]:,.1f}" for who in (KEPT, RIVAL))
        drawn.add_row(f"lag at 200/s, {name}, ms", *lags, "", goal)
    for name, rate in figures.idle.items():
        mine = name.startswith(KEPT)
        drawn.add_row(
            f"idle statements/s ({name})",
            f"{rate:.3f}" if mine else "",
            "" if mine else f"{rate:.3f}",
            "",
            f"{IDLE_GOAL}" if name == TICKER else "",
        )
    return drawn
