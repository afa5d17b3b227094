"""How each recipient is reached from here."""

from dataclasses import dataclass

import httpx

from events.catalogue.notices import Means

from .channels import SECONDS, Channel, Hook, Mailbox, MailServer
from .chat import Chat
from .recipient import Recipient


@dataclass(frozen=True, slots=True)
class Ways:
    """What every channel needs: the mail server, the client for webhooks, how long an attempt may take."""

    mail: MailServer
    sender: str
    client: httpx.AsyncClient
    seconds: float = SECONDS

    def to(self, recipient: Recipient, means: Means) -> Channel | None:
        """Return the channel of this kind to a recipient, none where there is none."""
        match means:
            case "email" if recipient.email:
                return Mailbox(self.mail, self.sender, recipient.email, self.seconds)
            case "chat" if recipient.chat:
                return Chat(recipient.chat, self.seconds)
            case "webhook" if recipient.webhook and recipient.secret:
                return Hook(self.client, recipient.webhook, recipient.keys, self.seconds)
            case _:
                return None
