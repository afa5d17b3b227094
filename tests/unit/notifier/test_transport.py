"""Webhooks do not lead inside, whatever a name says at that moment."""

import httpx
import pytest

from notifier.settings import Settings
from notifier.transport import Outward, is_public
from tests.unit.notifier.test_settings import NEEDED


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_public__is_the_open_internet(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "198.18.0.1",
        "192.0.0.192",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "fd00:ec2::254",
        "fe80::1",
        "ff02::1",
    ],
)
def test_public__is_nothing_that_leads_inside(address):
    assert not is_public(address)


@pytest.mark.parametrize("found", [[], ["10.0.0.7"], ["93.184.215.14", "127.0.0.1"]])
async def test_connection__to_a_name_that_leads_inside_is_not_made(found):
    asked = []

    async def look_up(host):
        asked.append(host)
        return found

    async with httpx.AsyncClient(transport=Outward([], look_up)) as client:
        with pytest.raises(httpx.ConnectError, match="not a public one"):
            await client.post("https://hooks.example/x", content=b"")
    assert asked == ["hooks.example"]


def test_hosts_inside__are_those_of_the_settings_and_in_dev_this_machine():
    own = Settings(**NEEDED, smtp="mail.example:25", webhook_hosts=["board.internal"])
    assert own.webhooks_inside == {"board.internal"}
    assert "127.0.0.1" in Settings(**NEEDED, smtp="mail.example:25", profile="dev").webhooks_inside
