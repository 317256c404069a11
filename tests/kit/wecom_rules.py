"""What WeCom takes, field by field, as strictly as its pages say (path/90236, 94888, 99110).

Written from the pages and not from our client, so that each finds the other's mistakes. The
real platform cuts long words in silence; here they are an error, because we promise to cut.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

UNKNOWN_TYPE, BAD_PARAMETER, EMPTY, TOO_LONG, BAD_CARD = 40008, 40058, 44004, 45002, 42015


class Wrong(Exception):
    """A request that the platform would refuse: its number and where it is wrong."""

    def __init__(self, code: int, where: str) -> None:
        super().__init__(f"{code} {where}")
        self.code = code
        self.where = where


class Rule(Protocol):
    """Checks one value."""

    def check(self, value: object, where: str) -> None: ...


@dataclass(frozen=True)
class Words:
    most_bytes: int = 1 << 30
    most_chars: int = 1 << 30
    pattern: str = ""
    empty: bool = False

    def check(self, value: object, where: str) -> None:
        if not isinstance(value, str):
            raise Wrong(BAD_PARAMETER, f"{where} is no text")
        if not value.strip() and not self.empty:
            raise Wrong(EMPTY, f"{where} is empty")
        if len(value.encode()) > self.most_bytes or len(value) > self.most_chars:
            raise Wrong(TOO_LONG, where)
        if self.pattern and not re.fullmatch(self.pattern, value):
            raise Wrong(BAD_PARAMETER, where)


@dataclass(frozen=True)
class Number:
    least: float
    most: float

    def check(self, value: object, where: str) -> None:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not self.least <= float(str(value)) <= self.most:
            raise Wrong(BAD_PARAMETER, where)


class Flag:
    def check(self, value: object, where: str) -> None:
        if not isinstance(value, bool):
            raise Wrong(BAD_PARAMETER, where)


@dataclass(frozen=True)
class Many:
    each: Rule
    least: int
    most: int

    def check(self, value: object, where: str) -> None:
        if not isinstance(value, list) or not self.least <= len(value) <= self.most:
            raise Wrong(BAD_PARAMETER, f"{where} has a wrong number of entries")
        for index, one in enumerate(value):
            self.each.check(one, f"{where}[{index}]")


@dataclass(frozen=True)
class Shape:
    """An object with these fields, of which `needs` must be there, and no others."""

    fields: Mapping[str, Rule]
    needs: frozenset[str] = field(default=frozenset())

    def check(self, value: object, where: str) -> None:
        if not isinstance(value, dict):
            raise Wrong(BAD_PARAMETER, f"{where} is no object")
        if unknown := value.keys() - self.fields.keys():
            raise Wrong(BAD_PARAMETER, f"{where} has unknown {sorted(unknown)}")
        if missing := self.needs - value.keys():
            raise Wrong(BAD_PARAMETER, f"{where} lacks {sorted(missing)}")
        for name, inside in value.items():
            self.fields[name].check(inside, f"{where}.{name}")


def shape(needs: str = "", /, **fields: Rule) -> Shape:
    return Shape(fields, frozenset(needs.split()))


URL = Words(2048, pattern=r"https?://.+")
KEY = Words(1024)
TASK_ID = Words(128, pattern=r"[0-9A-Za-z_\-@]+")
SWITCH = Number(0, 1)
MEDIA = shape("media_id", media_id=Words())


def chars(most: int) -> Words:
    return Words(most_chars=most)


ARTICLE = shape(
    "title url", title=Words(128), description=Words(512, empty=True), url=URL, picurl=URL
)
NEWS = shape("articles", articles=Many(ARTICLE, 1, 8))
APP_TYPES: Mapping[str, Rule] = {
    "text": shape("content", content=Words(2048)),
    "markdown": shape("content", content=Words(2048)),
    "image": MEDIA,
    "voice": MEDIA,
    "video": shape("media_id", media_id=Words(), title=Words(128), description=Words(512)),
    "file": MEDIA,
    "textcard": shape(
        "title description url",
        title=chars(128),
        description=chars(512),
        url=URL,
        btntxt=chars(4),
    ),
    "news": NEWS,
}
WEBHOOK_TYPES: Mapping[str, Rule] = {
    "text": shape(
        "content",
        content=Words(2048),
        mentioned_list=Many(Words(), 1, 1000),
        mentioned_mobile_list=Many(Words(), 1, 1000),
    ),
    "markdown": shape("content", content=Words(4096)),
    "markdown_v2": shape("content", content=Words(4096)),
    "image": shape("base64 md5", base64=Words(), md5=Words(pattern="[0-9a-f]{32}")),
    "news": NEWS,
    "file": MEDIA,
    "voice": MEDIA,
}

SOURCE = shape(icon_url=URL, desc=chars(20), desc_color=Number(0, 3))
ACTION = shape("type", type=Number(0, 2), url=URL, appid=Words(), pagepath=Words())
MENU = shape(
    "action_list",
    desc=Words(),
    action_list=Many(shape("text key", text=Words(), key=KEY), 1, 3),
)
QUOTE = shape(type=Number(0, 2), url=URL, title=Words(), quote_text=Words())
FACTS = Many(
    shape(
        "keyname",
        keyname=chars(5),
        value=chars(30),
        type=Number(0, 3),
        url=URL,
        media_id=Words(),
        userid=Words(),
    ),
    1,
    6,
)
JUMPS = Many(shape("title", type=Number(0, 2), title=chars(18), url=URL), 1, 3)


def options(most: int, room: int) -> Rule:
    option = shape("id text", id=Words(128), text=chars(room), is_checked=Flag())
    return Many(option, 1, most)


def select(room: int) -> Shape:
    return shape(
        "question_key option_list",
        question_key=KEY,
        title=Words(),
        option_list=options(10, room),
        selected_id=Words(128),
        disable=Flag(),
    )


def card_shape(kind: str, *, webhook: bool = False) -> Shape:
    """Return the rule for a card of `kind`."""
    title, desc, body = (26, 30, 112) if webhook else (36, 44, 160)
    if kind == "vote_interaction":
        title, desc = 16, 160
    if kind == "multiple_interaction":
        desc = 160
    submit = shape("text key", text=chars(10), key=KEY)
    common: dict[str, Rule] = {
        "card_type": Words(),
        "source": SOURCE,
        "main_title": shape(title=chars(title), desc=chars(desc)),
        "quote_area": QUOTE,
        "card_action": ACTION,
        "replace_text": Words(),
    }
    if not webhook:
        common["task_id"] = TASK_ID
    notice: dict[str, Rule] = {"horizontal_content_list": FACTS, "jump_list": JUMPS}
    if not webhook:
        notice["action_menu"] = MENU
    button = shape("text", type=Number(0, 1), text=chars(10), style=Number(1, 4), key=KEY, url=URL)
    own: dict[str, tuple[str, dict[str, Rule]]] = {
        "text_notice": (
            "card_action",
            notice
            | {
                "emphasis_content": shape(title=chars(14), desc=chars(22)),
                "sub_title_text": chars(body),
            },
        ),
        "news_notice": (
            "main_title card_action",
            notice
            | {
                "card_image": shape("url", url=URL, aspect_ratio=Number(1.3, 2.25)),
                "vertical_content_list": Many(
                    shape("title", title=chars(38), desc=chars(160)), 1, 4
                ),
            },
        ),
        "button_interaction": (
            "button_list",
            {
                "sub_title_text": chars(body),
                "horizontal_content_list": FACTS,
                "button_list": Many(button, 1, 6),
                "button_selection": select(16),
            },
        ),
        "vote_interaction": (
            "checkbox submit_button",
            {
                "checkbox": shape(
                    "question_key option_list",
                    question_key=KEY,
                    mode=SWITCH,
                    option_list=options(20, 17),
                    disable=Flag(),
                ),
                "submit_button": submit,
            },
        ),
        "multiple_interaction": (
            "select_list submit_button",
            {"select_list": Many(select(16), 1, 3), "submit_button": submit},
        ),
    }
    if kind not in own or (webhook and kind not in {"text_notice", "news_notice"}):
        raise Wrong(BAD_CARD, f"card_type {kind!r}")
    needs, fields = own[kind]
    return Shape(common | fields, frozenset(f"card_type {needs}".split()))


def check_card(card: object, *, webhook: bool = False, sent: bool = True) -> None:
    """Raise Wrong for a template card that the platform would not take."""
    if not isinstance(card, dict):
        raise Wrong(BAD_CARD, "template_card is no object")
    kind = str(card.get("card_type"))
    card_shape(kind, webhook=webhook).check(card, "template_card")
    title = card.get("main_title", {}).get("title")
    notice = kind in {"text_notice", "news_notice"}
    if not title and (kind == "news_notice" or "sub_title_text" not in card):
        raise Wrong(BAD_CARD, "a card without a title")
    if kind == "news_notice" and "card_image" not in card:
        raise Wrong(BAD_CARD, "a news notice without a picture")
    if notice and card["card_action"]["type"] == 0:
        raise Wrong(BAD_CARD, "a notice that opens nothing")
    calls_back = not notice or "action_menu" in card
    if sent and calls_back and "task_id" not in card:
        raise Wrong(42014, "task_id is missing")
    keys = [one.get("key") for one in card.get("button_list", []) if "url" not in one]
    if None in keys or len(keys) != len(set(keys)):
        raise Wrong(42051, "button keys are missing or repeated")


APP_SEND: Mapping[str, Rule] = {
    "touser": Words(pattern=r"@all|[^|]+(\|[^|]+){0,999}"),
    "toparty": Words(),
    "totag": Words(),
    "msgtype": Words(),
    "agentid": Number(0, 1 << 40),
    "safe": Number(0, 2),
    "enable_id_trans": SWITCH,
    "enable_duplicate_check": SWITCH,
    "duplicate_check_interval": Number(1, 14_400),
}


def check_message(body: dict[str, object], *, webhook: bool = False) -> str:
    """Return the type of a message that the platform would take."""
    kind = str(body.get("msgtype"))
    types = WEBHOOK_TYPES if webhook else APP_TYPES
    if kind == "template_card":
        check_card(body.get(kind), webhook=webhook)
    elif kind in types:
        types[kind].check(body.get(kind), kind)
    else:
        raise Wrong(UNKNOWN_TYPE, f"msgtype {kind!r}")
    around: Mapping[str, Rule] = {"msgtype": Words()} if webhook else APP_SEND
    needs = frozenset({"msgtype"} if webhook else {"msgtype", "touser", "agentid"})
    Shape(around, needs).check({k: v for k, v in body.items() if k != kind}, "message")
    return kind


CARD_UPDATE = shape(
    "agentid response_code",
    userids=Many(Words(), 1, 1000),
    partyids=Many(Number(1, 1 << 40), 1, 100),
    tagids=Many(Number(1, 1 << 40), 1, 100),
    atall=SWITCH,
    agentid=Number(0, 1 << 40),
    response_code=Words(),
    enable_id_trans=SWITCH,
    button=shape("replace_name", replace_name=Words()),
)


def check_card_update(body: dict[str, object]) -> None:
    """Raise Wrong for a card update that the platform would not take."""
    rest = {name: value for name, value in body.items() if name != "template_card"}
    CARD_UPDATE.check(rest, "update")
    if ("button" in body) == ("template_card" in body):
        raise Wrong(BAD_PARAMETER, "button or template_card")
    if "template_card" in body:
        check_card(body["template_card"], sent=False)
