"""What an app hears becomes updates, every recorded kind of it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.wecom.updates import read_update
from bot.kernel.errors import BadCallback
from bot.kernel.ids import ChannelName
from bot.kernel.messages import Media, Tap, Update, UpdateKind, update_json

APP = ChannelName("wecom_app")
PAYLOADS = Path(__file__).parent / "payloads"
AT = datetime.fromtimestamp(1_782_000_000, UTC)


def payload(name: str) -> str:
    return (PAYLOADS / f"{name}.xml").read_text(encoding="utf-8")


def heard(name: str) -> Update:
    return read_update(APP, payload(name))


def message(kind: str = "text", **fields: str) -> str:
    said = {"FromUserName": "lihua", "CreateTime": "1782000000", "MsgType": kind} | fields
    return f"<xml>{''.join(f'<{k}><![CDATA[{v}]]></{k}>' for k, v in said.items())}</xml>"


def event(name: str, inside: str = "", sender: str = "lihua", at: int = 1_782_000_000) -> str:
    return (
        f"<xml><FromUserName>{sender}</FromUserName><CreateTime>{at}</CreateTime>"
        f"<MsgType>event</MsgType><Event>{name}</Event>{inside}</xml>"
    )


def test_a_text() -> None:
    assert heard("app_msg_text") == Update(
        channel=APP,
        key="7300000000000000001",
        kind=UpdateKind.TEXT,
        conversation="wecom_app:lihua",
        at=AT,
        sender="lihua",
        text="报名 周六徒步 🥾 <3 & more",
    )


@pytest.mark.parametrize(
    ("name", "kind", "media", "text", "extra"),
    [
        (
            "app_msg_image",
            UpdateKind.IMAGE,
            (Media("MEDIA_INVENTED_IMG_01"),),
            "",
            {"PicUrl": "https://wework.qpic.cn/invented/pic/0"},
        ),
        (
            "app_msg_voice",
            UpdateKind.VOICE,
            (Media("MEDIA_INVENTED_VOICE_01", content_type="audio/amr"),),
            "",
            {"Format": "amr"},
        ),
        (
            "app_msg_video",
            UpdateKind.VIDEO,
            (Media("MEDIA_INVENTED_VIDEO_01"), Media("MEDIA_INVENTED_THUMB_01", "thumbnail")),
            "",
            {},
        ),
        (
            "app_msg_location",
            UpdateKind.LOCATION,
            (),
            "测试路 1 号",
            {
                "Location_X": "22.500",
                "Location_Y": "114.050",
                "Scale": "20",
                "Label": "测试路 1 号",
                "AppType": "wxwork",
            },
        ),
        (
            "app_msg_link",
            UpdateKind.LINK,
            (),
            "活动回顾",
            {
                "Title": "活动回顾",
                "Description": "上周活动的照片",
                "Url": "https://example.invalid/recap",
                "PicUrl": "https://wework.qpic.cn/invented/link/0",
            },
        ),
    ],
)
def test_other_messages(
    name: str, kind: UpdateKind, media: tuple[Media, ...], text: str, extra: dict[str, str]
) -> None:
    update = heard(name)

    assert (update.kind, update.media, update.text, update.extra) == (kind, media, text, extra)
    assert update.key.startswith("73000000000000000")
    assert (update.sender, update.at, update.conversation) == ("lihua", AT, "wecom_app:lihua")


@pytest.mark.parametrize(
    ("name", "sender", "extra"),
    [
        ("LOCATION", "lihua", {"Latitude": "22.501", "Longitude": "114.051"}),
        ("active_restored", None, {}),
        ("batch_job_result", None, {"BatchJob.JobId": "JOB_INVENTED_0001"}),
        ("click", "lihua", {"EventKey": "MENU_FAQ"}),
        ("close_inactive_agent", None, {}),
        ("enter_agent", "lihua", {"EventKey": ""}),
        ("inactive_alert", None, {"EffectTime": "1782604800"}),
        ("location_select", "lihua", {"SendLocationInfo.Label": "测试路 2 号"}),
        ("low_active", None, {}),
        ("low_active_alert", None, {"EffectTime": "1782604800"}),
        (
            "open_approval_change",
            None,
            {"ApprovalInfo.ApprovalNodes.ApprovalNode.Items.Item.ItemUserId": "wangfang"},
        ),
        ("pic_photo_or_album", "lihua", {"SendPicsInfo.Count": "1"}),
        ("pic_sysphoto", "lihua", {"EventKey": "MENU_PIC"}),
        ("pic_weixin", "lihua", {"EventKey": "MENU_PIC"}),
        ("reopen_inactive_agent", None, {}),
        ("scancode_push", "lihua", {"ScanCodeInfo.ScanResult": "checkin:42"}),
        ("scancode_waitmsg", "lihua", {"ScanCodeInfo.ScanType": "qrcode"}),
        ("share_agent_change", None, {}),
        ("share_chain_change", None, {}),
        ("subscribe", "lihua", {}),
        ("unsubscribe", "lihua", {}),
        ("upload_media_job_finish", None, {"JobId": "JOB_INVENTED_UPLOAD_0001"}),
        ("view", "lihua", {"EventKey": "https://example.invalid/panel"}),
        ("view_miniprogram", "lihua", {"EventKey": "pages/index/index"}),
    ],
)
def test_events_keep_their_name_and_what_they_say(
    name: str, sender: str | None, extra: dict[str, str]
) -> None:
    update = heard(f"app_event_{name}")

    assert (update.kind, update.event, update.sender) == (UpdateKind.EVENT, name, sender)
    assert update.extra.items() >= extra.items()
    assert update.conversation == f"wecom_app:{sender or 'sys'}"


@pytest.mark.parametrize(
    ("name", "tap"),
    [
        (
            "app_event_template_card_event_button",
            Tap("approve_42", "task_approve_42", ("dept_ops",), "RESPONSE_CODE_INVENTED_01"),
        ),
        (
            "app_event_template_card_event_vote_multi",
            Tap("submit_poll", "poll_20260701_01", ("opt_a", "opt_c"), "RESPONSE_CODE_INVENTED_02"),
        ),
        (
            "app_event_template_card_event_vote_single",
            Tap("submit_poll", "poll_20260701_02", ("opt_b",), "RESPONSE_CODE_INVENTED_03"),
        ),
        (
            "app_event_template_card_event_multiple",
            Tap("submit_form", "form_20260701_01", ("sat", "park"), "RESPONSE_CODE_INVENTED_04"),
        ),
        (
            "app_event_template_card_menu_event",
            Tap("mute_topic", "notice_20260701_01", (), "RESPONSE_CODE_INVENTED_05"),
        ),
    ],
)
def test_presses_on_cards_are_taps(name: str, tap: Tap) -> None:
    update = heard(name)

    assert (update.kind, update.tap, update.sender) == (UpdateKind.TAP, tap, "lihua")


def test_a_form_says_which_answer_belongs_to_which_question() -> None:
    extra = heard("app_event_template_card_event_multiple").extra

    assert (extra["chosen.q_time"], extra["chosen.q_place"]) == ("sat", "park")


def test_every_recorded_payload_waits_in_the_database_without_loss() -> None:
    names = sorted(path.stem for path in PAYLOADS.glob("app_*.xml"))
    updates = [heard(name) for name in names]

    assert len(names) == 35
    assert len({update.key for update in updates}) == 35
    assert [update_json.validate_json(update_json.dump_json(one)) for one in updates] == updates


def test_people_are_the_same_in_any_case() -> None:
    one = read_update(APP, message(FromUserName="LiHua", Content="打卡", MsgId="1"))

    assert (one.sender, one.conversation) == ("lihua", "wecom_app:lihua")


def test_the_same_event_sent_again_has_the_same_key() -> None:
    fresh = payload("app_event_template_card_event_button")
    retried = fresh.replace("RESPONSE_CODE_INVENTED_01", "ANOTHER_CODE")

    assert read_update(APP, fresh).key == read_update(APP, retried).key


@pytest.mark.parametrize(
    "other",
    [
        event("click", "<EventKey>B</EventKey>"),
        event("click", "<EventKey>A</EventKey>", sender="wangfang"),
        event("click", "<EventKey>A</EventKey>", at=1_782_000_001),
        event("view", "<EventKey>A</EventKey>"),
        event("click", "<EventKey>A</EventKey><ChangeType>x</ChangeType>"),
    ],
    ids=["button", "member", "second", "kind", "change"],
)
def test_different_events_of_one_second_have_different_keys(other: str) -> None:
    one = read_update(APP, event("click", "<EventKey>A</EventKey>"))

    assert one.key != read_update(APP, other).key


@pytest.mark.parametrize(
    ("said", "kind", "event_name"),
    [
        (message("hologram", MsgId="9"), UpdateKind.UNKNOWN, "hologram"),
        (message(""), UpdateKind.UNKNOWN, ""),
        (event("born_tomorrow"), UpdateKind.EVENT, "born_tomorrow"),
        (message("file", MediaId="m", FileName="a.pdf", MsgId="9"), UpdateKind.FILE, ""),
    ],
)
def test_unknown_kinds_are_kept(said: str, kind: UpdateKind, event_name: str) -> None:
    update = read_update(APP, said)

    assert (update.kind, update.event) == (kind, event_name)


def test_fields_that_come_twice_or_nested_do_no_harm() -> None:
    twice = "<Content>a</Content><Content>b</Content><MsgId>1</MsgId>"
    nested = "<Content><b>bold</b></Content><MsgId>1</MsgId>"
    head = "<FromUserName>a</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType>"

    assert read_update(APP, f"<xml>{head}{twice}</xml>").text == "a"
    assert read_update(APP, f"<xml>{head}{nested}</xml>").text == ""


def test_words_may_hold_control_characters_and_markup() -> None:
    words = "早\x08安\x00 <!DOCTYPE html> &lt; ]]"

    assert (
        read_update(APP, message(Content=words, MsgId="1")).text == "早安 <!DOCTYPE html> &lt; ]]"
    )


@pytest.mark.parametrize(
    "document",
    [
        "",
        "hello",
        "<xml>",
        "<xml></xml>",
        "{}",
        message(CreateTime="soon"),
        message(CreateTime="9" * 30),
        message(CreateTime=""),
        '<!DOCTYPE xml [<!ENTITY a "aaaa">]>' + message(Content="x"),
        '<!DOCTYPE xml SYSTEM "http://127.0.0.1/x.dtd">' + message(Content="x"),
        "<xml>&undefined;</xml>",
        "<a>" * 5_000 + "</a>" * 5_000,
        "<xml>" + "<a>" * 20 + "</a>" * 20 + "</xml>",
    ],
)
def test_a_document_that_the_platform_does_not_send_is_refused(document: str) -> None:
    with pytest.raises(BadCallback):
        read_update(APP, document)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
def test_any_text_is_read_or_refused(document: str) -> None:
    for attempt in (document, f"<xml>{document}</xml>", message(Content=document)):
        try:
            assert read_update(APP, attempt).channel == APP
        except BadCallback:
            continue
