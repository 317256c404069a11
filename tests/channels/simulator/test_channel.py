"""The simulator as a channel: both ways, each key once, every part as it is."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.channels.simulator import Simulator
from bot.channels.simulator.intake import Pressed, Said
from bot.kernel.errors import BadCallback, CannotStore, RetryLater, Undeliverable
from bot.kernel.messages import (
    Button,
    Card,
    CardKind,
    CardUpdate,
    Choice,
    Image,
    Link,
    Markdown,
    News,
    Outgoing,
    Part,
    Question,
    RawCallback,
    Recall,
    Text,
    UpdateKind,
)
from tests.kit.simulator import PNG, SIMULATOR, Stage

VOTE = Card(
    "poll-1",
    CardKind.VOTE,
    "沙龙主题",
    "回复「投票 1」",
    questions=(Question("q", (Choice("a", "大衣"), Choice("b", "围巾"))),),
    submit=Button("投票", "vote:1"),
)
RSVP = Card(
    "salon-1", CardKind.BUTTONS, "沙龙", "回复「报名 1」", buttons=(Button("来", "rsvp:1"),)
)


def raw(**said: object) -> RawCallback:
    return RawCallback("POST", {}, json.dumps(said).encode())


async def shown(stage: Stage, **where: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await stage.get("messages", **(where or {"group": "vip-1"}))
    return found


async def test_a_callback_becomes_an_update_and_a_message(stage_on_both: Stage) -> None:
    stage = stage_on_both

    received = await stage.simulator.receive(
        raw(member="amei", group="vip-1", text="打卡", key="k", at="2026-08-24T09:00:00+08:00")
    )

    (update,) = received.updates
    assert (update.channel, update.key, update.kind) == (SIMULATOR, "k", UpdateKind.TEXT)
    assert (update.sender, update.group, update.text) == ("amei", "chat-1", "打卡")
    assert update.conversation == "simulator:vip-1"
    assert update.at == datetime.fromisoformat("2026-08-24T09:00:00+08:00")
    assert [one["text"] for one in await shown(stage)] == ["打卡"]


@pytest.mark.parametrize(
    "body", [b"", b"<xml/>", b"[]", b"{}", b'{"member":"amei","text":"x","group":"none"}']
)
async def test_garbage_is_a_bad_callback(stage: Stage, body: bytes) -> None:
    with pytest.raises(BadCallback):
        await stage.simulator.receive(RawCallback("POST", {}, body))


async def test_a_picture_is_heard_with_its_address(stage_on_both: Stage) -> None:
    stage = stage_on_both

    received = await stage.simulator.receive(raw(member="amei", images=[PNG]))

    (update,) = received.updates
    (message,) = await shown(stage, member="amei")
    assert update.kind is UpdateKind.IMAGE
    assert update.media[0].content_type == "image/png"
    assert message["images"][0].endswith(update.media[0].ref.removeprefix("simulator:image:"))


async def test_a_message_with_a_known_key_is_shown_once(stage_on_both: Stage) -> None:
    stage = stage_on_both

    first = await stage.bot_says("你好", key="reply:1")
    second = await stage.bot_says("你好", key="reply:1")

    assert first == second
    assert len(await shown(stage)) == 1


async def test_two_equal_messages_with_two_keys_are_both_shown(stage: Stage) -> None:
    await stage.bot_says("你好", key="reply:1")
    await stage.bot_says("你好", key="reply:2")

    assert len(await shown(stage)) == 2


async def test_every_part_is_shown_as_it_is(stage: Stage) -> None:
    link = Link("标题", "https://example.com")
    image = Image(data_url=PNG, alt="图")
    parts: list[Part] = [
        Text("字"),
        Markdown("**字**", "字"),
        image,
        link,
        News((link, link)),
        RSVP,
    ]
    for number, part in enumerate(parts):
        await stage.bot_says(part, key=f"k{number}")

    found = await shown(stage)

    assert [one["kind"] for one in found] == ["text", "markdown", "image", "link", "news", "card"]
    assert {one["from"] for one in found} == {"bot"}
    assert found[1]["text"] == "**字**"
    assert len(found[2]["images"]) == 1
    assert found[3]["link"]["url"] == "https://example.com"
    assert len(found[4]["articles"]) == 2
    assert found[5]["card"]["buttons"][0]["text"] == "来"
    assert found[5]["text"] == "回复「报名 1」"


async def test_what_cannot_be_shown_is_undeliverable(stage: Stage) -> None:
    with pytest.raises(Undeliverable):
        await stage.bot_says("你好", to="chat-9")
    with pytest.raises(Undeliverable):
        await stage.bot_says(Image(data_url="data:image/png;base64,AAAA"))
    with pytest.raises(Undeliverable):
        await stage.bot_says(Recall("12"))
    with pytest.raises(Undeliverable):
        await stage.bot_says(CardUpdate("tap:nobody", "好"))
    with pytest.raises(Undeliverable):
        await stage.bot_says(CardUpdate("card:12", "好"))


async def test_a_full_disk_is_tried_again_later(stage: Stage) -> None:
    stage.work.full = True

    with pytest.raises(RetryLater):
        await stage.bot_says("你好")


async def test_a_recalled_message_says_nothing_any_more(stage: Stage) -> None:
    receipt = await stage.bot_says("说错了")

    await stage.bot_says(Recall(receipt.platform_id), key="k2")

    (message,) = await shown(stage)
    assert (message["status"], message["text"]) == ("recalled", "")


async def test_a_members_message_cannot_be_recalled_by_the_bot(stage: Stage) -> None:
    message = await stage.simulator.hear(Said("amei", "vip-1", "你好"), stage.ear)

    with pytest.raises(Undeliverable):
        await stage.bot_says(Recall(str(message)))


async def test_a_press_is_heard_and_its_answer_shown_to_the_presser(stage_on_both: Stage) -> None:
    stage = stage_on_both
    message = int((await stage.bot_says(RSVP)).platform_id)

    await stage.simulator.press(Pressed("amei", message, "rsvp:1", ()), stage.ear)
    tap = stage.ear.heard[-1].tap
    assert tap is not None
    await stage.bot_says(CardUpdate(tap.handle, "已报名"), key="k2")

    (shown_card,) = await shown(stage)
    assert (tap.button, tap.card) == ("rsvp:1", "salon-1")
    assert shown_card["taps"]["amei"]["answer"]["replace_text"] == "已报名"
    assert shown_card["answer"] is None


async def test_a_receipts_handle_changes_the_card_for_everybody(stage: Stage) -> None:
    receipt = await stage.bot_says(VOTE)

    await stage.bot_says(CardUpdate(receipt.handle, "投票已结束"), key="k2")

    (card,) = await shown(stage)
    assert card["answer"] == {"replace_text": "投票已结束", "card": None}


async def test_a_vote_carries_what_was_chosen(stage: Stage) -> None:
    message = int((await stage.bot_says(VOTE, to="amei")).platform_id)

    await stage.simulator.press(Pressed("amei", message, "", ("b",)), stage.ear)

    tap = stage.ear.heard[-1].tap
    assert tap is not None
    assert (tap.button, tap.chosen) == ("vote:1", ("b",))
    assert stage.ear.heard[-1].group is None


async def test_a_refused_message_is_not_shown_until_it_is_accepted(stage_on_both: Stage) -> None:
    stage = stage_on_both
    said = Said("amei", "vip-1", "打卡", key="mine")
    stage.ear.deaf = True
    with pytest.raises(CannotStore):
        await stage.simulator.hear(said, stage.ear)
    assert await shown(stage) == []

    stage.ear.deaf = False
    await stage.simulator.hear(said, stage.ear)

    assert len(await shown(stage)) == 1
    assert len(stage.ear.heard) == 1


async def test_a_refused_press_leaves_no_trace(stage: Stage) -> None:
    message = int((await stage.bot_says(RSVP)).platform_id)
    stage.ear.deaf = True

    with pytest.raises(CannotStore):
        await stage.simulator.press(Pressed("amei", message, "rsvp:1", ()), stage.ear)

    assert (await shown(stage))[0]["taps"] == {}


async def test_a_moved_clock_survives_a_restart(stage_on_both: Stage) -> None:
    stage = stage_on_both
    await stage.travel(stage.clock.now() + timedelta(days=2))
    await stage.simulator.keep_clock()
    moved, stage.clock.offset = stage.clock.offset, timedelta()

    await stage.simulator.start()

    assert stage.clock.offset == moved == timedelta(days=2)


def test_each_chat_is_a_lane_of_its_own(stage: Stage) -> None:
    simulator: Simulator = stage.simulator
    to_group = Outgoing(SIMULATOR, "chat-1", Text("字"), "k", to_group=True)
    to_member = Outgoing(SIMULATOR, "chat-1", Text("字"), "k")

    assert simulator.lane(to_group) != simulator.lane(to_member)
    assert simulator.lane_limits(simulator.lane(to_group)) == ()
