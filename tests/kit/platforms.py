"""WeCom on a loopback port: takes what the real one takes, remembers it, fails as told.

Written from the platform's pages, not from our client. `FakeWecom` is the API of one corp with
one app and any number of group robots; `tests.kit.mail` seals its callbacks.
"""

import asyncio
import base64
import hashlib
import json
import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from aiohttp import web
from typing_extensions import override

from tests.kit.loopback import ELSEWHERE, Loopback
from tests.kit.media import MediaShelf
from tests.kit.wecom_rules import (
    BAD_PARAMETER,
    Many,
    Words,
    Wrong,
    check_card_update,
    check_message,
    shape,
)

Json = dict[str, Any]
CORP, AGENT, SECRET = "wwc0ffee1234567890", 1000002, "app-secret-invented"
ROBOT_KEY = "robot-key-invented"
OPEN_USERIDS = shape("open_userid_list", open_userid_list=Many(Words(64), 1, 1000))
_DAY_S = 24 * 3600
_MEDIA_LIVES_S = 3 * _DAY_S
_MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
_MAGIC_OF: dict[str, Callable[[bytes], bool]] = {
    "image": lambda content: content.startswith(_MAGIC),
    "voice": lambda content: content.startswith(b"#!AMR"),
    "video": lambda content: content[4:8] == b"ftyp",
}


@dataclass(frozen=True)
class Fault:
    """What one call gets instead of its answer; `taken` means that it worked nevertheless."""

    errcode: int = 0
    status: int = 200
    raw: bytes | None = None
    delay_s: float = 0.0
    drop: bool = False
    taken: bool = False


async def spoiled(
    fault: Fault | None, answer: Callable[[], Awaitable[web.StreamResponse]], request: web.Request
) -> web.StreamResponse:
    """Give the answer to a request, or what a fault makes of it."""
    if fault is None:
        return await answer()
    answered = await answer() if fault.taken else None
    await asyncio.sleep(fault.delay_s)
    if fault.drop and request.transport is not None:
        request.transport.abort()
    if fault.errcode:
        words = {
            "errcode": fault.errcode,
            "errmsg": "scripted, hint: [17_x], from ip: 203.0.113.7",
        }
        return web.json_response(words, status=fault.status)
    if fault.raw is not None or fault.status != web.HTTPOk.status_code:
        location = {"Location": ELSEWHERE} if 300 <= fault.status < 400 else None
        return web.Response(body=fault.raw or b"", status=fault.status, headers=location)
    return answered or await answer()


@dataclass
class Delivered:
    """A message that a member or a group has received."""

    to: str
    kind: str
    body: Json
    at: float
    msgid: str = ""
    response_code: str = ""
    recalled: bool = False

    @property
    def words(self) -> str:
        """The text or markdown of it."""
        return str(self.body[self.kind].get("content", ""))


@dataclass
class FakeWecom(Loopback):
    """The platform. `faults["message/send"].append(Fault(…))` spoils the next call of a kind."""

    now: Callable[[], float] = time.monotonic
    users: set[str] | None = None
    """Known members in lower case; None means everybody."""
    robot_keys: set[str] = field(default_factory=lambda: {ROBOT_KEY})
    token_life_s: int = 7200
    webhook_per_minute: int = 20
    member_per_minute: int = 30
    open_userids: dict[str, str] = field(default_factory=dict)
    """Encrypted names, and whose they are; of others the platform does not know."""
    poison: dict[str, int] = field(default_factory=dict)
    """Names about which a question errs as a whole, with this number."""

    def __post_init__(self) -> None:
        self.faults: defaultdict[str, deque[Fault]] = defaultdict(deque)
        self.calls: list[tuple[str, Json]] = []
        self.refused: list[Wrong] = []
        self.delivered: list[Delivered] = []
        self.twins: list[Json] = []
        self.dropped: list[Delivered] = []
        self.updated: list[Json] = []
        self.files = MediaShelf(self.now)
        self.busiest = 0
        self._under_way = 0
        self._numbers = count(1)
        self._tokens: dict[str, float] = {}
        self._uploads: dict[str, tuple[bytes, float, str]] = {}
        self._handles: dict[str, float] = {}
        self._task_ids: set[str] = set()
        self._windows: defaultdict[str, deque[float]] = defaultdict(deque)

    @override
    def routes(self) -> Iterable[web.RouteDef]:
        return (web.route("*", "/cgi-bin/{call:.+}", self._serve),)

    # ── what a test asks and does ───────────────────────────────────────────────────────

    @property
    def webhook_url(self) -> str:
        """The address of the first robot."""
        return f"{self.url}/cgi-bin/webhook/send?key={min(self.robot_keys)}"

    def to(self, member: str) -> list[Delivered]:
        """What one member has received."""
        return [one for one in self.delivered if one.to == member.lower()]

    def called(self, call: str) -> list[Json]:
        """The bodies (or queries) of every call of a kind, refused ones too."""
        return [body for name, body in self.calls if name == call]

    def withdraw_tokens(self) -> None:
        """Make every token invalid before its time."""
        self._tokens.clear()

    def press(self) -> str:
        """Return a fresh response code, as a press on a card brings one."""
        code = f"press-{next(self._numbers)}"
        self._handles[code] = self.now() + 3 * _DAY_S
        return code

    def expire(self) -> None:
        """Make every response code invalid before its time."""
        self._handles.clear()

    # ── the API ─────────────────────────────────────────────────────────────────────────

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        call = request.match_info["call"]
        self._under_way += 1
        self.busiest = max(self.busiest, self._under_way)
        try:
            fault = self.faults[call].popleft() if self.faults[call] else None
            return await spoiled(fault, lambda: self._answer(call, request), request)
        finally:
            self._under_way -= 1

    async def _answer(self, call: str, request: web.Request) -> web.StreamResponse:
        try:
            if call == "media/get":
                self._authorised(request)
                return await self.files.get(request)
            said = await self._calls()[call](request)
        except KeyError:
            return web.Response(status=404, text="no such call")
        except Wrong as wrong:
            self.refused.append(wrong)
            said = {"errcode": wrong.code, "errmsg": f"{wrong.where}, hint: [17_fake]"}
        return web.json_response({"errcode": 0, "errmsg": "ok"} | said)

    def _calls(self) -> dict[str, Callable[[web.Request], Awaitable[Json]]]:
        return {
            "gettoken": self._gettoken,
            "media/upload": self._upload,
            "message/send": self._message_send,
            "batch/openuserid_to_userid": self._open_userids,
            "message/update_template_card": self._update_card,
            "message/recall": self._recall,
            "webhook/send": self._webhook_send,
            "webhook/upload_media": self._webhook_upload,
        }

    async def _gettoken(self, request: web.Request) -> Json:
        self.calls.append(("gettoken", dict(request.query)))
        if request.method != "GET" or request.query.get("corpid") != CORP:
            raise Wrong(40013, "corpid")
        if request.query.get("corpsecret") != SECRET:
            raise Wrong(40001, "corpsecret")
        for token, until in self._tokens.items():
            if (left := int(until - self.now())) > 0:
                return {"access_token": token, "expires_in": left}
        token = f"token-{next(self._numbers)}"
        self._tokens[token] = self.now() + self.token_life_s
        return {"access_token": token, "expires_in": self.token_life_s}

    def _authorised(self, request: web.Request) -> None:
        token = request.query.get("access_token")
        if not token:
            raise Wrong(41001, "access_token")
        if token not in self._tokens:
            raise Wrong(40014, "access_token")
        if self._tokens[token] <= self.now():
            raise Wrong(42001, "access_token")

    async def _open_userids(self, request: web.Request) -> Json:
        self._authorised(request)
        body = await self._body("batch/openuserid_to_userid", request)
        OPEN_USERIDS.check(body, "open userids")
        names = body["open_userid_list"]
        for name in names:
            if code := self.poison.get(name):
                raise Wrong(code, "one of the names")
        return {
            "userid_list": [
                {"open_userid": name, "userid": self.open_userids[name]}
                for name in names
                if name in self.open_userids
            ],
            "invalid_open_userid_list": [name for name in names if name not in self.open_userids],
        }

    async def _body(self, call: str, request: web.Request) -> Json:
        try:
            body = json.loads((await request.read()).decode("utf-8"))
        except ValueError:
            raise Wrong(47001, "the body is no JSON") from None
        if request.method != "POST" or not isinstance(body, dict):
            raise Wrong(47001, "the body is no object")
        self.calls.append((call, body))
        return body

    async def _message_send(self, request: web.Request) -> Json:
        self._authorised(request)
        body = await self._body("message/send", request)
        kind = check_message(body)
        if body["agentid"] != AGENT:
            raise Wrong(40056, "agentid")
        if kind in {"image", "voice", "video", "file"}:
            self._known_media(body[kind]["media_id"], "corp", kind)
        if (twin := self._twin(body)) is not None:
            self.twins.append(body)
            return {"msgid": twin.msgid, "response_code": twin.response_code}
        task_id = body.get("template_card", {}).get("task_id")
        if task_id in self._task_ids:
            raise Wrong(42014, "task_id was used already")
        receivers = [name.lower() for name in str(body["touser"]).split("|")]
        strangers = [
            name for name in receivers if self.users is not None and name not in self.users
        ]
        if len(strangers) == len(receivers):
            raise Wrong(81013, "all receivers are invalid")
        self._task_ids |= {task_id} if task_id else set()
        msgid, code = f"msg-{next(self._numbers)}", ""
        card = body.get("template_card", {})
        if card and (not card["card_type"].endswith("_notice") or "action_menu" in card):
            code = self.press()
        for name in receivers:
            if name not in strangers:
                self._deliver(Delivered(name, kind, body, self.now(), msgid, code))
        answer = {"invaliduser": "|".join(strangers), "msgid": msgid}
        return answer | ({"response_code": code} if code else {})

    def _deliver(self, one: Delivered) -> None:
        """Path/90312: what is over a member's limit is dropped in silence."""
        fits = self._counts(f"member {one.to}", self.member_per_minute)
        (self.delivered if fits else self.dropped).append(one)

    def _counts(self, what: str, per_minute: int) -> bool:
        window = self._windows[what]
        while window and window[0] <= self.now() - 60:
            window.popleft()
        if len(window) >= per_minute:
            return False
        window.append(self.now())
        return True

    def _twin(self, body: Json) -> Delivered | None:
        if not body.get("enable_duplicate_check"):
            return None
        since = self.now() - body.get("duplicate_check_interval", 1800)
        twins = [
            one
            for one in self.delivered
            if one.msgid and one.at >= since and _content(one.body) == _content(body)
        ]
        return twins[-1] if twins else None

    async def _update_card(self, request: web.Request) -> Json:
        self._authorised(request)
        body = await self._body("message/update_template_card", request)
        check_card_update(body)
        if self._handles.pop(body["response_code"], 0.0) < self.now():
            raise Wrong(60140, "response_code")
        self.updated.append(body)
        return {"invaliduser": []}

    async def _recall(self, request: web.Request) -> Json:
        self._authorised(request)
        body = await self._body("message/recall", request)
        found = [one for one in self.delivered if one.msgid and one.msgid == body.get("msgid")]
        if body.keys() != {"msgid"} or not found or found[0].at < self.now() - _DAY_S:
            raise Wrong(42052, "msgid")
        for one in found:
            one.recalled = True
        return {}

    async def _webhook_send(self, request: web.Request) -> Json:
        body = await self._body("webhook/send", request)
        key = self._robot(request)
        kind = check_message(body, webhook=True)
        if kind == "image":
            _check_picture(body["image"])
        if kind == "file":
            self._known_media(body["file"]["media_id"], key, "file")
        if not self._counts(f"webhook {key}", self.webhook_per_minute):
            raise Wrong(45009, "api freq out of limit")
        self.delivered.append(Delivered(key, kind, body, self.now()))
        return {}

    def _robot(self, request: web.Request) -> str:
        key = request.query.get("key", "")
        if key not in self.robot_keys:
            raise Wrong(93000, "invalid webhook url")
        return key

    async def _upload(self, request: web.Request) -> Json:
        self._authorised(request)
        most_mb = {"image": 10, "file": 20, "voice": 2, "video": 10}
        return await self._store("media/upload", request, "corp", most_mb)

    async def _webhook_upload(self, request: web.Request) -> Json:
        key = self._robot(request)
        return await self._store("webhook/upload_media", request, key, {"file": 20, "voice": 2})

    async def _store(
        self, call: str, request: web.Request, owner: str, most_mb: dict[str, int]
    ) -> Json:
        kind = request.query.get("type", "")
        part = (await request.post()).get("media")
        if kind not in most_mb or not isinstance(part, web.FileField) or not part.content_type:
            raise Wrong(BAD_PARAMETER, "type or media")
        content = part.file.read()
        part.file.close()
        if not 5 < len(content) <= most_mb[kind] * 1024 * 1024 or not part.filename:
            raise Wrong(BAD_PARAMETER, "media")
        if kind in _MAGIC_OF and not _MAGIC_OF[kind](content):
            raise Wrong(40009, f"no {kind}")
        self.calls.append((call, {"type": kind, "name": part.filename, "bytes": len(content)}))
        media_id = f"media-{next(self._numbers)}"
        self._uploads[media_id] = (content, self.now() + _MEDIA_LIVES_S, f"{owner}.{kind}")
        return {"type": kind, "media_id": media_id, "created_at": "1782000000"}

    def forget_media(self) -> None:
        """Make every media id invalid before its time."""
        self._uploads.clear()

    def _known_media(self, media_id: str, owner: str, kind: str = "image") -> None:
        """An id is good for what it was uploaded as, and for nobody else."""
        _, until, whose = self._uploads.get(media_id, (b"", 0.0, ""))
        if whose != f"{owner}.{kind}" or until <= self.now():
            raise Wrong(40007, "media_id")


def _content(body: Json) -> Json:
    beside = {"enable_duplicate_check", "duplicate_check_interval"}
    return {name: value for name, value in body.items() if name not in beside}


def _check_picture(image: Json) -> None:
    content = base64.b64decode(image["base64"], validate=True)
    if len(content) > 2 * 1024 * 1024 or not content.startswith(_MAGIC):
        raise Wrong(93018, "image")
    if hashlib.md5(content).hexdigest() != image["md5"]:  # noqa: S324 - the platform's choice
        raise Wrong(BAD_PARAMETER, "md5")
