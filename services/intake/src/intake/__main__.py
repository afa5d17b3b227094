"""`python -m intake`: serve, relay, rebuild, verify, migrate."""

from events.service import main

from .app import compose
from .rebuild import SCHEMA, rebuild_tables, verify_tables

if __name__ == "__main__":
    main("intake", compose, schema=SCHEMA, rebuild=rebuild_tables, verify=verify_tables)
