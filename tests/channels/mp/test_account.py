"""The account: answers in the response, customer-service messages, errors, tokens."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from bot.app import make_meaning, make_words
from bot.channels.wecom.mp import CAPABILITY, OfficialAccount
from bot.channels.wecom.mp.errors import ERRORS, SENDS, error_of
from bot.channels.wecom.xml import first, read_xml, within
from bot.kernel.errors import Ambiguous, PauseScope, RetryLater, Undeliverable
from bot.kernel.fitting import fit
from bot.kernel.messages import (
    Button,
    Card,
    CardKind,
    Choice,
    Image,
    Link,
    Markdown,
    News,
    Outgoing,
    Part,
    Question,
    RawCallback,
    Tap,
    Text,
    Update,
)
from bot.kernel.ports import PassiveAnswers
from tests.kit.mp import (
    ACCOUNT,
    APP_ID,
    FOLLOWER,
    SECRET,
    FakeMp,
    Post,
    account,
    happened,
    said,
    to_follower,
)
from tests.kit.mp_rules import check_reply
from tests.kit.platforms import Fault
from tests.kit.rooms import TurnedClock
from tests.kit.wecom import BUTTONS, MULTIPLE, PNG, PNG_URL, VOTE

HERE = Path(__file__).parent
PAGE = "https://example.invalid/hike"
SEND = "message/custom/send"
POLL = Card(
    id="poll_7",
    shape=CardKind.VOTE,
    title="周末去哪",
    fallback="周末去哪：回复「投票 1」。",
    questions=(Question("q", (Choice("a", "徒步"), Choice("b", "桌游"))),),
    submit=Button("提交", "vote:7"),
)
ASK = Card(
    id="task_42",
    shape=CardKind.BUTTONS,
    title="满意吗?",
    fallback="满意吗？",
    buttons=(Button("满意", "rate:5"), Button("不满意", "rate:1"), Button("详情", url=PAGE)),
)


async def hear(
    door: OfficialAccount, clock: TurnedClock, mode: str = "sealed", words: str = ""
) -> tuple[RawCallback, Update]:
    at = clock.now().timestamp()
    raw = Post(mode).letter(words or said("打卡", 1, at), at)
    [update] = (await door.receive(raw)).updates
    return raw, update


def recorded(name: str) -> Any:
    return json.loads((HERE / "requests" / f"{name}.json").read_text(encoding="utf-8"))["_body"]


# ── the response ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("mode", ["plain", "both", "sealed"])
@pytest.mark.parametrize("words", ["打卡成功 ☀️", "]]><Content>x", "a\x00b\x0b"])
async def test_words_travel_in_the_response(
    platform: FakeMp, clock: TurnedClock, tmp_path: Path, mode: str, words: str
) -> None:
    door = account(platform, clock, tmp_path, mode=mode)
    raw, update = await hear(door, clock, mode)
    sealed = door.seal(to_follower(Text(words)), raw, update)

    assert isinstance(door, PassiveAnswers)
    assert door.wants_passive(update)
    assert sealed is not None
    shown = Post(mode).reply(sealed)
    assert first(shown, "Content") == words.replace("\x00", "").replace("\x0b", "")
    assert (first(shown, "ToUserName"), first(shown, "FromUserName")) == (FOLLOWER, ACCOUNT)


async def test_a_callback_without_names_is_not_answered_in_the_response(
    door: OfficialAccount, clock: TurnedClock
) -> None:
    words = said("打卡", 1, clock.now().timestamp())
    raw, update = await hear(door, clock, words=words.replace("ToUserName", "Nobody"))
    assert door.seal(to_follower(Text("x")), raw, update) is None

    _, update = await hear(door, clock, words=words.replace("FromUserName", "Nobody"))
    assert not door.wants_passive(update)


def test_a_response_is_held_back_for_less_than_the_platform_waits(door: OfficialAccount) -> None:
    assert 0 < door.passive_wait_s <= 4


async def test_one_link_travels_in_the_response(door: OfficialAccount, clock: TurnedClock) -> None:
    raw, update = await hear(door, clock)
    link = Link("标题", PAGE, "描述", "https://example.invalid/p.jpg")
    for part in (link, News((link,))):
        sealed = door.seal(to_follower(part), raw, update)

        assert sealed is not None
        [item] = within(Post().reply(sealed), "Articles", "item")
        assert (first(item, "Title"), first(item, "Url")) == ("标题", PAGE)


async def test_a_picture_travels_in_the_response_once_it_was_uploaded(
    door: OfficialAccount, clock: TurnedClock, platform: FakeMp, tmp_path: Path
) -> None:
    (tmp_path / "a.png").write_bytes(PNG)
    raw, update = await hear(door, clock)
    pictures = [Image("a.png"), Image(data_url=PNG_URL)]
    for picture in pictures:
        assert door.seal(to_follower(picture), raw, update) is None
        await door.send(to_follower(picture), doubt_since=None)

    for picture in pictures:
        sealed = door.seal(to_follower(picture), raw, update)
        assert sealed is not None
        [inside] = within(Post().reply(sealed), "Image")
        assert first(inside, "MediaId") == platform.delivered[0].body["image"]["media_id"]
    assert len(platform.called("media/upload")) == 1

    (tmp_path / "a.png").write_bytes(PNG + b"changed")
    assert door.seal(to_follower(pictures[0]), raw, update) is None
    clock.tick(days=3)
    raw, update = await hear(door, clock)
    assert door.seal(to_follower(pictures[1]), raw, update) is None


@pytest.mark.parametrize(
    "part",
    [
        Text("长" * 700),
        Text(" "),
        POLL,
        News((Link("a", PAGE), Link("b", PAGE))),
        Link("a", "ftp://x"),
        Image("../secret.png"),
        Image("none.png"),
    ],
    ids=lambda part: part.kind,
)
async def test_what_a_response_cannot_carry_is_left_to_the_sender(
    door: OfficialAccount, clock: TurnedClock, part: Part
) -> None:
    raw, update = await hear(door, clock)

    assert door.seal(to_follower(part), raw, update) is None


async def test_a_response_is_for_her_who_wrote(door: OfficialAccount, clock: TurnedClock) -> None:
    raw, update = await hear(door, clock)
    other = Outgoing(door.name, "oOther", Text("好"), "k")
    group = Outgoing(door.name, FOLLOWER, Text("好"), "k", to_group=True)

    assert door.seal(other, raw, update) is None
    assert door.seal(group, raw, update) is None


async def test_a_callback_in_json_is_answered_by_the_api(
    door: OfficialAccount, clock: TurnedClock
) -> None:
    words = (HERE / "payloads/mp_msg_text_json.json").read_text(encoding="utf-8").strip()
    raw, update = await hear(door, clock, words=words)

    assert update.text == "你好"
    assert door.seal(to_follower(Text("好")), raw, update) is None


@pytest.mark.parametrize(
    ("event", "wants"),
    [
        ("subscribe", True),
        ("SCAN", True),
        ("CLICK", True),
        ("scancode_waitmsg", True),
        ("unsubscribe", False),
        ("VIEW", False),
        ("TEMPLATESENDJOBFINISH", False),
        ("MASSSENDJOBFINISH", False),
        ("subscribe_msg_sent_event", False),
    ],
)
async def test_somebody_waits_for_an_answer_behind_some_events(
    door: OfficialAccount, clock: TurnedClock, event: str, wants: object
) -> None:
    _, update = await hear(door, clock, words=happened(event, 1_782_000_000))

    assert door.wants_passive(update) is wants


@pytest.mark.parametrize(
    "file", sorted((HERE / "replies").iterdir()), ids=lambda file: str(file.stem)
)
def test_the_fake_reads_every_recorded_reply(file: Path) -> None:
    kind = check_reply(read_xml(file.read_text(encoding="utf-8").strip()))

    assert file.stem == f"reply_mp_{kind}"


# ── customer-service messages ───────────────────────────────────────────────────────────


async def test_a_text_is_sent_as_recorded(door: OfficialAccount, platform: FakeMp) -> None:
    await door.send(to_follower(Text("您好")), doubt_since=None)

    assert [one.body for one in platform.delivered] == [recorded("req_mp_custom_send_text")]


async def test_the_token_is_asked_for_as_recorded(door: OfficialAccount, platform: FakeMp) -> None:
    await asyncio.gather(*(door.api.token() for _ in range(9)))

    asked = recorded("req_mp_stable_token") | {"appid": APP_ID, "secret": SECRET}
    assert platform.called("stable_token") == [asked]


async def test_buttons_are_entries_of_a_menu(door: OfficialAccount, platform: FakeMp) -> None:
    await door.send(to_follower(ASK), doubt_since=None)

    [body] = platform.called(SEND)
    sample = recorded("req_mp_custom_send_msgmenu")
    assert body.keys() == sample.keys()
    assert body["msgmenu"].keys() == sample["msgmenu"].keys()
    assert body["msgmenu"]["head_content"] == "满意吗?"
    assert [one["content"] for one in body["msgmenu"]["list"]] == ["满意", "不满意"]
    assert body["msgmenu"]["tail_content"] == f"详情：{PAGE}"


@pytest.mark.parametrize(
    ("card", "tap"),
    [(ASK, Tap("rate:1", "task_42")), (POLL, Tap("vote:7", "poll_7", ("b",)))],
)
async def test_a_press_on_an_entry_comes_back_as_a_tap_of_its_card(
    door: OfficialAccount,
    platform: FakeMp,
    clock: TurnedClock,
    card: Card,
    tap: Tap,
) -> None:
    await door.send(to_follower(card), doubt_since=None)
    entry = platform.called(SEND)[0]["msgmenu"]["list"][1]

    words = said(entry["content"], 7, clock.now().timestamp()).replace(
        "</xml>", f"<bizmsgmenuid>{entry['id']}</bizmsgmenuid></xml>"
    )
    _, update = await hear(door, clock, words=words)

    assert (update.tap, update.text) == (tap, entry["content"])


@pytest.mark.parametrize(
    "card",
    [
        VOTE,
        BUTTONS,
        MULTIPLE,
        Card("c", CardKind.BUTTONS, "t", "按钮太多", buttons=(Button("好", "k"),) * 11),
        Card("c", CardKind.BUTTONS, "t", "没有按钮"),
        Card("c" * 60, CardKind.BUTTONS, "t", "编号太长", buttons=(Button("好", "k" * 60),)),
    ],
    ids=lambda card: card.fallback[:4],
)
async def test_a_card_that_no_menu_holds_is_told(
    door: OfficialAccount, platform: FakeMp, card: Card
) -> None:
    await door.send(to_follower(card), doubt_since=None)

    assert [one.words for one in platform.delivered] == [card.fallback]


async def test_links_are_news(door: OfficialAccount, platform: FakeMp) -> None:
    link = Link("标题", PAGE, "描述", "https://example.invalid/p.jpg")
    for part in (link, News((link,)), News((link, link))):
        await door.send(to_follower(part), doubt_since=None)

    assert [one.kind for one in platform.delivered] == ["news", "news", "text"]


def test_a_long_text_is_parted_into_what_an_answer_may_be() -> None:
    pieces = fit(to_follower(Markdown("x", "长。" * 1_500)), CAPABILITY)

    assert 1 < len(pieces) <= 3 <= CAPABILITY.max_replies
    assert all(isinstance(one.part, Text) and len(one.part.text.encode()) <= 2048 for one in pieces)


async def test_a_picture_that_was_lost_is_uploaded_again(
    door: OfficialAccount, platform: FakeMp
) -> None:
    picture = to_follower(Image(data_url=PNG_URL))
    await door.send(picture, doubt_since=None)
    platform.forget_media()

    await door.send(picture, doubt_since=None)

    assert (len(platform.called("media/upload")), len(platform.delivered)) == (2, 2)


@pytest.mark.parametrize("to", ["", "a b", "@all", "张三", "o" * 65])
async def test_a_message_goes_to_one_follower(
    door: OfficialAccount, platform: FakeMp, to: str
) -> None:
    with pytest.raises(Undeliverable):
        await door.send(Outgoing(door.name, to, Text("早安"), "k"), doubt_since=None)
    assert platform.calls == []


# ── windows, errors, tokens ─────────────────────────────────────────────────────────────


async def test_a_window_that_is_used_up_or_closed_is_said_so(
    door: OfficialAccount, platform: FakeMp, clock: TurnedClock
) -> None:
    for _ in range(CAPABILITY.max_replies):
        await door.send(to_follower(Text("早安")), doubt_since=None)
    with pytest.raises(Undeliverable, match="45047, the recipient has had all"):
        await door.send(to_follower(Text("早安")), doubt_since=None)

    platform.acts()
    clock.tick(seconds=CAPABILITY.reply_window_s)
    with pytest.raises(Undeliverable, match="45015, the recipient has not been heard"):
        await door.send(to_follower(Text("早安")), doubt_since=None)

    platform.acts(doing="menu")
    clock.tick(seconds=61)
    with pytest.raises(Undeliverable, match="45015"):
        await door.send(to_follower(Text("早安")), doubt_since=None)


async def test_who_does_not_follow_is_not_written_to(
    door: OfficialAccount, platform: FakeMp
) -> None:
    platform.strangers.add(FOLLOWER)

    with pytest.raises(Undeliverable, match="does not follow") as never:
        await door.send(to_follower(Text("早安")), doubt_since=None)
    assert (never.value.code, never.value.channel_off) == (43004, False)


@pytest.mark.parametrize("code", [40001, 40014, 42001])
async def test_a_refused_token_is_renewed_once(
    door: OfficialAccount, platform: FakeMp, code: int
) -> None:
    platform.faults[SEND].append(Fault(errcode=code))
    await door.send(to_follower(Text("早安")), doubt_since=None)
    assert len(platform.delivered) == 1

    platform.faults[SEND].extend([Fault(errcode=code)] * 2)
    with pytest.raises(RetryLater):
        await door.send(to_follower(Text("早安")), doubt_since=None)
    assert len(platform.called(SEND)) == 1


async def test_a_token_that_stays_refused_is_forced_out_seldom(
    door: OfficialAccount, platform: FakeMp, clock: TurnedClock
) -> None:
    await door.send(to_follower(Text("早安")), doubt_since=None)
    platform.withdraw_token()
    await door.send(to_follower(Text("早安")), doubt_since=None)
    assert platform.forced == 1

    clock.tick(minutes=10)
    platform.withdraw_token()
    with pytest.raises(RetryLater):
        await door.send(to_follower(Text("早安")), doubt_since=None)
    assert platform.forced == 1


async def test_a_token_is_renewed_before_it_ends(
    door: OfficialAccount, platform: FakeMp, clock: TurnedClock
) -> None:
    await door.send(to_follower(Text("早安")), doubt_since=None)
    clock.tick(seconds=7_200)
    await door.send(to_follower(Text("早安")), doubt_since=None)

    assert [one["force_refresh"] for one in platform.called("stable_token")] == [False, False]
    assert platform.refused == []


@pytest.mark.parametrize(
    ("fault", "error", "scope"),
    [
        (Fault(errcode=-1), RetryLater, PauseScope.MESSAGE),
        (Fault(errcode=45009), RetryLater, PauseScope.CHANNEL),
        (Fault(errcode=45011), RetryLater, PauseScope.CHANNEL),
        (Fault(errcode=40164), Undeliverable, None),
        (Fault(errcode=48001), Undeliverable, None),
        (Fault(raw=b"<html>"), Ambiguous, None),
        (Fault(raw=b"{}"), Ambiguous, None),
        (Fault(status=502), Ambiguous, None),
        (Fault(status=302), RetryLater, PauseScope.CHANNEL),
        (Fault(drop=True), Ambiguous, None),
    ],
)
async def test_what_goes_wrong_is_typed(
    door: OfficialAccount,
    platform: FakeMp,
    fault: Fault,
    error: type[Exception],
    scope: PauseScope | None,
) -> None:
    platform.faults[SEND].append(fault)

    with pytest.raises(error) as typed:
        await door.send(to_follower(Text("早安")), doubt_since=None)
    if isinstance(typed.value, RetryLater):
        assert typed.value.scope is scope
        assert typed.value.doubtful == (fault.errcode == -1)
    assert SECRET not in str(typed.value)
    assert "stable-" not in str(typed.value)


@pytest.mark.parametrize("code", [40001, 40125, 40164, 40013])
async def test_a_wrong_secret_stops_the_channel(
    door: OfficialAccount, platform: FakeMp, code: int
) -> None:
    platform.faults["stable_token"].append(Fault(errcode=code))

    for _ in range(2):
        with pytest.raises(Undeliverable) as off:
            await door.send(to_follower(Text("早安")), doubt_since=None)
        assert off.value.channel_off
    assert platform.called("stable_token") == []


@pytest.mark.parametrize("raw", [b"{}", b'{"access_token": 7}', b"[]", b"<html>"])
async def test_a_token_that_cannot_be_read_is_asked_for_later(
    door: OfficialAccount, platform: FakeMp, raw: bytes
) -> None:
    platform.faults["stable_token"].append(Fault(raw=raw))

    with pytest.raises(RetryLater):
        await door.send(to_follower(Text("早安")), doubt_since=None)


MEANING = make_meaning(make_words())


@pytest.mark.parametrize("code", sorted(ERRORS))
def test_each_number_that_we_know_is_explained_in_one_line(code: int) -> None:
    words = MEANING("mp", str(error_of(code, "", call=SENDS)))

    assert words.endswith("。")
    assert "\n" not in words
    assert "没有收录" not in words
    assert "企业微信" not in words


def test_an_address_that_is_not_in_the_list_is_named() -> None:
    said_ = "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist rid: 60f7-1"
    error = str(error_of(40164, said_, call=SENDS))

    assert error.endswith("errcode 40164, 60f7-1, 203.0.113.7")
    assert "IP 白名单" in MEANING("mp", error)
    assert "没有收录" in MEANING("mp", f"{SENDS}: errcode 7")
