"""What the bot says is what the platform takes: streams, cards, updates, welcomes, late answers."""

import base64
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.channels.wecom.aibot import Aibot
from bot.channels.wecom.aibot.replies import stream_json
from bot.channels.wecom.aibot.window import Window
from bot.channels.wecom.door import Door, sealed_in_json
from bot.kernel.errors import Ambiguous, BadCallback, RetryLater, Undeliverable
from bot.kernel.messages import (
    Card,
    CardKind,
    CardUpdate,
    Choice,
    Image,
    Markdown,
    Outgoing,
    Part,
    Question,
    RawCallback,
    Text,
    Update,
    UpdateKind,
)
from bot.kernel.ports import StreamedAnswers
from tests.kit.aibot import FakeAibot, Json, aibot, check_late, check_reply, opened, sealed
from tests.kit.rooms import NOON, TurnedClock
from tests.kit.wecom import BUTTONS, CARDS, MULTIPLE, PNG, PNG_URL, TEXT_NOTICE, VOTE
from tests.kit.wecom_rules import Wrong

HERE = Path(__file__).parent
SAMPLES = {path.stem: json.loads(path.read_text("utf-8")) for path in HERE.glob("samples/*.json")}
VECTORS = json.loads((HERE / "vectors.json").read_text("utf-8"))
MESSAGE = {"msgid": "m1", "from": {"userid": "lihua"}, "msgtype": "text", "text": {"content": "嗨"}}
ENTER = {"msgtype": "event", "event": {"eventtype": "enter_chat"}, "from": {"userid": "lihua"}}
GONE = "https://example.invalid/"
POLL_VOTE = replace(
    VOTE,
    source="社群小助手",
    questions=(
        Question(
            "poll_q1",
            (Choice("opt_a", "徒步"), Choice("opt_b", "桌游"), Choice("opt_c", "电影")),
        ),
    ),
)


@pytest.fixture
def bot(tmp_path: Path) -> Aibot:
    return aibot(TurnedClock(), tmp_path)


def said(part: Part) -> Outgoing:
    return Outgoing(bot_name, "lihua", part, "k")


bot_name = aibot(TurnedClock(), HERE).name


async def answer(
    bot: Aibot,
    parts: Sequence[Part],
    body: Json = MESSAGE,
    *,
    again: bool = False,
    cards: Sequence[Card] = (),
) -> tuple[Json | None, list[int]]:
    """Return what the bot answers to a callback, and the places of the parts that it carries."""
    raw = sealed(body, NOON.timestamp())
    [update] = (await bot.receive(raw)).updates

    async def shown(handle: str) -> Card | None:
        return next((card for card in cards if card.id == handle), None)

    answers = [said(part) for part in parts]
    carried = await bot.carry(answers, raw, update, shown, again=again)
    if carried is None:
        return None, []
    made = opened(carried.body)
    check_reply(made, kind_of(update, again=again))
    return made, sorted(carried.receipts)


def kind_of(update: Update, *, again: bool) -> str:
    if update.kind is UpdateKind.TAP:
        return "press"
    return "enter" if update.event else "stream" if again else "message"


def press(card: Card, *chosen: str, button: str = "submit_poll", group: str = "") -> Json:
    item = {"question_key": "q", "option_ids": {"option_id": list(chosen)}}
    event = {
        "card_type": card.shape.value,
        "event_key": button,
        "task_id": card.id,
        "selected_items": {"selected_item": [item]},
    }
    return {
        "msgid": "e1",
        "msgtype": "event",
        "from": {"userid": "lihua"},
        "event": {"eventtype": "template_card_event", "template_card_event": event},
        **({"chattype": "group", "chatid": group} if group else {}),
    }


# ── streams ─────────────────────────────────────────────────────────────────────────────


async def test_words_end_a_stream_that_is_called_like_the_message(bot: Aibot) -> None:
    made, taken = await answer(bot, [Text("打卡成功"), Markdown("**积分** 5", "积分 5")])

    stream = {"id": "m1", "finish": True, "content": "打卡成功\n\n**积分** 5"}
    assert (made, taken) == ({"msgtype": "stream", "stream": stream}, [0, 1])


async def test_a_picture_comes_at_the_end_as_recorded(bot: Aibot) -> None:
    made, _ = await answer(bot, [Text("看"), Image(data_url=PNG_URL)], again=True)

    assert made is not None
    [item] = made["stream"]["msg_item"]
    assert base64.b64decode(item["image"]["base64"]) == PNG
    recorded = SAMPLES["aibot_reply_stream_finish"]
    assert made.keys() == recorded.keys()
    assert made["stream"].keys() == recorded["stream"].keys()


@pytest.mark.parametrize("image", [Image(path="../secret.png", alt="图"), Image(alt="图")])
async def test_a_picture_that_cannot_be_shown_is_described(bot: Aibot, image: Image) -> None:
    made, taken = await answer(bot, [image])

    assert made is not None
    assert (made["stream"]["content"], taken) == ("图", [0])


async def test_more_than_ten_pictures_are_described(bot: Aibot) -> None:
    made, taken = await answer(bot, [Image(data_url=PNG_URL, alt="第几张")] * 11)

    assert made is not None
    assert len(made["stream"]["msg_item"]) == 10
    assert (made["stream"]["content"], len(taken)) == ("第几张", 11)


async def test_pictures_that_are_too_large_together_are_described(bot: Aibot) -> None:
    data = base64.b64encode(PNG + b"x" * 6_000_000).decode()
    large = Image(data_url=f"data:image/png;base64,{data}", alt="大图")
    made, _ = await answer(bot, [large, large])

    assert made is not None
    assert (len(made["stream"]["msg_item"]), made["stream"]["content"]) == (1, "大图")


async def test_a_long_label_is_cut(bot: Aibot) -> None:
    change = CardUpdate(BUTTONS.id, "already submitted by you")
    made, _ = await answer(bot, [change], press(BUTTONS), cards=[BUTTONS])

    assert made is not None
    assert made["template_card"]["button_list"][0]["text"] == "already s…"


async def test_long_words_are_cut_between_characters(bot: Aibot) -> None:
    made, _ = await answer(bot, [Text("👨‍👩‍👧‍👦" * 3_000), Text("好" * 3_000)])

    assert made is not None
    assert set(made["stream"]["content"].removesuffix("…").split("👨‍👩‍👧‍👦")) == {""}


async def test_nothing_is_taken_for_reasoning(bot: Aibot) -> None:
    made, _ = await answer(bot, [Text("<think>藏起来</think>")])

    assert made is not None
    assert "<think" not in made["stream"]["content"]


async def test_a_promise_has_the_fields_of_the_recorded_one(tmp_path: Path) -> None:
    bot = aibot(TurnedClock(), tmp_path, feedback=True)
    raw = sealed(MESSAGE, NOON.timestamp())
    [update] = (await bot.receive(raw)).updates
    promise, again = bot.waiting(raw, update, again=False), bot.waiting(raw, update, again=True)

    assert promise is not None
    assert again is not None
    made = opened(promise)
    recorded = SAMPLES["aibot_reply_stream_first"]
    assert made["stream"].keys() == recorded["stream"].keys()
    check_reply(made, "message")
    check_reply(opened(again), "stream")
    assert opened(bot.over(raw, "x"))["stream"]["finish"]


# ── cards ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.shape.value)
async def test_every_card_is_an_answer(bot: Aibot, card: Card) -> None:
    alone, taken = await answer(bot, [card])
    beside, _ = await answer(bot, [Text("请看"), card])
    later, _ = await answer(bot, [card], again=True)

    assert alone is not None
    assert beside is not None
    assert later is not None
    assert (alone["msgtype"], taken) == ("template_card", [0])
    assert beside["msgtype"] == later["msgtype"] == "stream_with_template_card"
    assert alone["template_card"] == beside["template_card"] == later["template_card"]
    assert later["stream"]["content"] == card.title


async def test_a_voting_card_is_the_recorded_one(bot: Aibot) -> None:
    made, _ = await answer(bot, [POLL_VOTE])

    recorded = SAMPLES["aibot_reply_template_card_vote"]
    del recorded["template_card"]["source"]["icon_url"]  # ours have none
    assert made == recorded
    both, _ = await answer(bot, [Text("请看下方卡片"), POLL_VOTE])
    assert both is not None
    assert both.keys() == SAMPLES["aibot_reply_stream_with_card"].keys()


async def test_a_second_card_is_left_to_the_sender(bot: Aibot) -> None:
    _, taken = await answer(bot, [VOTE, BUTTONS, Text("二选一")])

    assert taken == [0, 2]


async def test_a_card_that_does_not_fit_is_said_in_words(bot: Aibot) -> None:
    made, _ = await answer(bot, [Card("?", CardKind.VOTE, "", "回复「投票 1」")])

    assert made is not None
    assert made["stream"]["content"] == "回复「投票 1」"


async def test_a_pressed_card_changes_as_recorded(bot: Aibot) -> None:
    change = CardUpdate(POLL_VOTE.id, "已提交")
    body = press(POLL_VOTE, "opt_a", group="wr1")
    made, taken = await answer(bot, [change], body, cards=[POLL_VOTE])

    recorded = SAMPLES["aibot_reply_update_template_card"]
    del recorded["template_card"]["source"]["icon_url"]
    assert (made, taken) == (recorded, [0])


@pytest.mark.parametrize("card", [*CARDS[:1], *CARDS[2:]], ids=lambda card: card.shape.value)
async def test_every_card_that_is_pressed_can_change(bot: Aibot, card: Card) -> None:
    body = press(card, "sun", "opt_b", "mkt")
    alone, _ = await answer(bot, [CardUpdate(card.id, "已提交")], body, cards=[card])
    anew, _ = await answer(bot, [CardUpdate(card.id, "", TEXT_NOTICE)], body)

    assert alone is not None
    assert anew is not None
    assert alone["template_card"]["card_type"] == card.shape.value
    assert alone["template_card"]["task_id"] == anew["template_card"]["task_id"] == card.id
    assert "userids" not in alone


async def test_what_was_chosen_stays_chosen(bot: Aibot) -> None:
    body = press(MULTIPLE, "sun", "hill")
    made, _ = await answer(bot, [CardUpdate(MULTIPLE.id, "已提交")], body, cards=[MULTIPLE])

    assert made is not None
    selects = made["template_card"]["select_list"]
    assert [one["selected_id"] for one in selects] == ["sun", "hill"]
    assert all(one["disable"] for one in selects)


async def test_words_to_a_press_and_changes_of_other_cards_are_not_for_the_response(
    bot: Aibot,
) -> None:
    body = press(VOTE, "opt_a")
    strange = CardUpdate("another", "已提交", VOTE)

    assert await answer(bot, [Text("谢谢"), strange], body) == (None, [])
    assert await answer(bot, [CardUpdate(VOTE.id, "已提交")], body) == (None, [])


# ── entering ────────────────────────────────────────────────────────────────────────────


async def test_a_welcome_is_text_as_recorded_or_a_card(bot: Aibot) -> None:
    made, taken = await answer(bot, [Text("你好,我是社群小助手")], ENTER)
    assert (made, taken) == (SAMPLES["aibot_reply_welcome_text"], [0])
    card, _ = await answer(bot, [VOTE], ENTER)
    assert card is not None
    assert card["msgtype"] == "template_card"
    long, taken = await answer(bot, [Text("好" * 2_000), VOTE], ENTER)
    assert long is not None
    assert (long["msgtype"], taken) == ("text", [0, 1])


# ── windows ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("body", "least", "most"),
    [(MESSAGE, 240, 330), (ENTER, 3, 5), (press(VOTE), 3, 5)],
    ids=["message", "entering", "press"],
)
async def test_responses_carry_answers_as_long_as_the_platform_asks(
    tmp_path: Path, body: Json, least: float, most: float
) -> None:
    clock = TurnedClock()
    bot = aibot(clock, tmp_path)
    streamed: StreamedAnswers = bot
    [update] = (await bot.receive(sealed(body, NOON.timestamp()))).updates

    assert least < streamed.keeps_s(update) < most
    clock.tick(seconds=most)
    assert streamed.keeps_s(update) == 0


async def test_feedback_is_answered_by_nobody(bot: Aibot) -> None:
    body = SAMPLES["aibot_event_feedback_accurate"]
    [update] = (await bot.receive(sealed(body, NOON.timestamp()))).updates

    assert bot.keeps_s(update) == 0


# ── late ────────────────────────────────────────────────────────────────────────────────


def late(part: Part, url: str) -> Outgoing:
    return Outgoing(bot_name, "lihua", part, "k", reply_to=Window(NOON, url).written())


async def test_a_late_answer_goes_to_the_address_once(tmp_path: Path) -> None:
    bot = aibot(TurnedClock(), tmp_path)
    async with FakeAibot() as platform:
        await bot.start()
        url = platform.address()
        await bot.send(late(Text("# 结果\n共 12 人报名"), url), doubt_since=None)
        with pytest.raises(Undeliverable, match="846606"):
            await bot.send(late(VOTE, url), doubt_since=None)
        receipt = await bot.send(late(VOTE, platform.address()), doubt_since=None)
        await bot.stop()

    recorded = SAMPLES["aibot_active_reply_markdown"]
    del recorded["markdown"]["feedback"]
    assert platform.late[0] == recorded
    assert platform.late[1]["msgtype"] == "template_card"
    assert receipt.handle == VOTE.id


async def test_a_late_answer_can_be_rated_where_that_is_wanted(tmp_path: Path) -> None:
    bot = aibot(TurnedClock(), tmp_path, feedback=True)
    async with FakeAibot() as platform:
        await bot.start()
        await bot.send(late(Text("早安"), platform.address()), doubt_since=None)
        await bot.stop()

    assert platform.late[0]["markdown"]["feedback"] == {"id": "k"}
    assert platform.refused == []


async def test_an_address_lives_for_an_hour_and_some_have_none(tmp_path: Path) -> None:
    clock = TurnedClock()
    bot = aibot(clock, tmp_path)

    with pytest.raises(Undeliverable, match="begin"):
        await bot.send(said(Text("早安")), doubt_since=None)
    clock.tick(minutes=60)
    with pytest.raises(Undeliverable, match="hour"):
        await bot.send(late(Text("早安"), GONE), doubt_since=None)


@pytest.mark.parametrize(
    ("code", "error"), [(45009, RetryLater), (-1, RetryLater), (846608, Undeliverable)]
)
async def test_refusals_of_late_answers_are_typed(
    tmp_path: Path, code: int, error: type[Exception]
) -> None:
    bot = aibot(TurnedClock(), tmp_path)
    async with FakeAibot(errcode=code) as platform:
        await bot.start()
        with pytest.raises(error) as refused:
            await bot.send(late(Text("早安"), platform.address()), doubt_since=None)
        await bot.stop()

    assert "RC" not in str(refused.value)


async def test_a_lost_answer_is_a_doubt(tmp_path: Path) -> None:
    bot = aibot(TurnedClock(), tmp_path)
    async with FakeAibot(drop_next=True) as platform:
        await bot.start()
        with pytest.raises(Ambiguous):
            await bot.send(late(Text("早安"), platform.address()), doubt_since=None)
        await bot.stop()


# ── seals ───────────────────────────────────────────────────────────────────────────────


def door_of(vector: dict[str, Any]) -> Door:
    clock = TurnedClock(NOON.fromtimestamp(int(vector["timestamp"]), NOON.tzinfo))
    keys = {"token": vector["token"], "aes_key": vector["encoding_aes_key"]}
    return Door(**keys, receive_id=vector["receive_id"], clock=clock)


@pytest.mark.parametrize("vector", VECTORS["good"], ids=lambda vector: vector["name"])
def test_every_good_vector_opens(vector: dict[str, Any]) -> None:
    query = {name: vector[name] for name in ("msg_signature", "timestamp", "nonce")}
    encrypted = vector["encrypt"].encode()

    assert door_of(vector).open(query, encrypted) == vector["plaintext"]
    if "http_body" in vector:
        assert sealed_in_json(vector["http_body"].encode()) == encrypted


@pytest.mark.parametrize(
    "vector",
    [one for one in VECTORS["good"] if "random16_hex" in one],
    ids=lambda vector: vector["name"],
)
def test_we_seal_like_the_official_library(vector: dict[str, Any]) -> None:
    made = door_of(vector).seal(
        vector["plaintext"].encode(),
        timestamp=int(vector["timestamp"]),
        nonce=vector["nonce"],
        salt=bytes.fromhex(vector["random16_hex"]),
    )

    assert made.encrypted == vector["encrypt"]
    assert made.signature == vector["msg_signature"]


@pytest.mark.parametrize("vector", VECTORS["bad"], ids=lambda vector: vector["name"])
def test_every_bad_vector_is_refused(vector: dict[str, Any]) -> None:
    with pytest.raises(BadCallback) as refused:
        sealed_in_json(vector["http_body"].encode())

    assert refused.value.status == 400


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b"{}", b'{"encrypt":""}', '{"encrypt":"好"}'.encode()]
)
async def test_bodies_without_a_seal_are_refused(bot: Aibot, body: bytes) -> None:
    with pytest.raises(BadCallback):
        await bot.receive(RawCallback("POST", {}, body))
    with pytest.raises(BadCallback):
        sealed_in_json(b"x" * 65_537)


# ── the fake ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", [name for name in SAMPLES if name.startswith("aibot_reply_")])
def test_the_fake_takes_what_is_recorded(name: str) -> None:
    kinds = {"aibot_reply_update_template_card": "press", "aibot_reply_welcome_text": "enter"}
    body = SAMPLES[name]
    if name == "aibot_reply_stream_finish":
        body["stream"].pop("msg_item")  # its picture is invented
    check_reply(body, kinds.get(name, "message"))


def test_the_fake_refuses_what_the_platform_would() -> None:
    wrong: list[tuple[Json, str]] = [
        (stream_json("s", "好", finish=True) | {"colour": "red"}, "message"),
        ({"msgtype": "stream", "stream": {"id": "s", "finish": 1, "content": "好"}}, "message"),
        ({"msgtype": "stream", "stream": {"id": "s", "finish": True, "content": ""}}, "message"),
        ({"msgtype": "text", "text": {"content": "好"}}, "message"),
        ({"msgtype": "template_card", "template_card": {}}, "enter"),
        (stream_json("s", "好", finish=True, feedback=True), "stream"),
        (stream_json("s", "好", finish=True), "press"),
    ]
    for body, kind in wrong:
        with pytest.raises(Wrong):
            check_reply(body, kind)
    with pytest.raises(Wrong):
        check_late({"msgtype": "text", "text": {"content": "好"}})
