"""Recipients: how a person or team is reached, by the name under which they own commitments."""

import re
from base64 import b64decode
from binascii import Error as NotBase64
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from events.catalogue import RecipientChanged
from events.catalogue.notices import Language, Means
from events.decider import Actor, Asked, Decider
from events.errors import Forbidden
from events.fields import Body, Lead, Name, Zone

from .signing import OVERLAP, Keys

SECRET_PREFIX = "whsec_"  # noqa: S105 - what stands before a secret
SECRET_BYTES = range(24, 65)
MAY_SET = frozenset({"lead", "system", "operator"})
"""The roles that may say how others are reached."""
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
MEANS: tuple[Means, ...] = ("email", "chat", "webhook")
"""The ways to somebody, in the order in which they are tried unless they say otherwise."""
HOSTED = frozenset({"slack", "discord", "tgram", "gchat", "wxteams", "zulip", "line"})
"""Chat services at an address of their own, by the name that `apprise` gives them."""
OWN = {"mmosts": "mmost", "rockets": "rocket", "nctalks": "nctalk"}
"""Chat servers that somebody runs, by TLS; and what `apprise` calls them without, for this machine only."""

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*", re.ASCII)
_ADDRESS = re.compile(rf"(?=.{{1,64}}@){_ATOM}(?:\.{_ATOM})*@(?P<domain>.+)", re.ASCII)
_NUMBER = re.compile(r"[0-9]+|0[xX][0-9A-Fa-f]*", re.ASCII)
"""How a host ends that is read as an IPv4 address, however it is written."""
_URL = re.compile(r"https?://[!-\[\]-~]+", re.ASCII)
_CHAT = re.compile(
    r"(?P<kind>[a-z]{2,12})://(?:[!-\"$-.0-9:;=A-Z^-~]*@)?(?P<host>[A-Za-z0-9._~-]+)(?:[:/][!-+\--:=A-~]*)?",
    re.ASCII,
)
"""No question mark, after which `apprise` takes files and settings; no commas, which separate targets."""


def _address(value: str) -> str:
    if not is_address(value):
        msg = "give one e-mail address and nothing else, such as ann@example.com"
        raise ValueError(msg)
    return value


def is_address(value: str) -> bool:
    """Say whether this is one e-mail address and nothing else."""
    found = _ADDRESS.fullmatch(value)
    return found is not None and _DOMAIN.fullmatch(found["domain"]) is not None


def _host(value: str) -> str | None:
    """Return the host of a URL that names nothing but scheme, host, port, path and query; else none."""
    try:
        parts = urlsplit(value)
        host, port = parts.hostname or "", parts.port
        if ":" in host or _NUMBER.fullmatch(host.rpartition(".")[2]):
            ip_address(host)
    except ValueError:
        return None
    plain = not any(mark in parts.netloc for mark in "@%") and "#" not in value and port != 0
    return host if plain and (":" in host or _DOMAIN.fullmatch(host)) else None


def _webhook(value: str) -> str:
    host = _host(value) if _URL.fullmatch(value) else None
    if host is None:
        msg = "give an https address without user, password or fragment"
        raise ValueError(msg)
    if not value.startswith("https:") and host not in LOOPBACK:
        msg = "http is for this machine only; give an https address"
        raise ValueError(msg)
    return value


def _secret(value: str) -> str:
    try:
        key = b64decode(value.removeprefix(SECRET_PREFIX), validate=True)
    except (NotBase64, ValueError):
        key = b""
    if not value.startswith(SECRET_PREFIX) or len(key) not in SECRET_BYTES:
        msg = "give whsec_ and the base64 of 24 to 64 bytes"
        raise ValueError(msg)
    return value


def chat_kind(value: str) -> tuple[str, str]:
    """Return the service and the host in the address of a chat. Raises ValueError for anything else."""
    found = _CHAT.fullmatch(value)
    kinds = HOSTED | OWN.keys() | set(OWN.values())
    if found is None or found["kind"] not in kinds:
        msg = f"give one target of one of the chat services {', '.join(sorted(HOSTED | OWN.keys()))}"
        raise ValueError(msg)
    if found["kind"] in OWN.values() and found["host"] not in LOOPBACK:
        msg = "without TLS a chat server must be on this machine"
        raise ValueError(msg)
    return found["kind"], found["host"]


def _chat(value: str) -> str:
    chat_kind(value)
    return value


Address = Annotated[str, Field(max_length=254), AfterValidator(_address)]
"""One addr-spec of ASCII, without quotes, comments or a name."""
Webhook = Annotated[str, Field(max_length=2000), AfterValidator(_webhook)]
"""Where a webhook is posted to: https, or http on this machine."""
Secret = Annotated[str, Field(max_length=100), AfterValidator(_secret)]
"""A Standard Webhooks secret, `whsec_` and base64."""
Overlap = Annotated[Lead, Field(le=timedelta(days=30))]
"""How long the secret that is replaced here signs beside the new one; PT0S ends it at once."""


Chat = Annotated[str, Field(max_length=500), AfterValidator(_chat)]
"""One target of one chat service, as `apprise` writes it: `slack://…`, `tgram://…`."""


class SetRecipient(Body):
    """Say how somebody is reached, whole: what is left out is forgotten."""

    name: Name
    email: Address | None = None
    webhook: Webhook | None = None
    secret: Secret | None = Field(default=None, repr=False)
    overlap: Overlap = OVERLAP
    chat: Chat | None = Field(default=None, repr=False)
    order: Annotated[tuple[Means, ...], Field(max_length=len(MEANS), strict=False)] = ()
    language: Language = "en"
    zone: Zone | None = None

    @model_validator(mode="after")
    def _signed(self) -> "SetRecipient":
        if (self.webhook is None) != (self.secret is None):
            msg = "a webhook and the secret that signs it come together"
            raise ValueError(msg)
        if len(set(self.order)) < len(self.order):
            msg = "name each way once in the order"
            raise ValueError(msg)
        return self


class Recipient(BaseModel):
    """How somebody is reached."""

    model_config = ConfigDict(frozen=True)

    email: str | None = None
    webhook: str | None = None
    secret: str | None = Field(default=None, repr=False)
    former_secret: str | None = Field(default=None, repr=False)
    former_until: datetime | None = None
    chat: str | None = Field(default=None, repr=False)
    order: tuple[Means, ...] = ()
    language: Language = "en"
    zone: str | None = None

    @property
    def keys(self) -> Keys:
        """What signs their webhooks."""
        return Keys(self.secret, self.former_secret, self.former_until)

    @property
    def ways(self) -> tuple[Means, ...]:
        """How they can be reached, what is to be tried first first."""
        return tuple(each for each in dict.fromkeys((*self.order, *MEANS)) if getattr(self, each))


def stream(name: str) -> str:
    """Return the stream of a recipient."""
    return f"recipient-{name}"


def must_be_theirs(command: SetRecipient, actor: Actor) -> None:
    """Let everybody set themselves. Raises Forbidden for another without one of the roles MAY_SET."""
    if command.name != actor.subject and not actor.has(*MAY_SET):
        raise Forbidden(needed=", ".join(sorted(MAY_SET)))


def decide(state: Recipient | None, command: SetRecipient, asked: Asked) -> tuple[RecipientChanged, ...]:
    """Return the change, or none where that is how they are reached already. Raises Forbidden."""
    must_be_theirs(command, asked.actor)
    before = state.keys if state is not None and state.webhook == command.webhook else Keys()
    keys = before.replaced(command.secret, command.overlap, asked.now)
    said = command.model_dump(exclude={"overlap"})
    changed = RecipientChanged(**said, former_secret=keys.former, former_until=keys.until)
    return () if evolve(state, changed) == state else (changed,)


def evolve(_state: Recipient | None, event: RecipientChanged) -> Recipient:
    """Return how they are reached after an event."""
    return Recipient.model_validate(event.model_dump(exclude={"name"}))


DECIDER: Decider[Recipient | None, SetRecipient, RecipientChanged] = Decider(None, decide, evolve)
