"""The report of a run, as JSON: the figures of the ledger, whether the invariants hold, how long it took."""

import asyncio
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from events.verify import Finding

from .figures import Figures

FIELDS = (
    "contacts",
    "promises",
    "kept",
    "lapsed",
    "kept_late",
    "open",
    "order_corrected",
    "reminders",
    "reminders_late",
    "reminders_after_due",
    "reminders_for_kept",
    "duplicate_reminders",
    "deliveries",
    "events_by_type",
)


def report(
    figures: Figures, *, rows: int, refused: int, findings: Iterable[Finding], wall_seconds: float
) -> dict[str, Any]:
    """Return the report's object, its fields in the order that is promised."""
    return {
        "rows": rows,
        "refused": refused,
        **{name: getattr(figures, name) for name in FIELDS},
        "invariants": invariants(findings),
        "wall_seconds": round(wall_seconds, 1),
    }


def faults(report: dict[str, Any], figures: Figures) -> list[str]:
    """Name what is wrong with a run, whatever it was about."""
    found = figures.faults()
    if report["contacts"] + report["refused"] != report["rows"]:
        found.append("contacts and refused rows do not add up to the rows")
    found += [
        f"the invariant {name} does not hold" for name, holds in report["invariants"].items() if not holds
    ]
    if not report["invariants"]:
        found.append("no invariant was checked")
    return found


async def verify(stack: Path, journal: Path) -> list[Finding]:
    """Let `events verify` check a running stack, and return what it found; nothing where it could not."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "events.cli", "--stack", str(stack)),
        *("verify", "--json", "--journal", str(journal)),
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate()
    return read_findings(said.decode())


def read_findings(said: str) -> list[Finding]:
    """Return the findings in the lines that `events verify --json` prints."""
    return [Finding(**json.loads(line)) for line in said.splitlines() if line.startswith("{")]


def invariants(findings: Iterable[Finding]) -> dict[str, bool]:
    """Return whether each invariant holds everywhere, in the order of their ids."""
    found: dict[str, bool] = {}
    for finding in findings:
        found[finding.invariant] = found.get(finding.invariant, True) and finding.holds
    return found
