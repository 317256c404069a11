"""What an account hears becomes updates, every recorded kind of it."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.wecom.mp import MP
from bot.channels.wecom.mp.updates import read_update
from bot.kernel.errors import BadCallback
from bot.kernel.messages import Media, Tap, Update, UpdateKind, update_json
from tests.kit.mp import FOLLOWER, happened, said

PAYLOADS = Path(__file__).parent / "payloads"
AT = datetime.fromtimestamp(1_782_000_000, UTC)
S = 1_782_000_000


def payload(name: str) -> str:
    return next(PAYLOADS.glob(f"{name}.*")).read_text(encoding="utf-8")


def heard(name: str) -> Update:
    return read_update(MP, payload(name))


@pytest.mark.parametrize("name", sorted(file.stem for file in PAYLOADS.iterdir()))
def test_every_recorded_callback_is_heard(name: str) -> None:
    update = heard(name)

    assert (update.channel, update.conversation, update.at) == (MP, f"mp:{FOLLOWER}", AT)
    assert update.kind is not UpdateKind.UNKNOWN
    assert update_json.validate_json(update_json.dump_json(update)) == update


@pytest.mark.parametrize(
    ("name", "key", "text"),
    [
        ("mp_msg_text", "24500000000000001", "你好 👋"),
        ("mp_msg_text_json", "24500000000000009", "你好"),
    ],
)
def test_a_text(name: str, key: str, text: str) -> None:
    assert heard(name) == Update(
        MP, key, UpdateKind.TEXT, f"mp:{FOLLOWER}", AT, sender=FOLLOWER, text=text
    )


@pytest.mark.parametrize(
    ("name", "kind", "media", "text"),
    [
        (
            "mp_msg_image",
            UpdateKind.IMAGE,
            (Media("MP_MEDIA_INVENTED", url="http://mmbiz.qpic.cn/invented/0"),),
            "",
        ),
        ("mp_msg_voice", UpdateKind.VOICE, (Media("MP_MEDIA_INVENTED", "", "audio/amr"),), ""),
        *(
            (
                name,
                UpdateKind.VIDEO,
                (Media("MP_MEDIA_INVENTED"), Media("MP_THUMB_INVENTED", "thumbnail")),
                "",
            )
            for name in ("mp_msg_video", "mp_msg_shortvideo")
        ),
        ("mp_msg_location", UpdateKind.LOCATION, (), "位置信息"),
        ("mp_msg_link", UpdateKind.LINK, (), "活动链接"),
    ],
)
def test_what_is_no_text(name: str, kind: UpdateKind, media: tuple[Media, ...], text: str) -> None:
    update = heard(name)

    assert (update.kind, update.media, update.text) == (kind, media, text)
    assert update.key.startswith("245000000000000")


def test_what_only_this_platform_has_is_kept() -> None:
    assert heard("mp_msg_location").extra["Location_X"] == "22.502001"
    assert heard("mp_msg_voice").extra == {"Format": "amr", "MediaId16K": "MP_MEDIA_INVENTED_16K"}
    scan = heard("mp_event_scancode_waitmsg").extra
    assert scan["ScanCodeInfo.ScanResult"] == "checkin:42"


@pytest.mark.parametrize(
    ("name", "event", "scene"),
    [
        ("mp_event_subscribe", "subscribe", None),
        ("mp_event_subscribe_qrscene", "subscribe", "hike42"),
        ("mp_event_SCAN", "SCAN", "hike42"),
        ("mp_event_VIEW", "VIEW", None),
        ("mp_event_unsubscribe", "unsubscribe", None),
        ("mp_event_TEMPLATESENDJOBFINISH", "TEMPLATESENDJOBFINISH", None),
    ],
)
def test_an_event_and_the_scene_of_a_qr_code(name: str, event: str, scene: str | None) -> None:
    update = heard(name)

    assert (update.kind, update.event, update.sender) == (UpdateKind.EVENT, event, FOLLOWER)
    assert update.extra.get("scene") == scene


def test_the_choices_about_subscriptions_are_kept_in_order() -> None:
    extra = heard("mp_event_subscribe_msg_popup_event").extra

    assert extra["SubscribeMsgPopupEvent.List.TemplateId"] == "TPL_INVENTED_1,TPL_INVENTED_2"
    assert extra["SubscribeMsgPopupEvent.List.SubscribeStatusString"] == "accept,reject"
    assert heard("mp_event_subscribe_msg_sent_event").extra["SubscribeMsgSentEvent.List.ErrorCode"]


def test_a_job_that_finished_is_nobodys_doing() -> None:
    assert heard("mp_event_MASSSENDJOBFINISH").sender is None


def test_a_press_on_the_account_menu_is_a_tap_with_words() -> None:
    update = heard("mp_event_CLICK")

    assert (update.kind, update.tap) == (UpdateKind.TAP, Tap("MENU_FAQ"))
    assert (update.text, update.event) == ("MENU_FAQ", "CLICK")


@pytest.mark.parametrize(
    ("entry", "tap"),
    [
        ("101", None),
        ("b|only", None),
        ("", None),
        ("b|task%20x|approve:42", Tap("approve:42", "task x")),
        ("v|poll_1|vote:1|opt_a", Tap("vote:1", "poll_1", ("opt_a",))),
    ],
)
def test_a_press_on_a_menu_in_the_chat_says_which_entry(entry: str, tap: Tap | None) -> None:
    words = said("满意", 1, S).replace("</xml>", f"<bizmsgmenuid>{entry}</bizmsgmenuid></xml>")
    update = read_update(MP, words)

    assert (update.tap, update.text, update.key) == (tap, "满意", "1")
    assert update.kind is (UpdateKind.TAP if tap else UpdateKind.TEXT)


def test_a_repeat_of_an_event_has_the_same_key_and_every_other_one_another() -> None:
    events = [
        happened("SCAN", S, "<EventKey>a</EventKey>"),
        happened("SCAN", S, "<EventKey>b</EventKey>"),
        happened("SCAN", S + 1, "<EventKey>a</EventKey>"),
        happened("SCAN", S, "<EventKey>a</EventKey>", who="oOther"),
        happened("VIEW", S, "<EventKey>a</EventKey>"),
        happened("TEMPLATESENDJOBFINISH", S, "<MsgID>1</MsgID><Status>success</Status>"),
        happened("TEMPLATESENDJOBFINISH", S, "<MsgID>2</MsgID><Status>success</Status>"),
    ]
    keys = [read_update(MP, one).key for one in events]

    assert len(set(keys)) == len(events)
    assert keys == [read_update(MP, one).key for one in events]


def test_openids_keep_their_case() -> None:
    assert read_update(MP, said("a", 1, S, who="oAbC")).sender == "oAbC"


@pytest.mark.parametrize(
    "words",
    [
        "",
        "<xml></xml>",
        "<xml><MsgType>text</MsgType></xml>",
        "<xml><MsgType>text</MsgType><CreateTime>soon</CreateTime></xml>",
        "{",
        "{}",
        "[1]",
        '{"MsgType": "text", "CreateTime": null}',
        "<!DOCTYPE a><xml></xml>",
        '{"a":' * 500 + "1" + "}" * 500,
    ],
)
def test_what_says_nothing_is_refused(words: str) -> None:
    with pytest.raises(BadCallback):
        read_update(MP, words)


def test_a_kind_that_nobody_knows_is_kept() -> None:
    words = said("a", 1, S).replace("[text]", "[hologram]")

    assert read_update(MP, words).kind is UpdateKind.UNKNOWN
    assert read_update(MP, happened("debug_demo", S)).kind is UpdateKind.EVENT


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
names = st.sampled_from(
    [
        *("MsgType", "Event", "EventKey", "FromUserName", "CreateTime", "MsgId", "MediaId"),
        *("Content", "bizmsgmenuid", "Ticket", "List"),
    ]
)


@given(st.dictionaries(names | st.text(), values))
def test_fields_of_any_type_are_read_or_refused(fields: dict[str, object]) -> None:
    try:
        update = read_update(MP, json.dumps({"MsgType": "event", "CreateTime": S} | fields))
    except BadCallback:
        return
    assert update.key
