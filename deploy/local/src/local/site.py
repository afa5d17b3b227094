"""One set of databases and topics: where the four services of one installation keep their things."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from events.lookup import Lookup
from events.postgres import LOGS
from events.wrapping import read_key
from local import ports
from local.kafka import Kafka
from local.keys import Keys
from local.mail import Mail
from local.postgres import Postgres

SERVICES = tuple(LOGS)
MAIL_FROM = "kept@localhost"


def role(service: str) -> str:
    """Name the login role of a service."""
    return f"kept_{service}"


def keyring_role(service: str) -> str:
    """Name the login role by which a service comes to its keyring."""
    return f"kept_{service}_keys"


@dataclass(frozen=True)
class Site:
    """Addresses of one set; `name` begins the names of its databases."""

    name: str
    topic_prefix: str
    postgres: Postgres
    broker: Kafka
    mail: Mail
    keys: Keys

    @property
    def databases(self) -> dict[str, str]:
        """DSN of each service's database as the superuser, by service."""
        return {service: self.postgres.database(self.database(service)) for service in SERVICES}

    @property
    def logins(self) -> dict[str, str]:
        """DSN of each service's database as the service itself connects, by service."""
        return {
            service: self.postgres.database(self.database(service), role(service)) for service in SERVICES
        }

    @property
    def keyrings(self) -> dict[str, str]:
        """DSN of each service's keyring as the superuser, by service."""
        return {service: self.postgres.database(self.keyring(service)) for service in SERVICES}

    @property
    def topics(self) -> dict[str, str]:
        """Topic of each log, by the log's name."""
        return {log: f"{self.topic_prefix}{log}" for log in LOGS.values()}

    @property
    def token(self) -> str:
        """A bearer token with every role, its subject `agent`."""
        return self.keys.token("agent", ("agent", "lead", "system", "analyst", "operator"))

    def customer(self, source: str, reference: str) -> str:
        """Give the id of the customer whom a source calls by this reference."""
        return str(Lookup(read_key(self.keys.lookup)).id("customer", source, reference))

    def database(self, service: str) -> str:
        """Name the database of a service."""
        return f"{self.name}_{service}"

    def keyring(self, service: str) -> str:
        """Name the database of a service's data keys."""
        return f"{self.name}_{service}_keys"

    def env(self, service: str, port: int, urls: Mapping[str, str]) -> dict[str, str]:
        """Give the settings of a service process (see events.settings); `urls` are those of all services."""
        return {
            "KEPT_PROFILE": "dev",
            "KEPT_HOST": ports.HOST,
            "KEPT_PORT": str(port),
            "KEPT_DATABASE": self.logins[service],
            "KEPT_KEYRING": self.postgres.database(self.keyring(service), keyring_role(service)),
            "KEPT_WRAPPING_KEY": self.keys.wrapping,
            "KEPT_LOOKUP_KEY": self.keys.lookup,
            "KEPT_BROKER": self.broker.bootstrap,
            "KEPT_TOPIC_PREFIX": self.topic_prefix,
            "KEPT_URLS": json.dumps(dict(urls)),
            "KEPT_TOKEN": self.keys.token(service, ["system"]),
            "KEPT_PUBLIC_KEY": self.keys.public_pem,
            "KEPT_CURSOR_KEY": self.keys.cursor,
            "KEPT_SMTP": f"{self.mail.host}:{self.mail.port}",
            "KEPT_MAIL_FROM": MAIL_FROM,
        }
