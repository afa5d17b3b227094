"""`python -m cases`: serve, relay, rebuild, verify, migrate."""

from events.service import main

from .app import compose
from .rebuild import SCHEMA, rebuild, verify
from .settings import Settings

if __name__ == "__main__":
    main("cases", compose, schema=SCHEMA, settings=Settings, rebuild=rebuild, verify=verify)
