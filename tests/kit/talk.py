"""A room talked to: the update goes to its router, the answer comes back as words."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from bot.commons import members
from bot.commons.content import Shelf
from bot.commons.notices import Notices
from bot.kernel.capability import Doors
from bot.kernel.clock import Clock
from bot.kernel.community import Advisors, Tiers
from bot.kernel.errors import Refusal
from bot.kernel.events import Event
from bot.kernel.feature import Feature
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.messages import Card, Outgoing, Reply, Update, UpdateKind
from bot.kernel.ports import Links, Mailbox, Words
from bot.kernel.router import Match, Switchboard
from bot.kernel.transcript import Transcript
from bot.kernel.work import Context, Toolbox, UnitOfWork
from bot.pipeline.afterwards import Post
from bot.pipeline.render import Renderer
from bot.pipeline.transcript import Books
from tests.kit.desk import KNOWN
from tests.kit.rooms import Store

FEATURES = Path(__file__).parents[2] / "bot" / "features"
SHARED = FEATURES.parent / "web" / "templates" / "rooms"
"""What the console pages of several rooms have in common."""
CHANNEL = ChannelName("simulator")


def renderer(*rooms: str) -> Renderer:
    """Return a renderer of the templates of these rooms."""
    folders = {room: FEATURES / room / "templates" for room in rooms}
    return Renderer({"console": SHARED, **folders})


class PlainLinks:
    """Makes links that prove nothing and show everything."""

    def to(self, page: str, member: MemberId, *, valid_s: int) -> str:
        return f"https://bot.example/m/{page}/{member}?{valid_s}"

    def for_group(self, page: str) -> str:
        return f"https://bot.example/m/{page}"

    def for_operators(self, page: str) -> str:
        return f"https://bot.example/console/{page}"

    def for_advisors(self, page: str) -> str:
        return f"https://bot.example/desk/{page}"


class Talk:
    """Stands in for the trip around one or more rooms: finds the handler, renders the answer."""

    def __init__(self, store: Store, rooms: Sequence[Feature], *tools: object) -> None:
        self.store = store
        self.words = renderer("care", *(room.name for room in rooms))
        self.tools = Toolbox(*(room.settings() for room in rooms), *tools)
        self.tools.add(Words, self.words)
        self.tools.add(Doors, Doors({}))
        self.tools.add(Links, PlainLinks())
        self.tools.add(Mailbox, Post())
        self.tools.add(Transcript, Books())
        self.tools.add(Advisors, Advisors())
        self.tools.add(Tiers, Tiers())
        self.tools.add(Notices, Notices())
        self.tools.add(Shelf, Shelf(Path("/nowhere"), Path("/nowhere"), KNOWN))
        for one in tools:
            self.tools.add(type(one), one)
        self.events: list[Event] = []
        self.outgoing: list[Outgoing] = []
        self._switchboard = Switchboard(room.router for room in rooms)

    @property
    def clock(self) -> Clock:
        """The clock of the store."""
        return self.store.clock

    def says(
        self, who: str, text: str, *, at: datetime | None = None, group: str | None = None
    ) -> list[str]:
        """Let somebody write and return what she is answered."""
        return self.hears(self._update(who, UpdateKind.TEXT, at=at, group=group, text=text))

    def shows(self, who: str, kind: UpdateKind, *, group: str | None = None) -> list[str]:
        """Let somebody send something without words and return what she is answered."""
        return self.hears(self._update(who, kind, group=group))

    def does(self, who: str, event: str) -> list[str]:
        """Let a platform event happen and return what is answered."""
        return self.hears(self._update(who, UpdateKind.EVENT, event=event))

    def member(self, who: str) -> MemberId:
        """Return the member behind a name."""
        return self.store.do(lambda uow: members.resolve(uow, CHANNEL, who, self.clock.now()))

    def hears(self, update: Update) -> list[str]:
        """Hand over an update and return what is answered."""
        match = self._switchboard.find(update)
        if match is None:
            return []
        replies = self.store.do(lambda uow: self._handle(uow, update, match))
        return [self._said(reply) for reply in replies]

    def _said(self, reply: Reply) -> str:
        """Return the words of an answer; a card reads as it does where there are none."""
        if isinstance(reply.part, Card):
            return reply.part.fallback
        return self.words(reply.template, **reply.data)

    def _handle(self, uow: UnitOfWork, update: Update, match: Match) -> Sequence[Reply]:
        sender, name = update.sender or "", update.nickname
        member = members.resolve(uow, update.channel, sender, update.at, name=name)
        ctx = Context(uow, update, member, self.tools, match.argument)
        try:
            with uow.attempt():
                answer = match.handler(ctx)
        except Refusal as refusal:
            return [Reply(refusal.template, refusal.words)]
        self.events += uow.events
        self.outgoing += uow.outgoing
        if answer is None:
            return []
        return [answer] if isinstance(answer, Reply) else answer

    def _update(
        self,
        who: str,
        kind: UpdateKind,
        *,
        at: datetime | None = None,
        group: str | None = None,
        text: str = "",
        event: str = "",
    ) -> Update:
        return Update(
            channel=CHANNEL,
            key="unused",
            kind=kind,
            conversation=group or who,
            at=at or self.clock.now(),
            sender=who,
            group=group,
            text=text,
            event=event,
        )
