"""What profile `prod` does not start with: known secrets, connections in plain, routes that stand open."""

from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from urllib.parse import parse_qs, unquote, urlsplit

import jwt
from fastapi import FastAPI
from pydantic import SecretStr

from events.bearer import LOCAL
from events.clock import machine_time
from events.errors import Fault
from events.kafka import TLS
from events.settings import Settings

from .key_set import read_pem
from .permissions import permissions

OPEN = frozenset(
    {
        *("/livez", "/readyz", "/metrics", "/problems/{name}"),
        *("/v1/acknowledgements/{token}", "/v1/answers/{token}"),
    }
)
"""The routes that ask for no token: health, what a problem's type says, and what a signed link leads to."""
KNOWN = frozenset({"", "admin", "changeme", "default", "example", "kept", "password", "postgres", "secret"})
"""Passwords that everybody tries."""
LEAST_SECRET = 32
"""Letters of a secret."""
LEAST_LETTERS = 8
"""Different ones among them."""
DATABASES = ("database", "superuser", "keyring", "keyring_superuser")
MAY_BE_EMPTY = ("wrapping_key_former",)
IN_PLAIN = "goes in plain to {host}: {instead}, or name it in KEPT_TRUSTED_NETWORK"

Faults = Iterator[tuple[str, str]]
"""The name of a setting, and what is wrong with it."""


class OpenRoutes(Fault):
    """A route of this release asks for no token, and is none of those that may."""


def faults(settings: Settings, *, serves: bool = True) -> list[str]:
    """Return what stands against a start in profile `prod`, a line each, without a secret in it.

    What does not serve, such as `migrate`, needs no token and no keys.
    """
    if settings.profile != "prod":
        return []
    served = (_public_key, _token, _secrets, _keyring) if serves else ()
    keys = (fault for check in served for fault in check(settings))
    found = (*keys, *_databases(settings), *_addresses(settings))
    return [f"KEPT_{name.upper()}: {wrong}" for name, wrong in found]


def check_routes(app: FastAPI) -> None:
    """Raise OpenRoutes where a route stands open that should not; pages of the API and the clock are such."""
    if left := sorted({each.path for each in permissions(app) if each.open} - OPEN):
        raise OpenRoutes(f"open without a token: {', '.join(left)}")


def _public_key(settings: Settings) -> Faults:
    try:
        if settings.public_key:
            read_pem(settings.public_key)
    except (ValueError, TypeError):
        yield "public_key", "is not an Ed25519 key in PEM"


def _token(settings: Settings) -> Faults:
    token = settings.token.get_secret_value()
    try:
        local = jwt.get_unverified_header(token).get("kid") == LOCAL
        until = float(jwt.decode(token, options={"verify_signature": False})["exp"])
    except (jwt.PyJWTError, KeyError, TypeError, ValueError):
        yield "token", "is no bearer token: give one of role system, for calls to the other services"
        return
    if local:
        yield "token", "was made by `make run` or `events token`, whose key is not kept secret"
    if until <= machine_time().timestamp():
        yield "token", "has ended"


def _secrets(settings: Settings) -> Faults:
    for name, value in settings:
        if isinstance(value, SecretStr) and name not in (*DATABASES, "token"):
            secret = value.get_secret_value()
            if not secret and name in MAY_BE_EMPTY:
                continue
            if len(secret) < LEAST_SECRET or len(set(secret)) < LEAST_LETTERS:
                yield name, f"give {LEAST_SECRET} letters or more that nobody can guess"


def _keyring(settings: Settings) -> Faults:
    """Look that no backup of the log holds the keys to what is erased in it."""
    places = [urlsplit(each.get_secret_value()) for each in (settings.database, settings.keyring)]
    if not settings.keyring.get_secret_value():
        yield "keyring", "is needed: the database of the data keys"
    elif len({(each.netloc.rpartition("@")[2], each.path) for each in places}) == 1:
        yield "keyring", "is the log's own database: data keys need one besides"
    if settings.wrapping_key.get_secret_value() == settings.lookup_key.get_secret_value() != "":
        yield "lookup_key", "is the wrapping key: give another one"


def _databases(settings: Settings) -> Faults:
    for name in DATABASES:
        if not (dsn := getattr(settings, name).get_secret_value()):
            continue
        parts, said = urlsplit(dsn), parse_qs(urlsplit(dsn).query)
        password = unquote(
            (parts.netloc.rpartition("@")[0].partition(":")[2]) or said.get("password", [""])[0]
        )
        if password and password.lower() in {*KNOWN, (parts.username or "").lower()}:
            yield name, "has a password that everybody tries"
        hosts = [*_hosts(parts.netloc.rpartition("@")[2]), *_hosts(",".join(said.get("host", [])))]
        if said.get("sslmode") != ["verify-full"]:
            yield from _plain(settings, name, hosts, "say sslmode=verify-full")


def _addresses(settings: Settings) -> Faults:
    for name, place in settings.by_tls.items():
        if not place.startswith(TLS):
            yield from _plain(settings, name, _hosts(place), f"begin with {TLS}")
    for name, value in settings:
        for address in value.values() if isinstance(value, dict) else (value,):
            if isinstance(address, str) and address.lower().startswith("http:"):
                yield from _plain(
                    settings,
                    name,
                    _hosts(urlsplit(address).netloc.rpartition("@")[2]),
                    "give an https address",
                )


def _plain(settings: Settings, name: str, hosts: list[str], instead: str) -> Faults:
    for host in hosts:
        if not is_trusted(host, settings.trusted_network):
            yield name, IN_PLAIN.format(host=host, instead=instead)


def _hosts(listed: str) -> list[str]:
    """Return the hosts in `host:port,[::1]:port`; a path of a socket is none, for it leads nowhere else."""
    places = (place.strip().lower() for place in listed.split(","))
    hosts = (
        place.partition("]")[0].strip("[") if "[" in place else place.partition(":")[0] for place in places
    )
    return [host for host in hosts if host and not host.startswith("/")]


def is_trusted(host: str, networks: tuple[str, ...]) -> bool:
    """Say whether a host is one of these: names, `.ends` of names, addresses, networks such as 10.0.0.0/8."""
    if host in networks or any(host.endswith(end) for end in networks if end.startswith(".")):
        return True
    try:
        address = ip_address(host)
        return any(address in ip_network(each) for each in networks if "/" in each)
    except ValueError:
        return False
