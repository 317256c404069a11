"""What an official account's platform takes, field by field (doc/service, 2026-07).

Written from the pages and not from our client. Where the pages name no limit, those of
微信客服 stand in, which has the same kinds of message.
"""

from collections.abc import Mapping

from bot.channels.wecom.xml import Fields, first, within
from tests.kit.wecom_rules import (
    BAD_PARAMETER,
    UNKNOWN_TYPE,
    URL,
    Flag,
    Many,
    Number,
    Rule,
    Shape,
    Words,
    Wrong,
    shape,
)

OPENID = Words(128, pattern=r"[A-Za-z0-9_-]+")
MEDIA = shape("media_id", media_id=Words())
ARTICLE = shape(
    "title url", title=Words(128), description=Words(512, empty=True), url=URL, picurl=URL
)
ENTRY = shape("id content", id=Words(128, pattern=r"[\x21-\x7e]+"), content=Words(128))
CUSTOM_TYPES: Mapping[str, Rule] = {
    "text": shape("content", content=Words(2048)),
    "image": MEDIA,
    "voice": MEDIA,
    "news": shape("articles", articles=Many(ARTICLE, 1, 1)),
    "msgmenu": shape(
        "head_content list",
        head_content=Words(1024),
        list=Many(ENTRY, 1, 10),
        tail_content=Words(1024),
    ),
}
STABLE_TOKEN = shape(
    "grant_type appid secret",
    grant_type=Words(pattern="client_credential"),
    appid=Words(),
    secret=Words(),
    force_refresh=Flag(),
)
_KEY = Words(128)
_PAGE = Words(1024, pattern=URL.pattern)
_PRESS: tuple[str, ...] = ("click", "scancode_push", "scancode_waitmsg", "pic_sysphoto")
_PRESS += ("pic_photo_or_album", "pic_weixin", "location_select")
_DOES: Mapping[str, Shape] = {
    **{kind: shape("type name key", type=Words(), name=Words(60), key=_KEY) for kind in _PRESS},
    "view": shape(
        "type name url", type=Words(), name=Words(60), url=Words(1024, pattern=URL.pattern)
    ),
    "miniprogram": shape(
        "type name url appid pagepath",
        type=Words(),
        name=Words(60),
        url=URL,
        appid=Words(),
        pagepath=Words(),
    ),
}


class _Button:
    """An entry of the menu; one at the top may have entries below it instead of a type."""

    def __init__(self, most_bytes: int, *, top: bool) -> None:
        self.most_bytes = most_bytes
        self.top = top

    def check(self, value: object, where: str) -> None:
        if not isinstance(value, dict):
            raise Wrong(40016, f"{where} is no button")
        if self.top and "sub_button" in value:
            below = Many(_Button(60, top=False), 1, 5)
            rule = shape("name sub_button", name=Words(16), sub_button=below)
        else:
            rule = _DOES.get(str(value.get("type")), shape())
        rule.check(value, where)
        if len(str(value["name"]).encode()) > self.most_bytes:
            raise Wrong(40018, f"{where}: invalid button name size")


MENU = shape("button", button=Many(_Button(16, top=True), 1, 3))
_SCENE = shape("scene_str", scene_str=Words(most_chars=64))
CODE = shape(
    "action_name action_info",
    action_name=Words(pattern="QR_STR_SCENE|QR_LIMIT_STR_SCENE"),
    action_info=shape("scene", scene=_SCENE),
    expire_seconds=Number(1, 2_592_000),
)


class _Data:
    def check(self, value: object, where: str) -> None:
        if not isinstance(value, dict) or not value:
            raise Wrong(47003, f"{where} has no fields")
        for name, inside in value.items():
            shape("value", value=Words()).check(inside, f"{where}.{name}")
            most = {"thing": 20, "phrase": 5}.get(str(name).rstrip("0123456789"), 1 << 30)
            if len(inside["value"]) > most:
                raise Wrong(47003, f"argument invalid! {where}.{name}")


TEMPLATE = shape(
    "touser template_id data",
    touser=OPENID,
    template_id=Words(),
    url=URL,
    client_msg_id=Words(64),
    data=_Data(),
)
NOTICE = shape(
    "touser template_id data", touser=OPENID, template_id=Words(), page=Words(), data=_Data()
)
QUOTA = shape("cgi_path", cgi_path=Words(pattern=r"/.+"))
_REPLIES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "text": ("", ("Content",)),
    "image": ("Image", ("MediaId",)),
    "voice": ("Voice", ("MediaId",)),
    "video": ("Video", ("MediaId",)),
    "music": ("Music", ("ThumbMediaId",)),
    "news": ("Articles.item", ("Title", "Description", "PicUrl", "Url")),
    "transfer_customer_service": ("", ()),
}
"""Where the own fields of a passive reply stand, and which it must have."""


def check_custom(body: dict[str, object]) -> str:
    """Return the type of a customer-service message that the platform would take."""
    kind = str(body.get("msgtype"))
    if kind not in CUSTOM_TYPES:
        raise Wrong(UNKNOWN_TYPE, f"msgtype {kind!r}")
    CUSTOM_TYPES[kind].check(body.get(kind), kind)
    around = Shape({"touser": OPENID, "msgtype": Words()}, frozenset({"touser", "msgtype"}))
    around.check({k: v for k, v in body.items() if k != kind}, "message")
    return kind


def check_reply(fields: Fields) -> str:
    """Return the type of a passive reply that the platform would show."""
    head = ("ToUserName", "FromUserName", "CreateTime", "MsgType")
    if missing := [name for name in head if not first(fields, name)]:
        raise Wrong(BAD_PARAMETER, f"the reply lacks {missing}")
    kind = first(fields, "MsgType")
    if not first(fields, "CreateTime").isdigit() or kind not in _REPLIES:
        raise Wrong(BAD_PARAMETER, f"CreateTime or MsgType {kind!r}")
    place, needs = _REPLIES[kind]
    inside = list(within(fields, *place.split("."))) if place else [fields]
    if len(inside) != 1 or not all(name in inside[0] for name in needs):
        raise Wrong(BAD_PARAMETER, f"{kind} lacks one of {needs}")
    if kind == "news" and first(fields, "ArticleCount") != "1":
        raise Wrong(BAD_PARAMETER, "the answer to a message shows one article")
    allowed = {*head, *(needs if not place else (place.split(".")[0],))}
    if unknown := fields.keys() - allowed - {"ArticleCount"}:
        raise Wrong(BAD_PARAMETER, f"the reply has unknown {sorted(unknown)}")
    if kind == "text":
        Words(2048).check(first(fields, "Content"), "Content")
    return kind
