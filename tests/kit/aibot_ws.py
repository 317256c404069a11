"""The bot's platform over its long connection: one connection a bot, strict about every frame.

Written from path/101463 and not from our client.
"""

import asyncio
import base64
import hashlib
import json
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from aiohttp import WSMsgType, web
from typing_extensions import override

from bot.channels.wecom.aibot import AibotSocket
from bot.kernel.clock import Clock
from bot.kernel.messages import Card
from bot.kernel.ports import Accepted, Line
from tests.kit.aibot import BOT, FEEDBACK, MARKDOWN, Json, check_card, check_reply
from tests.kit.loopback import Loopback
from tests.kit.wecom_rules import (
    BAD_PARAMETER,
    MEDIA,
    UNKNOWN_TYPE,
    Flag,
    Number,
    Words,
    Wrong,
    shape,
)

BOT_ID, SECRET = "BOTID_INVENTED", "SECRET_INVENTED"
INVALID_ID, USED, NOBODY, NOT_SUBSCRIBED, BAD_SECRET = 846605, 846606, 846607, 846609, 853000
STREAM = shape(
    "id finish content", id=Words(), finish=Flag(), content=Words(20_480), feedback=FEEDBACK
)
PUSH = shape("chatid chat_type msgtype", chatid=Words(), chat_type=Number(0, 2), msgtype=Words())
INIT = shape(
    "type filename total_size total_chunks md5",
    type=Words(pattern="file|image|voice|video"),
    filename=Words(256),
    total_size=Number(5, 20 * 1024 * 1024),
    total_chunks=Number(1, 100),
    md5=Words(pattern="[0-9a-f]{32}"),
)
_CHUNK_BYTES = 512 * 1024
_IMAGE_BYTES = 2 * 1024 * 1024


class Naps:
    """Lets a test turn the time for everybody who naps."""

    def __init__(self, settle: Callable[[], Awaitable[None]] | None = None) -> None:
        self.now = 0.0
        self._settle = settle or settled
        self.taken: list[float] = []
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    async def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        sleeper = asyncio.get_running_loop().create_future()
        self._sleepers.append((self.now + seconds, sleeper))
        await sleeper

    async def turn(self, seconds: float, step: float = 1.0) -> None:
        """Let time pass, and whatever it wakes do what it does at once."""
        end = self.now + seconds
        while self.now < end:
            self.now = min(end, self.now + step)
            due = [one for one in self._sleepers if one[0] <= self.now]
            self._sleepers = [one for one in self._sleepers if one not in due]
            for _, sleeper in due:
                if not sleeper.done():
                    sleeper.set_result(None)
            await self._settle()


async def settled() -> None:
    """Let what is under way on loopback and in the writer's thread come to its end."""
    await asyncio.sleep(0.05)


async def until(true: Callable[[], object], within_s: float = 5) -> None:
    """Wait until something is so; not for ever."""
    async with asyncio.timeout(within_s):
        while not true():  # noqa: ASYNC110 - the platform is another task
            await asyncio.sleep(0.005)


@dataclass
class FakeSocket(Loopback):
    """The platform's end of the connections; `seen` is what members would see."""

    seen: list[Json] = field(default_factory=list)
    """Each with its `chatid` (pushed) or `req_id` (answered), oldest first."""
    refused: list[Wrong] = field(default_factory=list)
    subscribed: int = 0
    """How often somebody has subscribed; attempts that were refused count."""
    pings: int = 0
    # ── knobs ──
    secret: str = SECRET
    errcodes: deque[int] = field(default_factory=deque)
    """Codes for what comes next; 0 lets it through."""
    mute_pings: bool = False
    lose_acks: int = 0
    """So many of the next things are taken, and their acks lost."""
    slow: asyncio.Event | None = None
    """When it is set, acks come."""
    drop_at_next: bool = False
    """Take the next thing, then break the connection without an ack."""
    refuse_open: bool = False
    takes_pushed_cards: bool = True

    def __post_init__(self) -> None:
        self._numbers = count(1)
        self.sockets: list[web.WebSocketResponse] = []
        self.most_open = 0
        self._open: dict[str, str] = {}
        """req_ids that may still be answered, and as what."""
        self._used: set[str] = set()
        self.contacts: set[str] = set()
        self._uploads: dict[str, Json] = {}
        self.media: set[str] = set()
        self.frames: list[Json] = []

    @override
    def routes(self) -> Iterable[web.RouteDef]:
        return (web.get("/", self._serve),)

    @property
    def ws_url(self) -> str:
        return self.url.replace("http", "ws", 1)

    @property
    def live(self) -> web.WebSocketResponse | None:
        """The connection that is subscribed now."""
        return self.sockets[-1] if self.sockets else None

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        if self.refuse_open:
            return web.Response(status=503)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        try:
            async for message in socket:
                if message.type is not WSMsgType.TEXT:
                    raise AssertionError("frames are text")
                await self._hear(socket, json.loads(message.data), request)
        except (ConnectionError, RuntimeError):
            pass
        finally:
            with suppress(ValueError):
                self.sockets.remove(socket)
        return socket

    async def _hear(self, socket: web.WebSocketResponse, said: Json, request: web.Request) -> None:
        req_id = said.get("headers", {}).get("req_id")
        assert isinstance(req_id, str)
        assert req_id
        self.frames.append(said)
        body: Json = {}
        try:
            body = await self._do(socket, said, req_id)
            code = 0
        except Wrong as wrong:
            self.refused.append(wrong)
            code = wrong.code
        if said["cmd"] == "ping" and self.mute_pings:
            return
        if said["cmd"] not in {"ping", "aibot_subscribe"}:
            if self.slow:
                await self.slow.wait()
            if self.drop_at_next and request.transport is not None:
                self.drop_at_next = False
                request.transport.abort()
                return
            if self.lose_acks:
                self.lose_acks -= 1
                return
        answer: Json = {"headers": {"req_id": req_id}, "errcode": code, "errmsg": "ok"}
        await socket.send_json(answer | ({"body": body} if body else {}))

    async def _do(self, socket: web.WebSocketResponse, said: Json, req_id: str) -> Json:
        cmd, body = said["cmd"], said.get("body")
        if said.keys() - {"cmd", "headers", "body"} or said["headers"].keys() != {"req_id"}:
            raise Wrong(BAD_PARAMETER, "unknown fields of the frame")
        if cmd == "ping":
            self.pings += 1
            if body is not None:
                raise Wrong(BAD_PARAMETER, "a ping has no body")
            return {}
        if cmd == "aibot_subscribe":
            await self._subscribe(socket, body)
            return {}
        if socket is not self.live:
            raise Wrong(NOT_SUBSCRIBED, "not subscribed")
        if self.errcodes and (code := self.errcodes.popleft()):
            raise Wrong(code, "scripted")
        assert isinstance(body, dict)
        calls: dict[str, Callable[[], Json | None]] = {
            "aibot_respond_msg": lambda: self.answer(req_id, body),
            "aibot_respond_welcome_msg": lambda: self._reply(req_id, body, "enter"),
            "aibot_respond_update_msg": lambda: self._reply(req_id, body, "press"),
            "aibot_send_msg": lambda: self._push(body),
            "aibot_upload_media_init": lambda: self._begin(body),
            "aibot_upload_media_chunk": lambda: self._chunk(body),
            "aibot_upload_media_finish": lambda: self._finish(body),
        }
        if cmd not in calls:
            raise Wrong(UNKNOWN_TYPE, cmd)
        return calls[cmd]() or {}

    async def _subscribe(self, socket: web.WebSocketResponse, body: object) -> None:
        self.subscribed += 1
        if self.errcodes and (code := self.errcodes.popleft()):
            raise Wrong(code, "scripted")
        if body != {"bot_id": BOT_ID, "secret": self.secret}:
            raise Wrong(BAD_SECRET, "bot_id or secret")
        old = self.live
        self.sockets.append(socket)
        self.most_open = max(self.most_open, len(self.sockets))
        if old is not None and old is not socket:
            await self.event("disconnected_event", to=old)
            await old.close()

    # ── what is said to members ─────────────────────────────────────────────────────────

    def _reply(self, req_id: str, body: Json, kind: str) -> None:
        check_reply(body, kind)
        self._use(req_id, kind, body)

    def answer(self, req_id: str, body: Json) -> None:
        """Take an answer to a message."""
        kind = str(body.get("msgtype"))
        if body.keys() != {"msgtype", kind}:
            raise Wrong(BAD_PARAMETER, "answer")
        self._check(kind, body[kind], {"stream", "template_card", "markdown", "image"})
        self._use(req_id, "message", body)

    def _check(self, kind: str, inside: Json, kinds: set[str]) -> None:
        if kind not in kinds:
            raise Wrong(UNKNOWN_TYPE, kind)
        match kind:
            case "stream":
                STREAM.check(inside, kind)
            case "markdown":
                MARKDOWN.check(inside, kind)
            case "template_card":
                check_card(inside)
            case "image":
                MEDIA.check(inside, kind)
                if inside["media_id"] not in self.media:
                    raise Wrong(40007, "media_id")

    def _use(self, req_id: str, kind: str, body: Json) -> None:
        if req_id in self._used:
            raise Wrong(USED, "answered already")
        if self._open.get(req_id) != kind:
            raise Wrong(INVALID_ID, "req_id")
        self._used.add(req_id)
        self.seen.append({"req_id": req_id, **body})

    def _push(self, body: Json) -> None:
        kind = str(body.get("msgtype"))
        PUSH.check({name: value for name, value in body.items() if name != kind}, "push")
        self._check(kind, body.get(kind, {}), {"template_card", "markdown", "image"})
        if kind == "template_card" and not self.takes_pushed_cards:
            raise Wrong(UNKNOWN_TYPE, "cards go to 1:1 chats only")
        if body["chatid"] not in self.contacts:
            raise Wrong(NOBODY, "nobody has talked to the bot there")
        if (body["chat_type"] == 2) != body["chatid"].startswith("wr"):
            raise Wrong(BAD_PARAMETER, "chat_type")
        self.seen.append(body)

    def words(self) -> list[str]:
        """Return the words that members saw."""
        return [
            str((one.get("stream") or one.get("markdown") or one.get("text") or {}).get("content"))
            for one in self.seen
        ]

    # ── uploads ─────────────────────────────────────────────────────────────────────────

    def _begin(self, body: Json) -> Json:
        INIT.check(body, "init")
        if body["type"] == "image" and body["total_size"] > _IMAGE_BYTES:
            raise Wrong(846697, "image too large")
        upload = f"UPLOAD_{next(self._numbers)}"
        self._uploads[upload] = {**body, "chunks": {}}
        return {"upload_id": upload}

    def _chunk(self, body: Json) -> None:
        rule = shape(
            "upload_id chunk_index base64_data",
            upload_id=Words(),
            chunk_index=Number(0, 99),
            base64_data=Words(),
        )
        rule.check(body, "chunk")
        upload = self._uploads.get(body["upload_id"])
        if upload is None:
            raise Wrong(846611, "upload_id")
        if body["chunk_index"] >= upload["total_chunks"]:
            raise Wrong(846612, "chunk_index")
        chunk = base64.b64decode(body["base64_data"], validate=True)
        if len(chunk) > _CHUNK_BYTES:
            raise Wrong(846613, "chunk")
        upload["chunks"][body["chunk_index"]] = chunk

    def _finish(self, body: Json) -> Json:
        shape("upload_id", upload_id=Words()).check(body, "finish")
        upload = self._uploads.get(body["upload_id"])
        if upload is None:
            raise Wrong(846611, "upload_id")
        content = b"".join(upload["chunks"].get(n, b"") for n in range(upload["total_chunks"]))
        digest = hashlib.md5(content).hexdigest()  # noqa: S324 - the platform's choice
        if len(content) != upload["total_size"] or digest != upload["md5"]:
            raise Wrong(846616, "incomplete")
        media = f"MEDIA_{next(self._numbers)}"
        self.media.add(media)
        return {"type": upload["type"], "media_id": media, "created_at": "1782000000"}

    # ── what it says ────────────────────────────────────────────────────────────────────

    def message(self, text: str, *, who: str = "lihua", group: str = "", **more: object) -> Json:
        """Return the body of a member's text."""
        body: Json = {
            "msgid": f"MSG_{next(self._numbers)}",
            "aibotid": BOT,
            "chattype": "group" if group else "single",
            "from": {"userid": who},
            "response_url": "https://qyapi.weixin.qq.com/cgi-bin/aibot/response?response_code=X",
            "msgtype": "text",
            "text": {"content": f"@小助手 {text}" if group else text},
        }
        return body | ({"chatid": group} if group else {}) | more

    def asked(self, kind: str = "message") -> str:
        """Return a req_id that may be answered, as if a callback had brought it."""
        req_id = f"CB_{next(self._numbers)}"
        self._open[req_id] = kind
        return req_id

    async def says(
        self, body: Json, *, kind: str = "message", to: web.WebSocketResponse | None = None
    ) -> str:
        """Say something by itself; return the req_id by which it may be answered."""
        req_id = self.asked(kind)
        self.contacts.add(body.get("chatid") or body.get("from", {}).get("userid", ""))
        cmd = "aibot_event_callback" if body["msgtype"] == "event" else "aibot_msg_callback"
        socket = to or self.live
        assert socket is not None
        await socket.send_json({"cmd": cmd, "headers": {"req_id": req_id}, "body": body})
        return req_id

    async def event(
        self,
        name: str,
        *,
        to: web.WebSocketResponse | None = None,
        kind: str = "",
        more: Json | None = None,
    ) -> str:
        """Say that something happened."""
        body: Json = {
            "msgid": f"EVT_{next(self._numbers)}",
            "create_time": 1782000024,
            "aibotid": BOT,
            "msgtype": "event",
            "event": {"eventtype": name},
        }
        return await self.says(body | (more or {}), kind=kind, to=to)

    async def kick(self) -> None:
        """Let another connection take over."""
        assert self.live is not None
        socket = self.live
        await self.event("disconnected_event")
        await socket.close()

    async def drop(self) -> None:
        """Break the connection without a word."""
        assert self.live is not None
        socket = self.sockets.pop()
        transport = socket._req.transport if socket._req else None  # noqa: SLF001 - nothing else breaks it
        assert transport is not None
        transport.abort()


def bot_on(
    platform: FakeSocket,
    clock: Clock,
    media_root: Path,
    *,
    nap: Naps | None = None,
    ack_s: float = 1.0,
    feedback: bool = False,
) -> AibotSocket:
    """Return a bot; not connected."""
    return AibotSocket(
        ws_url=platform.ws_url,
        bot_id=BOT_ID,
        secret=SECRET,
        media_root=media_root,
        clock=clock,
        feedback=feedback,
        ack_s=ack_s,
        nap=nap or Naps(),
    )


@dataclass
class Heard:
    """What a bot has heard, for tests without a house."""

    keys: dict[str, Accepted] = field(default_factory=dict)
    cards: dict[str, Card] = field(default_factory=dict)
    refuse: list[Exception] = field(default_factory=list)
    alive: int = 0

    def line(self) -> Line:
        """Return what `listen` is given."""
        return Line(self._accept, self._shown, self._beat)

    async def _accept(self, updates: object) -> list[Accepted]:
        assert isinstance(updates, list)
        if self.refuse:
            raise self.refuse.pop(0)
        accepted = [Accepted(None, update) for update in updates]
        self.keys |= {one.update.key: one for one in accepted}
        return accepted

    async def _shown(self, handle: str) -> Card | None:
        return self.cards.get(handle)

    def _beat(self) -> None:
        self.alive += 1


@asynccontextmanager
async def listening(bot: AibotSocket, heard: Heard) -> AsyncIterator[None]:
    """Let a bot listen until the end of the block."""
    task = asyncio.create_task(bot.listen(heard.line()))
    await until(lambda: bot.is_connected)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
