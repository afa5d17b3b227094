"""Following a log: from table, topic or feed to projections and reactions, each event once, in order."""

from .feed_source import FeedSource
from .handler import Handler, Projection, Reaction
from .integrity import flaw
from .parking import TooManyParked
from .reader import Counts
from .source import LogSource, Source, Truth
from .subscription import Subscription
from .topic_source import RecordTooLarge, TopicSource

__all__ = [
    "Counts",
    "FeedSource",
    "Handler",
    "LogSource",
    "Projection",
    "Reaction",
    "RecordTooLarge",
    "Source",
    "Subscription",
    "TooManyParked",
    "TopicSource",
    "Truth",
    "flaw",
]
