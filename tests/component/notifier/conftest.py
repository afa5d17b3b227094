"""A notifier's database, empty for every test, with the services around it played by the test."""

import secrets
from collections.abc import AsyncIterator
from mailbox import Maildir, MaildirMessage
from uuid import UUID

import pytest

from events.clock import new_id
from local.parts import install_service
from local.site import role

from .replica import Ledger, Replica, replica
from .scene import DUE
from .sinks import HttpSink, http_sink, listening

ROLE = role("notifier")


@pytest.fixture(scope="session")
async def template(parts) -> AsyncIterator[str]:
    """The name of a database with the notifier's empty tables."""
    name = f"notifier_template_{secrets.token_hex(3)}"
    await parts.postgres.roles(ROLE)
    await parts.postgres.create(name, login=ROLE)
    await install_service("notifier", parts.postgres.database(name))
    yield name
    await parts.postgres.drop(name)


@pytest.fixture
async def dsn(parts, template) -> AsyncIterator[str]:
    """The address of a database of the test's own, as the service connects to it."""
    name = f"notifier_{secrets.token_hex(3)}"
    await parts.postgres.create(name, login=ROLE, template=template)
    yield parts.postgres.database(name, ROLE)
    await parts.postgres.drop(name)


@pytest.fixture
async def ledger() -> AsyncIterator[Ledger]:
    """The service `cases`, played."""
    sink = HttpSink()
    async with listening(sink.serve) as port:
        sink.port = port
        yield Ledger(sink)


@pytest.fixture
def smtp(parts) -> tuple[str, int]:
    """The mail server of the run."""
    return parts.mail.host, parts.mail.port


@pytest.fixture
async def one(dsn, ledger, smtp) -> AsyncIterator[Replica]:
    """The only replica."""
    async with replica(dsn, ledger, smtp=smtp) as running:
        yield running


@pytest.fixture
async def hasty(dsn, ledger, smtp) -> AsyncIterator[Replica]:
    """The only replica, which waits for nobody longer than a second."""
    async with replica(dsn, ledger, smtp=smtp, seconds=1) as running:
        yield running


def text(letter: MaildirMessage) -> str:
    """Return the plain part of a letter."""
    parts = (part for part in letter.walk() if part.get_content_type() == "text/plain")
    body = next(parts).get_payload(decode=True)
    assert isinstance(body, bytes)
    return body.decode()


class Post:
    """The mailbox of the run, as far as one test looks."""

    def __init__(self, maildir: Maildir) -> None:
        self._maildir = maildir

    def about(self, commitment: UUID) -> list[MaildirMessage]:
        """Return the letters about a commitment."""
        number = str(commitment)
        return [letter for letter in self._maildir if number in text(letter)]


@pytest.fixture
def post(parts) -> Post:
    """The mailbox of the run."""
    return Post(Maildir(parts.mail.maildir, create=False))


@pytest.fixture
def commitment(ledger) -> UUID:
    """A commitment that stands open at `cases`."""
    made = new_id()
    ledger.says(made, told_due=DUE)
    return made


@pytest.fixture
async def hook() -> AsyncIterator[HttpSink]:
    """A receiver of webhooks."""
    async with http_sink() as sink:
        yield sink
