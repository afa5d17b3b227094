"""`python -m cases`: serve, relay, rebuild, verify, migrate; and publish, which talks to a running one."""

import asyncio
import sys

from events.service import main

from .app import compose
from .publisher import run
from .rebuild import SCHEMA, rebuild, verify
from .settings import Settings

if __name__ == "__main__":
    if sys.argv[1:2] == ["publish"]:
        sys.exit(asyncio.run(run(sys.argv[2:])))
    main("cases", compose, schema=SCHEMA, settings=Settings, rebuild=rebuild, verify=verify)
