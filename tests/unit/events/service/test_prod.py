"""Profile `prod`: what it does not start with, each fault a line, all of them at once."""

from base64 import b64encode
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from fastapi import FastAPI
from pydantic import ValidationError

from events.bearer import issue
from events.clock import machine_time
from events.service.permissions import permissions
from events.service.prod import OPEN, OpenRoutes, check_routes, faults, is_trusted
from events.settings import Settings
from notifier.settings import Settings as NotifierSettings
from tests.roles import apps

KEY = Ed25519PrivateKey.generate()
PEM = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
HOUR = timedelta(hours=1)


def token(lifetime: timedelta = HOUR) -> str:
    said = {"sub": "cases", "roles": ["system"], "exp": machine_time() + lifetime}
    return jwt.encode(said, KEY, algorithm="EdDSA", headers={"kid": "of-the-issuer"})


SOUND: dict[str, Any] = {
    "profile": "prod",
    "database": "postgresql://kept_cases:Vq7-dm2Kx@db.example/cases?sslmode=verify-full",
    "keyring": "postgresql://kept_cases_keys:Vq7-dm2Kx@keys.example/cases?sslmode=verify-full",
    "wrapping_key": b64encode(bytes(range(32))).decode(),
    "lookup_key": b64encode(bytes(range(32, 64))).decode(),
    "broker": "tls://kafka-1.example:9093,kafka-2.example:9093",
    "urls": {"intake": "https://intake.example", "cases": "https://cases.example"},
    "token": token(),
    "cursor_key": b64encode(bytes(range(32))).decode(),
    "jwks": "https://issuer.example/keys",
    "otlp": "https://collector.example/v1/traces",
}
LINK_KEY = "an elderly otter waits for its tea by the quay"
AT_HOME: dict[str, Any] = {
    "database": "postgresql://kept_cases:Vq7-dm2Kx@10.1.2.3/cases",
    "keyring": "postgresql://kept_cases_keys:Vq7-dm2Kx@10.1.2.4/cases",
    "broker": "kafka:9092,[fd00::5]:9092",
    "urls": {"intake": "http://intake.desk.svc:8001"},
    "jwks": "http://10.1.2.9/keys",
}


def found(**changed: Any) -> list[str]:
    return faults(Settings(**SOUND | changed))


def test_sound_settings__start():
    assert found() == []
    assert found(public_key=PEM, jwks="") == []


def test_profile_dev__starts_with_anything():
    assert found(profile="dev", token="", database="postgresql://kept:kept@db/kept", broker="b:9092") == []


@pytest.mark.parametrize(
    ("changed", "lines"),
    [
        ({"token": ""}, ["KEPT_TOKEN: is no bearer token"]),
        ({"token": "changeme"}, ["KEPT_TOKEN: is no bearer token"]),
        ({"token": issue(KEY, "cases", ["system"], HOUR)}, ["KEPT_TOKEN: was made by `make run`"]),
        ({"token": token(-HOUR)}, ["KEPT_TOKEN: has ended"]),
        ({"cursor_key": ""}, ["KEPT_CURSOR_KEY: give 32 letters or more"]),
        ({"cursor_key": b64encode(bytes(32)).decode()}, ["KEPT_CURSOR_KEY: give 32 letters or more"]),
        ({"public_key": "changeme"}, ["KEPT_PUBLIC_KEY: is not"]),
        ({"database": "postgresql://kept:kept@db/x?sslmode=verify-full"}, ["KEPT_DATABASE: has a password"]),
        ({"database": "postgresql://a:Postgres@db/x?sslmode=verify-full"}, ["KEPT_DATABASE: has a password"]),
        (
            {"database": "postgresql://a@db/x?sslmode=verify-full&password=secret"},
            ["KEPT_DATABASE: has a password"],
        ),
        ({"database": "postgresql://a:Vq7-dm2Kx@db/x"}, ["KEPT_DATABASE: goes in plain to db: say sslmode"]),
        ({"database": "postgresql://a@db/x?sslmode=require"}, ["KEPT_DATABASE: goes in plain to db"]),
        ({"database": "postgresql:///x?host=db"}, ["KEPT_DATABASE: goes in plain to db"]),
        (
            {"database": "postgresql://a@db1:5432,db2:5432/x"},
            ["KEPT_DATABASE: goes in plain to db1", "KEPT_DATABASE: goes in plain to db2"],
        ),
        ({"superuser": "postgresql://root@db/x"}, ["KEPT_SUPERUSER: goes in plain to db"]),
        ({"keyring": ""}, ["KEPT_KEYRING: is needed"]),
        (
            {"keyring": "postgresql://keys@db.example/cases?sslmode=verify-full"},
            ["KEPT_KEYRING: is the log's own database"],
        ),
        ({"keyring": "postgresql://keys@db/x"}, ["KEPT_KEYRING: goes in plain to db"]),
        ({"keyring_superuser": "postgresql://root@db/x"}, ["KEPT_KEYRING_SUPERUSER: goes in plain to db"]),
        ({"wrapping_key": ""}, ["KEPT_WRAPPING_KEY: give 32 letters"]),
        ({"wrapping_key": b64encode(bytes(32)).decode()}, ["KEPT_WRAPPING_KEY: give 32 letters"]),
        (
            {"wrapping_key_former": b64encode(bytes(32)).decode()},
            ["KEPT_WRAPPING_KEY_FORMER: give 32 letters"],
        ),
        ({"lookup_key": ""}, ["KEPT_LOOKUP_KEY: give 32 letters"]),
        ({"lookup_key": b64encode(bytes(range(32))).decode()}, ["KEPT_LOOKUP_KEY: is the wrapping key"]),
        ({"broker": "kafka:9092"}, ["KEPT_BROKER: goes in plain to kafka: begin with tls://"]),
        ({"broker": "[fd00::5]:9092"}, ["KEPT_BROKER: goes in plain to fd00::5"]),
        ({"urls": {"cases": "http://cases:8002"}}, ["KEPT_URLS: goes in plain to cases"]),
        ({"urls": {"cases": "HTTP://u:p@127.0.0.1:8002"}}, ["KEPT_URLS: goes in plain to 127.0.0.1"]),
        ({"jwks": "http://issuer.example/keys"}, ["KEPT_JWKS: goes in plain to issuer.example"]),
        ({"otlp": "http://collector:4318"}, ["KEPT_OTLP: goes in plain to collector"]),
    ],
)
def test_fault__is_named_with_what_to_do(changed, lines):
    said = found(**changed)
    assert len(said) == len(lines)
    for line, beginning in zip(said, lines, strict=True):
        assert line.startswith(beginning)
        assert "Vq7-dm2Kx" not in line


@pytest.mark.parametrize("key", ["changeme", b64encode(bytes(range(31))).decode(), "é" * 44])
def test_cursor_key__that_is_no_key_is_refused_in_every_profile(key):
    with pytest.raises(ValidationError, match="32 random bytes in base64"):
        found(cursor_key=key, profile="dev")


def test_faults__are_told_all_at_once():
    said = found(**AT_HOME, token="", superuser="postgresql://postgres:postgres@db/x")
    names = [line.partition(":")[0] for line in said]
    assert names == [
        "KEPT_TOKEN",
        "KEPT_DATABASE",
        *["KEPT_SUPERUSER"] * 2,
        "KEPT_KEYRING",
        *["KEPT_BROKER"] * 2,
        "KEPT_URLS",
        "KEPT_JWKS",
    ]


def test_trusted_network__lets_connections_go_in_plain():
    networks = ("10.0.0.0/8", "kafka", "fd00::/16", ".desk.svc")
    assert found(**AT_HOME, trusted_network=networks) == []
    assert len(found(**AT_HOME, trusted_network=networks[1:])) == 3


@pytest.mark.parametrize("database", ["postgresql:///x?host=/run/postgresql", "postgresql:///x"])
def test_socket_of_this_machine__goes_nowhere_in_plain(database):
    assert found(database=database) == []


@pytest.mark.parametrize(
    ("host", "networks", "is_one"),
    [
        ("10.1.2.3", ("10.0.0.0/8",), True),
        ("11.1.2.3", ("10.0.0.0/8",), False),
        ("10.1.2.3", ("fd00::/8",), False),
        ("evil-desk.svc", ("desk.svc",), False),
        ("a.desk.svc", (".desk.svc",), True),
        ("10.example", ("10.0.0.0/8",), False),
        ("127.0.0.1", (), False),
    ],
)
def test_host__is_trusted_by_name_end_or_network(host, networks, is_one):
    assert is_trusted(host, networks) is is_one


def test_network__that_is_none_is_refused():
    with pytest.raises(ValidationError):
        Settings(**SOUND, trusted_network=("10.0.0.1/8",))


def test_migrate__needs_no_token_but_a_safe_way():
    settings = Settings(**SOUND | {"token": "", "database": "postgresql://a@db/x"})
    assert [line.partition(":")[0] for line in faults(settings, serves=False)] == ["KEPT_DATABASE"]


def test_links__need_a_key_that_nobody_can_guess():
    more: dict[str, Any] = {"smtp": "tls://mail.example:587", "public_url": "http://kept.example"}
    said = faults(NotifierSettings(**SOUND, **more, link_key="ab" * 16))
    assert [line.partition(":")[0] for line in said] == ["KEPT_LINK_KEY", "KEPT_PUBLIC_URL"]


@pytest.mark.parametrize(
    ("smtp", "trusted", "safe"),
    [
        ("tls://mail.example:587", (), True),
        ("mail.example:25", (), False),
        ("mail.example:25", ("mail.example",), True),
        ("[fd00::5]:25", ("fd00::/8",), True),
    ],
)
def test_mail__goes_by_tls_or_within_a_trusted_network(smtp, trusted, safe):
    said = faults(NotifierSettings(**SOUND, smtp=smtp, link_key=LINK_KEY, trusted_network=trusted))
    plain = "KEPT_SMTP: goes in plain to mail.example: begin with tls://, or name it in KEPT_TRUSTED_NETWORK"
    assert said == ([] if safe else [plain])


def test_routes__that_need_no_token_are_a_short_list():
    in_prod = {name: list(permissions(app)) for name, app in apps("prod").items()}
    for name, listed in in_prod.items():
        assert {each.path for each in listed if each.open} <= OPEN, name
        assert not {"/docs", "/openapi.json", "/v1/clock", "/v1/settled"} & {each.path for each in listed}
    assert {each.path for listed in in_prod.values() for each in listed if each.open} == OPEN


@pytest.mark.parametrize("path", ["/v1/secrets", "/docs2"])
def test_route__that_stands_open_stops_the_start(path):
    app = FastAPI(docs_url=None, openapi_url=None)
    check_routes(app)
    app.add_api_route(path, lambda: None)
    with pytest.raises(OpenRoutes, match=path):
        check_routes(app)


def test_pages_of_the_api__stop_the_start():
    with pytest.raises(OpenRoutes, match=r"/docs, .*/openapi.json"):
        check_routes(FastAPI())
