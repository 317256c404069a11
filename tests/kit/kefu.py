"""微信客服 on a loopback port, beside the rest of WeCom: strict, and with a memory.

Written from the platform's pages (path/94670, 94677, 95122, 94669), not from our door.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from aiohttp import web
from typing_extensions import override

from bot.channels.wecom.kefu import Kefu
from bot.kernel.clock import Clock
from bot.kernel.files import FileStore
from tests.kit.mail import AES_KEY, TOKEN
from tests.kit.platforms import CORP, SECRET, Delivered, FakeWecom, Json
from tests.kit.wecom_rules import (
    BAD_PARAMETER,
    MEDIA,
    URL,
    Many,
    Number,
    Rule,
    Shape,
    Words,
    Wrong,
    shape,
)

WK = "wkInventedKfAccount0000000000001"
WK2 = "wkInventedKfAccount0000000000002"
_KFID = Words(64, pattern=r"wk[0-9A-Za-z_-]+")
_WHO = Words(64, pattern=r"[0-9A-Za-z_-]+")
_MSGID = Words(32, pattern=r"[0-9a-zA-Z_-]{1,32}")
_ENTRIES: Mapping[str, Rule] = {
    "click": shape("id content", id=Words(128), content=Words(128)),
    "view": shape("url content", url=URL, content=Words(128)),
    "text": shape("content", content=Words(256), no_newline=Number(0, 1)),
}


class _Entry:
    def check(self, value: object, where: str) -> None:
        kind = value.get("type") if isinstance(value, dict) else None
        if kind not in _ENTRIES:
            raise Wrong(BAD_PARAMETER, f"{where}.type")
        fields: dict[str, Rule] = {"type": Words(), str(kind): _ENTRIES[str(kind)]}
        Shape(fields, frozenset(fields)).check(value, where)


_TYPES: Mapping[str, Rule] = {
    "text": shape("content", content=Words(2048)),
    "image": MEDIA,
    "voice": MEDIA,
    "video": MEDIA,
    "file": MEDIA,
    "link": shape(
        "title url thumb_media_id",
        title=Words(128),
        desc=Words(512, empty=True),
        url=URL,
        thumb_media_id=Words(),
    ),
    "msgmenu": shape(
        "list",
        head_content=Words(1024, empty=True),
        tail_content=Words(1024, empty=True),
        list=Many(_Entry(), 1, 50),
    ),
}
_SYNC = shape(
    "open_kfid",
    cursor=Words(64),
    token=Words(128),
    limit=Number(1, 1000),
    voice_format=Number(0, 1),
    open_kfid=_KFID,
)
_DAY_S = 86_400


@dataclass
class Session:
    """What the platform knows about a customer in one account."""

    state: int = 4
    wrote_at: float | None = None
    left: int = 0


@dataclass
class FakeKefu(FakeWecom):
    """The platform with some kf accounts. `page` is how many items one answer holds at most."""

    accounts: tuple[str, ...] = (WK, WK2)
    page: int = 1000
    tokenless_per_minute: int = 60
    says_more: bool = False
    """has_more is 1 for ever."""
    moves_cursor: bool = False
    """Each answer brings another cursor, even when there is nothing."""

    @override
    def __post_init__(self) -> None:
        super().__post_init__()
        self.books: dict[str, list[Json]] = defaultdict(list)
        self.sessions: dict[tuple[str, str], Session] = defaultdict(Session)
        self.codes: dict[str, tuple[str, str, float]] = {}
        self.hints: dict[str, float] = {}
        self.msgids: set[str] = set()
        self._counter = count(1)

    # ── what a test does ────────────────────────────────────────────────────────────────

    def hears(self, who: str, text: str, book: str = WK, **changes: object) -> Json:
        """Let a customer write."""
        session = self.sessions[book, who]
        session.wrote_at, session.left = self.now(), 5
        session.state = 0 if session.state == 4 else session.state
        item: Json = {
            "msgid": f"m{next(self._counter)}",
            "open_kfid": book,
            "external_userid": who,
            "send_time": int(self.now()),
            "origin": 3,
            "servicer_userid": "",
            "msgtype": "text",
            "text": {"content": text},
        }
        return self.adds(item | changes, book)

    def enters(self, who: str, book: str = WK, scene: str = "poster_hike") -> str:
        """Let a customer open the chat by a link; return the code for a welcome."""
        code = f"welcome-{next(self._counter)}"
        self.codes[code] = (book, who, self.now() + 20)
        event = {
            "event_type": "enter_session",
            "open_kfid": book,
            "external_userid": who,
            "scene": scene,
            "scene_param": "",
            "welcome_code": code,
        }
        self.adds(
            {
                "msgid": f"e{next(self._counter)}",
                "open_kfid": book,
                "send_time": int(self.now()),
                "origin": 4,
                "msgtype": "event",
                "event": event,
            },
            book,
        )
        return code

    def adds(self, item: Json, book: str = WK) -> Json:
        """Put an item into an account's book."""
        self.books[book].append(item)
        return item

    def hint(self, book: str = WK) -> str:
        """Return the plaintext of a callback that says: fetch."""
        token = f"hint-{next(self._counter)}"
        self.hints[token] = self.now() + 600
        return (
            f"<xml><ToUserName><![CDATA[{CORP}]]></ToUserName>"
            f"<CreateTime>{int(self.now())}</CreateTime><MsgType><![CDATA[event]]></MsgType>"
            f"<Event><![CDATA[kf_msg_or_event]]></Event><Token><![CDATA[{token}]]></Token>"
            f"<OpenKfId><![CDATA[{book}]]></OpenKfId></xml>"
        )

    # ── the API ─────────────────────────────────────────────────────────────────────────

    @override
    def _calls(self) -> dict[str, Callable[[web.Request], Awaitable[Json]]]:
        return super()._calls() | {
            "kf/sync_msg": self._sync,
            "kf/send_msg": self._send,
            "kf/send_msg_on_event": self._send_on_event,
            "kf/service_state/get": self._state,
        }

    async def _kf_body(self, call: str, request: web.Request) -> Json:
        self._authorised(request)
        return await self._body(call, request)

    async def _sync(self, request: web.Request) -> Json:
        body = await self._kf_body("kf/sync_msg", request)
        _SYNC.check(body, "sync_msg")
        book = self._account(body)
        if "token" in body:
            if self.hints.get(body["token"], 0) <= self.now():
                raise Wrong(BAD_PARAMETER, "token")
        elif not self._counts("sync_msg without token", self.tokenless_per_minute):
            raise Wrong(45009, "sync_msg without token")
        start = self._position(body.get("cursor", ""), book)
        kept = [
            (number, item)
            for number, item in enumerate(self.books[book])
            if number >= start and item["send_time"] > self.now() - 3 * _DAY_S
        ][: min(self.page, body.get("limit", 1000))]
        end = kept[-1][0] + 1 if kept else start
        more = self.says_more or end < len(self.books[book])
        turn = next(self._counter) if self.moves_cursor else 0
        return {
            "next_cursor": f"{book[-4:]}.{end}.{turn}",
            "has_more": int(more),
            "msg_list": [item for _, item in kept],
        }

    def _position(self, cursor: str, book: str) -> int:
        if not cursor:
            return 0
        account, end, _turn = cursor.split(".")
        if account != book[-4:]:
            raise Wrong(BAD_PARAMETER, "the cursor of another account")
        return int(end)

    def _account(self, body: Json) -> str:
        if body["open_kfid"] not in self.accounts:
            raise Wrong(95000, "open_kfid")
        return str(body["open_kfid"])

    async def _send(self, request: web.Request) -> Json:
        body = await self._kf_body("kf/send_msg", request)
        kind = self._check(body, touser=_WHO, open_kfid=_KFID)
        book, who = self._account(body), str(body["touser"])
        session = self.sessions[book, who]
        if session.state not in {0, 1}:
            raise Wrong(95018, f"session state {session.state}")
        if session.wrote_at is None:
            raise Wrong(95031, "no inquiry in 48 h")
        if session.wrote_at <= self.now() - 2 * _DAY_S:
            raise Wrong(95002, "48 h are over")
        if body.get("msgid", "") in self.msgids:
            raise Wrong(95033, "msgid")
        if session.left == 0:
            raise Wrong(95001, "more than five")
        session.left -= 1
        return self._took(who, kind, body)

    async def _send_on_event(self, request: web.Request) -> Json:
        body = await self._kf_body("kf/send_msg_on_event", request)
        kind = self._check(body, code=Words())
        if kind not in {"text", "msgmenu"}:
            raise Wrong(BAD_PARAMETER, "msgtype")
        if body.get("msgid", "") in self.msgids:
            raise Wrong(95033, "msgid")
        book, who, until = self.codes.pop(body["code"], ("", "", 0.0))
        if until <= self.now() or not self._code_fits(str(body["code"]), book, who):
            raise Wrong(95007, "code")
        return self._took(who, kind, body)

    def _code_fits(self, _code: str, _book: str, _who: str) -> bool:
        return True

    def _took(self, who: str, kind: str, body: Json) -> Json:
        msgid = str(body.get("msgid") or f"out{next(self._counter)}")
        self.msgids.add(msgid)
        self.delivered.append(Delivered(who, kind, body, self.now(), msgid))
        return {"msgid": msgid}

    def _check(self, body: Json, **beside: Rule) -> str:
        kind = str(body.get("msgtype"))
        if kind not in _TYPES:
            raise Wrong(BAD_PARAMETER, "msgtype")
        fields = {**beside, "msgid": _MSGID, "msgtype": Words(), kind: _TYPES[kind]}
        Shape(fields, frozenset(fields) - {"msgid"}).check(body, kind)
        if kind == "msgmenu":
            presses = [one for one in body["msgmenu"]["list"] if one["type"] != "text"]
            if len(presses) > 10:
                raise Wrong(BAD_PARAMETER, "more than ten entries")
        if kind in {"image", "voice", "video", "file"}:
            self._known_media(body[kind]["media_id"], "corp", kind)
        if kind == "link":
            self._known_media(body["link"]["thumb_media_id"], "corp")
        return kind

    async def _state(self, request: web.Request) -> Json:
        body = await self._kf_body("kf/service_state/get", request)
        shape("open_kfid external_userid", open_kfid=_KFID, external_userid=_WHO).check(body, "")
        session = self.sessions[self._account(body), body["external_userid"]]
        return {"service_state": session.state, "servicer_userid": "lihua" * (session.state == 3)}


def kefu(
    platform: FakeKefu,
    clock: Clock,
    media_root: Path,
    *,
    books: tuple[str, ...] = (WK,),
    timeout_s: float = 2.0,
    received: FileStore | None = None,
) -> Kefu:
    """Return the door whose platform is `platform`; not started."""
    return Kefu(
        api_base=platform.url,
        corp_id=CORP,
        open_kfids=books,
        secret=SECRET,
        token=TOKEN,
        aes_key=AES_KEY,
        media_root=media_root,
        clock=clock,
        timeout_s=timeout_s,
        received=received,
    )
