"""`python -m cases`: serve, relay, rebuild, verify, migrate; publish, which talks to one; prove."""

import asyncio
import sys

from events.service import main

from . import proving
from .app import compose
from .publisher import run
from .rebuild import SCHEMA, rebuild_tables, verify_tables

if __name__ == "__main__":
    if sys.argv[1:2] == ["publish"]:
        sys.exit(asyncio.run(run(sys.argv[2:])))
    if sys.argv[1:2] == ["prove"]:
        sys.exit(proving.run(sys.argv[2:]))
    main("cases", compose, schema=SCHEMA, rebuild=rebuild_tables, verify=verify_tables)
