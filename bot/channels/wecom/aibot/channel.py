"""The bot (智能机器人) in callback mode: it is asked, and answers in the responses.

A message begins a stream: the platform asks again and again until the answer is whole. What is
ready only later goes to the message's response_url, once (path/101031 and 101138, 2026-07).
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from pydantic_core import to_json

from bot.channels.wecom.aibot.incoming import ENTER, Asked, read
from bot.channels.wecom.aibot.replies import (
    CONTENT_BYTES,
    Stream,
    changed_json,
    late_json,
    stream_json,
    welcome_json,
    words_of,
)
from bot.channels.wecom.aibot.sealed import SealedMedia
from bot.channels.wecom.aibot.window import PRESS_S, STREAM_S, Window
from bot.channels.wecom.cards import Unfit
from bot.channels.wecom.door import WINDOW_S, Door, sealed_in_json
from bot.channels.wecom.http import Http, Json
from bot.channels.wecom.media import Picture, PictureShelf
from bot.channels.wecom.sources import BOT_HOSTS, Addresses, Hosts
from bot.kernel.abilities import MediaSource, NamesColleagues
from bot.kernel.capability import ALL_CARDS, Capability, Chat, Poll
from bot.kernel.checkup import Finding, Knock
from bot.kernel.clock import Clock
from bot.kernel.errors import PauseScope, Undeliverable
from bot.kernel.files import FileStore
from bot.kernel.ids import ChannelName
from bot.kernel.messages import (
    WORDLESS,
    Card,
    CardUpdate,
    File,
    Image,
    Link,
    Markdown,
    News,
    Outgoing,
    Part,
    RawCallback,
    Receipt,
    Received,
    Text,
    Update,
    UpdateKind,
)
from bot.kernel.ports import Carried, Limit, Receiver, Sender, Shown

AIBOT = ChannelName("aibot")
CAPABILITY = Capability(
    chats=(Chat.INTERNAL_GROUP, Chat.COLLEAGUE),
    source="path/100719, 101027, 101031, 101032, 101138, 2026-07",
    needs_mention=True,
    hears=WORDLESS - {UpdateKind.LOCATION, UpdateKind.LINK} | {UpdateKind.EVENT, UpdateKind.TAP},
    can_push=False,
    reply_window_s=3600.0,
    max_replies=1,
    together=True,
    text_bytes=CONTENT_BYTES,
    markdown_bytes=CONTENT_BYTES,
    cards=ALL_CARDS,
    images=True,
    poll=Poll.CARD,
    rates=(Limit(30, 60), Limit(1_000, 3_600)),
)
_IN_RESPONSE = "in a response"


@dataclass(frozen=True, slots=True)
class Sayings:
    """What the bot itself says, in members' words."""

    waiting: str
    """While the answer is made."""
    over: str
    """When the platform will not ask any longer, or there is no answer."""


class Aibot:
    """One bot: Channel, Receiver, Sender and StreamedAnswers in one."""

    capability = CAPABILITY
    drops_twins_s = 0.0  # an address works once, but what it says the second time is not written
    concurrency = 16
    channel_limits: tuple[Limit, ...] = ()
    first_wait_s = 4.0  # the platform hangs up after 5 (path/90930, 2026-07)
    again_wait_s = 1.0

    def __init__(
        self,
        *,
        token: str,
        aes_key: str,
        sayings: Sayings,
        media_root: Path,
        received: FileStore | None = None,
        clock: Clock,
        feedback: bool = False,
        name: ChannelName = AIBOT,
        window_s: float = WINDOW_S,
        timeout_s: float = 10.0,
        media_hosts: Hosts = BOT_HOSTS,
    ) -> None:
        """Build the bot from plain values; with `feedback` members can rate its answers.

        Raises:
            ValueError: `aes_key` is not one.
        """
        self.name = name
        self.receiver: Receiver | None = self
        self.sender: Sender | None = self
        self._clock = clock
        self._sayings = sayings
        self._feedback = feedback
        # inside one company the receive id is empty (path/101033, 2026-07)
        self._door = Door(
            token=token, aes_key=aes_key, receive_id="", clock=clock, window_s=window_s
        )
        self._pictures = PictureShelf(media_root, received)
        # a kept connection that the platform has closed would leave an answer in doubt
        self._http = Http("", timeout_s=timeout_s, limit=PauseScope.LANE, keep_alive=False)
        self.abilities: Mapping[type, object] = {
            NamesColleagues: self,
            MediaSource: SealedMedia(Addresses(self._http, media_hosts), aes_key),
        }

    async def check_up(self) -> AsyncIterator[Finding]:
        """Return what a bot in callback mode can be asked: nothing, it has no token."""
        yield Finding("form", "token and EncodingAESKey have the right form; no call proves them")

    def knock(self) -> Knock:
        """Return a test of the callback's address."""
        return self._door.knock(self._clock.now())

    async def start(self) -> None:
        """Open the session for late answers."""
        await self._http.start()

    async def stop(self) -> None:
        """Close it."""
        await self._http.stop()

    # ── in ──────────────────────────────────────────────────────────────────────────────

    async def receive(self, raw: RawCallback) -> Received:
        """Open one callback; a GET is the platform testing the address."""
        if raw.method == "GET":
            return Received(answer=self._door.echo(raw.query))
        plaintext = self._door.open(raw.query, sealed_in_json(raw.body))
        said = read(
            self.name, plaintext, sent_s=raw.query.get("timestamp", ""), now=self._clock.now()
        )
        if isinstance(said, Asked):
            return Received(asks=said.stream, asks_in=said.place)
        return Received((said,))

    def keeps_s(self, update: Update) -> float:
        """Return how long responses may carry the answers to an update."""
        window, now = Window.of(update.reply_to), self._clock.now()
        if update.tap is not None or update.event == ENTER:
            return window.left_s(now, PRESS_S)
        return 0.0 if update.event else window.left_s(now, STREAM_S)

    async def carry(
        self,
        answers: Sequence[Outgoing],
        raw: RawCallback,
        update: Update,
        shown: Shown,
        *,
        again: bool,
    ) -> Carried | None:
        """Return the response that shows the answers, or those that can be shown in it."""
        parts = [one.part for one in answers]
        if update.tap is not None:
            return await self._change(parts, raw, update, shown)
        if update.event == ENTER:
            return self._welcome(parts, raw)
        stream, taken = Stream(), {}
        for place, part in enumerate(parts):
            if await self._takes(stream, part):
                taken[place] = _receipt(part)
        if not taken:
            return None
        made = stream.ended(update.key, again=again, feedback=self._feedback)
        return Carried(self._sealed(made, raw), taken)

    def waiting(self, raw: RawCallback, update: Update, *, again: bool) -> bytes | None:
        """Return the response that begins a stream, or keeps it open."""
        if update.event:
            return None
        feedback = self._feedback and not again
        return self._sealed(
            stream_json(update.key, self._sayings.waiting, finish=False, feedback=feedback), raw
        )

    def over(self, raw: RawCallback, asks: str) -> bytes:
        """Return the response that ends a stream without an answer."""
        return self._sealed(stream_json(asks, self._sayings.over, finish=True), raw)

    async def _takes(self, stream: Stream, part: Part) -> bool:
        match part:
            case Card():
                return stream.takes_card(part)
            case Image():
                if not stream.takes_picture(await self._picture(part)):
                    stream.words.append(words_of(part))
                return True
            case Text() | Markdown() | Link() | News() | File():
                stream.words.append(words_of(part))
                return True
            case _:
                return False

    async def _picture(self, image: Image) -> Picture | None:
        try:
            return await self._pictures.read(image)
        except Undeliverable:
            return None  # its description stands for it

    def _welcome(self, parts: Sequence[Part], raw: RawCallback) -> Carried | None:
        made = welcome_json(parts)
        if made is None:
            return None
        body, places = made
        return Carried(self._sealed(body, raw), {place: _receipt(parts[place]) for place in places})

    async def _change(
        self, parts: Sequence[Part], raw: RawCallback, update: Update, shown: Shown
    ) -> Carried | None:
        """Return the changed card; words beside it are not heeded in this response."""
        tap = update.tap
        for place, part in enumerate(parts):
            if tap is None or not isinstance(part, CardUpdate) or part.handle != tap.handle:
                continue
            card = part.card or await shown(tap.card)
            if card is None:
                continue
            seen_by = (update.sender or "") if update.in_group else ""
            try:
                made = changed_json(
                    card, part, task_id=tap.card, chosen=tap.chosen, seen_by=seen_by
                )
            except Unfit:
                continue
            return Carried(self._sealed(made, raw), {place: Receipt(note=_IN_RESPONSE)})
        return None

    def _sealed(self, made: Json, raw: RawCallback) -> bytes:
        """Return a response; its nonce is that of the request (path/101033, 2026-07)."""
        now_s, nonce = int(self._clock.now().timestamp()), raw.query.get("nonce", "")
        sealed = self._door.seal(to_json(made), timestamp=now_s, nonce=nonce)
        return to_json(
            {
                "encrypt": sealed.encrypted,
                "msgsignature": sealed.signature,
                "timestamp": now_s,
                "nonce": nonce,
            }
        )

    # ── out ─────────────────────────────────────────────────────────────────────────────

    def lane(self, outgoing: Outgoing) -> str:
        """Return the chat: limits are counted for each."""
        return lane_of(outgoing)

    def lane_limits(self, lane: str) -> tuple[Limit, ...]:
        """Return what the platform allows for one chat."""
        del lane
        return CAPABILITY.rates

    async def send(self, outgoing: Outgoing, *, doubt_since: datetime | None) -> Receipt:
        """Send an answer that no response has carried to the address that came with the message."""
        del doubt_since
        address = Window.of(outgoing.reply_to).late_address(self._clock.now())
        body = late_json(outgoing.part, feedback=outgoing.key if self._feedback else "")
        url = urlsplit(address)
        path, query = f"{url.scheme}://{url.netloc}{url.path}", dict(parse_qsl(url.query))
        answer = await self._http.post(path, query, body)
        self._http.check(answer, "aibot/response")
        return _receipt(outgoing.part, note="")


def lane_of(outgoing: Outgoing) -> str:
    """Return the name of a chat."""
    return f"group:{outgoing.recipient}" if outgoing.to_group else outgoing.recipient


def _receipt(part: Part, note: str = _IN_RESPONSE) -> Receipt:
    """Return a receipt by which a card is found again when it is pressed."""
    return Receipt(handle=part.id if isinstance(part, Card) else "", note=note)
