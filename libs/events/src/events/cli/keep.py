"""`events adopt` and `events relay`: what is done by hand after a restore (docs/restore.md)."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

from events.adoption import Adoption, adopt
from events.errors import Fault
from events.feed import to_json
from events.postgres import LOGS
from events.recorded import Stored
from events.relay import Relay

from .place import Installation
from .show import line

POLL_SECONDS = 0.2


async def adopt_log(place: Installation, service: str, lost: Path | None) -> None:
    """Make a service's restored log the log, and print what is lost and what is to be rebuilt.

    `lost` names a file for the lost rows, as JSON lines. The services must be stopped. Raises Fault where the
    file is there: it may hold all that is left of what an earlier run found. Else as `adopt`.
    """
    followers = {name: dsn for name, dsn in place.databases.items() if name != service}
    topic = place.topics[LOGS[service]]

    def keep(rows: Sequence[Stored]) -> None:
        if lost is not None:
            _write(lost, rows)

    adopted = await adopt(place.databases[service], followers, place.bootstrap, topic, keep)
    print("\n".join(report(adopted)))


def _write(lost: Path, rows: Sequence[Stored]) -> None:
    try:
        with lost.open("x", encoding="utf-8") as file:
            file.writelines(f"{json.dumps(to_json(row))}\n" for row in rows)
    except OSError as error:
        why = "is there already, and is not overwritten" if lost.exists() else f"cannot be written ({error})"
        raise Fault(f"{lost} {why}: give --lost another name; nothing was changed") from error


def report(adopted: Adoption) -> list[str]:
    """Return what became of a log and its followers, for people."""
    lines = [f"{adopted.log} goes on as log {adopted.log_id}; the topic agreed up to {adopted.agreed}."]
    if adopted.lost:
        lines += [f"Lost, though others have read it ({len(adopted.lost)} rows):", *map(line, adopted.lost)]
    lines.append(f"Now: events relay {adopted.log} --from-start")
    lines += [
        f"Set back to {adopted.agreed}: {', '.join(subscriptions)}. Then: python -m {service} rebuild"
        for service, subscriptions in adopted.set_back.items()
    ]
    return lines


async def relay_from_start(place: Installation, service: str) -> None:
    """Send a whole log to its topic, whose records have been deleted, and return when it is there.

    Raises LogDiverged, TopicUnfit; where a service relays already, it waits for its turn.
    """
    async with place.database(service) as pool, place.log(service) as log:
        topic = place.topics[log.name]
        relay = Relay(pool, log, place.bootstrap, topic, "events relay", from_start=True)
        relaying = asyncio.create_task(relay.run())
        while relay.position < (await log.head()).position:
            if (await asyncio.wait({relaying}, timeout=POLL_SECONDS))[0]:
                break
        relaying.cancel()
        await asyncio.wait({relaying})
        if not relaying.cancelled():
            await relaying
    print(f"{topic} holds {log.name} up to {relay.position}.")
