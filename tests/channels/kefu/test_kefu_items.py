"""What sync_msg lists becomes updates, every recorded kind of it."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.wecom.kefu import KEFU
from bot.channels.wecom.kefu_items import read_items
from bot.kernel.messages import Media, Tap, Ticket, Update, UpdateKind, update_json

SAMPLES = Path(__file__).parent / "samples"
WK, WM = "wkInventedKfAccount0000000000001", "wmInventedExternalUser0000000001"
START = datetime.fromtimestamp(1_782_000_000, UTC)
ITEMS = sorted(path.stem.removeprefix("kf_item_") for path in SAMPLES.glob("kf_item_*.json"))


def page(*items: object) -> list[Update]:
    return read_items(KEFU, WK, {"msg_list": list(items)})


def sample(name: str) -> dict[str, object]:
    found = json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def heard(name: str) -> Update:
    [update] = page(sample(f"kf_item_{name}"))
    return update


@pytest.mark.parametrize("name", ITEMS)
def test_every_recorded_item_is_kept_under_its_id_in_its_conversation(name: str) -> None:
    update = heard(name)

    assert update.key == sample(f"kf_item_{name}")["msgid"]
    assert update.conversation == f"kefu:{WK}:{WM}"
    assert update.via == WK
    assert update.at > START
    assert update_json.validate_json(update_json.dump_json(update, exclude_defaults=True)) == update


@pytest.mark.parametrize(
    ("name", "kind", "text"),
    [
        ("text", UpdateKind.TEXT, "想报名周六的活动 🙋"),
        ("text_menu_click", UpdateKind.TAP, "怎么报名"),
        ("image", UpdateKind.IMAGE, ""),
        ("voice", UpdateKind.VOICE, ""),
        ("video", UpdateKind.VIDEO, ""),
        ("file", UpdateKind.FILE, ""),
        ("location", UpdateKind.LOCATION, "测试塔"),
        ("link", UpdateKind.LINK, "活动页"),
        *((name, UpdateKind.UNKNOWN, "") for name in ("business_card", "miniprogram", "channels")),
        *((name, UpdateKind.UNKNOWN, "") for name in ("merged_msg", "calendar", "meeting", "note")),
        *((f"channels_shop_{name}", UpdateKind.UNKNOWN, "") for name in ("order", "product")),
    ],
)
def test_what_a_customer_says_is_hers(name: str, kind: UpdateKind, text: str) -> None:
    update = heard(name)

    assert (update.kind, update.text, update.sender) == (kind, text, WM)


@pytest.mark.parametrize("name", ["servicer_text", "msgmenu"])
def test_what_a_human_of_ours_says_is_nobodys_words(name: str) -> None:
    update = heard(name)

    assert (update.kind, update.event) == (UpdateKind.EVENT, "servicer_said")
    assert update.sender is None
    assert update.extra["servicer_userid"] == "lihua"


@pytest.mark.parametrize("name", [name for name in ITEMS if name.startswith("event_")])
def test_events_have_their_name_and_fields(name: str) -> None:
    update = heard(name)

    assert update.kind is UpdateKind.EVENT
    assert f"event_{update.event}" in name or name.startswith(f"event_{update.event}")


def test_entering_by_a_link_brings_the_scene_and_a_ticket() -> None:
    update = heard("event_enter_session")

    assert update.extra["scene"] == "poster_hike"
    assert update.extra["scene_param"] == "campaign=42"
    assert update.ticket == Ticket(
        "KF_WELCOME_CODE_INVENTED_01", START + timedelta(seconds=20 + 20)
    )
    assert heard("event_enter_session_channels").ticket is None
    assert heard("event_enter_session_channels").extra["wechat_channels.nickname"] == "测试视频号"


@pytest.mark.parametrize(
    ("name", "lives_s"),
    [("session_status_change_from_pool", 48 * 3600), ("session_status_change_end", 20)],
)
def test_a_line_about_a_session_is_taken_for_as_long_as_the_page_says(
    name: str, lives_s: int
) -> None:
    update = heard(f"event_{name}")

    assert update.ticket is not None
    assert update.ticket.until - update.at == timedelta(seconds=lives_s)


def test_media_and_presses_have_their_places() -> None:
    assert heard("voice").media == (Media("MEDIA_INVENTED_KF_VOICE", "", "audio/amr"),)
    assert heard("miniprogram").media == (Media("MEDIA_INVENTED_THUMB", "thumbnail"),)
    assert heard("text_menu_click").tap == Tap("faq_signup")
    assert heard("event_msg_send_fail").extra["fail_type"] == "4"
    assert "几点集合" in heard("merged_msg").extra["item"]


@pytest.mark.parametrize(
    "name",
    ["kf_sync_msg_response", "kf_sync_msg_response_last", "kf_sync_msg_response_empty_has_more"],
)
def test_pages_keep_their_order(name: str) -> None:
    answer = sample(name)
    listed = answer["msg_list"]
    assert isinstance(listed, list)

    assert [one.key for one in read_items(KEFU, WK, answer)] == [one["msgid"] for one in listed]


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
names = st.sampled_from(
    ["msgid", "open_kfid", "external_userid", "send_time", "origin", "msgtype", "text", "event"]
)


@given(st.dictionaries(names | st.text(), values | st.sampled_from(["text", "event", 3, 4, 5])))
def test_whatever_an_item_says_it_is_kept(item: dict[str, object]) -> None:
    [update] = page(item)

    assert update.key
    assert update_json.validate_json(update_json.dump_json(update, exclude_defaults=True)) == update
    assert page(item) == [update]


def test_what_is_no_item_is_passed_over() -> None:
    assert page(None, "text", 7, []) == []
    assert read_items(KEFU, WK, {"msg_list": "none"}) == []


EVENTS = st.sampled_from(
    [
        *("enter_session", "session_status_change", "servicer_status_change", "msg_send_fail"),
        *("user_recall_msg", "servicer_recall_msg", "new_kind"),
    ]
)
FIELDS = st.sampled_from(
    [
        *("external_userid", "open_kfid", "scene", "scene_param", "welcome_code", "msg_code"),
        *("change_type", "new_servicer_userid", "servicer_userid", "status", "stop_type"),
        *("fail_msgid", "fail_type", "recall_msgid", "wechat_channels"),
    ]
)
SAID = values | st.sampled_from(["1", 2, 3, 4, "%E6%98%A5%00", "%FF%FE", "x" * 3000, "\x00\u202e"])


@given(EVENTS, st.dictionaries(FIELDS, SAID), st.integers() | st.text())
def test_whatever_an_event_says_it_is_kept(
    name: str, said: dict[str, object], sent: int | str
) -> None:
    item = {"msgid": "e1", "send_time": sent, "origin": 4, "msgtype": "event"}
    [update] = page(item | {"event": {"event_type": name, **said}})

    assert update.event == name
    assert update.kind is UpdateKind.EVENT
    assert update_json.validate_json(update_json.dump_json(update, exclude_defaults=True)) == update
    assert all(len(text.encode("utf-8", "replace")) <= 8000 for text in update.extra.values())
    assert len(update.extra.get("scene_param", "")) <= 128
