"""One PostgreSQL, one broker and one mailbox for the whole run; fresh databases and topics per module."""

import os
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import uvloop
from hypothesis import settings
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from events.service.heap import freeze_heap
from local.parts import Parts
from local.parts import parts as running_parts
from local.site import Site

from .desk import Desk, fresh
from .desk import desk as running_desk
from .logs import hurry

HERE = Path(__file__).parent
SHARED = HERE.parents[1] / "shared"
settings.register_profile("kept", deadline=None)  # a slow machine is no fault of an example
settings.load_profile("kept")
ORDER = ("system", "faults", "component", "contract", "architecture", "unit")


@pytest.fixture(scope="session")
async def parts(tmp_path_factory) -> AsyncIterator[Parts]:
    """Real PostgreSQL, Kafka and SMTP, started once."""
    async with running_parts(tmp_path_factory.mktemp("parts")) as started:
        await hurry(started.postgres)
        yield started


@pytest.fixture(scope="module")
async def site(parts, request) -> AsyncIterator[Site]:
    """Empty databases and topics that only this module has."""
    async with fresh(parts, re.sub(r"\W", "_", request.module.__name__.rpartition(".")[2])[:30]) as site:
        yield site


@pytest.fixture(scope="module")
async def desk(site) -> AsyncIterator[Desk]:
    """The four services in this process, on a site of the module's own."""
    async with running_desk(site) as running:
        yield running


@pytest.fixture(scope="module")
def spans() -> Iterator[InMemorySpanExporter]:
    """Every span of this process that ends from now on."""
    provider = trace.get_tracer_provider()
    if not isinstance(provider, TracerProvider):
        provider = TracerProvider()
        trace.set_tracer_provider(provider)
    exporter = InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    yield exporter
    exporter.shutdown()


@pytest.fixture(scope="session")
def data() -> Path:
    """The shared data; absent, the test is skipped, and fails in CI."""
    folder = SHARED / "data"
    if not folder.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail("../shared/data is absent")
        pytest.skip("../shared/data is absent")
    return folder


def pytest_asyncio_loop_factories(config, item):
    """Run on the loop that the services run on."""
    return {"uvloop": uvloop.new_event_loop}


def pytest_collection_modifyitems(items):
    """Put the longest first, so that no worker is left alone with them at the end."""
    items.sort(key=lambda item: ORDER.index(item.path.relative_to(HERE).parts[0]))


def pytest_collection_finish():
    """Spare the collector what stays for the whole run."""
    freeze_heap()
