"""The bot's platform: seals callbacks, reads what it gets, polls streams, takes late answers.

Written from path/100719, 101027, 101031, 101032, 101033 and 101138 and not from our door. What
the real one would cut or overlook is an error here.
"""

import base64
import hashlib
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from aiohttp import web
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from typing_extensions import override

from bot.channels.wecom.aibot import Aibot, Sayings
from bot.channels.wecom.sources import BOT_HOSTS, Hosts
from bot.kernel.clock import Clock
from bot.kernel.messages import RawCallback
from tests.kit.loopback import Loopback
from tests.kit.mail import AES_KEY, TOKEN, Mail
from tests.kit.rooms import NOON
from tests.kit.wecom_rules import (
    ACTION,
    BAD_CARD,
    BAD_PARAMETER,
    KEY,
    SWITCH,
    TASK_ID,
    URL,
    Flag,
    Many,
    Number,
    Rule,
    Shape,
    Words,
    Wrong,
    chars,
    options,
    shape,
)

Json = dict[str, Any]
USED = 846606
WAITING, OVER = "正在想，马上就好…", "这次没能及时答上来。"
BOT, GROUP = "AIBOT_INVENTED_01", "wrInventedInternalGroup000000001"

# ── what it takes ───────────────────────────────────────────────────────────────────────

CONTENT = Words(20_480)
FEEDBACK = shape("id", id=Words(256))
IMAGE = shape("base64 md5", base64=Words(), md5=Words(pattern="[0-9a-f]{32}"))
STREAM = shape(
    "id finish content",
    id=Words(),
    finish=Flag(),
    content=CONTENT,
    msg_item=Many(shape("msgtype image", msgtype=Words(pattern="image"), image=IMAGE), 1, 10),
    feedback=FEEDBACK,
)
MARKDOWN = shape("content", content=CONTENT, feedback=FEEDBACK)
SUBMIT = shape("text key", text=chars(10), key=KEY)
FACT = shape("keyname", keyname=chars(5), value=chars(26), type=Number(0, 3), url=URL)
MENU = shape("action_list", action_list=Many(shape("text key", text=chars(10), key=KEY), 1, 3))
COMMON: Mapping[str, Rule] = {
    "card_type": Words(),
    "source": shape(icon_url=URL, desc=chars(13), desc_color=Number(0, 3)),
    "main_title": shape(title=chars(26), desc=chars(30)),
    "task_id": TASK_ID,
    "feedback": FEEDBACK,
}
NOTICE: Mapping[str, Rule] = {
    "horizontal_content_list": Many(FACT, 1, 6),
    "jump_list": Many(shape("title", type=Number(0, 3), title=chars(13), url=URL), 1, 3),
    "action_menu": MENU,
    "card_action": ACTION,
}


def select() -> Shape:
    return shape(
        "question_key option_list",
        question_key=KEY,
        title=Words(),
        option_list=options(10, 10),
        selected_id=Words(128),
        disable=Flag(),
    )


BUTTON = shape("text key", text=chars(10), style=Number(1, 4), key=KEY)
OPEN = shape("text", text=chars(10), style=Number(1, 4), type=Number(0, 1), key=KEY, url=URL)
BOX = shape(
    "question_key option_list",
    question_key=KEY,
    mode=SWITCH,
    option_list=options(20, 11),
    disable=Flag(),
)
CARDS: Mapping[str, tuple[str, Mapping[str, Rule]]] = {
    "text_notice": (
        "card_action",
        {
            **NOTICE,
            "emphasis_content": shape(title=chars(10), desc=chars(15)),
            "sub_title_text": chars(112),
        },
    ),
    "news_notice": (
        "main_title card_action card_image",
        {
            **NOTICE,
            "card_image": shape("url", url=URL, aspect_ratio=Number(1.3, 2.25)),
            "vertical_content_list": Many(shape("title", title=chars(26), desc=chars(112)), 1, 4),
        },
    ),
    "button_interaction": (
        "button_list task_id",
        {
            "sub_title_text": chars(112),
            "horizontal_content_list": Many(FACT, 1, 6),
            "button_list": Many(OPEN, 1, 6),
            "button_selection": select(),
            "card_action": ACTION,
        },
    ),
    "vote_interaction": (
        "checkbox submit_button task_id",
        {"checkbox": BOX, "submit_button": SUBMIT},
    ),
    "multiple_interaction": (
        "select_list submit_button task_id",
        {"select_list": Many(select(), 1, 3), "submit_button": SUBMIT},
    ),
}


def check_card(card: object) -> None:
    """Raise Wrong for a card that a bot can't show."""
    kind = card.get("card_type") if isinstance(card, dict) else None
    if kind not in CARDS:
        raise Wrong(BAD_CARD, f"card_type {kind!r}")
    needs, own = CARDS[str(kind)]
    Shape({**COMMON, **own}, frozenset(f"card_type {needs}".split())).check(card, "template_card")


def check_reply(body: Json, callback: str) -> None:
    """Raise Wrong for what can't answer a callback: `message`, `stream`, `enter`, `press`."""
    if callback == "press":
        rule = shape(
            "response_type template_card",
            response_type=Words(pattern="update_template_card"),
            userids=Many(Words(), 1, 100),
            template_card=_Card(),
        )
        rule.check(body, "update")
        return
    kinds = {
        "message": ("stream", "template_card", "stream_with_template_card"),
        "stream": ("stream", "stream_with_template_card"),
        "enter": ("text", "template_card"),
    }[callback]
    kind = str(body.get("msgtype"))
    if kind not in kinds:
        raise Wrong(BAD_PARAMETER, f"{kind} is no answer to {callback}")
    needs = {"stream_with_template_card": "stream template_card"}.get(kind, kind)
    fields: dict[str, Rule] = {
        "msgtype": Words(),
        "stream": STREAM,
        "template_card": _Card(),
        "text": shape("content", content=Words(2048)),
    }
    names = {"msgtype", *needs.split()}
    Shape({name: fields[name] for name in names}, frozenset(names)).check(body, "reply")
    stream = body.get("stream", {})
    if "msg_item" in stream:
        if not stream["finish"]:
            raise Wrong(BAD_PARAMETER, "pictures before the end")
        for item in stream["msg_item"]:
            _check_picture(item["image"])
    if "feedback" in stream and callback == "stream":
        raise Wrong(BAD_PARAMETER, "feedback after the first reply")


class _Card:
    def check(self, value: object, _where: str) -> None:
        check_card(value)


def _check_picture(image: Json) -> None:
    content = base64.b64decode(image["base64"], validate=True)
    if len(content) > 10 * 1024 * 1024 or not content.startswith((b"\xff\xd8\xff", b"\x89PNG")):
        raise Wrong(BAD_PARAMETER, "picture")
    if hashlib.md5(content).hexdigest() != image["md5"]:  # noqa: S324 - the platform's choice
        raise Wrong(BAD_PARAMETER, "md5")


def check_late(body: Json) -> None:
    """Raise Wrong for what can't be posted to a response_url."""
    fields: dict[str, Rule] = {"msgtype": Words(), "markdown": MARKDOWN, "template_card": _Card()}
    kind = str(body.get("msgtype"))
    if kind not in {"markdown", "template_card"}:
        raise Wrong(BAD_PARAMETER, f"msgtype {kind!r}")
    names = {"msgtype", kind}
    Shape({name: fields[name] for name in names}, frozenset(names)).check(body, "late")


# ── how it seals and opens ──────────────────────────────────────────────────────────────

MAIL = Mail(TOKEN, AES_KEY, "")


def sealed(body: Json, at: float, nonce: str = "1234567890") -> RawCallback:
    """Return the callback that says `body`, escaped as the platform does."""
    words = json.dumps(body).replace("/", "\\/")
    encrypted = MAIL.encrypt(words.encode())
    around = json.dumps({"encrypt": encrypted}).encode()
    return RawCallback("POST", MAIL.query(encrypted, at, nonce), around)


def opened(answer: bytes, nonce: str = "1234567890") -> Json:
    """Return what an answer says, when the platform would believe it."""
    around = json.loads(answer)
    assert around.keys() == {"encrypt", "msgsignature", "timestamp", "nonce"}
    assert isinstance(around["timestamp"], int)
    assert around["nonce"] == nonce
    query = MAIL.signed(around["encrypt"], str(around["timestamp"]), nonce)
    assert around["msgsignature"] == query["msg_signature"]
    key = base64.b64decode(AES_KEY + "=")
    opener = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
    packet = opener.update(base64.b64decode(around["encrypt"]))
    packet = packet[: -packet[-1]]
    size = int.from_bytes(packet[16:20], "big")
    assert packet[20 + size :] == b"", "the receive id is empty"
    said: Json = json.loads(packet[20 : 20 + size])
    return said


# ── the platform ────────────────────────────────────────────────────────────────────────

Post = Callable[[RawCallback], Awaitable[tuple[int, bytes]]]


@dataclass
class FakeAibot(Loopback):
    """Brings messages to a bot, polls what it began, and shows what a member would see."""

    post: Post | None = None
    seen: list[Json] = field(default_factory=list)
    """What members saw in the end, oldest first; a stream once, when it was finished."""
    late: list[Json] = field(default_factory=list)
    refused: list[Wrong] = field(default_factory=list)
    drop_next: bool = False
    """Take the next late answer and lose our answer to it."""
    errcode: int = 0
    now: Callable[[], float] = NOON.timestamp

    def __post_init__(self) -> None:
        self._numbers = count(1)
        self._codes: set[str] = set()
        self._streams: dict[str, bool] = {}

    @override
    def routes(self) -> Iterable[web.RouteDef]:
        return (web.post("/cgi-bin/aibot/response", self._late),)

    def address(self) -> str:
        """Return a fresh response_url."""
        code = f"RC+{next(self._numbers)}/="
        self._codes.add(code)
        return f"{self.url}/cgi-bin/aibot/response?response_code={code.replace('+', '%2B')}"

    def message(self, text: str, *, who: str = "lihua", group: str = "", **more: object) -> Json:
        """Return the body of a member's text."""
        body: Json = {
            "msgid": f"MSG_{next(self._numbers)}",
            "aibotid": BOT,
            "chattype": "group" if group else "single",
            "from": {"userid": who},
            "response_url": self.address(),
            "msgtype": "text",
            "text": {"content": f"@小助手 {text}" if group else text},
        }
        return body | ({"chatid": group} if group else {}) | more

    async def says(self, body: Json, callback: str = "message") -> Json | None:
        """Deliver a callback; return what the bot answers at once, None for nothing."""
        assert self.post is not None
        nonce = f"n{next(self._numbers)}"
        status, answer = await self.post(sealed(body, self.now(), nonce))
        assert status == 200
        if answer in {b"", b"success"}:
            return None
        said = opened(answer, nonce)
        try:
            check_reply(said, callback)
        except Wrong as wrong:
            self.refused.append(wrong)
            raise
        stream = said.get("stream")
        if stream is None:
            self.seen.append(said)
        elif self._streams.get(stream["id"]) is not True:
            self._streams[stream["id"]] = stream["finish"]
            if stream["finish"]:
                self.seen.append(said)
        return said

    async def polls(self, stream: str, **more: object) -> Json:
        """Ask how a stream goes on."""
        said = await self.says(
            {
                "msgid": f"POLL_{next(self._numbers)}",
                "aibotid": BOT,
                "chattype": "single",
                "from": {"userid": "lihua"},
                "msgtype": "stream",
                "stream": {"id": stream},
            }
            | more,
            "stream",
        )
        assert said is not None
        assert said["stream"]["id"] == stream
        return said

    def _check_late(self, code: str, body: Json) -> None:
        if self.errcode:
            raise Wrong(self.errcode, "scripted")
        check_late(body)
        if code not in self._codes:
            raise Wrong(USED, "response_code")

    async def _late(self, request: web.Request) -> web.StreamResponse:
        code, body = request.query.get("response_code", ""), await request.json()
        try:
            self._check_late(code, body)
        except Wrong as wrong:
            self.refused.append(wrong)
            return web.json_response({"errcode": wrong.code, "errmsg": wrong.where})
        self._codes.discard(code)
        self.late.append(body)
        if self.drop_next and request.transport is not None:
            self.drop_next = False
            request.transport.abort()
        return web.json_response({"errcode": 0, "errmsg": "ok"})


def aibot(
    clock: Clock, media_root: Path, *, feedback: bool = False, media_hosts: Hosts = BOT_HOSTS
) -> Aibot:
    """Return a bot; not started."""
    return Aibot(
        token=TOKEN,
        aes_key=AES_KEY,
        sayings=Sayings(WAITING, OVER),
        media_root=media_root,
        clock=clock,
        feedback=feedback,
        timeout_s=2.0,
        media_hosts=media_hosts,
    )
