"""What went wrong is told in spans and parked rows without quoting what was given: it may be personal."""

from types import SimpleNamespace
from typing import cast

import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from pydantic import TypeAdapter, ValidationError

from events.errors import Undecodable, told
from events.postgres import Connection
from events.subscribe.delivery import Delivery, HandlerFailed
from events.subscribe.intake import said
from events.telemetry import provider, step, tracing
from events.testing import EXAMPLES, recorded

WORDS = "the blue kettle hums"


class Quoting:
    """A projection whose rows another release wrote."""

    name, log = "quoting", "contacts"

    async def apply(self, _connection, _batch):
        TypeAdapter(int).validate_python(WORDS)


async def failure() -> HandlerFailed:
    connection = cast("Connection", SimpleNamespace(is_closed=lambda: False))
    with pytest.raises(HandlerFailed) as failed:
        await Delivery(Quoting()).within(connection, [recorded(EXAMPLES["ContactReceived"], "contact-1", 1)])
    return failed.value


async def test_failed_handler__is_told_without_what_it_was_given():
    made, exporter = provider("intake", sampling=1, otlp=None), InMemorySpanExporter()
    made.add_span_processor(SimpleSpanProcessor(exporter))
    with tracing(made):
        failed = await failure()
        with pytest.raises(ValidationError), step("read"):
            TypeAdapter(int).validate_python(WORDS)
    assert isinstance(failed.cause, ValidationError)
    spans = exporter.get_finished_spans()
    assert [span.name for span in spans] == ["project quoting", "read"]
    assert {span.status.is_ok for span in spans} == {False}
    for text in (said(failed.cause), str(failed), *(span.to_json() for span in spans)):
        assert WORDS not in text
        assert "ValidationError" in text


@pytest.mark.parametrize("error", [Undecodable("contacts@7: unknown"), OSError("no route"), KeyError("case")])
def test_told__our_own_and_the_systems_words_stay(error):
    assert told(error) == f"{type(error).__name__}: {error}"
