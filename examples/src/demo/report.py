"""The report of a run, as JSON: the figures of the ledger, whether the invariants hold, how long it took."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

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
    figures: Figures, *, rows: int, refused: int, invariants: dict[str, bool], wall_seconds: float
) -> dict[str, Any]:
    """Return the report's object, its fields in the order that is promised."""
    return {
        "rows": rows,
        "refused": refused,
        **{name: getattr(figures, name) for name in FIELDS},
        "invariants": invariants,
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


async def verify(stack: Path, journal: Path) -> tuple[dict[str, bool], str]:
    """Let `events verify` check a running stack; return whether each invariant holds, and all it said."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "events.cli", "verify", "--json"),
        *("--stack", str(stack), "--journal", str(journal)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return read_verdicts(said.decode(errors="replace"))


def read_verdicts(said: str) -> tuple[dict[str, bool], str]:
    """Return whether each invariant holds; none where there is no JSON in what was said."""
    try:
        lines = json.loads(said)
        return {line["id"]: bool(line["ok"]) for line in lines}, said
    except (ValueError, KeyError, TypeError):
        return {}, said
