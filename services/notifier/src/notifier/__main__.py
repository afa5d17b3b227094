"""`python -m notifier`: serve, relay, rebuild, verify, migrate."""

from events.service import main

from .app import compose
from .rebuild import SCHEMA, rebuild_tables, verify_tables
from .settings import Settings

if __name__ == "__main__":
    main("notifier", compose, schema=SCHEMA, settings=Settings, rebuild=rebuild_tables, verify=verify_tables)
