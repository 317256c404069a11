"""The platform of one official account on a loopback port, and the letters that it writes.

`FakeMp` counts what a follower's own doings allow (客服消息: 5 in 48 h after a message, 3 in a
minute after following, a menu or a QR code), hands out stable tokens and reads passive replies.
"""

import hashlib
import json
import time
from collections import Counter, defaultdict, deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from aiohttp import web
from typing_extensions import override
from wechatpy.work.crypto import WeChatCrypto

from bot.channels.wecom.mp import MP, OfficialAccount
from bot.channels.wecom.sources import FOLLOWERS_FILES, Hosts
from bot.channels.wecom.xml import Fields, first, read_xml
from bot.kernel.clock import Clock
from bot.kernel.messages import Outgoing, Part, RawCallback
from tests.kit.loopback import Loopback
from tests.kit.mail import AES_KEY, TOKEN, Mail
from tests.kit.media import MediaShelf
from tests.kit.mp_rules import (
    CODE,
    MENU,
    NOTICE,
    QUOTA,
    STABLE_TOKEN,
    TEMPLATE,
    check_custom,
    check_reply,
)
from tests.kit.platforms import Delivered, Fault, Json, spoiled
from tests.kit.wecom_rules import BAD_PARAMETER, Wrong

APP_ID, SECRET, ACCOUNT = "wx0123456789abcdef", "account-secret-invented", "gh_0123456789ab"
FOLLOWER = "oInventedOpenId0000000000001"
_DAY_S = 24 * 3600
_ALLOWS = {"message": (5, 2 * _DAY_S), "menu": (3, 60), "follow": (3, 60), "scan": (3, 60)}
_UPLOADS: dict[str, tuple[tuple[bytes, ...], int]] = {
    "image": ((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"), 10),
    "voice": ((b"#!AMR", b"ID3"), 2),
}
"""How an upload of a kind begins, and how many megabytes it may have."""


@dataclass
class _Window:
    """How many messages a follower's last doing still allows, and until when."""

    left: int
    until: float


@dataclass
class FakeMp(Loopback):
    """The platform. `faults["message/custom/send"].append(Fault(…))` spoils the next call."""

    now: Callable[[], float] = time.time
    token_life_s: int = 7200
    daily: int = 500_000
    left: int = 499_000

    def __post_init__(self) -> None:
        self.faults: defaultdict[str, deque[Fault]] = defaultdict(deque)
        self.calls: list[tuple[str, Json]] = []
        self.refused: list[Wrong] = []
        self.delivered: list[Delivered] = []
        self.strangers: set[str] = set()
        self.menu: list[Json] = []
        self.templates = {"TPL_INVENTED"}
        self.agreed: Counter[tuple[str, str]] = Counter()
        """How many notices of a template somebody has agreed to."""
        self._sent_by_key: dict[tuple[str, str], tuple[int, float]] = {}
        self.files = MediaShelf(self.now)
        self._windows: dict[str, _Window] = {}
        self._media: dict[str, float] = {}
        self._numbers = count(1)
        self._token, self._token_until, self._forced_at = "", 0.0, -1e9
        self.withdrawn: set[str] = set()
        self.forced = 0

    @override
    def routes(self) -> Iterable[web.RouteDef]:
        return (web.route("*", "/cgi-bin/{call:.+}", self._serve),)

    # ── what a test asks and does ───────────────────────────────────────────────────────

    def acts(self, follower: str = FOLLOWER, doing: str = "message") -> None:
        """Let a follower do something, which allows some messages for some time."""
        count_, for_s = _ALLOWS[doing]
        self._windows[follower] = _Window(count_, self.now() + for_s)

    def called(self, call: str) -> list[Json]:
        """The bodies of every call of a kind, refused ones too."""
        return [body for name, body in self.calls if name == call]

    def forget_media(self) -> None:
        """Lose every upload before its time."""
        self._media.clear()

    def withdraw_token(self) -> None:
        """Refuse the token from now on, although it stays the stable one."""
        self.withdrawn.add(self._token)

    # ── the API ─────────────────────────────────────────────────────────────────────────

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        call = request.match_info["call"]
        fault = self.faults[call].popleft() if self.faults[call] else None
        return await spoiled(fault, lambda: self._answer(call, request), request)

    async def _answer(self, call: str, request: web.Request) -> web.StreamResponse:
        calls: dict[str, Callable[[web.Request], Awaitable[Json]]] = {
            "stable_token": self._stable_token,
            "message/custom/send": self._send,
            "media/upload": self._upload,
            "openapi/quota/get": self._quota,
            "menu/create": self._menu_create,
            "menu/get": self._menu_get,
            "menu/delete": self._menu_delete,
            "qrcode/create": self._code,
            "message/template/send": self._template,
            "message/subscribe/bizsend": self._notice,
        }
        try:
            if call == "media/get":
                self._authorised(request)
                return await self.files.get(request)
            return web.json_response(await calls[call](request))
        except KeyError:
            return web.Response(status=404, text="no such call")
        except Wrong as wrong:
            self.refused.append(wrong)
            said = {"errcode": wrong.code, "errmsg": f"{wrong.where} rid: 60f7-fake"}
            return web.json_response(said)

    async def _body(self, call: str, request: web.Request) -> Json:
        raw = (await request.read()).decode()
        try:
            body = json.loads(raw)
        except ValueError:
            raise Wrong(47001, "the body is no JSON") from None
        if request.method != "POST" or not isinstance(body, dict) or "\\u" in raw:
            raise Wrong(47001, "no object, or one with escapes that would be shown")
        self.calls.append((call, body))
        return body

    async def _stable_token(self, request: web.Request) -> Json:
        body = await self._body("stable_token", request)
        STABLE_TOKEN.check(body, "stable_token")
        if body["appid"] != APP_ID:
            raise Wrong(40013, "invalid appid")
        if body["secret"] != SECRET:
            raise Wrong(40125, "invalid appsecret")
        if body.get("force_refresh"):
            if self.now() - self._forced_at < 30 or self.forced >= 20:
                raise Wrong(45009, "force_refresh too often")
            self._forced_at, self._token_until = self.now(), 0.0
            self.forced += 1
        if self._token_until <= self.now():
            self._token = f"stable-{next(self._numbers)}"
            self._token_until = self.now() + self.token_life_s
        return {"access_token": self._token, "expires_in": int(self._token_until - self.now())}

    def _authorised(self, request: web.Request) -> None:
        token = request.query.get("access_token")
        if not token:
            raise Wrong(41001, "access_token missing")
        if token != self._token or token in self.withdrawn:
            raise Wrong(40001, "invalid credential")
        if self._token_until <= self.now():
            raise Wrong(42001, "access_token expired")

    async def _send(self, request: web.Request) -> Json:
        self._authorised(request)
        body = await self._body("message/custom/send", request)
        kind, to = check_custom(body), str(body["touser"])
        if kind in {"image", "voice"} and self._media.get(
            f"{kind} {body[kind]['media_id']}", 0.0
        ) <= (self.now()):
            raise Wrong(40007, "invalid media_id")
        if to in self.strangers:
            raise Wrong(43004, "require subscribe")
        window = self._windows.get(to)
        if window is None or window.until <= self.now():
            raise Wrong(45015, "response out of time limit")
        if not window.left:
            raise Wrong(45047, "out of response count limit")
        window.left -= 1
        self.delivered.append(Delivered(to, kind, body, self.now()))
        return {"errcode": 0, "errmsg": "ok"}

    async def _menu_create(self, request: web.Request) -> Json:
        self._authorised(request)
        body = await self._body("menu/create", request)
        MENU.check(body, "menu")
        self.menu = body["button"]
        return {"errcode": 0, "errmsg": "ok"}

    async def _menu_get(self, request: web.Request) -> Json:
        self._authorised(request)
        self.calls.append(("menu/get", {}))
        if request.method != "GET" or not self.menu:
            raise Wrong(46003, "menu no exist")
        empty: Json = {"sub_button": []}
        filled = [empty | button for button in self.menu]
        return {"menu": {"button": filled, "menuid": 208396938}}

    async def _menu_delete(self, request: web.Request) -> Json:
        self._authorised(request)
        self.calls.append(("menu/delete", {}))
        self.menu = []
        return {"errcode": 0, "errmsg": "ok"}

    async def _code(self, request: web.Request) -> Json:
        self._authorised(request)
        body = await self._body("qrcode/create", request)
        CODE.check(body, "qrcode")
        ends = body["action_name"] == "QR_STR_SCENE"
        if ends != ("expire_seconds" in body):
            raise Wrong(BAD_PARAMETER, "expire_seconds goes with QR_STR_SCENE")
        ticket = f"gQ+/{next(self._numbers)}=="
        said = {"ticket": ticket, "url": f"http://weixin.qq.com/q/{next(self._numbers)}"}
        return said | ({"expire_seconds": body["expire_seconds"]} if ends else {})

    async def _template(self, request: web.Request) -> Json:
        self._authorised(request)
        body = await self._body("message/template/send", request)
        TEMPLATE.check(body, "template")
        to, key = str(body["touser"]), str(body.get("client_msg_id"))
        if to in self.strangers:
            raise Wrong(43004, "require subscribe")
        if body["template_id"] not in self.templates:
            raise Wrong(40037, "invalid template_id")
        known = self._sent_by_key.get((to, key))
        if known is None or known[1] <= self.now():
            known = (next(self._numbers), self.now() + 600)
            self.delivered.append(Delivered(to, "template", body, self.now(), str(known[0])))
        self._sent_by_key[to, key] = known
        return {"errcode": 0, "errmsg": "ok", "msgid": known[0]}

    async def _notice(self, request: web.Request) -> Json:
        self._authorised(request)
        body = await self._body("message/subscribe/bizsend", request)
        NOTICE.check(body, "notice")
        agreed = (str(body["touser"]), str(body["template_id"]))
        if not self.agreed[agreed]:
            raise Wrong(43101, "user refuse to accept the msg")
        self.agreed[agreed] -= 1
        self.delivered.append(Delivered(agreed[0], "notice", body, self.now()))
        return {"errcode": 0, "errmsg": "ok"}

    async def _quota(self, request: web.Request) -> Json:
        self._authorised(request)
        body = await self._body("openapi/quota/get", request)
        QUOTA.check(body, "quota")
        quota = {"daily_limit": self.daily, "used": self.daily - self.left, "remain": self.left}
        return {"errcode": 0, "errmsg": "ok", "quota": quota}

    async def _upload(self, request: web.Request) -> Json:
        self._authorised(request)
        part = (await request.post()).get("media")
        kind = request.query.get("type", "")
        if kind not in _UPLOADS or not isinstance(part, web.FileField):
            raise Wrong(40004, "invalid media type")
        content = part.file.read()
        part.file.close()
        magic, most_mb = _UPLOADS[kind]
        if not 5 < len(content) <= most_mb * 1024 * 1024 or not part.filename:
            raise Wrong(BAD_PARAMETER, "media")
        if not content.startswith(magic):
            raise Wrong(40009, f"no {kind}")
        self.calls.append(("media/upload", {"name": part.filename, "bytes": len(content)}))
        media_id = f"media-{next(self._numbers)}"
        self._media[f"{kind} {media_id}"] = self.now() + 3 * _DAY_S
        return {"type": kind, "media_id": media_id, "created_at": int(self.now())}


# ── its letters ─────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Post:
    """Writes callbacks in one of the account's modes: `plain`, `both` (兼容) or `sealed`."""

    mode: str = "sealed"
    token: str = TOKEN

    def letter(self, plaintext: str, at: float, nonce: str = "486452656") -> RawCallback:
        """Return the callback that says `plaintext`."""
        query = self.query(at, nonce)
        if self.mode == "plain":
            return RawCallback("POST", query, plaintext.encode())
        mail = Mail(self.token, AES_KEY, APP_ID)
        encrypted = mail.encrypt(plaintext.encode())
        query |= mail.query(encrypted, at, nonce) | {"encrypt_type": "aes"}
        if plaintext.startswith("{"):
            fields = json.loads(plaintext) if self.mode == "both" else {"ToUserName": ACCOUNT}
            body = json.dumps(fields | {"Encrypt": encrypted}, ensure_ascii=False)
            return RawCallback("POST", query, body.replace("/", "\\/").encode())
        start = plaintext.rstrip().removesuffix("</xml>") if self.mode == "both" else "<xml>"
        end = f"<Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
        return RawCallback("POST", query, (start + end).encode())

    def query(self, at: float, nonce: str = "486452656") -> dict[str, str]:
        """Return the query that every callback has, the test of the address too."""
        parts = "".join(sorted([self.token, str(int(at)), nonce]))
        signature = hashlib.sha1(parts.encode()).hexdigest()  # noqa: S324 - the platform's choice
        return {"signature": signature, "timestamp": str(int(at)), "nonce": nonce}

    def reply(self, response: bytes) -> Fields:
        """Return a passive reply as the platform reads it; Wrong for one that it would not show."""
        fields = read_xml(response.decode())
        if self.mode != "plain":
            crypto = WeChatCrypto(self.token, AES_KEY, APP_ID)
            proof = [first(fields, name) for name in ("MsgSignature", "TimeStamp", "Nonce")]
            fields = read_xml(
                str(crypto.decrypt_message({"Encrypt": first(fields, "Encrypt")}, *proof))
            )
        check_reply(fields)
        return fields


def said(text: str, number: int, at: float, who: str = FOLLOWER) -> str:
    """Return a follower's text message."""
    safe = text.replace("]]>", "]]]]><![CDATA[>")
    return (
        f"<xml><ToUserName><![CDATA[{ACCOUNT}]]></ToUserName>"
        f"<FromUserName><![CDATA[{who}]]></FromUserName><CreateTime>{int(at)}</CreateTime>"
        f"<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{safe}]]></Content>"
        f"<MsgId>{number}</MsgId></xml>"
    )


def happened(event: str, at: float, inside: str = "", who: str = FOLLOWER) -> str:
    """Return an event of a follower."""
    return (
        f"<xml><ToUserName><![CDATA[{ACCOUNT}]]></ToUserName>"
        f"<FromUserName><![CDATA[{who}]]></FromUserName><CreateTime>{int(at)}</CreateTime>"
        f"<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[{event}]]></Event>{inside}</xml>"
    )


def account(
    platform: FakeMp,
    clock: Clock,
    media_root: Path,
    *,
    mode: str = "sealed",
    timeout_s: float = 2,
    media_hosts: Hosts = FOLLOWERS_FILES,
) -> OfficialAccount:
    """Return an account whose platform is `platform`; not started."""
    return OfficialAccount(
        api_base=platform.url,
        app_id=APP_ID,
        secret=SECRET,
        token=TOKEN,
        aes_key="" if mode == "plain" else AES_KEY,
        media_root=media_root,
        clock=clock,
        timeout_s=timeout_s,
        media_hosts=media_hosts,
    )


def to_follower(part: Part, key: str = "k1") -> Outgoing:
    """Return a message to the follower."""
    return Outgoing(MP, FOLLOWER, part, key)
