"""What a check found: its invariant, whether that holds, and in which words."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

NAMED = 3
"""How many breaches a finding names; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One invariant on one log, topic or set of tables."""

    invariant: str
    """Its id, `I3`."""
    holds: bool
    says: str
    """Counts where it holds; the first places where it does not."""

    def line(self) -> str:
        """Return it as one line that begins with the id."""
        return f"{self.invariant:<4}{'ok' if self.holds else 'BROKEN'}: {' '.join(self.says.splitlines())}"

    def members(self) -> dict[str, Any]:
        """Return it as the members of a JSON object."""
        return asdict(self)


def judged(invariant: str, broken: Sequence[str], counts: str) -> Finding:
    """Return the finding of a check that named each breach: the first three and how many, or the counts."""
    if not broken:
        return Finding(invariant, True, counts)
    more = f"; and {len(broken) - NAMED} more" if len(broken) > NAMED else ""
    return Finding(invariant, False, "; ".join(broken[:NAMED]) + more)
