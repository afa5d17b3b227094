"""What was measured of a promise by REST: goals (issue of the edges, F), ratios, and a table to read."""

from dataclasses import asdict, dataclass
from typing import Any

from rich.table import Table

CLIENTS = (1, 32, 64)
KEPT, RIVAL = "kept", "a bare endpoint"
ON, OFF, ALL = (f"{KEPT}, telemetry {each}" for each in ("10 %", "off", "all"))
RATE_GOAL, P99_GOAL = 0.8, 1.5
SAMPLED_GOALS = {ON: 0.85, ALL: 0.6}
"""Of the rate with telemetry off."""


@dataclass(frozen=True)
class Figures:
    """Requests per second and p99 in milliseconds, by contender and number of clients."""

    rates: dict[str, dict[int, float]]
    p99: dict[str, dict[int, float]]

    def ratio(self, ours: str, theirs: str, clients: int) -> float:
        """Return one rate over the other."""
        return self.rates[ours][clients] / self.rates[theirs][clients]

    def slower(self, clients: int) -> float:
        """Return our p99 over the rival's."""
        return self.p99[ON][clients] / self.p99[RIVAL][clients]

    @property
    def missed(self) -> list[str]:
        """Name the goals that were not reached."""
        found = [
            f"{self.ratio(ON, RIVAL, each):.2f}x of {RIVAL} at {each} clients instead of {RATE_GOAL}x"
            for each in CLIENTS[1:]
            if self.ratio(ON, RIVAL, each) < RATE_GOAL
        ]
        found += [
            f"p99 {self.slower(each):.2f}x at {each} clients instead of {P99_GOAL}x"
            for each in CLIENTS[1:]
            if self.slower(each) > P99_GOAL
        ]
        return found + [
            f"{name}: {self.ratio(name, OFF, each):.2f}x of none at {each} clients instead of {goal}x"
            for name, goal in SAMPLED_GOALS.items()
            for each in CLIENTS[1:]
            if self.ratio(name, OFF, each) < goal
        ]

    @property
    def report(self) -> dict[str, Any]:
        """Return everything, for bench.json."""
        return asdict(self) | {"missed": self.missed}


def table(figures: Figures, rounds: int) -> Table:
    """Return the figures, as one reads them."""
    drawn = Table(title=f"promises by REST, medians of {rounds} interleaved rounds")
    drawn.add_column("clients")
    for clients in CLIENTS:
        drawn.add_column(str(clients), justify="right")
    for name, row in figures.rates.items():
        drawn.add_row(f"{name}, per second", *(f"{row[each]:,.0f}" for each in CLIENTS))
    for name, row in figures.p99.items():
        drawn.add_row(f"{name}, p99 ms", *(f"{row[each]:,.1f}" for each in CLIENTS))
    drawn.add_section()
    drawn.add_row("kept / bare", *(f"{figures.ratio(ON, RIVAL, each):.2f}x" for each in CLIENTS))
    drawn.add_row("p99, kept / bare", *(f"{figures.slower(each):.2f}x" for each in CLIENTS))
    for name in SAMPLED_GOALS:
        drawn.add_row(f"{name} / off", *(f"{figures.ratio(name, OFF, each):.2f}x" for each in CLIENTS))
    return drawn
