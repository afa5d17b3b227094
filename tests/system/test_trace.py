"""From the contact to the reminder it led to: one graph of parents and links through all services."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta

from events.driver import Driver

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def reachable(spans, start):
    """Return the span ids that hang together with the spans of a trace, over parents and links."""
    near = defaultdict(set)
    for span in spans:
        own = span.context.span_id
        others = [link.context.span_id for link in span.links]
        for other in [*others, *([span.parent.span_id] if span.parent else [])]:
            near[own].add(other)
            near[other].add(own)
    seen, todo = set(), {span.context.span_id for span in spans if span.context.trace_id == start}
    while todo:
        here = todo.pop()
        seen.add(here)
        todo |= near[here] - seen
    return seen


async def test_reminder__hangs_together_with_the_contact_it_came_from(spans, desk):
    driver = Driver(desk.urls, desk.site.token, desk.client)
    await driver.to(NOW)
    await driver.put("cases", "/v1/owners/agent", {"zone": "Europe/Berlin"})
    await driver.put("notifier", "/v1/recipients/agent", {"email": "agent@example.test"})
    customer = await driver.post("intake", "/v1/customers", {"name": "Lan", "zone": "Asia/Ho_Chi_Minh"})
    trace_id = "0af7651916cd43dd8448eb211c80319c"
    answer = await desk.client.post(
        f"{desk.urls['intake']}/v1/contacts",
        json={"customer": customer.id, "channel": "call", "words": "My printer is broken"},
        headers=desk.headers("a-contact", "all", traceparent=f"00-{trace_id}-b7ad6b7169203331-01"),
    )
    assert answer.status_code == 201
    contact = answer.json()
    due = NOW + timedelta(hours=3)
    await driver.post(
        "cases",
        f"/v1/cases/{contact['case']}/follow-ups",
        {"words": "A technician calls you", "due": due.isoformat(), "contact": contact["id"]},
        after=answer.headers["Kept-Position"],
    )
    await driver.to(NOW + timedelta(hours=2, minutes=30))
    finished = spans.get_finished_spans()
    graph = reachable(finished, int(trace_id, 16))
    within = {span.name.partition(" ")[0] for span in finished if span.context.span_id in graph}
    services = {
        span.resource.attributes.get("service.name") for span in finished if span.context.span_id in graph
    }
    assert {"deliver", "fire", "append", "process"} <= within, within
    assert {"intake", "cases", "scheduler", "notifier"} <= services, services
