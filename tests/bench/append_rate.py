"""How many events writers append per second, each of whom waits for one before it sends the next."""

import asyncio

from .contenders import Contender, Write

SECONDS = 0.5
WARM_SECONDS = 0.1


async def rate(contender: Contender, writers: int) -> float:
    """Return appends per second of this many writers, each of whom waits for one before it sends the next."""
    loop = asyncio.get_running_loop()
    done = 0

    async with contender(writers) as writes:
        begin = loop.time() + WARM_SECONDS
        end = begin + SECONDS

        async def write_on(write: Write) -> None:
            nonlocal done
            while loop.time() < end:
                await write()
                done += begin <= loop.time() < end

        await asyncio.gather(*map(write_on, writes))
        return done / SECONDS
