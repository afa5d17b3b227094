"""Connections to the webhooks of others: to public addresses only, looked up and checked each time."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Collection, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import httpx
from typing_extensions import override

from events.client import authorities

LookUp = Callable[[str], Awaitable[Sequence[str]]]
_WITHIN = tuple(map(ip_network, ("192.0.0.0/24", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")))
"""Addresses that are taken for public and may lead inside: of protocols, and with an IPv4 address in them."""


def is_public(address: str) -> bool:
    """Say whether an address is one of the open internet, in whatever form it is written."""
    found: IPv4Address | IPv6Address = ip_address(address)
    found = getattr(found, "ipv4_mapped", None) or found
    return found.is_global and not found.is_multicast and not any(found in each for each in _WITHIN)


async def look_up(host: str) -> Sequence[str]:
    """Return the addresses of a host. Raises OSError where it has none."""
    rows = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [str(row[4][0]) for row in rows]


class Outward(httpx.AsyncHTTPTransport):
    """Goes to the very address that was checked, so that no name can lead inside between the two."""

    def __init__(self, inside: Collection[str], look_up: LookUp = look_up) -> None:
        super().__init__(
            verify=authorities(), trust_env=False, limits=httpx.Limits(max_keepalive_connections=0)
        )
        self._inside = frozenset(inside)
        self._look_up = look_up

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request. Raises httpx.ConnectError where its host is inside, and not one that may be."""
        host = request.url.host
        if host not in self._inside:
            addresses = await self._look_up(host)
            if not addresses or not all(map(is_public, addresses)):
                msg = "the host is not a public one"
                raise httpx.ConnectError(msg, request=request)
            request.url = request.url.copy_with(host=addresses[0])
            request.extensions = {**request.extensions, "sni_hostname": host}
        return await super().handle_async_request(request)
