"""What the notifier reads from its environment."""

import hmac
import re
from hashlib import sha256

from pydantic import SecretStr, field_validator
from typing_extensions import override

from events.kafka import TLS
from events.settings import Settings as Shared

from .channels import MailServer
from .recipient import LOOPBACK, Address

_PLACE = re.compile(r"(tls://)?([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:]+\]):(?P<port>[0-9]{1,5})", re.ASCII)


class Settings(Shared):
    """The settings of the notifier."""

    smtp: str
    """Where mail is handed in, `tls://host:port`; `host:port` is encrypted if the server offers it."""
    mail_from: Address = "kept@localhost"
    """Whom mail comes from."""
    public_url: str = ""
    """Where people open the links in their letters; none: where this service listens."""
    link_key: SecretStr = SecretStr("")
    """Signs those links, the same in every replica; profile `dev` takes one that follows from the token."""
    max_lateness_seconds: float = 86_400
    """A lapse found longer after its due than this is told to the leads only, all of them at once."""
    chat_hosts: tuple[str, ...] = ()
    """Where chat servers of our own run; the well-known services need not be named."""
    webhook_hosts: tuple[str, ...] = ()
    """Hosts of our own that webhooks may go to; all others must have public addresses."""

    @property
    def links_signed_with(self) -> bytes:
        """The key of links."""
        key = self.link_key.get_secret_value()
        given = key.encode() if key else b"of " + self.token.get_secret_value().encode()
        return hmac.digest(given, b"kept links", sha256)

    @property
    def webhooks_inside(self) -> frozenset[str]:
        """The hosts that webhooks may go to wherever they are; in profile `dev` this machine is one."""
        return frozenset(self.webhook_hosts) | (LOOPBACK if self.profile == "dev" else frozenset())

    @property
    def people_reach_us_at(self) -> str:
        """The address that links begin with."""
        return self.public_url or self.urls.get("notifier") or f"http://{self.host}:{self.port}"

    @property
    @override
    def by_tls(self) -> dict[str, str]:
        return super().by_tls | {"smtp": self.smtp}

    @field_validator("smtp")
    @classmethod
    def _place(cls, value: str) -> str:
        found = _PLACE.fullmatch(value)
        if not found or not 0 < int(found["port"]) < 1 << 16:
            msg = "give tls://host:port or host:port, such as tls://mail.example:587 or 127.0.0.1:25"
            raise ValueError(msg)
        return value

    @property
    def mail_server(self) -> MailServer:
        """Where mail is handed in."""
        host, _, port = self.smtp.removeprefix(TLS).rpartition(":")
        return MailServer(host.strip("[]"), int(port), encrypted=self.smtp.startswith(TLS))
