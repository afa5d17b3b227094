"""The scaffold every service stands on: commands, reads, health, and how it starts and stops."""

from .command import READERS as READERS
from .command import WRITERS as WRITERS
from .command import Asking as Asking
from .command import Commands as Commands
from .command import CommandSpec as CommandSpec
from .command import command as command
from .main import Report as Report
from .main import main as main
from .parts import Parts as Parts
from .running import Running as Running
from .running import serving as serving
from .service import Gauge as Gauge
from .service import Service as Service

__all__ = [
    "READERS",
    "WRITERS",
    "Asking",
    "CommandSpec",
    "Commands",
    "Gauge",
    "Parts",
    "Report",
    "Running",
    "Service",
    "command",
    "main",
    "serving",
]
