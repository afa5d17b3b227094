"""`/livez`, `/readyz`, `/metrics`: open to whoever reaches the port, and free of anything personal."""

from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter
from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from events.postgres import OUTAGES, ask

from .problems import RETRY
from .service import Gauge
from .site import Site, site_of

PATIENCE = 1.0
"""Seconds for the database to say that it is there."""

router = APIRouter(include_in_schema=True)


@router.get("/livez")
async def livez() -> dict[str, str]:
    """Say that the process is alive: one whose tasks died does not answer."""
    return {"status": "alive"}


@router.get("/readyz")
async def readyz(request: Request) -> Response:
    """Say whether requests can be served: that needs PostgreSQL only."""
    site = site_of(request)
    reachable = site.ready and await _reachable(site)
    degraded = {**site.degraded(), **site.stopped}
    state = "unready" if not reachable else "degraded" if degraded else "ready"
    body: dict[str, Any] = {"status": state, "tasks": degraded}
    status, headers = (200, {}) if reachable else (503, RETRY)
    return Response(to_json(body), status, headers, "application/json")


@router.get("/metrics", response_class=PlainTextResponse)
async def metrics(request: Request) -> Response:
    """Return the figures of this service for Prometheus."""
    site = site_of(request)
    gauges = [gauge async for gauge in _gauges(site)]
    return Response(site.figures.text(gauges), media_type="text/plain; version=0.0.4; charset=utf-8")


async def _reachable(site: Site) -> bool:
    try:
        return bool(
            await ask(site.parts.pool, lambda connection: connection.fetchval("SELECT true"), PATIENCE)
        )
    except OUTAGES:
        return False


async def _gauges(site: Site) -> AsyncIterator[Gauge]:
    stopped = "Tasks that stopped for good"
    for task in site.stopped:
        yield Gauge("task_stopped", stopped, 1, {"task": task})
    try:
        settled = await site.settled()
        more = await site.service.metrics() if site.service.metrics else ()
    except OUTAGES:
        yield Gauge("database_up", "Whether PostgreSQL answers", 0)
        return
    yield Gauge("database_up", "Whether PostgreSQL answers", 1)
    yield Gauge("log_head", "Position of the last event of the own log", settled["head"])
    yield Gauge("relay_lag_events", "Events not yet on Kafka", settled["head"] - settled["relayed"])
    yield Gauge("parked_streams", "Streams that wait for a repair", settled["parked"])
    yield Gauge("backlog", "Timers and deliveries whose instant has come", settled["due"])
    for name, cursor in settled["cursors"].items():
        labels = {"subscription": name, "log": cursor["log"]}
        yield Gauge("cursor_position", "How far a subscription has read", cursor["position"], labels)
    for subscription in site.service.subscriptions:
        for what, count in asdict(subscription.counts).items():
            labels = {"subscription": subscription.name, "what": what}
            yield Gauge("put_right_events", "Copies dropped, holes met and healed, rows fed", count, labels)
    for gauge in more:
        yield gauge
