"""Logs as JSON lines on standard error: time, level, what, the trace; nothing personal."""

import json
import logging
import sys
import traceback

from opentelemetry import trace
from typing_extensions import override

from events.clock import machine_time
from events.errors import Fault

LONGEST = 2000
"""The most letters of one message."""
_PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message"}


class JsonLines(logging.Formatter):
    """One record, one line.

    Of an exception it says the type and the places in the code. Its message only where it is one of our
    faults or the system's: others quote what was sent.
    """

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    @override
    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        line = {
            "time": machine_time().isoformat(),
            "level": record.levelname.lower(),
            "service": self._service,
            "logger": record.name,
            "message": record.getMessage()[:LONGEST],
        }
        context = trace.get_current_span().get_span_context()
        if context.is_valid:
            line["trace"] = f"{context.trace_id:032x}"
        line |= {name: str(value)[:LONGEST] for name, value in vars(record).items() if name not in _PLAIN}
        if record.exc_info and record.exc_info[1] is not None:
            line |= _of(record.exc_info[1])
        return json.dumps(line)


def _of(error: BaseException) -> dict[str, str]:
    frames = traceback.extract_tb(error.__traceback__)[-12:]
    said = {
        "error": type(error).__name__,
        "at": " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames)),
    }
    if isinstance(error, Fault | OSError):
        said["reason"] = str(error)[:LONGEST]
    return said


def write_json_lines(service: str, level: str) -> None:
    """Let every logger of this process write JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines(service))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger("aiokafka").setLevel(logging.ERROR)
    logging.getLogger("httpx").setLevel(logging.WARNING)
