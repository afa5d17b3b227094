"""Logs: one JSON object per line, and nobody's words in it."""

import json
import logging

import pytest
from opentelemetry.sdk.trace import TracerProvider

from events.errors import Unavailable
from events.service.logs import LONGEST, JsonLines


def line(message: str, *args: object, error: BaseException | None = None, **extra: object) -> dict[str, str]:
    info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("kept.x", logging.INFO, "f", 1, message, args, info)
    vars(record).update(extra)
    text = JsonLines("intake").format(record)
    assert "\n" not in text
    return dict(json.loads(text))


def raised(error: BaseException) -> BaseException:
    with pytest.raises(type(error)) as caught:
        raise error
    return caught.value


def test_line__says_what_where_and_when():
    said = line("%s answers", "intake", task="relay")
    assert (said["message"], said["service"], said["level"]) == ("intake answers", "intake", "info")
    assert (said["logger"], said["task"]) == ("kept.x", "relay")


def test_line__is_one_whatever_is_said():
    said = line('x\n{"level":"error"}\x1b[31m')
    assert said["level"] == "info"


def test_line__is_cut():
    assert len(line("x" * 1_000_000)["message"]) == LONGEST


def test_line__names_the_trace():
    tracer = TracerProvider(shutdown_on_exit=False).get_tracer("test")
    with tracer.start_as_current_span("here") as span:
        assert int(line("x")["trace"], 16) == span.get_span_context().trace_id
    assert "trace" not in line("x")


def test_exception__is_named_without_its_words():
    said = line("failed", error=raised(ValueError("canary: what the customer said")))
    assert said["error"] == "ValueError"
    assert "raised" in said["at"]
    assert "canary" not in json.dumps(said)


@pytest.mark.parametrize("error", [Unavailable("no connection"), ConnectionRefusedError("refused")])
def test_fault__says_its_reason(error):
    assert line("failed", error=raised(error))["reason"] == str(error)
