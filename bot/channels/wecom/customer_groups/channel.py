"""客户联系 (path/92109, 2026-07): events about customers and their groups come in by callbacks.

Nobody can write into a customer group by an interface: what goes out is a task that the
group's owner confirms by hand (path/92135, 2026-07).
"""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from bot.channels.wecom import checkup
from bot.channels.wecom.client import WecomApi
from bot.channels.wecom.customer_groups.book import Groups
from bot.channels.wecom.customer_groups.events import read_event
from bot.channels.wecom.customer_groups.pace import Pace
from bot.channels.wecom.customer_groups.people import Customers, Tags
from bot.channels.wecom.customer_groups.ways import Greetings, Ways
from bot.channels.wecom.customer_groups.welcome import TEXT_BYTES, Welcomes
from bot.channels.wecom.door import WINDOW_S, Door, sealed_in_xml
from bot.channels.wecom.errors import is_media_gone
from bot.channels.wecom.mass_send import WecomMassSend
from bot.channels.wecom.media import PictureShelf, Uploads
from bot.channels.wecom.moments import WecomMoments
from bot.channels.wecom.page_login import CorpLogin
from bot.channels.wecom.sources import CODES, Addresses, Hosts
from bot.kernel.abilities import MassSendTasks, MomentTasks, SendQuota
from bot.kernel.capability import Capability, Chat
from bot.kernel.checkup import Finding, Knock
from bot.kernel.clock import Clock
from bot.kernel.customers import CustomerBook, CustomerTags, GroupBook, GroupGreetings, JoinWays
from bot.kernel.files import FileStore, MediaIds
from bot.kernel.ids import ChannelName
from bot.kernel.messages import RawCallback, Received, UpdateKind
from bot.kernel.persons import KeyKind
from bot.kernel.ports import Receiver, Sender
from bot.kernel.visiting import Browser, PageLogin

CUSTOMER_GROUPS = ChannelName("customer_groups")
CAPABILITY = Capability(
    chats=(Chat.CUSTOMER_GROUP,),
    source="path/92120, 92122, 92130, 92135, 92137, 2026-07",
    can_receive=False,
    hears=frozenset({UpdateKind.EVENT}),
    needs_human_confirm=True,
    text_bytes=TEXT_BYTES,
    links=True,
    articles=9,
    images=True,
)


class CustomerGroups:
    """The customer groups of one corp: Channel and Receiver in one.

    What it can send by itself is the greeting for which a new friend brings a ticket.
    """

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
        media_root: Path,
        received: FileStore | None = None,
        group_owners: Sequence[str] = (),
        quota: SendQuota = SendQuota.DAYS_OF_MONTH,
        agent_id: int | None = None,
        name: ChannelName = CUSTOMER_GROUPS,
        uploaded: MediaIds | None = None,
        code_hosts: Hosts = CODES,
        window_s: float = WINDOW_S,
        timeout_s: float = 10.0,
    ) -> None:
        """Build the door from plain values; without `owners` all groups that the app may see.

        Raises:
            ValueError: `aes_key` is not one.
        """
        self.name = name
        self.receiver: Receiver | None = self
        self._clock = clock
        self._window_s = window_s
        self._owners = tuple(group_owners)
        self._door = Door(
            token=token, aes_key=aes_key, receive_id=corp_id, clock=clock, window_s=window_s
        )
        self.api = WecomApi(
            api_base=api_base, corp_id=corp_id, secret=secret, clock=clock, timeout_s=timeout_s
        )
        self.sender: Sender | None = Welcomes(self.api, clock, PictureShelf(media_root, received))
        pace, shelf = Pace(clock), PictureShelf(media_root, received)
        uploads = Uploads(self.api.upload, is_media_gone, clock, channel=name, uploaded=uploaded)
        self.abilities: dict[type, object] = {
            GroupBook: Groups(self.api, group_owners, pace),
            JoinWays: Ways(self.api, Addresses(self.api.http, code_hosts)),
            GroupGreetings: Greetings(self.api, shelf, uploads),
            CustomerTags: Tags(self.api),
            CustomerBook: Customers(self.api, pace),
            MassSendTasks: WecomMassSend(self.api, shelf, clock, quota),
            MomentTasks: WecomMoments(self.api, shelf, clock),
        }
        if agent_id is not None:
            browsers = (Browser.WECHAT, Browser.WECOM)
            self.abilities[PageLogin] = CorpLogin(self.api, corp_id, agent_id, browsers)
        self.key_kind = KeyKind.EXTERNAL_USERID
        self.key_scope = corp_id

    async def start(self) -> None:
        """Open the connections to the API."""
        await self.api.start()

    async def stop(self) -> None:
        """Close them."""
        await self.api.stop()

    def check_up(self) -> AsyncIterator[Finding]:
        """Return what does not work, found out by calls that change nothing."""
        further = checkup.groups(self.api, self._owners)
        return checkup.examine(self.api, self._clock, self._window_s, further)

    def knock(self) -> Knock:
        """Return a test of the callback's address."""
        return self._door.knock(self._clock.now())

    async def receive(self, raw: RawCallback) -> Received:
        """Open one callback; a GET is the platform testing the address."""
        if raw.method == "GET":
            return Received(answer=self._door.echo(raw.query))
        plaintext = self._door.open(raw.query, sealed_in_xml(raw.body))
        return Received((read_event(self.name, plaintext),))
