"""The trace goes on in what the notifier asks and posts."""

from opentelemetry.trace import SpanKind

from .scene import by_hook, reminder


async def test_question_and_webhook__name_the_span_of_the_delivery(spans, one, commitment, hook, ledger):
    await by_hook(one, hook.url, commitment)
    await one.remind(reminder(commitment))
    await one.outcome()
    (span,) = [each for each in spans.get_finished_spans() if each.kind is SpanKind.PRODUCER]
    own = f"00-{span.context.trace_id:032x}-{span.context.span_id:016x}-{span.context.trace_flags:02x}"
    (asked,), (posted,) = ledger.sink.seen, hook.seen
    assert asked.headers["traceparent"] == posted.headers["traceparent"] == own
