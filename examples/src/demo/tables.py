"""What a run came to, as tables for people."""

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from .tickets import RefusedRow

SHOWN = 20
"""Refused rows that are listed; the rest is counted."""
TEXT = {
    "contacts": "contacts",
    "promises": "promises made",
    "kept": "kept in time",
    "lapsed": "lapsed",
    "kept_late": "… of them kept late",
    "open": "still open",
    "order_corrected": "closed before they came (corrected)",
    "reminders": "reminders",
    "reminders_late": "… late",
    "reminders_after_due": "… after the due",
    "reminders_for_kept": "… for a promise already kept",
    "duplicate_reminders": "… a second time",
    "deliveries": "notifications delivered",
}


def figures(report: dict[str, Any], wanted: dict[str, int]) -> Table:
    """Return the figures of a report beside those that were wanted."""
    table = Table(title="What the ledger says")
    table.add_column("")
    table.add_column("ledger", justify="right")
    table.add_column("expected", justify="right")
    for name, text in TEXT.items():
        want = wanted.get(name)
        mark = "" if want is None else f"{want:,}{'' if want == report[name] else ' ✗'}"
        table.add_row(text, f"{report[name]:,}", mark)
    return table


def refused(console: Console, rows: Sequence[RefusedRow]) -> None:
    """List the rows that were left out, by their lines."""
    for row in rows[:SHOWN]:
        console.print(f"line {row.line} is left out: {row.reason}", markup=False)
    if len(rows) > SHOWN:
        console.print(f"… and {len(rows) - SHOWN} more rows are left out")
