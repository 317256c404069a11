"""Two channels of one house in a room's test: what is said on each, what is told unasked."""

from dataclasses import replace

from bot.commons import members, notices
from bot.kernel.capability import Capability, Chat, Doors
from bot.kernel.community import Community
from bot.kernel.feature import Feature, Rooms
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.messages import Text, Update, UpdateKind
from bot.kernel.persons import KeyKind, PersonKeys
from bot.kernel.ports import LastHeard
from bot.kernel.work import UnitOfWork
from tests.kit.lives import REGISTRY, SETTINGS
from tests.kit.rooms import Store
from tests.kit.talk import Talk

KEFU, MP = ChannelName("kefu"), ChannelName("mp")
GROUPS = ChannelName("customer_groups")
CORP = "wwc0ffee1234567890"
CUSTOMER = Capability(chats=(Chat.CUSTOMER,), source="", can_push=False)
APP = Capability(chats=(Chat.COLLEAGUE,), source="")


class TwoChannels(Talk):
    """`says` on any channel; what is told without having been asked is in `told`."""

    def __init__(self, store: Store, *rooms: Feature, doors: Doors | None = None) -> None:
        self.heard: dict[tuple[ChannelName, str], Update] = {}
        tools = (Community("拾光衣橱"), SETTINGS, Rooms(rooms), notices.Notices(), REGISTRY)
        super().__init__(store, rooms, *tools)
        named = PersonKeys(
            {
                KEFU: (KeyKind.EXTERNAL_USERID, CORP),
                GROUPS: (KeyKind.EXTERNAL_USERID, CORP),
            }
        )
        self.tools.add(PersonKeys, named)
        self.tools.add(Doors, doors or Doors({KEFU: CUSTOMER, MP: CUSTOMER}))
        self.tools.add(LastHeard, self._last)

    def _last(self, _uow: UnitOfWork, channel: ChannelName, identity: str) -> Update | None:
        return self.heard.get((channel, identity))

    def on(self, channel: ChannelName, who: str, text: str, **changes: object) -> list[str]:
        """Let somebody write on a channel and return what she is answered."""
        update = self._update(who, UpdateKind.TEXT, text=text)
        update = replace(update, channel=channel, **changes)  # type: ignore[arg-type]  # a builder
        self.heard[channel, who] = update
        return self.hears(update)

    def who(self, channel: ChannelName, identity: str) -> MemberId | None:
        """Return the member behind an identity."""
        return self.store.do(lambda uow: members.find(uow, channel, identity))

    def told(self) -> list[tuple[str, str, str]]:
        """Return what was told unasked since the last time: channel, whom, words."""
        told: list[tuple[str, str, str]] = [
            (one.channel, one.recipient, one.part.text)
            for one in self.outgoing
            if isinstance(one.part, Text)
        ]
        self.outgoing.clear()
        return told
