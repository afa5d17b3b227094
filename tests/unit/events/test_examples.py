"""Every event of the catalogue has an example, and every example survives the codec."""

import pytest

from events.catalogue import TYPES, Event
from events.testing import EXAMPLES
from events.wire import decode_data, encode


def test_examples__there_is_one_of_every_event():
    assert EXAMPLES.keys() == TYPES.keys()


@pytest.mark.parametrize("event", EXAMPLES.values(), ids=EXAMPLES.keys())
def test_examples__come_back_from_bytes(event: Event):
    kind, schema, data = encode(event)
    assert decode_data(kind, schema, data) == event
