"""The keyrings of the stack that the demo runs: a story has words, which the logs hold sealed."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from events.keyring import Keyring
from events.postgres import PostgresKeyring
from events.service.parts import lent
from events.wrapping import Wrapping
from local.site import Site


@asynccontextmanager
async def keyrings_of(site: Site) -> AsyncIterator[Mapping[str, Keyring]]:
    """Open the keyring of each service, by its name. Raises Unavailable."""
    async with AsyncExitStack() as opened:
        pools = {
            service: await opened.enter_async_context(lent(dsn, "demo"))
            for service, dsn in site.keyrings.items()
        }
        wrapping = Wrapping.read(site.keys.wrapping)
        yield {service: PostgresKeyring(pool, wrapping) for service, pool in pools.items()}
