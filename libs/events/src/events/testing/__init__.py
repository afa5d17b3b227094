"""Given what happened, when a command comes, then these events: tests of deciders read like that."""

from .examples import EXAMPLES
from .given import AGENT, LEAD, NOW, SYSTEM, Given, Then, an_id, given, recorded

__all__ = ["AGENT", "EXAMPLES", "LEAD", "NOW", "SYSTEM", "Given", "Then", "an_id", "given", "recorded"]
