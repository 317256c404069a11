"""Every recorded callback of a bot is read; strange ones are kept, not refused."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.wecom.aibot.incoming import Asked, read
from bot.channels.wecom.aibot.window import Window
from bot.kernel.errors import BadCallback
from bot.kernel.ids import ChannelName
from bot.kernel.messages import Tap, Update, UpdateKind, update_json
from tests.kit.aibot import GROUP
from tests.kit.rooms import NOON

SAMPLES = Path(__file__).parent / "samples"
PICTURE = "https://ww-aibot-img.invented.invalid/obj?sign=x"
SENT = "1782000000"


def update_of(body: object) -> Update:
    words = body if isinstance(body, str) else json.dumps(body)
    said = read(ChannelName("aibot"), words, sent_s=SENT, now=NOON)
    assert isinstance(said, Update)
    return said


def sample(name: str) -> Update:
    return update_of((SAMPLES / f"aibot_{name}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("name", "kind", "text", "group"),
    [
        ("msg_text_group", UpdateKind.TEXT, "周六活动怎么报名? 🥾", GROUP),
        ("msg_text_group_quote", UpdateKind.TEXT, "总结一下", GROUP),
        ("msg_text_quote_mixed", UpdateKind.TEXT, "这是什么", GROUP),
        ("msg_encrypted_userid", UpdateKind.TEXT, "hi", GROUP),
        ("msg_mixed_group", UpdateKind.TEXT, "帮我看看这张图", GROUP),
        ("msg_text_single", UpdateKind.TEXT, "帮助", None),
        ("msg_voice_single", UpdateKind.VOICE, "语音转文字的结果", None),
        ("msg_image_single", UpdateKind.IMAGE, "", None),
        ("msg_file_single", UpdateKind.FILE, "", None),
        ("msg_video_single", UpdateKind.VIDEO, "", None),
    ],
)
def test_a_message_is_read(name: str, kind: UpdateKind, text: str, group: str | None) -> None:
    update = sample(name)

    assert (update.kind, update.text, update.group) == (kind, text, group)
    assert update.key.startswith("AIBOT_MSG_INVENTED_")
    assert update.conversation == f"aibot:{group or 'lihua'}"
    assert update.at == datetime.fromtimestamp(int(SENT), UTC)
    assert Window.of(update.reply_to).heard == NOON
    assert Window.of(update.reply_to).url.endswith("response_code=RESPONSE_CODE_INVENTED")
    assert update_json.validate_json(update_json.dump_json(update)) == update


@pytest.mark.parametrize("name", ["image_single", "file_single", "video_single", "mixed_group"])
def test_media_keep_their_address(name: str) -> None:
    assert [medium.ref for medium in sample(f"msg_{name}").media] == [PICTURE]


def test_an_encrypted_userid_stays_as_it_came() -> None:
    assert sample("msg_encrypted_userid").sender == "woInventedOpenUserid000000000001"


def test_a_quote_comes_along_without_being_said() -> None:
    assert sample("msg_text_group_quote").extra == {"quote": "周六 8 点集合", "quote_type": "text"}
    mixed = sample("msg_text_quote_mixed")
    assert mixed.extra == {"quote": "海报", "quote_type": "mixed"}
    assert mixed.media == ()
    assert [medium.ref for medium in mixed.quoted] == [PICTURE]


PRESSES = {
    "button": Tap("btn_yes", "task_confirm_01", ("dept_ops",), "task_confirm_01"),
    "button_noselect": Tap("btn_no", "task_confirm_01", (), "task_confirm_01"),
    "menu": Tap("mute_topic", "notice_20260701_01", (), "notice_20260701_01"),
    "multiple": Tap("submit_form", "form_20260701_01", ("sat", "park"), "form_20260701_01"),
    "vote": Tap("submit_poll", "poll_20260701_01", ("opt_a", "opt_c"), "poll_20260701_01"),
}


@pytest.mark.parametrize("name", PRESSES)
def test_a_press_is_a_tap(name: str) -> None:
    update = sample(f"event_template_card_{name}")

    assert (update.kind, update.event) == (UpdateKind.TAP, "template_card_event")
    assert update.tap == PRESSES[name]
    assert update.group == GROUP
    assert update.at.timestamp() > int(SENT)


def test_each_question_keeps_its_own_choices() -> None:
    extra = sample("event_template_card_multiple").extra

    assert (extra["chosen.q_time"], extra["chosen.q_place"]) == ("sat", "park")
    assert extra["card_type"] == "multiple_interaction"


def test_the_names_of_the_parameter_table_are_read_as_well() -> None:
    press = {
        "cardtype": "vote_interaction",
        "eventkey": "go",
        "taskid": "t1",
        "selected_items": {
            "selected_item": {"questionkey": "q", "optionids": {"optionid": "only"}}
        },
    }
    body = {"msgtype": "event", "event": {"eventtype": "template_card_event"}}
    body["event"] |= {"template_card_event": press}  # type: ignore[operator]  # a dict of dicts

    assert update_of(body).tap == Tap("go", "t1", ("only",), "t1")


def test_entering_and_feedback_are_events() -> None:
    entered = sample("event_enter_chat")
    assert (entered.kind, entered.event, entered.group) == (UpdateKind.EVENT, "enter_chat", None)
    names = ("accurate", "inaccurate", "cancel")
    told = [sample(f"event_feedback_{name}") for name in names]
    assert {one.event for one in told} == {"feedback_event"}
    assert [one.extra["type"] for one in told] == ["1", "2", "3"]
    assert told[1].extra["content"] == "能再详细一些么"
    assert told[1].extra["inaccurate_reason_list"] == "2,4"
    assert len({one.key for one in told}) == len(names)


def test_a_poll_is_no_update() -> None:
    words = (SAMPLES / "aibot_stream_poll.json").read_text(encoding="utf-8")

    assert read(ChannelName("aibot"), words, sent_s=SENT, now=NOON) == Asked(
        "stream_invented_01", "wrInventedInternalGroup000000001"
    )


def test_a_repeat_has_the_same_key_and_other_events_have_others() -> None:
    body = json.loads((SAMPLES / "aibot_event_template_card_vote.json").read_text("utf-8"))
    del body["msgid"]
    again = update_of(body | {"response_url": "https://example.invalid/?response_code=OTHER"})

    assert again.key == update_of(body).key
    assert update_of(body | {"create_time": 1}).key != again.key
    assert update_of(body | {"from": {"userid": "amei"}}).key != again.key


@pytest.mark.parametrize("name", ["hologram", "event"])
def test_what_is_not_known_is_kept(name: str) -> None:
    body = {"msgid": "1", "msgtype": name, name: {"eventtype": "moon_landed", "a": {"b": [1, "2"]}}}
    update = update_of(body | {"from": {"userid": "lihua"}})

    assert update.kind is (UpdateKind.EVENT if name == "event" else UpdateKind.UNKNOWN)
    assert update.event == ("moon_landed" if name == "event" else "hologram")
    assert any(path.endswith("a.b") and text == "1,2" for path, text in update.extra.items())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("@小助手 打卡", "打卡"),
        ("@小助手\u2005打卡", "打卡"),
        (" @小助手  @小李 报名", "@小李 报名"),
        ("@小助手", ""),
        ("打卡 @小助手", "打卡 @小助手"),
    ],
)
def test_the_mention_in_front_is_not_part_of_the_words(text: str, words: str) -> None:
    body: dict[str, Any] = {"msgtype": "text", "chatid": "g", "text": {"content": text}}
    assert update_of(body).text == words
    assert update_of(body | {"chattype": "single"}).text == text


def test_half_characters_and_zero_ones_can_be_stored() -> None:
    update = update_of('{"msgid":"1","msgtype":"text","text":{"content":"a\\ud83db\\u0000\x01"}}')

    assert update_json.validate_json(update_json.dump_json(update)) == update
    assert update.text == "a?b\x01"


NAMES = ("msgid", "msgtype", "from", "text", "mixed", "event", "quote", "chatid", "create_time")
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inside: (
        st.lists(inside, max_size=3)
        | st.dictionaries(st.sampled_from(NAMES) | st.text(), inside, max_size=4)
    ),
)


@given(json_values)
def test_anything_is_read_or_refused_and_nothing_else(value: object) -> None:
    try:
        said = read(ChannelName("aibot"), json.dumps(value), sent_s=SENT, now=NOON)
    except BadCallback:
        return
    if isinstance(said, Update):
        assert update_json.validate_json(update_json.dump_json(said)) == said


@pytest.mark.parametrize("words", ["", "[]", "null", "{", "[" * 50_000])
def test_what_is_no_object_is_a_bad_callback(words: str) -> None:
    with pytest.raises(BadCallback):
        read(ChannelName("aibot"), words, sent_s=SENT, now=NOON)


def test_an_event_is_never_taken_for_a_message_of_the_same_id() -> None:
    message, event = (
        update_of(json.dumps({"msgid": "1", "msgtype": kind, "event": {"eventtype": "enter_chat"}}))
        for kind in ("text", "event")
    )

    assert message.key != event.key


def test_a_clock_that_was_set_back_opens_no_window_for_longer() -> None:
    heard = Window(NOON + timedelta(hours=1))

    assert heard.left_s(NOON, 300) == 300


def test_a_window_that_was_not_written_by_us_is_over() -> None:
    assert Window.of("yesterday https://example.invalid").left_s(NOON, 300) == 0
    window = Window(NOON, "https://example.invalid/?a=b c")
    assert Window.of(window.written()) == window
    assert replace(window, url="").url == ""
