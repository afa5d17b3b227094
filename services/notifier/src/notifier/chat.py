"""Chat services, by `apprise`: one target per message, on threads of our own, each attempt bounded."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from apprise import NotifyBase
from apprise.common import OverflowMode
from apprise.plugins.discord import NotifyDiscord
from apprise.plugins.google_chat import NotifyGoogleChat
from apprise.plugins.line import NotifyLine
from apprise.plugins.mattermost import NotifyMattermost
from apprise.plugins.nextcloudtalk import NotifyNextcloudTalk
from apprise.plugins.rocketchat import NotifyRocketChat
from apprise.plugins.slack import NotifySlack
from apprise.plugins.telegram import NotifyTelegram
from apprise.plugins.webexteams import NotifyWebexTeams
from apprise.plugins.zulip import NotifyZulip

from events.catalogue.notices import Means

from .channels import SECONDS, Accepted, Message, Refused, Result, TryAgain
from .recipient import chat_kind

AT_ONCE = 64
"""How many chats are written to at once: as many as are under way, so that none waits for another."""

logging.getLogger("apprise").disabled = True  # they name addresses, and these are secrets
logging.getLogger("urllib3").setLevel(logging.WARNING)
_threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="chat")


@dataclass(frozen=True, slots=True)
class Chat:
    """One target of one chat service."""

    address: str
    seconds: float = SECONDS
    means: Means = "chat"

    @property
    def sink(self) -> str:
        """The service, and its host where somebody runs it."""
        return "{}:{}".format(*chat_kind(self.address))

    async def send(self, message: Message) -> Result:
        """Write to it; what the service answers is not told apart, save that an address is none."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self.seconds):
                return await loop.run_in_executor(_threads, self._notify, message)
        except TimeoutError as error:
            return TryAgain(type(error).__name__)

    def _notify(self, message: Message) -> Result:
        target = _target(self.address)
        if target is None:
            return Refused("not one target")
        target.socket_connect_timeout = target.socket_read_timeout = self.seconds / 2
        target.redirects = False
        target.request_rate_per_sec = 0  # the courier goes easy on each receiver
        target.overflow_mode = OverflowMode.SPLIT
        letter = message.letter
        taken = target.notify(body=_unping(letter.short), title=_unping(letter.subject))
        return Accepted() if taken else TryAgain("not taken")


def _unping(text: str) -> str:
    """Return a text that calls nobody: what somebody said may hold `@everyone`."""
    return text.replace("@", "@\u200b")


SERVICES: dict[str, type[NotifyBase]] = {
    "slack": NotifySlack,
    "discord": NotifyDiscord,
    "tgram": NotifyTelegram,
    "gchat": NotifyGoogleChat,
    "wxteams": NotifyWebexTeams,
    "zulip": NotifyZulip,
    "line": NotifyLine,
    **dict.fromkeys(("mmost", "mmosts"), NotifyMattermost),
    **dict.fromkeys(("rocket", "rockets"), NotifyRocketChat),
    **dict.fromkeys(("nctalk", "nctalks"), NotifyNextcloudTalk),
}
"""Every service that can be written to; the others that `apprise` knows are never loaded."""


def _target(address: str) -> NotifyBase | None:
    """Return what writes to an address, none where it is not exactly one target."""
    kind = SERVICES[chat_kind(address)[0]]
    try:
        target = kind(**(kind.parse_url(address) or {}))
    except (TypeError, ValueError):
        return None
    return target if len(target) == 1 else None
