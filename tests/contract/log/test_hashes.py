"""What every log promises of its hashes: anyone who has the rows can compute them again."""

import asyncio

from events.wire import ORIGIN, chain_hash, content_hash

from .commands import command, to


async def test_hashes__computed_again(log):
    await asyncio.gather(
        *(log.append(command(to(f"case-{n}", 0, 2), to(f"owner-{n}", None))) for n in range(9))
    )
    await log.append(command(to("case-1", 2), to("owner-1", None)))
    rows = await log.tail(0)
    assert len(rows) == 29
    chain = ORIGIN
    for row in rows:
        told = (row.type, row.schema, row.data, row.metadata, row.occurred_at)
        assert row.content == content_hash(row.stream, row.event_id, *told)
        chain = chain_hash(chain, row.position, row.version, row.recorded_at, row.content)
        assert row.hash == chain
