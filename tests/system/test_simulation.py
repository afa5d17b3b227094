"""Years at three desks in three zones, by chance: the invariants hold throughout (faults.md I8 to I14, I24).

`SEED=name` in the environment plays another run; a failure names the seed that it came from.
"""

import os
from pathlib import Path

import pytest

from events.driver import Driver
from events.journal import FileJournal
from events.postgres import LOGS
from tests.desk import Desk, desk

from .installed import Installed, broken
from .simulation.invariants import Ledgers
from .simulation.play import Pace, Simulation

SEED = os.environ.get("SEED", "kept")
SOME = {
    "ReminderDue",
    "CommitmentFellDue",
    "CommitmentLapsed",
    "CommitmentKept",
    "CommitmentRescheduled",
    "NotificationSent",
    "NotificationAcknowledged",
    "NotificationFailed",
    "NotificationSuppressed",
}
"""What every run has some of."""
EVERY = SOME | {
    "CommitmentAgreed",
    "CommitmentDeclined",
    "CommitmentDated",
    "CommitmentRecomputed",
    "CustomerTold",
    "CommitmentHandedOver",
    "CommitmentAttempted",
    "CommitmentPartlyKept",
    "LapseExplained",
    "VerdictCorrected",
    "CommitmentReleased",
    "CommitmentWithdrawn",
    "WaitingOnCustomer",
    "WaitEnded",
    "CaseClosed",
    "CaseReopened",
    "CommitmentsMovedOut",
    "CommitmentsMovedIn",
}
"""What a long run has some of."""


async def played(site, running: Desk, journal: Path, pace: Pace) -> Ledgers:
    """Play all years, and find every invariant after each to hold."""
    ledgers = Ledgers(Installed(site, running.urls, journal))
    with journal.open("w", encoding="utf-8") as file:
        driver = Driver(running.urls, site.token, running.client, FileJournal(file))
        simulation = Simulation(running, driver, SEED, pace)
        await simulation.prepare()
        for year in range(pace.years):
            await simulation.year(year)
            found = broken(await ledgers.findings(simulation.now))
            print(f"{simulation.now:%Y-%m-%d}: {simulation.told()}")  # noqa: T201 - it is long
            assert not found, f"seed {SEED}, year {year}: {found}"
    return ledgers


async def unlike_a_fold(site, urls, journal: Path) -> dict[str, str]:
    """Return what does not hold of the tables of all services (I5, I6, I7, I8)."""
    installed = Installed(site, urls, journal)
    checked = [broken(await installed.checked(service)) for service in LOGS]
    return {invariant: says for each in checked for invariant, says in each.items()}


@pytest.mark.parametrize(
    ("pace", "promises", "kinds"),
    [
        pytest.param(
            Pace(years=1, months=1, steps=2, promises=108, others=40, fires=1), 200, SOME, id="one-year"
        ),
        pytest.param(
            Pace(years=10, months=3, steps=3, promises=66, others=33, fires=4),
            5000,
            EVERY,
            id="ten-years",
            marks=[pytest.mark.accept, pytest.mark.timeout(3600)],
        ),
    ],
)
async def test_simulation__the_invariants_hold_throughout(parts, tmp_path, pace, promises, kinds):
    site = await parts.fresh(f"years_{pace.years}")
    async with desk(site) as running:
        ledgers = await played(site, running, tmp_path / "journal.jsonl", pace)
    assert ledgers.promises >= promises
    assert ledgers.kinds() >= kinds
    assert any(ledgers.late())
    assert await unlike_a_fold(site, running.urls, tmp_path / "journal.jsonl") == {}, f"seed {SEED}"
    await parts.drop(site)
