"""What cases reads from its environment: nothing of its own."""

from events.settings import Settings as Settings
