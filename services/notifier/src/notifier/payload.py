"""What a webhook carries, as standardwebhooks.com advises: type, timestamp, data."""

from collections.abc import Sequence
from typing import Any

from events.catalogue import AnnouncementDue

from .wording import Scene, once


def payload(scenes: Sequence[Scene]) -> dict[str, Any]:
    """Return the body of a webhook about one thing, or about several for one recipient."""
    first, named = scenes[0].delivery, once(scenes)
    if len(named) == 1:
        return {"type": _kind(named[0]), "timestamp": first.at.isoformat(), "data": _data(named[0])}
    latest = max(each.delivery.at for each in named)
    items = [{"type": _kind(each), **_data(each)} for each in named]
    data = {"recipient": first.recipient, "items": items}
    return {"type": "commitment.digest", "timestamp": latest.isoformat(), "data": data}


def _kind(scene: Scene) -> str:
    return f"commitment.{'reminder' if scene.delivery.is_reminder else scene.delivery.notice}"


def _data(scene: Scene) -> dict[str, Any]:
    delivery = scene.delivery
    return {
        "notification": str(delivery.id),
        "commitment": str(delivery.commitment),
        "case": str(delivery.case),
        "revision": delivery.revision,
        "notice": delivery.notice,
        "role": delivery.role,
        "recipient": delivery.recipient,
        "due": scene.due.isoformat() if scene.due else None,
        "words": scene.words,
        "unchecked": scene.answered is None,
        "link": scene.link,
        "acknowledge": scene.acknowledge,
    }


def announcement(event: AnnouncementDue, link: str) -> dict[str, Any]:
    """Return the body by which another system is told; margin in seconds, and nothing personal."""
    data = {
        "commitment": str(event.commitment),
        "case": str(event.case),
        "state": event.state,
        "due": event.due.isoformat() if event.due else None,
        "at": event.at.isoformat(),
        "margin": event.margin.total_seconds() if event.margin is not None else None,
        "link": link,
    }
    return {"type": event.type, "timestamp": event.timestamp.isoformat(), "data": data}
