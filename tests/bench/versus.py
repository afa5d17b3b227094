"""What was measured of Kept beside rivals, round by round: medians, goals, and a table to read."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

from rich.table import Table


@dataclass
class Versus:
    """A figure of ours beside a rival's; `most`: their ratio may be at most its goal, else at least."""

    name: str
    rival: str
    unit: str
    goal: float
    most: bool = False
    ours: list[float] = field(default_factory=list)
    theirs: list[float] = field(default_factory=list)

    def note(self, ours: float, theirs: float) -> None:
        """Keep what a round has shown."""
        self.ours.append(ours)
        self.theirs.append(theirs)

    @property
    def ratio(self) -> float:
        """The median of the rounds' ratios: what slows the machine for a while slows both of a round."""
        return median(ours / theirs for ours, theirs in zip(self.ours, self.theirs, strict=True))

    @property
    def said(self) -> str:
        """What was wanted."""
        return f"{'at most' if self.most else 'at least'} {self.goal}x"

    @property
    def is_missed(self) -> bool:
        """Whether the goal was not reached."""
        return self.ratio > self.goal if self.most else self.ratio < self.goal


def report(rows: Sequence[Versus]) -> dict[str, Any]:
    """Return everything, for bench.json."""
    return {
        "figures": [asdict(row) | {"ratio": row.ratio} for row in rows],
        "missed": [
            f"{row.name} / {row.rival}: {row.ratio:.2f}x, not {row.said}" for row in rows if row.is_missed
        ],
    }


def table(title: str, rows: Sequence[Versus]) -> Table:
    """Return the figures, as one reads them."""
    drawn = Table(title=f"{title}, medians of {len(rows[0].ours)} interleaved rounds")
    for column in ("kept", "rival", "unit", "kept", "rival", "ratio", "goal"):
        drawn.add_column(column)
    for row in rows:
        ours, theirs = median(row.ours), median(row.theirs)
        drawn.add_row(
            *(row.name, row.rival, row.unit, _figure(ours), _figure(theirs), f"{row.ratio:.2f}x", row.said)
        )
    return drawn


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:,.2f}"
