"""How long after a contact is accepted its case is open, beside a raw record that becomes one row."""

from contextlib import AsyncExitStack
from statistics import median

from rich.console import Console

from local.postgres import Postgres

from .hops import Hop, kept_hop, raw_hop
from .own_parts import own_parts
from .versus import Versus

ROUNDS, WARM = 7, 30
EACH = 60
"""Contacts of a round, one after the other."""


async def measure(_server: Postgres, console: Console) -> list[Versus]:
    """Return the p50 of both in milliseconds, round by round."""
    row = Versus(
        "contact accepted → case opened", "raw produce → consume → INSERT", "ms, p50", 3.0, most=True
    )
    async with own_parts() as (parts, directory), AsyncExitStack() as stack:
        site = await parts.fresh("contact")
        kept = await stack.enter_async_context(kept_hop(site, directory))
        raw = await stack.enter_async_context(raw_hop(parts, site, directory))
        for hop in (kept, raw):
            await _p50(hop, WARM)
        for number in range(ROUNDS):
            row.note(await _p50(kept, EACH), await _p50(raw, EACH))
            console.print(
                f"  contact, round {number + 1}: {row.ours[-1]:.1f} ms, rival {row.theirs[-1]:.1f} ms"
            )
    return [row]


async def _p50(hop: Hop, many: int) -> float:
    return median([await hop() for _ in range(many)])
