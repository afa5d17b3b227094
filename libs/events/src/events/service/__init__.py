"""The scaffold every service stands on: commands, reads, health, and how it starts and stops."""

from .bookmark import Cursor as Cursor
from .command import READERS as READERS
from .command import WRITERS as WRITERS
from .command import Asking as Asking
from .command import Commands as Commands
from .command import CommandSpec as CommandSpec
from .command import command as command
from .entry import Reach as Reach
from .main import Report as Report
from .main import main as main
from .parts import Parts as Parts
from .read import Caller as Caller
from .read import Limit as Limit
from .read import page as page
from .read import tagged as tagged
from .running import Compose as Compose
from .running import Running as Running
from .running import serving as serving
from .service import Gauge as Gauge
from .service import Service as Service

__all__ = [
    "READERS",
    "WRITERS",
    "Asking",
    "Caller",
    "CommandSpec",
    "Commands",
    "Compose",
    "Cursor",
    "Gauge",
    "Limit",
    "Parts",
    "Reach",
    "Report",
    "Running",
    "Service",
    "command",
    "main",
    "page",
    "serving",
    "tagged",
]
