"""`python -m scheduler`: serve, relay, rebuild, verify, migrate."""

from importlib.resources import files

from events.service import main

from .app import compose

if __name__ == "__main__":
    main("scheduler", compose, schema=(files("scheduler") / "schema.sql").read_text())
