"""`python -m tests.system.expect report.json [lead]`: the replay of 2018 came out as counted by hand."""

import json
import sys
from pathlib import Path
from typing import Any

REMINDERS = {"15m": 59, "1h": 70, "4h": 132, "24h": 48}
FIGURES = {
    "rows": 1000,
    "refused": 0,
    "contacts": 1000,
    "promises": 486,
    "kept": 427,
    "lapsed": 59,
    "kept_late": 52,
    "open": 0,
    "order_corrected": 10,
    "reminders_after_due": 0,
    "reminders_for_kept": 0,
    "duplicate_reminders": 0,
}


def differences(report: dict[str, Any], lead: str) -> list[str]:
    """Name each figure that is not the expected one, and each invariant that does not hold."""
    expected = FIGURES | {"reminders": REMINDERS[lead]}
    found = [
        f"{name}: {report.get(name)} instead of {figure}"
        for name, figure in expected.items()
        if report.get(name) != figure
    ]
    broken = [name for name, holds in report["invariants"].items() if not holds]
    return (
        found
        + [f"{name} does not hold" for name in broken]
        + (["no invariants"] * (not report["invariants"]))
    )


if __name__ == "__main__":
    wrong = differences(json.loads(Path(sys.argv[1]).read_text()), (sys.argv[2:] or ["1h"])[0])
    sys.stdout.write("\n".join(wrong or ["all figures as expected"]) + "\n")
    sys.exit(1 if wrong else 0)
