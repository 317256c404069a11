"""客户联系 (path/92109, 2026-07): events about customers and their groups come in by callbacks.

Nobody can write into a customer group by an interface: what goes out is a task that the
group's owner confirms by hand (path/92135, 2026-07).
"""

from collections.abc import Mapping

from bot.channels.wecom.client import WecomApi
from bot.channels.wecom.door import WINDOW_S, Door, sealed_in_xml
from bot.channels.wecom.page_login import CorpLogin
from bot.channels.wecom.updates import read_update
from bot.kernel.capability import Capability, Chat
from bot.kernel.clock import Clock
from bot.kernel.ids import ChannelName
from bot.kernel.messages import RawCallback, Received, UpdateKind
from bot.kernel.ports import Receiver, Sender
from bot.kernel.visiting import Browser, PageLogin

CUSTOMER_GROUPS = ChannelName("customer_groups")
CAPABILITY = Capability(
    chats=(Chat.CUSTOMER_GROUP,),
    source="path/92120, 92130, 92135, 2026-07",
    can_receive=False,
    hears=frozenset({UpdateKind.EVENT}),
    needs_human_confirm=True,
    text_bytes=4000,
    links=True,
    images=True,
)


class CustomerGroups:
    """The customer groups of one corp: Channel and Receiver in one."""

    capability = CAPABILITY

    def __init__(
        self,
        *,
        api_base: str,
        corp_id: str,
        secret: str,
        token: str,
        aes_key: str,
        clock: Clock,
        agent_id: int | None = None,
        name: ChannelName = CUSTOMER_GROUPS,
        window_s: float = WINDOW_S,
        timeout_s: float = 10.0,
    ) -> None:
        """Build the door from plain values.

        Raises:
            ValueError: `aes_key` is not one.
        """
        self.name = name
        self.receiver: Receiver | None = self
        self.sender: Sender | None = None
        self._door = Door(
            token=token, aes_key=aes_key, receive_id=corp_id, clock=clock, window_s=window_s
        )
        self.api = WecomApi(
            api_base=api_base, corp_id=corp_id, secret=secret, clock=clock, timeout_s=timeout_s
        )
        self.abilities: Mapping[type, object] = {}
        if agent_id is not None:
            login = CorpLogin(self.api, corp_id, agent_id, (Browser.WECHAT, Browser.WECOM))
            self.abilities = {PageLogin: login}

    async def start(self) -> None:
        """Open the connections to the API."""
        await self.api.start()

    async def stop(self) -> None:
        """Close them."""
        await self.api.stop()

    async def receive(self, raw: RawCallback) -> Received:
        """Open one callback; a GET is the platform testing the address."""
        if raw.method == "GET":
            return Received(answer=self._door.echo(raw.query))
        plaintext = self._door.open(raw.query, sealed_in_xml(raw.body))
        return Received((read_update(self.name, plaintext),))
