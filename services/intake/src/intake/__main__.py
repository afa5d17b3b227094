"""`python -m intake`: serve, relay, rebuild, verify, migrate."""

from importlib.resources import files

from events.service import main

from .app import compose
from .settings import Settings

if __name__ == "__main__":
    main("intake", compose, schema=(files("intake") / "schema.sql").read_text(), settings=Settings)
