"""The app: callbacks in, messages out, and a changed card in the response."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from wechatpy.work.crypto import WeChatCrypto

from bot.channels.wecom import WecomApp
from bot.channels.wecom.twins import DROPS_TWINS_S, duplicate_check
from bot.channels.wecom.xml import first, read_xml, within
from bot.kernel.errors import Ambiguous, BadCallback, RetryLater, Undeliverable
from bot.kernel.messages import (
    Button,
    CardUpdate,
    Image,
    Link,
    Outgoing,
    RawCallback,
    Recall,
    Text,
    UpdateKind,
)
from bot.kernel.ports import Channel, Limit, PassiveAnswers
from tests.kit.mail import AES_KEY, TOKEN, Mail, text_message
from tests.kit.platforms import CORP, FakeWecom, Fault
from tests.kit.rooms import NOON, TurnedClock
from tests.kit.wecom import BUTTONS, PNG, PNG_URL, VOTE, to_lihua

HERE = Path(__file__).parent
PRESS = (HERE / "payloads/app_event_template_card_event_vote_multi.xml").read_text(encoding="utf-8")
HANDLE = "RESPONSE_CODE_INVENTED_02"


def letter(clock: TurnedClock, plaintext: str) -> RawCallback:
    return Mail().post(plaintext, clock.now().timestamp())


async def test_a_member_is_heard(app: WecomApp, clock: TurnedClock) -> None:
    said = text_message("LiHua", "打卡", 77, clock.now().timestamp())

    received = await app.receive(letter(clock, said))

    assert received.answer == b"success"
    assert [(one.key, one.sender, one.text) for one in received.updates] == [
        ("77", "lihua", "打卡")
    ]


async def test_the_platform_tests_the_address(app: WecomApp, clock: TurnedClock) -> None:
    sealed = Mail().encrypt(b"8275613300417690123")
    query = Mail().query(sealed, clock.now().timestamp()) | {"echostr": sealed}

    received = await app.receive(RawCallback("GET", query))

    assert (received.answer, received.updates) == (b"8275613300417690123", ())


async def test_a_letter_for_another_corp_is_refused(app: WecomApp, clock: TurnedClock) -> None:
    stray = Mail(receive_id=CORP + "x").post("<xml/>", clock.now().timestamp())

    with pytest.raises(BadCallback) as refused:
        await app.receive(stray)

    assert refused.value.status == 403


async def test_a_message_brings_its_receipt(app: WecomApp, wecom: FakeWecom) -> None:
    receipt = await app.send(to_lihua(Text("早安")), doubt_since=None)

    [arrived] = wecom.to("lihua")
    assert (arrived.words, receipt.platform_id) == ("早安", arrived.msgid)
    assert arrived.body.keys() == {"touser", "agentid", "msgtype", "text"}


async def test_a_card_brings_a_handle_that_changes_it(app: WecomApp, wecom: FakeWecom) -> None:
    receipt = await app.send(to_lihua(VOTE), doubt_since=None)
    await app.send(to_lihua(CardUpdate(receipt.handle, "已截止")), doubt_since=None)

    [update] = wecom.updated
    assert update["userids"] == ["lihua"]
    assert update["button"] == {"replace_name": "已截止"}


async def test_a_handle_works_once(app: WecomApp, wecom: FakeWecom) -> None:
    change = to_lihua(CardUpdate(wecom.press(), "已截止"))
    await app.send(change, doubt_since=None)

    with pytest.raises(Undeliverable):
        await app.send(change, doubt_since=None)
    assert (await app.send(change, doubt_since=NOON)).note


async def test_a_message_is_recalled(app: WecomApp, wecom: FakeWecom) -> None:
    receipt = await app.send(to_lihua(Text("手滑")), doubt_since=None)
    await app.send(to_lihua(Recall(receipt.platform_id)), doubt_since=None)

    assert [one.recalled for one in wecom.delivered] == [True]


async def test_two_equal_wanted_answers_both_arrive(app: WecomApp, wecom: FakeWecom) -> None:
    for key in ("k1", "k2"):
        await app.send(to_lihua(Text("今天已打卡"), key), doubt_since=None)

    assert len(wecom.delivered) == 2


async def test_after_a_doubt_the_twin_is_dropped(
    app: WecomApp, wecom: FakeWecom, clock: TurnedClock
) -> None:
    wecom.faults["message/send"].append(Fault(drop=True, taken=True))
    with pytest.raises(Ambiguous):
        await app.send(to_lihua(Text("早安")), doubt_since=None)

    receipt = await app.send(to_lihua(Text("早安")), doubt_since=clock.now())

    assert [one.msgid for one in wecom.delivered] == [receipt.platform_id]


async def test_an_equal_answer_of_before_is_no_twin(
    app: WecomApp, wecom: FakeWecom, clock: TurnedClock
) -> None:
    await app.send(to_lihua(Text("今天已打卡"), "k1"), doubt_since=None)
    clock.tick(minutes=2)
    began = clock.now()
    wecom.faults["message/send"].append(Fault(drop=True))
    with pytest.raises(Ambiguous):
        await app.send(to_lihua(Text("今天已打卡"), "k2"), doubt_since=None)
    clock.tick(seconds=30)

    await app.send(to_lihua(Text("今天已打卡"), "k2"), doubt_since=began)

    assert len(wecom.delivered) == 2


async def test_a_busy_platform_that_took_the_message_all_the_same_drops_its_twin(
    app: WecomApp, wecom: FakeWecom, clock: TurnedClock
) -> None:
    wecom.faults["message/send"].append(Fault(errcode=-1, taken=True))
    with pytest.raises(RetryLater) as busy:
        await app.send(to_lihua(Text("早安")), doubt_since=None)
    began = clock.now() if busy.value.doubtful else None
    clock.tick(seconds=5)

    await app.send(to_lihua(Text("早安")), doubt_since=began)

    assert len(wecom.delivered) == 1


async def test_a_busy_answer_to_the_token_leaves_no_doubt(app: WecomApp, wecom: FakeWecom) -> None:
    wecom.faults["gettoken"].append(Fault(errcode=-1))
    with pytest.raises(RetryLater) as busy:
        await app.send(to_lihua(Text("早安")), doubt_since=None)

    assert not busy.value.doubtful


@pytest.mark.parametrize("down_s", [2, 3_600, DROPS_TWINS_S], ids=["moment", "hour", "longest"])
async def test_a_twin_of_a_process_that_died_is_dropped(
    app: WecomApp, wecom: FakeWecom, clock: TurnedClock, down_s: float
) -> None:
    began = clock.now()
    await app.send(to_lihua(Text("早安")), doubt_since=None)
    clock.tick(seconds=down_s)

    await app.send(to_lihua(Text("早安")), doubt_since=began)

    assert (len(wecom.delivered), len(wecom.twins)) == (1, 1)


def test_a_doubt_from_the_future_looks_as_far_back_as_the_platform_usually_does() -> None:
    asked = duplicate_check(NOON, NOON - timedelta(minutes=5), margin_s=10)

    assert asked["duplicate_check_interval"] == 1_800


async def test_a_picture_is_uploaded_once_in_three_days(
    app: WecomApp, wecom: FakeWecom, clock: TurnedClock, tmp_path: Path
) -> None:
    (tmp_path / "a.png").write_bytes(PNG)
    for _ in range(2):
        await app.send(to_lihua(Image("a.png")), doubt_since=None)
    assert wecom.called("media/upload") == [{"type": "image", "name": "a.png", "bytes": len(PNG)}]

    clock.tick(days=3)
    await app.send(to_lihua(Image("a.png")), doubt_since=None)
    assert len(wecom.called("media/upload")) == 2


async def test_a_forgotten_picture_is_uploaded_again(app: WecomApp, wecom: FakeWecom) -> None:
    picture = to_lihua(Image(data_url=PNG_URL))
    await app.send(picture, doubt_since=None)
    wecom.forget_media()

    await app.send(picture, doubt_since=None)

    assert len(wecom.called("media/upload")) == 2
    assert len(wecom.delivered) == 2


async def test_a_picture_that_is_never_taken_is_given_up(app: WecomApp, wecom: FakeWecom) -> None:
    wecom.faults["message/send"].extend([Fault(errcode=40007)] * 9)

    with pytest.raises(Undeliverable):
        await app.send(to_lihua(Image(data_url=PNG_URL)), doubt_since=None)

    assert len(wecom.faults["message/send"]) == 7


@pytest.mark.parametrize(
    "answer", ['"invaliduser": "LiHua"', '"invaliduser": ["lihua"]', '"unlicenseduser": "lihua"']
)
async def test_a_message_for_nobody_is_no_success(
    app: WecomApp, wecom: FakeWecom, answer: str
) -> None:
    wecom.faults["message/send"].append(Fault(raw=f'{{"errcode": 0, {answer}}}'.encode()))

    with pytest.raises(Undeliverable):
        await app.send(to_lihua(Text("早安")), doubt_since=None)


async def test_somebody_else_being_invalid_is_a_success(app: WecomApp, wecom: FakeWecom) -> None:
    said = (
        b'{"errcode": 0, "invaliduser": "zhaolei", "msgid": "m"}',
        b'{"errcode": 0, "msgid": 7}',
    )
    wecom.faults["message/send"].extend(Fault(raw=raw) for raw in said)

    receipts = [await app.send(to_lihua(Text("早安")), doubt_since=None) for _ in said]

    assert [one.platform_id for one in receipts] == ["m", ""]


async def test_an_unknown_member_is_undeliverable(app: WecomApp, wecom: FakeWecom) -> None:
    wecom.users = {"wangfang"}

    with pytest.raises(Undeliverable) as never:
        await app.send(to_lihua(Text("早安")), doubt_since=None)

    assert (never.value.code, never.value.channel_off) == (81013, False)


@pytest.mark.parametrize("recipient", ["@all", "a|b", "", "张三", "a" * 65, "a b"])
async def test_a_message_goes_to_one_member_only(
    app: WecomApp, wecom: FakeWecom, recipient: str
) -> None:
    with pytest.raises(Undeliverable):
        await app.send(Outgoing(app.name, recipient, Text("早安"), "k"), doubt_since=None)

    assert wecom.calls == []


async def test_an_app_has_no_groups(app: WecomApp) -> None:
    with pytest.raises(Undeliverable):
        await app.send(
            Outgoing(app.name, "wr1", Text("早安"), "k", to_group=True), doubt_since=None
        )


def test_limits_are_counted_for_each_member_in_any_case(app: WecomApp) -> None:
    one, other = (Outgoing(app.name, name, Text("a"), "k") for name in ("LiHua", "lihua"))

    assert app.lane(one) == app.lane(other)
    assert app.lane_limits(app.lane(one)) == (Limit(30, 60), Limit(1000, 3600))


async def test_a_link_with_a_picture_shows_it(app: WecomApp, wecom: FakeWecom) -> None:
    url = "https://example.invalid/r"
    await app.send(to_lihua(Link("活动回顾", url)), doubt_since=None)
    await app.send(to_lihua(Link("活动回顾", url, image_url=url)), doubt_since=None)

    assert [one.kind for one in wecom.delivered] == ["textcard", "news"]


# ── the response to a press ─────────────────────────────────────────────────────────────


def opened(response: bytes) -> str:
    """Return what the platform reads in a sealed response."""
    fields = read_xml(response.decode())
    crypto = WeChatCrypto(TOKEN, AES_KEY, CORP)
    proof = [first(fields, name) for name in ("MsgSignature", "TimeStamp", "Nonce")]
    return str(crypto.decrypt_message({"Encrypt": first(fields, "Encrypt")}, *proof))


async def test_a_press_is_answered_in_the_response(app: WecomApp, clock: TurnedClock) -> None:
    raw = letter(clock, PRESS)
    [update] = (await app.receive(raw)).updates
    sealed = app.seal(to_lihua(CardUpdate(HANDLE, "已提交 ]]><x>")), raw, update)

    assert app.wants_passive(update)
    assert sealed is not None
    said = read_xml(opened(sealed))
    assert (first(said, "ToUserName"), first(said, "FromUserName")) == ("lihua", CORP)
    assert first(said, "MsgType") == "update_button"
    assert [first(one, "ReplaceName") for one in within(said, "Button")] == ["已提交 ]]><x>"]


async def test_a_whole_card_travels_in_the_response(app: WecomApp, clock: TurnedClock) -> None:
    raw = letter(clock, PRESS)
    [update] = (await app.receive(raw)).updates
    sealed = app.seal(to_lihua(CardUpdate(HANDLE, "已提交", VOTE)), raw, update)

    assert sealed is not None
    [card] = within(read_xml(opened(sealed)), "TemplateCard")
    [box] = within(card, "CheckBox")
    assert (first(card, "CardType"), first(card, "ReplaceText")) == ("vote_interaction", "已提交")
    assert (first(box, "QuestionKey"), first(box, "Disable"), first(box, "Mode")) == (
        "poll_q1",
        "true",
        "1",
    )
    assert [first(one, "Text") for one in within(box, "OptionList")] == ["徒步", "桌游"]


@pytest.mark.parametrize(
    "outgoing",
    [
        to_lihua(Text("已提交")),
        to_lihua(CardUpdate("another press", "已提交")),
        to_lihua(CardUpdate(HANDLE, "")),
        Outgoing(to_lihua(VOTE).channel, "wangfang", CardUpdate(HANDLE, "已提交"), "k"),
    ],
    ids=["words", "another press", "no change", "another member"],
)
async def test_everything_else_goes_by_the_api(
    app: WecomApp, clock: TurnedClock, outgoing: Outgoing
) -> None:
    raw = letter(clock, PRESS)
    [update] = (await app.receive(raw)).updates

    assert app.seal(outgoing, raw, update) is None


async def test_a_button_that_opens_a_page_is_left_out_of_a_response(
    app: WecomApp, clock: TurnedClock
) -> None:
    raw = letter(clock, PRESS)
    [update] = (await app.receive(raw)).updates
    page = Button("打开", url="https://example.invalid/hike")
    card = replace(BUTTONS, buttons=(*BUTTONS.buttons, page))
    sealed = app.seal(to_lihua(CardUpdate(HANDLE, "", card)), raw, update)

    assert sealed is not None
    [shown] = within(read_xml(opened(sealed)), "TemplateCard")
    buttons = within(shown, "ButtonList")
    assert [first(one, "Text") for one in buttons] == ["同意", "拒绝"]


async def test_a_handle_that_is_spent_alarms_nobody(app: WecomApp) -> None:
    with pytest.raises(Undeliverable) as caught:
        await app.send(to_lihua(CardUpdate("spent", "已提交")), doubt_since=None)

    assert (caught.value.code, caught.value.quiet) == (60140, True)


async def test_a_text_is_not_answered_in_the_response(app: WecomApp, clock: TurnedClock) -> None:
    raw = letter(clock, text_message("lihua", "打卡", 1, clock.now().timestamp()))
    [update] = (await app.receive(raw)).updates

    assert update.kind is UpdateKind.TEXT
    assert not app.wants_passive(update)
    assert app.seal(to_lihua(CardUpdate("", "已提交")), raw, update) is None


def test_the_app_fits_its_sockets(app: WecomApp) -> None:
    channel: Channel = app
    passive: PassiveAnswers = app

    assert channel.name == "wecom_app"
    assert passive.passive_wait_s < 5
    assert json.dumps(channel.name)
