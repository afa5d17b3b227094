"""The ways a message takes: SMTP and webhook; whatever a receiver does, the attempt is bounded."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Protocol
from urllib.parse import urlsplit
from uuid import UUID

import httpx
from aiosmtplib import SMTP, SMTPDataError, SMTPException, SMTPRecipientsRefused
from pydantic_core import to_json

from events.catalogue.notices import Means
from events.clock import machine_time
from events.telemetry import carried

from .recipient import LOOPBACK
from .signing import Keys, signed
from .transport import Outward
from .wording import Letter

SECONDS = 5.0
"""How long one attempt may take, whatever trickles in."""
GONE = 410
SUBMISSIONS = 465
"""The port at which TLS begins with the connection (RFC 8314)."""
FOR_GOOD = range(500, 600)
"""Codes of SMTP that will be the same next time."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The channel took it."""


@dataclass(frozen=True, slots=True)
class Refused:
    """It will never take it; `gone`: nor anything else."""

    why: str
    gone: bool = False


@dataclass(frozen=True, slots=True)
class TryAgain:
    """It did not take it, or nobody knows; the next attempt has the same id."""

    why: str
    at_least: timedelta = timedelta(0)
    """What the receiver asks for before the next attempt."""


Result = Accepted | Refused | TryAgain


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent, in both forms."""

    id: UUID
    letter: Letter
    data: dict[str, Any]
    at: datetime
    """Domain time."""


class Channel(Protocol):
    """One way to one receiver."""

    @property
    def means(self) -> Means:
        """Its kind."""
        ...

    @property
    def sink(self) -> str:
        """What is slow for all when it is slow for one."""
        ...

    async def send(self, message: Message) -> Result:
        """Try once, in bounded time; never raises for what the receiver does."""
        ...


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in; `encrypted`: it shows its certificate before it is told anything."""

    host: str
    port: int
    encrypted: bool = False

    def client(self, hello: str, seconds: float) -> SMTP:
        """Return what talks to it: by TLS at once at port 465, by STARTTLS at every other."""
        at_once = self.encrypted and self.port == SUBMISSIONS
        return SMTP(
            hostname=self.host,
            port=self.port,
            timeout=seconds,
            local_hostname=hello,
            use_tls=at_once,
            start_tls=True if self.encrypted and not at_once else None,
        )


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One e-mail address, by a mail server."""

    server: MailServer
    sender: str
    address: str
    seconds: float = SECONDS
    means: Means = "email"

    @property
    def sink(self) -> str:
        """The mail server: all mail goes through it."""
        return "smtp"

    async def send(self, message: Message) -> Result:
        """Hand a letter in; only a 5xx on the recipient or the letter itself is final."""
        server = self.server.client(self._domain, self.seconds)
        try:
            async with asyncio.timeout(self.seconds):
                await server.connect()
                await server.send_message(self.mail(message), sender=self.sender, recipients=[self.address])
        except SMTPRecipientsRefused as error:
            return _answered(error.recipients[0].code)
        except SMTPDataError as error:
            return _answered(error.code)
        except (SMTPException, OSError, TimeoutError) as error:
            return TryAgain(type(error).__name__)
        finally:
            server.close()
        return Accepted()

    def mail(self, message: Message) -> EmailMessage:
        """Return the letter with its headers; the id of the delivery is the message's."""
        mail = EmailMessage()
        mail["Subject"] = message.letter.subject
        mail["From"] = Address("Kept", addr_spec=self.sender)
        mail["To"] = Address(addr_spec=self.address)
        mail["Date"] = message.at
        mail["Message-ID"] = f"<{message.id}@{self._domain}>"
        mail["X-Kept-Notification"] = str(message.id)
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message.letter.text)
        if message.letter.html:
            mail.add_alternative(message.letter.html, subtype="html")
        mail["Content-Language"] = message.letter.language
        return mail

    @property
    def _domain(self) -> str:
        return self.sender.rpartition("@")[2]


def _answered(code: int) -> Result:
    return Refused(f"SMTP {code}") if code in FOR_GOOD else TryAgain(f"SMTP {code}")


@dataclass(frozen=True, slots=True)
class Hook:
    """One webhook."""

    client: httpx.AsyncClient
    url: str
    keys: Keys
    seconds: float = SECONDS
    means: Means = "webhook"

    @property
    def sink(self) -> str:
        """The receiving host."""
        return urlsplit(self.url).netloc

    async def send(self, message: Message) -> Result:
        """Post it, signed; the status line decides, and of the reply's body nothing is read."""
        body = to_json(message.data)
        seconds = int(machine_time().timestamp())
        signatures = signed(self.keys.at(message.at), str(message.id), seconds, body)
        headers = {"Content-Type": "application/json", **signatures, **carried()}
        try:
            async with (
                asyncio.timeout(self.seconds),
                self.client.stream("POST", self.url, content=body, headers=headers) as reply,
            ):
                return _replied(reply.status_code, reply.headers.get("retry-after"))
        except (httpx.HTTPError, OSError, TimeoutError) as error:
            return TryAgain(type(error).__name__)


def _replied(status: int, retry_after: str | None) -> Result:
    if httpx.codes.is_success(status):
        return Accepted()
    if status == GONE:
        return Refused(f"HTTP {status}", gone=True)
    return TryAgain(f"HTTP {status}", _asked_for(retry_after or ""))


def _asked_for(retry_after: str) -> timedelta:
    """Return how long a receiver asks to be left alone, at most a day: seconds, or a date."""
    if retry_after.isascii() and retry_after.isdecimal() and len(retry_after) < 6:  # noqa: PLR2004 - below a day or so
        return timedelta(seconds=int(retry_after))
    try:
        return max(parsedate_to_datetime(retry_after) - machine_time(), timedelta(0))
    except (ValueError, TypeError):
        return timedelta(0)


def webhook_client(inside: Collection[str] = LOOPBACK) -> httpx.AsyncClient:
    """Return the client for webhooks: no redirects, no proxies, no cookies, a new connection each time.

    It connects to public addresses only, and to the hosts in `inside`, which may be anywhere.
    """
    return httpx.AsyncClient(
        follow_redirects=False,
        trust_env=False,
        timeout=SECONDS,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        transport=Outward(inside),
        headers={"User-Agent": "kept", "Accept": "*/*", "Accept-Encoding": "identity"},
    )
