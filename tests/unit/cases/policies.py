"""Policies as people write them, for tests."""

import json
from typing import Any

from cases.policy import PublishPolicy

HOURS = {"unit": "business", "lasts": "PT8H"}


def policy(**said: Any) -> PublishPolicy:
    """Return the command that publishes a policy, strict as the front door is."""
    return PublishPolicy.model_validate_json(json.dumps({"name": "desk", **said}), strict=True)


def within(lasts: str, unit: str = "real", **more: Any) -> dict[str, Any]:
    """Return an aim."""
    return {"within": {"unit": unit, "lasts": lasts}, **more}
