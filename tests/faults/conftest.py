"""A line of its own for every test."""

from tests.component.events.conftest import copied as copied
from tests.component.events.conftest import line as line
