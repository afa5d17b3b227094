"""A log on Kafka: the shape of a record, the one partition it lies in, and clients that do not hang."""

from .address import TLS, connecting
from .clients import CONSUMER, PRODUCER, consuming, producing
from .record import Record, from_record, to_record
from .tail import Tail, read_tail
from .topic import SETTINGS, TopicUnfit, check_topic, fresh_topic

__all__ = [
    "CONSUMER",
    "PRODUCER",
    "SETTINGS",
    "TLS",
    "Record",
    "Tail",
    "TopicUnfit",
    "check_topic",
    "connecting",
    "consuming",
    "fresh_topic",
    "from_record",
    "producing",
    "read_tail",
    "to_record",
]
