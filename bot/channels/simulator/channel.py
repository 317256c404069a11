"""A channel like any other, whose platform is a page of our own.

It shows every part as it is, and like a platform it keeps the chats and knows a message
again by its key.
"""

import asyncio
import math
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from secrets import token_hex
from zoneinfo import ZoneInfo

from bot.channels.simulator import cards, reads, writes
from bot.channels.simulator.bell import Bell
from bot.channels.simulator.intake import (
    Invalid,
    Pressed,
    Said,
    content_type,
    read_object,
    read_said,
)
from bot.channels.simulator.parts import answer_of, written
from bot.channels.simulator.people import BOT, CAST, Person
from bot.channels.simulator.pictures import IMAGE_REF, Pictures
from bot.kernel.abilities import MediaSource
from bot.kernel.capability import ALL_CARDS, Capability, Chat, Poll
from bot.kernel.clock import ShiftedClock
from bot.kernel.errors import BadCallback, CannotStore, RetryLater, Undeliverable
from bot.kernel.files import FileStore
from bot.kernel.ids import ChannelName
from bot.kernel.messages import (
    CardUpdate,
    File,
    Image,
    Media,
    Outgoing,
    RawCallback,
    Recall,
    Receipt,
    Received,
    Tap,
    Text,
    Update,
    UpdateKind,
)
from bot.kernel.ports import Accept, Group, Limit, Receiver, Sender, Work
from bot.kernel.work import UnitOfWork

NAME = ChannelName("simulator")
_OFFSET = "clock_offset_us"
_CARD = "card:"
_TAP = "tap:"
_RETRY_S = 1.0
_MICROSECOND = timedelta(microseconds=1)
CAPABILITY = Capability(
    chats=(Chat.INTERNAL_GROUP, Chat.COLLEAGUE),
    source="the simulator itself",
    hears=frozenset({UpdateKind.IMAGE, UpdateKind.TAP}),
    text_bytes=20_000,
    markdown_bytes=20_000,
    cards=ALL_CARDS,
    links=True,
    articles=8,
    images=True,
    messages=3,
    recall=True,
    poll=Poll.CARD,
)


class Simulator:
    """Keeps the chats, hears members, shows what the bot says.

    Args:
        work: where it keeps its rows.
        clock: the community's clock, which the page can move forward.
        groups: the groups to show; those of other channels are left out.
        community: the community's name, shown on the page.
        timezone: the community's time zone.
        media: the folder that `Image.path` is below; None shows no such pictures.
        received: where the files are that parts name by their digest.
    """

    capability = CAPABILITY
    drops_twins_s = math.inf
    concurrency = 8
    channel_limits: tuple[Limit, ...] = ()

    def __init__(
        self,
        work: Work,
        clock: ShiftedClock,
        groups: Sequence[Group],
        *,
        community: str,
        timezone: str,
        media: Path | None = None,
        received: FileStore | None = None,
        advisors: Sequence[Person] = (),
    ) -> None:
        self.name = NAME
        self.receiver: Receiver | None = self
        self.sender: Sender | None = self
        self.work = work
        self.clock = clock
        self.groups = [group for group in groups if group.channel == NAME]
        self.community = community
        self.zone = ZoneInfo(timezone)
        self.media = media
        self._received = received
        self._known = (*CAST, *advisors)
        """The cast, and whoever gets cards about members who need her."""
        self.bell = Bell()
        self.abilities: Mapping[type, object] = {MediaSource: Pictures(work)}

    async def start(self) -> None:
        """Set the clock to where it stood."""
        kept = await self.work.look(lambda uow: reads.state(uow, _OFFSET))
        if kept:
            self.clock.offset = max(self.clock.offset, kept * _MICROSECOND)

    async def stop(self) -> None:
        """Let the listeners of the page go."""
        self.bell.close()

    async def keep_clock(self) -> None:
        """Keep over a restart how far the clock was moved, and tell the page."""
        moved = max(0, self.clock.offset // _MICROSECOND)
        await self.work.do(lambda uow: writes.keep_state(uow, _OFFSET, moved))
        self.bell.ring()

    # ── in ──────────────────────────────────────────────────────────────────────────────

    async def receive(self, raw: RawCallback) -> Received:
        """Read one message of a member, in the JSON that the page sends, and show it.

        Raises:
            BadCallback: it cannot be read, or names a group that is not there.
        """
        try:
            said = read_said(read_object(raw.body), self.zone)
            _, update = await self._keep(said)
        except Invalid as exc:
            raise BadCallback(f"simulator: {exc.field} is wrong", status=exc.status) from exc
        return Received([update])

    async def hear(self, said: Said, accept: Accept) -> int:
        """Show a member's message and hand it to the bot; return its id.

        Raises:
            Invalid: the group is not there.
            CannotStore: it is neither kept nor shown; the same key may come again.
        """
        message, update = await self._keep(said)
        await self._hand_on(update, accept, lambda uow: writes.lose(uow, message))
        return message

    async def press(self, pressed: Pressed, accept: Accept) -> None:
        """Press a button of a card, or answer its question, as a member.

        Raises:
            Invalid: there is no such card, button or option.
            CannotStore: nothing was pressed; the same key may come again.
        """
        message = await self.work.look(lambda uow: reads.one(uow, pressed.message))
        if message is None or message.status != "shown" or message.kind != "card":
            raise Invalid("message_id", "没有这张卡片", status=404)
        if message.member not in {None, pressed.member}:
            raise Invalid("member", "这张卡片在别人的聊天里", status=404)
        card, button = cards.resolve(message, pressed)
        key = _TAP + (pressed.key or token_hex(12))
        update = Update(
            channel=NAME,
            key=key,
            kind=UpdateKind.TAP,
            conversation=f"{NAME}:{message.group or pressed.member}",
            at=self.clock.now(),
            sender=pressed.member,
            group=self._recipient(message.group),
            tap=Tap(button, card, pressed.options, handle=key),
            extra={"name": await self.name_of(pressed.member)},
        )
        await self.work.do(lambda uow: writes.tap(uow, pressed, button, key))
        self.bell.ring()
        await self._hand_on(update, accept, lambda uow: writes.lose_tap(uow, pressed.message, key))

    async def _hand_on(
        self, update: Update, accept: Accept, undo: Callable[[UnitOfWork], None]
    ) -> None:
        """Hand an update to the bot; what it cannot keep is not shown either."""
        try:
            await accept([update])
        except CannotStore:
            with suppress(CannotStore):  # else it stays on the page, and the same key repairs it
                await self.work.do(undo)
            self.bell.ring()
            raise

    async def _keep(self, said: Said) -> tuple[int, Update]:
        """Show a member's message; return its id and what the bot hears."""
        recipient = self._recipient(said.group)
        at = said.at or self.clock.now()
        key = said.key or token_hex(12)
        new = writes.NewMessage(
            chat=said.group or f"1:1:{said.member}",
            group=said.group,
            member=None if said.group else said.member,
            sender=said.member,
            kind="text" if said.text.strip() else "image",
            text=said.text,
            key=f"in:{key}",
            images=said.images,
            at=at,
        )
        message = await self.work.do(lambda uow: writes.put(uow, new))
        self.bell.ring()
        kept = await self.work.look(lambda uow: reads.one(uow, message)) if said.images else None
        media = [
            Media(f"{IMAGE_REF}{image}", content_type=picture.content_type)
            for image, picture in zip(kept.images if kept else (), said.images, strict=False)
        ]
        return message, Update(
            channel=NAME,
            key=key,
            kind=UpdateKind.TEXT if new.kind == "text" else UpdateKind.IMAGE,
            conversation=f"{NAME}:{said.group or said.member}",
            at=at,
            sender=said.member,
            group=recipient,
            text=said.text,
            media=tuple(media),
            extra={"name": await self.name_of(said.member)},
        )

    def _recipient(self, group: str | None) -> str | None:
        """Return the chat id of one of our groups, None for a 1:1 chat."""
        if group is None:
            return None
        for known in self.groups:
            if known.id == group:
                return known.recipient
        raise Invalid("group", "没有这个群", status=404)

    async def people(self, limit: int = 200) -> Sequence[Person]:
        """Return the cast, the advisors and whoever was added."""
        added = await self.work.look(lambda uow: reads.members(uow, limit))
        known = {person.id for person in self._known}
        others = (Person(identity, name) for identity, name in added if identity not in known)
        return [*self._known, *others]

    async def name_of(self, member: str) -> str:
        """Return a member's nickname; the identity itself when there is none."""
        if known := next((one.name for one in self._known if one.id == member), ""):
            return known
        name = await self.work.look(lambda uow: reads.name_of(uow, member))
        return name or member

    # ── out ─────────────────────────────────────────────────────────────────────────────

    def lane(self, outgoing: Outgoing) -> str:
        """Return the chat: nothing is counted here, but each chat has its order."""
        return self._chat(outgoing)

    def lane_limits(self, lane: str) -> tuple[Limit, ...]:
        """Return no limits."""
        del lane
        return ()

    async def send(self, outgoing: Outgoing, *, doubt_since: datetime | None) -> Receipt:
        """Show what the bot says; a message with a known key is shown once.

        Raises:
            RetryLater: nothing can be kept now.
            Undeliverable: there is no such group, card or message, or a picture is none.
        """
        del doubt_since  # a known key is known for ever
        if isinstance(outgoing.part, Image) and outgoing.part.digest:
            outgoing = replace(outgoing, part=await self._from_store(outgoing.part))
        try:
            receipt = await self.work.do(lambda uow: self._show(uow, outgoing))
        except CannotStore as exc:
            raise RetryLater(str(exc), after_s=_RETRY_S) from exc
        self.bell.ring()
        return receipt

    async def _from_store(self, image: Image) -> Image:
        """Return a picture of the store with what is in it: the chat outlives the file."""

        def read() -> bytes:
            if self._received is None:
                raise FileNotFoundError
            with self._received.open(image.digest) as file:
                return file.read()

        try:
            content = await asyncio.to_thread(read)
        except OSError as exc:
            raise Undeliverable(f"the picture can't be read: {type(exc).__name__}") from None
        kind = content_type(content) or ""
        return Image(data_url=f"data:{kind};base64,{b64encode(content).decode()}", alt=image.alt)

    def _show(self, uow: UnitOfWork, outgoing: Outgoing) -> Receipt:
        part = outgoing.part
        if isinstance(part, CardUpdate):
            return _change(uow, part)
        if isinstance(part, Recall):
            if not part.platform_id.isdecimal() or not writes.recall(uow, int(part.platform_id)):
                raise Undeliverable("there is no such message to take back")
            return Receipt(part.platform_id)
        chat = self._chat(outgoing)
        if outgoing.to_group and chat not in {group.id for group in self.groups}:
            raise Undeliverable("the simulator has no such group")
        kept = written(Text(part.words) if isinstance(part, File) else part)
        new = writes.NewMessage(
            chat=chat,
            group=chat if outgoing.to_group else None,
            member=None if outgoing.to_group else outgoing.recipient,
            sender=BOT,
            kind=kept.kind,
            text=kept.text,
            key=f"out:{outgoing.key}",
            payload=kept.payload,
            images=kept.images,
        )
        message = writes.put(uow, new)
        return Receipt(str(message), handle=f"{_CARD}{message}" if kept.kind == "card" else "")

    def _chat(self, outgoing: Outgoing) -> str:
        """Return the chat that a message goes to."""
        if not outgoing.to_group:
            return f"1:1:{outgoing.recipient}"
        ours = {group.recipient: str(group.id) for group in self.groups}
        return ours.get(outgoing.recipient, outgoing.recipient)


def _change(uow: UnitOfWork, part: CardUpdate) -> Receipt:
    """Change a card for everybody (the receipt's handle) or for who pressed it (the tap's)."""
    answer = answer_of(part)
    number = part.handle.removeprefix(_CARD)
    if part.handle.startswith(_TAP):
        done = writes.change_card_of_presser(uow, part.handle, answer)
    else:
        done = number.isdecimal() and writes.change_card(uow, int(number), answer)
    if not done:
        raise Undeliverable("there is no such card to change")
    return Receipt()
