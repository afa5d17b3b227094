"""How far a service has come is told of every subscription it has, also of one that has not begun."""

from events.service.figures import Figures
from events.service.followers import Followers
from events.service.identity import Identity
from events.service.jwks import keys_of
from events.service.parts import opened
from events.service.site import Site
from events.service.waits import Waits
from intake.app import compose
from tests.desk import settings_of


async def test_settled__counts_a_subscription_that_has_not_begun(plot):
    async with opened("intake", settings_of(plot, "intake", 0, {})) as parts:
        service = compose(parts)
        identity = Identity(keys_of(parts.settings, parts.client), issuer="kept", audience="kept")
        site = Site(
            *(parts, service, identity, Waits(parts.log, service.subscriptions)),
            *(Figures("intake"), Followers(1)),
        )
        unread = {"log": "contacts", "position": 0}
        assert (await site.settled())["cursors"] == {"register": unread, "erasing": unread}
