"""What one sees while one waits."""

import io

from rich.console import Console

from local import progress
from local.progress import Progress


def test_step__says_how_long_it_took():
    out = io.StringIO()
    with Progress(Console(file=out)).step("Kafka"):
        pass
    assert out.getvalue() == "Kafka: ready in 0.0 s\n"


def test_say__where_there_is_no_terminal_speaks_now_and_then(monkeypatch):
    monkeypatch.setattr(progress, "PLAIN_SECONDS", 0.0)
    out = io.StringIO()
    with Progress(Console(file=out)).step("Kafka") as step:
        step.say("fetched 3 of 46 jars, 5 MB")
    assert "Kafka: fetched 3 of 46 jars, 5 MB (0 s)\n" in out.getvalue()


def test_say__too_late_is_not_heard():
    with Progress().step("Kafka") as step:
        pass
    step.say("started again")
