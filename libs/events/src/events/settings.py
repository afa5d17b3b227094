"""What a service reads from its environment: one name each, prefix KEPT_."""

from ipaddress import ip_network
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from .lookup import Lookup
from .wrapping import Wrapping, read_key

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class Settings(BaseSettings):
    """The settings every service shares.

    Addresses of the other services come as JSON: `KEPT_URLS={"intake": "http://127.0.0.1:8001", ...}`.
    """

    model_config = SettingsConfigDict(env_prefix="KEPT_", extra="ignore", frozen=True)

    profile: Literal["dev", "prod"] = "prod"
    host: str = "127.0.0.1"
    port: int = 8000
    database: SecretStr
    """DSN of the service's own database, as the service role."""
    keyring: SecretStr = SecretStr("")
    """DSN of the database of its data keys, as a role of its own; never the log's database."""
    keyring_superuser: SecretStr = SecretStr("")
    """DSN of the same as superuser, for `python -m <service> migrate` only."""
    wrapping_key: SecretStr = SecretStr("")
    """Wraps the data keys: 32 random bytes in base64."""
    wrapping_key_former: SecretStr = SecretStr("")
    """A second one that is still read while keys are rotated."""
    lookup_key: SecretStr = SecretStr("")
    """Hashes what is looked up by its words: 32 random bytes in base64, the same for ever."""
    broker: str
    """Kafka bootstrap servers, `host:port[,host:port]`; by TLS `tls://host:port[,host:port]`."""
    topic_prefix: str = ""
    """Put before each topic's name; tests share one broker by it."""
    urls: dict[str, str] = {}
    """Base address of every service by name."""
    token: SecretStr = SecretStr("")
    """This service's own bearer token, for calls to the others."""
    cursor_key: SecretStr = SecretStr("")
    """Signs cursors of the API: 32 random bytes in base64, the same in every replica."""
    public_key: str = ""
    """PEM of the one key that bearer tokens are verified with (EdDSA); beside `jwks`, a further one."""
    jwks: str = ""
    """Path or https address of the set of keys (RFC 7517) that bearer tokens are verified with."""
    issuer: str = "kept"
    audience: str = "kept"
    otlp: str | None = None
    """OTLP/HTTP endpoint for spans; none: spans are not exported."""
    sampling: float = 1.0
    """Share of new traces that are recorded, 0 to 1."""
    skew_seconds: float = 3600
    """How far `occurred_at` may lie ahead of the log's clock (skew_limit)."""
    relay: bool = True
    """Whether the service relays its own log; false where `python -m <service> relay` does."""
    superuser: SecretStr = SecretStr("")
    """DSN of the service's own database as superuser, for `python -m <service> migrate` only."""
    trusted_network: tuple[str, ...] = ()
    """Where connections may go in plain in profile `prod`: hosts, `.ends` of their names, networks."""
    log_level: str = "INFO"
    streams: int = 64
    """How many callers may follow the feed at once, in each process; more are answered 503."""
    heartbeat_seconds: float = 15
    """After so long without an event, a stream of the feed says that it lives."""

    @property
    def by_tls(self) -> dict[str, str]:
        """Addresses, by setting, to which connections are encrypted where they begin with `tls://`."""
        return {"broker": self.broker}

    @property
    def wrapping(self) -> Wrapping | None:
        """The wrapping keys; none where none is given."""
        said = self.wrapping_key.get_secret_value()
        return Wrapping.read(said, self.wrapping_key_former.get_secret_value()) if said else None

    @property
    def lookup(self) -> Lookup:
        """The keyed hashes; in profile `dev` without a key, such as anybody could make."""
        said = self.lookup_key.get_secret_value()
        return Lookup(read_key(said) if said else b"")

    @model_validator(mode="after")
    def _can_verify(self) -> Self:
        if not self.public_key and not self.jwks:
            raise ValueError("KEPT_PUBLIC_KEY or KEPT_JWKS is needed: nobody could enter")
        issuer = urlsplit(self.jwks)
        if self.profile == "dev" and issuer.scheme == "http" and issuer.hostname not in LOOPBACK:
            raise ValueError("KEPT_JWKS: http is for this machine only; give an https address")
        return self

    @field_validator("wrapping_key", "wrapping_key_former", "lookup_key", "cursor_key")
    @classmethod
    def _are_keys(cls, value: SecretStr) -> SecretStr:
        if said := value.get_secret_value():
            read_key(said)
        return value

    @field_validator("trusted_network")
    @classmethod
    def _are_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for each in value:
            if "/" in each:
                ip_network(each)
        return value

    @field_validator("jwks")
    @classmethod
    def _can_be_read(cls, value: str) -> str:
        parts = urlsplit(value)
        if "://" in value and not (parts.scheme in ("http", "https") and parts.hostname):
            raise ValueError("give a path or an https address")
        return value
