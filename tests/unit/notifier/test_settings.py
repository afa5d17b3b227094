"""What the notifier reads from its environment."""

from typing import Any

import pytest
from pydantic import ValidationError

from events.service.prod import faults
from notifier.channels import MailServer
from notifier.settings import Settings

NEEDED: dict[str, Any] = {
    "database": "postgresql://kept@127.0.0.1/kept",
    "broker": "127.0.0.1:9092",
    "public_key": "pem",
    "link_key": "k" * 32,
}


@pytest.mark.parametrize(
    ("smtp", "server"),
    [
        ("127.0.0.1:25", MailServer("127.0.0.1", 25)),
        ("[::1]:2525", MailServer("::1", 2525)),
        ("mail.example:1", MailServer("mail.example", 1)),
        ("tls://mail.example:587", MailServer("mail.example", 587, encrypted=True)),
        ("tls://[::1]:465", MailServer("::1", 465, encrypted=True)),
    ],
)
def test_smtp__names_host_and_port(smtp, server):
    assert Settings(**NEEDED, smtp=smtp).mail_server == server


@pytest.mark.parametrize(
    "smtp", ["", "mail.test", "mail.test:0", "mail.test:70000", "a b:25", "mail:25\n", "smtp://mail:25"]
)
def test_smtp__refuses(smtp):
    with pytest.raises(ValidationError):
        Settings(**NEEDED, smtp=smtp)


@pytest.mark.parametrize("sender", ["kept", "a@b.test, c@d.test", "Kept <a@b.test>"])
def test_mail_from__is_one_address(sender):
    with pytest.raises(ValidationError):
        Settings(**NEEDED, smtp="127.0.0.1:25", mail_from=sender)


@pytest.mark.parametrize("key", ["", "an elderly otter waits for tea", "k" * 32])
def test_link_key__must_be_set_outside_dev(key):
    found = faults(Settings(**NEEDED | {"link_key": key}, smtp="127.0.0.1:25"))
    assert sum(line.startswith("KEPT_LINK_KEY: ") for line in found) == 1
    settings = Settings(**NEEDED | {"link_key": key, "profile": "dev"}, smtp="127.0.0.1:25")
    assert len(settings.links_signed_with) == 32


def test_links__begin_where_people_reach_us():
    smtp = "127.0.0.1:25"
    assert Settings(**NEEDED, smtp=smtp, port=8004).people_reach_us_at == "http://127.0.0.1:8004"
    urls = {"notifier": "http://notifier:8004"}
    assert Settings(**NEEDED, smtp=smtp, urls=urls).people_reach_us_at == "http://notifier:8004"
    named = Settings(**NEEDED, smtp=smtp, urls=urls, public_url="https://kept.example")
    assert named.people_reach_us_at == "https://kept.example"
