"""What the notifier reads from its environment."""

from typing import Any

import pytest
from pydantic import ValidationError

from notifier.settings import Settings

NEEDED: dict[str, Any] = {
    "database": "postgresql://kept@127.0.0.1/kept",
    "broker": "127.0.0.1:9092",
    "public_key": "pem",
}


@pytest.mark.parametrize(
    ("smtp", "host", "port"),
    [("127.0.0.1:25", "127.0.0.1", 25), ("[::1]:2525", "::1", 2525), ("mail.example:1", "mail.example", 1)],
)
def test_smtp__names_host_and_port(smtp, host, port):
    settings = Settings(**NEEDED, smtp=smtp)
    assert (settings.smtp_host, settings.smtp_port) == (host, port)


@pytest.mark.parametrize("smtp", ["", "mail.test", "mail.test:0", "mail.test:70000", "a b:25", "mail:25\n"])
def test_smtp__refuses(smtp):
    with pytest.raises(ValidationError):
        Settings(**NEEDED, smtp=smtp)


@pytest.mark.parametrize("sender", ["kept", "a@b.test, c@d.test", "Kept <a@b.test>"])
def test_mail_from__is_one_address(sender):
    with pytest.raises(ValidationError):
        Settings(**NEEDED, smtp="127.0.0.1:25", mail_from=sender)
