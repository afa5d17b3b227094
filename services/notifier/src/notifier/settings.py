"""What the notifier reads from its environment."""

import re

from pydantic import field_validator

from events.settings import Settings as Shared

from .recipient import Address

_PLACE = re.compile(r"(?P<host>[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:]+\]):(?P<port>[0-9]{1,5})", re.ASCII)


class Settings(Shared):
    """The settings of the notifier."""

    smtp: str
    """Where mail is handed in, `host:port`."""
    mail_from: Address = "kept@localhost"
    """Whom mail comes from."""

    @field_validator("smtp")
    @classmethod
    def _place(cls, value: str) -> str:
        found = _PLACE.fullmatch(value)
        if not found or not 0 < int(found["port"]) < 1 << 16:
            msg = "give host:port, such as 127.0.0.1:25"
            raise ValueError(msg)
        return value

    @property
    def smtp_host(self) -> str:
        """The mail server's host."""
        return self.smtp.rpartition(":")[0].strip("[]")

    @property
    def smtp_port(self) -> int:
        """The mail server's port."""
        return int(self.smtp.rpartition(":")[2])
