"""What an account can do besides messages, against a platform that is strict about it."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.wecom.mp import MP, OfficialAccount
from bot.channels.wecom.mp.abilities import AccountCodes, AccountMenus, AccountNotes
from bot.channels.wecom.mp.updates import read_update
from bot.kernel.abilities import Able
from bot.kernel.errors import Ambiguous, BadCallback, PlatformError, RetryLater, Undeliverable
from bot.kernel.following import (
    EntryKind,
    MenuEntry,
    Menus,
    Note,
    NoteKind,
    SceneCodes,
    TemplateMessages,
)
from tests.kit.mp import FOLLOWER, FakeMp, happened
from tests.kit.platforms import Fault
from tests.kit.rooms import TurnedClock

HERE = Path(__file__).parent
MENU = (
    MenuEntry("打卡", EntryKind.CLICK, key="打卡"),
    MenuEntry(
        "更多",
        below=(
            MenuEntry("商城", EntryKind.VIEW, url="https://shop.example.com/?a=1&b=2"),
            MenuEntry(
                "小程序",
                EntryKind.MINI_PROGRAM,
                url="https://shop.example.com",
                app_id="wxmini",
                page="pages/index",
            ),
            *(
                MenuEntry(kind.value[:8], kind, key=f"k:{kind.value}")
                for kind in (EntryKind.SCAN, EntryKind.SCAN_AND_WAIT, EntryKind.PLACE)
            ),
        ),
    ),
    MenuEntry(
        "图片",
        below=tuple(
            MenuEntry(kind.value[:8], kind, key=kind.value)
            for kind in (EntryKind.CAMERA, EntryKind.CAMERA_OR_ALBUM, EntryKind.ALBUM)
        ),
    ),
)
NOTE = Note(
    FOLLOWER,
    NoteKind.SERVICE,
    "TPL_INVENTED",
    {"thing1": "周六徒步", "time2": "2026-07-04 08:00"},
    url="https://example.invalid/hike",
    key="c-0001",
)
ONCE = Note(FOLLOWER, NoteKind.ONCE, "TPL_INVENTED_1", {"thing1": "徒步"}, key="o-1")


@pytest.fixture
def menus(door: OfficialAccount) -> AccountMenus:
    return AccountMenus(door.api)


def test_an_account_offers_its_abilities(door: OfficialAccount) -> None:
    assert isinstance(door, Able)
    assert door.abilities.keys() >= {Menus, SceneCodes, TemplateMessages}


# ── the menu ────────────────────────────────────────────────────────────────────────────


async def test_a_menu_of_every_kind_is_published_and_read_back(
    menus: AccountMenus, platform: FakeMp
) -> None:
    assert await menus.current() == ()
    await menus.publish(MENU)

    assert platform.menu[0] == {"name": "打卡", "type": "click", "key": "打卡"}
    assert await menus.current() == MENU
    await menus.publish(MENU)
    await menus.publish(())
    assert await menus.current() == ()


async def test_kinds_of_the_platforms_own_editor_are_left_out(
    menus: AccountMenus, platform: FakeMp
) -> None:
    platform.menu = [
        {"name": "旧", "type": "media_id", "media_id": "m1"},
        {"name": "组", "sub_button": [{"name": "文", "type": "article_id", "article_id": "a"}]},
        {"name": "打卡", "type": "click", "key": "打卡", "unknown": [1]},
    ]
    assert await menus.current() == (MENU[0],)


@pytest.mark.parametrize(
    "said",
    ["{}", '{"menu": []}', '{"menu": {"button": {}}}', '{"menu": {"button": [1, null, {}]}}'],
    ids=str,
)
async def test_a_menu_that_cannot_be_read_is_none(
    menus: AccountMenus, platform: FakeMp, said: str
) -> None:
    platform.faults["menu/get"].append(Fault(raw=said.encode()))

    assert await menus.current() == ()


async def test_an_endless_menu_is_read_two_levels_deep(
    menus: AccountMenus, platform: FakeMp
) -> None:
    button: dict[str, object] = {"name": "x", "type": "click", "key": "k"}
    for _ in range(50):
        button = {"name": "x", "sub_button": [button]}
    said = json.dumps({"menu": {"button": [button]}})
    platform.faults["menu/get"].append(Fault(raw=said.encode()))

    assert await menus.current() == ()


@pytest.mark.parametrize(("code", "kind"), [(40018, Undeliverable), (-1, RetryLater)], ids=str)
async def test_a_menu_that_is_refused_says_why(
    menus: AccountMenus, platform: FakeMp, code: int, kind: type[PlatformError]
) -> None:
    platform.faults["menu/create"].append(Fault(errcode=code))

    with pytest.raises(kind):
        await menus.publish(MENU)
    assert platform.menu == []


async def test_an_entry_that_does_nothing_is_not_published(menus: AccountMenus) -> None:
    with pytest.raises(Undeliverable):
        await menus.publish((MenuEntry("空"),))


# ── codes with a scene ──────────────────────────────────────────────────────────────────


async def test_codes_are_lent_or_last(door: OfficialAccount, clock: TurnedClock) -> None:
    codes = AccountCodes(door.api, clock)
    lent = await codes.make("hike42", lives_s=600)
    lasting = await codes.make("秋季活动", lives_s=None)
    longest = await codes.make("x", lives_s=10_000_000)

    assert lent.expires_at == clock.now() + timedelta(seconds=600)
    assert lasting.expires_at is None
    assert longest.expires_at == clock.now() + timedelta(days=30)
    assert "showqrcode?ticket=gQ%2B%2F" in lent.picture_url
    assert lent.picture_url.endswith("%3D%3D")
    assert lent.url.startswith("http://weixin.qq.com/q/")


@pytest.mark.parametrize("scene", ["", "x" * 65], ids=["empty", "long"])
async def test_a_scene_that_does_not_fit_is_not_asked_for(
    door: OfficialAccount, clock: TurnedClock, platform: FakeMp, scene: str
) -> None:
    with pytest.raises(Undeliverable):
        await AccountCodes(door.api, clock).make(scene, lives_s=None)
    assert platform.called("qrcode/create") == []


async def test_an_answer_without_a_ticket_is_asked_for_again(
    door: OfficialAccount, clock: TurnedClock, platform: FakeMp
) -> None:
    platform.faults["qrcode/create"].append(Fault(raw=b'{"url": "http://weixin.qq.com/q/1"}'))

    with pytest.raises(RetryLater):
        await AccountCodes(door.api, clock).make("a", lives_s=None)


# ── notes by template ───────────────────────────────────────────────────────────────────


async def test_a_template_message_is_what_the_sample_says(
    door: OfficialAccount, platform: FakeMp
) -> None:
    sample = json.loads((HERE / "requests" / "req_mp_template_send.json").read_text())["_body"]
    platform.templates.add(sample["template_id"])
    number = await AccountNotes(door.api).send_note(NOTE)

    assert platform.called("message/template/send") == [sample]
    assert platform.delivered[0].msgid == number


async def test_the_same_key_is_the_same_note_for_a_while(
    door: OfficialAccount, platform: FakeMp, clock: TurnedClock
) -> None:
    notes = AccountNotes(door.api)
    platform.faults["message/template/send"].append(Fault(drop=True, taken=True))
    with pytest.raises(Ambiguous):
        await notes.send_note(NOTE)
    clock.tick(seconds=notes.remembers_s)

    assert await notes.send_note(NOTE) == platform.delivered[0].msgid
    assert len(platform.delivered) == 1


async def test_a_notice_uses_up_a_consent(door: OfficialAccount, platform: FakeMp) -> None:
    platform.agreed[FOLLOWER, "TPL_INVENTED_1"] = 1
    notes = AccountNotes(door.api)
    assert await notes.send_note(ONCE) == ""

    with pytest.raises(Undeliverable) as refused:
        await notes.send_note(ONCE)
    assert refused.value.code == 43101


@pytest.mark.parametrize("note", [NOTE, ONCE], ids=["service", "once"])
@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault(errcode=-1), Ambiguous),
        (Fault(drop=True), Ambiguous),
        (Fault(raw=b"<html>"), Ambiguous),
        (Fault(status=302), RetryLater),
        (Fault(errcode=45009), RetryLater),
        (Fault(errcode=43004), Undeliverable),
        (Fault(errcode=40037), Undeliverable),
        (Fault(errcode=47003), Undeliverable),
        (Fault(errcode=48001), Undeliverable),
    ],
    ids=["busy", "lost", "html", "redirect", "quota", "left", "template", "words", "permission"],
)
async def test_a_note_that_did_not_go_says_whether_it_may_have(
    door: OfficialAccount, platform: FakeMp, *, note: Note, fault: Fault, kind: type[PlatformError]
) -> None:
    call = "template/send" if note is NOTE else "subscribe/bizsend"
    platform.faults[f"message/{call}"].append(fault)

    with pytest.raises(kind):
        await AccountNotes(door.api).send_note(note)


@pytest.mark.parametrize("code", [40001, 42001], ids=str)
async def test_a_stale_token_costs_one_more_call(
    door: OfficialAccount, platform: FakeMp, code: int
) -> None:
    platform.faults["message/template/send"].append(Fault(errcode=code))
    await AccountNotes(door.api).send_note(NOTE)

    assert len(platform.delivered) == 1


@given(words=st.text(min_size=1).filter(str.strip))
def test_words_are_cut_to_what_a_field_holds(words: str) -> None:
    from bot.channels.wecom.mp.abilities import _cut  # noqa: PLC0415 - a promise of its own

    assert len(_cut("thing12", words)) <= 20
    assert len(_cut("phrase1", words)) <= 5
    assert _cut("character_string1", words) == words


# ── what it hears about them ────────────────────────────────────────────────────────────


def heard(event: str, inside: str) -> dict[str, str]:
    return dict(read_update(MP, happened(event, 1_782_000_000, inside)).extra)


def test_a_window_of_consents_says_what_she_agreed_to() -> None:
    sample = (HERE / "payloads" / "mp_event_subscribe_msg_popup_event.xml").read_text()
    extra = read_update(MP, sample).extra

    assert (extra["agreed"], extra["declined"]) == ("TPL_INVENTED_1", "TPL_INVENTED_2")


@pytest.mark.parametrize(
    ("event", "inside", "agreed", "declined"),
    [
        ("popup", "<List><TemplateId>A</TemplateId></List>", None, "A"),
        ("popup", "<List><SubscribeStatusString>accept</SubscribeStatusString></List>", None, None),
        (
            "popup",
            (
                "<List><SubscribeStatusString>accept</SubscribeStatusString></List>"
                "<List><TemplateId>B</TemplateId></List>"
            ),
            None,
            "B",
        ),
        (
            "change",
            (
                "<List><TemplateId>A</TemplateId><SubscribeStatusString>reject</SubscribeStatusString>"
                "</List>"
            ),
            None,
            "A",
        ),
        ("popup", "accept", None, None),
    ],
    ids=["no status", "no template", "torn apart", "taken back", "words"],
)
def test_what_is_not_clearly_a_yes_is_none(
    event: str, inside: str, agreed: str | None, declined: str | None
) -> None:
    around = f"SubscribeMsg{event.title()}Event"
    extra = heard(f"subscribe_msg_{event}_event", f"<{around}>{inside}</{around}>")

    assert (extra.get("agreed"), extra.get("declined")) == (agreed, declined)


@pytest.mark.parametrize("entries", ["{0}", "[{0}]"], ids=["one", "list"])
def test_consents_in_json_are_the_same(entries: str) -> None:
    one = '{"TemplateId": "A", "SubscribeStatusString": "accept", "PopupScene": "0"}'
    words = (
        '{"ToUserName": "gh", "FromUserName": "o1", "CreateTime": "1620973045", "MsgType": "event",'
        f' "Event": "subscribe_msg_popup_event", "List": {entries.format(one)}}}'
    )
    assert read_update(MP, words).extra["agreed"] == "A"


@pytest.mark.parametrize(
    ("event", "inside", "reported"),
    [
        ("TEMPLATESENDJOBFINISH", "<MsgID>1</MsgID><Status>success</Status>", "1=delivered"),
        (
            "TEMPLATESENDJOBFINISH",
            "<MsgID>1</MsgID><Status>failed:user block</Status>",
            "1=refused",
        ),
        (
            "TEMPLATESENDJOBFINISH",
            "<MsgID>1</MsgID><Status>failed: system failed</Status>",
            "1=failed",
        ),
        ("TEMPLATESENDJOBFINISH", "<MsgID>1</MsgID>", "1=failed"),
        ("TEMPLATESENDJOBFINISH", "<Status>success</Status>", None),
        (
            "subscribe_msg_sent_event",
            (
                "<SubscribeMsgSentEvent><List><MsgID>7</MsgID><ErrorCode>0</ErrorCode></List>"
                "<List><MsgID>8</MsgID><ErrorCode>43101</ErrorCode></List>"
                "<List><MsgID>9</MsgID></List></SubscribeMsgSentEvent>"
            ),
            "7=delivered,8=refused,9=failed",
        ),
    ],
    ids=["delivered", "blocked", "failed", "no status", "no number", "notices"],
)
def test_a_report_says_what_became_of_a_note(event: str, inside: str, reported: str | None) -> None:
    assert heard(event, inside).get("reported") == reported


def test_the_recorded_reports_are_read() -> None:
    for name, reported in (
        ("TEMPLATESENDJOBFINISH", "200999001=delivered"),
        ("subscribe_msg_sent_event", "1900000000000000001=delivered"),
    ):
        sample = (HERE / "payloads" / f"mp_event_{name}.xml").read_text()
        assert read_update(MP, sample).extra["reported"] == reported


@given(inside=st.recursive(st.text(max_size=9), lambda x: st.lists(x, max_size=3), max_leaves=9))
def test_no_event_of_notes_is_too_strange(inside: object) -> None:
    for event in ("subscribe_msg_popup_event", "subscribe_msg_sent_event", "SCAN"):
        words = {
            "MsgType": "event",
            "Event": event,
            "FromUserName": "o1",
            "CreateTime": 1,
            "SubscribeMsgPopupEvent": {"List": inside},
            "SubscribeMsgSentEvent": inside,
            "List": inside,
        }
        try:
            read_update(MP, json.dumps(words))
        except BadCallback:
            continue
