"""The log in PostgreSQL, and what else a service keeps there: its clock, bell, leases and cursors."""

from .batch import entries as entries
from .batch import outcomes as outcomes
from .bell import Bell as Bell
from .install import LOGS as LOGS
from .install import install as install
from .install import install_keyring as install_keyring
from .keyring import PostgresKeyring as PostgresKeyring
from .lease import Lease as Lease
from .lease import held_by_another as held_by_another
from .log import PostgresLog as PostgresLog
from .pool import OUTAGES as OUTAGES
from .pool import Connection as Connection
from .pool import Pool as Pool
from .pool import ask as ask
from .pool import borrow as borrow
from .pool import connect as connect

__all__ = [
    "LOGS",
    "OUTAGES",
    "Bell",
    "Connection",
    "Lease",
    "Pool",
    "PostgresKeyring",
    "PostgresLog",
    "ask",
    "borrow",
    "connect",
    "entries",
    "held_by_another",
    "install",
    "install_keyring",
    "outcomes",
]
