"""Policies: what holds for a commitment where nothing else was said, version after version.

Stream `policy-<name>`. What a commitment is made under it keeps; a later version is for later ones.
"""

from .bodies import Draft, PublishPolicy
from .contradiction import check
from .decide import POLICY, Policies, published, stream
from .default import DEFAULT
from .effect import About, Effect, Policy

__all__ = [
    "DEFAULT",
    "POLICY",
    "About",
    "Draft",
    "Effect",
    "Policies",
    "Policy",
    "PublishPolicy",
    "check",
    "published",
    "stream",
]
