"""The bot (智能机器人) over a long connection: it answers by frames, and may begin by itself.

One connection for a bot; a second one throws the first out (path/101463, 2026-07).
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import structlog
from aiohttp import (
    ClientError,
    ClientSession,
    ClientTimeout,
    ClientWebSocketResponse,
    ClientWSTimeout,
    DummyCookieJar,
)

from bot.channels.wecom.aibot.channel import AIBOT, lane_of
from bot.channels.wecom.aibot.channel import CAPABILITY as BY_CALLBACKS
from bot.channels.wecom.aibot.connection import Connection, Nap, not_connected
from bot.channels.wecom.aibot.frames import CHANGE, PUSH, RESPOND, SUBSCRIBE, WELCOME, Frame
from bot.channels.wecom.aibot.incoming import ENTER, Asked, read_body
from bot.channels.wecom.aibot.intake import Intake
from bot.channels.wecom.aibot.permission import ANSWER_S, Kind, Permission, Press
from bot.channels.wecom.aibot.replies import answer_json, changed_json, late_json, welcome_json
from bot.channels.wecom.aibot.uploads import MAX_IMAGE_BYTES, upload
from bot.channels.wecom.cards import Unfit
from bot.channels.wecom.errors import is_media_gone
from bot.channels.wecom.http import Json
from bot.channels.wecom.media import Picture, PictureShelf, Uploads
from bot.kernel.abilities import NamesColleagues
from bot.kernel.checkup import Finding, Level
from bot.kernel.clock import Clock
from bot.kernel.errors import Ambiguous, PauseScope, RetryLater, Undeliverable
from bot.kernel.files import FileStore
from bot.kernel.ids import ChannelName
from bot.kernel.messages import Card, CardUpdate, Image, Outgoing, Receipt, Text, Update, UpdateKind
from bot.kernel.ports import Limit, Line, Receiver, Sender

log = structlog.get_logger(__name__)

WS_URL = "wss://openws.work.weixin.qq.com"
CAPABILITY = replace(
    BY_CALLBACKS,
    source="path/100719, 101027, 101032, 101463, 2026-07",
    can_push=True,
    reply_window_s=float("inf"),
    max_replies=0,
)
KICKED = "aibot: kicked, another connection of this bot has taken over"
_DISCONNECTED = "disconnected_event"
_TOO_LATE = frozenset({846604, 846605, 846608})
_ANSWERED = 846606
_NOT_SUBSCRIBED = 846609
_NOBODY_THERE = 846607
_OPEN_S = 15.0
_MOST_FRAME_BYTES = 256 * 1024


class AibotSocket:
    """One bot: Channel, Sender and Listening in one."""

    capability = CAPABILITY
    # an answer to the same callback is refused the second time, which tells that it had arrived
    drops_twins_s = ANSWER_S
    concurrency = 16
    channel_limits: tuple[Limit, ...] = ()

    def __init__(
        self,
        *,
        bot_id: str,
        secret: str,
        media_root: Path,
        received: FileStore | None = None,
        clock: Clock,
        ws_url: str = WS_URL,
        feedback: bool = False,
        name: ChannelName = AIBOT,
        ack_s: float = 5.0,
        nap: Nap = asyncio.sleep,
    ) -> None:
        """Build the bot from plain values; with `feedback` members can rate its answers."""
        self.name = name
        self.receiver: Receiver | None = None
        self.sender: Sender | None = self
        self._credentials: Json = {"bot_id": bot_id, "secret": secret}
        self._url = ws_url
        self.abilities: Mapping[type, object] = {NamesColleagues: self}
        self._clock = clock
        self._feedback = feedback
        self._ack_s = ack_s
        self._nap = nap
        self._pictures = PictureShelf(media_root, received)
        self._uploads = Uploads(self._upload, is_media_gone, clock)
        self._intake = Intake(nap)
        self._connection: Connection | None = None
        self._line: Line | None = None

    @property
    def is_connected(self) -> bool:
        """True while messages can leave."""
        return self._connection is not None

    async def check_up(self) -> AsyncIterator[Finding]:
        """Return whether a connection opens; to subscribe would throw the running bot out."""
        async with ClientSession(cookie_jar=DummyCookieJar()) as session:
            try:
                await (await self._open(session)).close()
            except RetryLater as exc:
                hint = "may this machine go out? bot run needs it all the time"
                message = f"{self._url}: no connection opens ({exc})"
                yield Finding("reach", message, Level.OUTSIDE, hint, "ws_url")
                return
        message = f"{self._url} takes a connection; BotID and Secret: not tried,"
        yield Finding("reach", f"{message} it would throw out a bot that runs", key="ws_url")

    async def start(self) -> None:
        """Open nothing: the connection is opened where it is listened to."""

    async def stop(self) -> None:
        """Close nothing: who listens closes."""

    # ── in ──────────────────────────────────────────────────────────────────────────────

    async def listen(self, line: Line) -> None:
        """Hear what comes over one connection until it ends."""
        timeout = ClientTimeout(total=None, sock_connect=_OPEN_S)
        async with ClientSession(timeout=timeout, cookie_jar=DummyCookieJar()) as session:
            socket = await self._open(session)
            connection = Connection(
                socket, self._hear, line.alive, ack_s=self._ack_s, nap=self._nap
            )
            self._line = line
            jobs = (connection.read(), self._stay(connection), self._intake.work(line.accept))
            tasks = [asyncio.create_task(job) for job in jobs]
            try:
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                raise worst_of(done)
            finally:
                self._connection = None
                for task in tasks:
                    task.cancel()
                await connection.end()
                await asyncio.gather(*tasks, return_exceptions=True)
                await self._intake.flush(line.accept)

    async def _open(self, session: ClientSession) -> ClientWebSocketResponse:
        try:
            async with asyncio.timeout(_OPEN_S):
                return await session.ws_connect(
                    self._url,
                    timeout=ClientWSTimeout(ws_close=1.0),
                    max_msg_size=_MOST_FRAME_BYTES,
                )
        except (ClientError, TimeoutError, OSError) as exc:
            raise RetryLater(f"aibot: {type(exc).__name__}", after_s=0) from None

    async def _stay(self, connection: Connection) -> None:
        """Subscribe, then let messages leave, and beat."""
        try:
            await connection.ask(SUBSCRIBE, self._credentials)
        except Ambiguous as exc:
            raise RetryLater(str(exc), after_s=0) from None
        log.info("aibot.subscribed", channel=self.name)
        self._connection = connection
        await connection.beat()

    async def _hear(self, heard: Frame) -> None:
        now = self._clock.now()
        said = read_body(self.name, heard.body, sent_s="", now=now)
        if isinstance(said, Asked):
            return  # streams are asked for in callback mode only
        await self._intake.put(allowed_by(said, heard.req_id, now))
        if said.kind is UpdateKind.EVENT and said.event == _DISCONNECTED:
            raise Undeliverable(KICKED, channel_off=True)

    # ── out ─────────────────────────────────────────────────────────────────────────────

    def lane(self, outgoing: Outgoing) -> str:
        """Return the chat: limits are counted for each."""
        return lane_of(outgoing)

    def lane_limits(self, lane: str) -> tuple[Limit, ...]:
        """Return what the platform allows for one chat, answers and pushes together."""
        del lane
        return CAPABILITY.rates

    async def send(self, outgoing: Outgoing, *, doubt_since: datetime | None) -> Receipt:
        """Answer the callback that allows it, else push.

        A card that the platform refuses goes as its words: that groups take a card which is
        pushed is nowhere written (path/101463, 2026-07).
        """
        if isinstance(outgoing.part, CardUpdate):
            return await self._change(outgoing.part, doubtful=doubt_since is not None)
        doubtful = doubt_since is not None
        try:
            return await self._say(outgoing, doubtful=doubtful)
        except Undeliverable as exc:
            card = outgoing.part
            if not isinstance(card, Card) or exc.channel_off or not exc.code or doubtful:
                raise
            words = replace(outgoing, part=Text(card.fallback))
            receipt = await self._say(words, doubtful=False)
            return replace(receipt, note=f"as words, the card was refused: errcode {exc.code}")

    async def _say(self, outgoing: Outgoing, *, doubtful: bool) -> Receipt:
        if not isinstance(outgoing.part, Image):
            return await self._leave(outgoing, None, doubtful=doubtful)
        picture = await self._picture(outgoing.part)
        if picture is None:
            return await self._leave(outgoing, None, doubtful=doubtful)

        async def send(media_id: str) -> Receipt:
            body = {"msgtype": "image", "image": {"media_id": media_id}}
            return await self._leave(outgoing, body, doubtful=doubtful)

        return await self._uploads.using(picture, send)

    async def _leave(self, outgoing: Outgoing, made: Json | None, *, doubtful: bool) -> Receipt:
        """Say something by the best way that is open.

        Args:
            outgoing: what to say.
            made: the body that says it; None to make one.
            doubtful: an earlier try may have arrived.
        """
        allowed = Permission.of(outgoing.reply_to)
        if allowed.holds(self._clock.now()):
            receipt = await self._answer(outgoing, made, allowed, doubtful=doubtful)
            if receipt is not None:
                return receipt
        if doubtful:
            raise Undeliverable("aibot: it may have arrived, and the platform knows no twins of it")
        body = made or late_json(outgoing.part, feedback=self._feedback_id(outgoing))
        kind = 2 if outgoing.to_group else 1
        try:
            await self._ask(PUSH, {"chatid": outgoing.recipient, "chat_type": kind, **body})
        except RetryLater as exc:
            if exc.code != _NOBODY_THERE or allowed.kind is not Kind.ENTER:
                raise
            raise Undeliverable(str(exc), code=exc.code, quiet=True) from None  # a late welcome
        return _receipt(outgoing)

    async def _answer(
        self, outgoing: Outgoing, made: Json | None, allowed: Permission, *, doubtful: bool
    ) -> Receipt | None:
        """Answer a callback; None when the platform takes no answer to it any more."""
        cmd = RESPOND
        if allowed.kind is Kind.ENTER:
            welcome = welcome_json([outgoing.part])
            if welcome is None:
                return None
            cmd, body = WELCOME, welcome[0]
        else:
            feedback = bool(self._feedback)
            body = made or answer_json(outgoing.part, outgoing.key, feedback=feedback)
        try:
            await self._ask(cmd, body, req_id=allowed.req_id)
        except Undeliverable as exc:
            if exc.code == _ANSWERED and doubtful:
                return _receipt(outgoing, note="an earlier try had arrived")
            if exc.code in _TOO_LATE or exc.code == _ANSWERED:
                return None
            raise
        return _receipt(outgoing)

    async def _change(self, change: CardUpdate, *, doubtful: bool) -> Receipt:
        press = Press.of(change.handle)
        if press is None or not press.holds(self._clock.now()):
            raise Undeliverable("aibot: a card changes within 5 s of its press only")
        shown = self._line.shown if self._line else None
        card = change.card or (await shown(press.card) if shown else None)
        if card is None:
            raise Undeliverable("aibot: nothing is known of the card that was pressed")
        try:
            body = changed_json(
                card, change, task_id=press.card, chosen=press.chosen, seen_by=press.seen_by
            )
        except Unfit as exc:
            raise Undeliverable(f"aibot: {exc}") from None
        try:
            await self._ask(CHANGE, body, req_id=press.req_id)
        except Undeliverable as exc:
            if exc.code != _ANSWERED or not doubtful:
                raise
        return Receipt()

    async def _ask(self, cmd: str, body: Json, *, req_id: str = "") -> Frame:
        connection = self._connection
        if connection is None:
            raise not_connected()
        try:
            return await connection.ask(cmd, body, req_id=req_id)
        except Undeliverable as exc:
            if exc.code != _NOT_SUBSCRIBED:
                raise
            await connection.end()
            raise not_connected() from None
        except RetryLater as exc:
            if exc.code != _NOBODY_THERE:
                raise
            # a limit of the minute, or nobody ever wrote to the bot there: counted, so that it ends
            raise RetryLater(str(exc), after_s=60.0, code=exc.code, scope=PauseScope.LANE) from None

    def _feedback_id(self, outgoing: Outgoing) -> str:
        return outgoing.key if self._feedback else ""

    async def _picture(self, image: Image) -> Picture | None:
        """Return a picture that the platform takes; None when its words stand for it."""
        try:
            picture = await self._pictures.read(image)
        except Undeliverable:
            return None
        fits = picture.suffix and len(picture.content) <= MAX_IMAGE_BYTES
        return picture if fits else None

    async def _upload(self, kind: str, name: str, content_type: str, content: bytes) -> str:
        del content_type
        return await upload(self._ask, kind, name, content)


def allowed_by(update: Update, req_id: str, now: datetime) -> Update:
    """Return an update with what its callback allows us to answer."""
    kind = Kind.NONE if update.event else Kind.MESSAGE
    kind = Kind.ENTER if update.event == ENTER else kind
    allowed = Permission(kind, now, req_id).written() if req_id else ""
    tap = update.tap
    if tap is not None:
        seen_by = (update.sender or "") if update.in_group else ""
        press = Press(now.timestamp(), req_id, tap.card, tap.chosen, seen_by)
        tap = replace(tap, handle=press.written())
    return replace(update, reply_to=allowed, tap=tap)


def _receipt(outgoing: Outgoing, note: str = "") -> Receipt:
    """Return a receipt by which a card is found again when it is pressed."""
    return Receipt(handle=outgoing.part.id if isinstance(outgoing.part, Card) else "", note=note)


def worst_of(done: Iterable[asyncio.Task[None]]) -> BaseException:
    """Return why a connection ended; what operators must act on first."""
    errors = [error for task in done if (error := task.exception())]
    off = [error for error in errors if isinstance(error, Undeliverable)]
    return (off or errors or [RetryLater("aibot: the connection ended", after_s=0)])[0]
