"""What 客户联系 takes, field by field, as strictly as its pages say.

Written from path/92117 to 92122, 92137, 92229, 92366 and 92994, not from our client.
"""

from tests.kit.platforms import Json
from tests.kit.wecom_rules import (
    BAD_PARAMETER,
    SWITCH,
    URL,
    Flag,
    Many,
    Number,
    Rule,
    Shape,
    Words,
    Wrong,
    chars,
    shape,
)

_USER = Words(64, pattern=r"[0-9A-Za-z_@.\-]+")
_CUSTOMER = Words(64, pattern=r"w[mo][0-9A-Za-z_\-]+")
_CHAT = Words(64, pattern=r"wr[0-9A-Za-z_\-]+")
_IDS = Many(Words(), 0, 3000)
CHAT_LIST = shape(
    "limit",
    status_filter=Number(0, 3),
    owner_filter=shape("userid_list", userid_list=Many(_USER, 1, 100)),
    cursor=Words(),
    limit=Number(1, 1000),
)
CHAT_GET = shape("chat_id", chat_id=_CHAT, need_name=SWITCH)
BATCH = shape("userid_list", userid_list=Many(_USER, 1, 100), cursor=Words(), limit=Number(1, 100))
CORP_TAGS = shape("", tag_id=_IDS, group_id=_IDS)
NEW_TAG = shape(
    "tag",
    group_id=Words(),
    group_name=chars(30),
    order=Number(0, 2**32 - 1),
    tag=Many(shape("name", name=chars(30), order=Number(0, 2**32 - 1)), 1, 3000),
    agentid=Number(1, 2**32),
)
MARK = shape(
    "userid external_userid", userid=_USER, external_userid=_CUSTOMER, add_tag=_IDS, remove_tag=_IDS
)
_WAY: dict[str, Rule] = {
    "scene": Number(1, 2),
    "remark": chars(30),
    "auto_create_room": SWITCH,
    "room_base_name": chars(40),
    "room_base_id": Number(0, 2**31),
    "chat_id_list": Many(_CHAT, 1, 5),
    "state": chars(30),
    "mark_source": Flag(),
}
WAY = Shape(_WAY, frozenset({"scene", "chat_id_list"}))
WAY_CHANGE = Shape(_WAY | {"config_id": Words()}, frozenset({"config_id", "scene", "chat_id_list"}))
_LINK = shape("title url", title=Words(128), picurl=URL, desc=Words(512, empty=True), url=URL)
_IMAGE = shape("", media_id=Words(), pic_url=URL)
_MINI = shape(
    "title pic_media_id appid page",
    title=Words(64),
    pic_media_id=Words(),
    appid=Words(),
    page=Words(),
)
_FILE = shape("media_id", media_id=Words())
_ATTACHMENTS: dict[str, Rule] = {
    "image": _IMAGE,
    "link": _LINK,
    "miniprogram": _MINI,
    "file": _FILE,
    "video": _FILE,
}


class _Attachment:
    def check(self, value: object, where: str) -> None:
        kind = value.get("msgtype") if isinstance(value, dict) else None
        if kind not in _ATTACHMENTS:
            raise Wrong(41058, f"{where}.msgtype")
        fields = {"msgtype": Words(), str(kind): _ATTACHMENTS[str(kind)]}
        Shape(fields, frozenset(fields)).check(value, where)


WELCOME = shape(
    "welcome_code",
    welcome_code=Words(),
    text=shape("content", content=Words(4000)),
    attachments=Many(_Attachment(), 1, 9),
)
_GREETING: dict[str, Rule] = {
    "text": shape("content", content=Words(3000)),
    "agentid": Number(1, 2**32),
    **_ATTACHMENTS,
}
GREETING_ADD = Shape(_GREETING | {"notify": SWITCH})
GREETING_EDIT = Shape(_GREETING | {"template_id": Words()}, frozenset({"template_id"}))


def one_attachment(body: Json) -> None:
    """Raise Wrong unless a greeting has exactly one attachment (path/92366)."""
    if len(body.keys() & _ATTACHMENTS.keys()) != 1:
        raise Wrong(BAD_PARAMETER, "exactly one attachment")
