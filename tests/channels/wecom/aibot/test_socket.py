"""What a connected bot says: answers, pushes, pictures, and what it does in doubt."""

import asyncio
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from bot.channels.wecom.aibot.permission import Kind, Permission, Press
from bot.channels.wecom.aibot.socket import worst_of
from bot.kernel.errors import Ambiguous, RetryLater, Undeliverable
from bot.kernel.messages import (
    Card,
    CardUpdate,
    Image,
    Link,
    Part,
    Recall,
    Text,
)
from tests.kit.aibot import GROUP
from tests.kit.aibot_stand import PRESS, Stand, answer_to, ends, push, sample, stand
from tests.kit.aibot_ws import FakeSocket, Heard, bot_on, listening, until
from tests.kit.rooms import NOON, TurnedClock
from tests.kit.wecom import PNG_URL, VOTE

__all__ = ["stand"]


# ── answers ─────────────────────────────────────────────────────────────────────────────


async def test_an_answer_is_a_whole_stream_by_the_callbacks_id(stand: Stand) -> None:
    update = await stand.hears()
    await stand.answers(update, Text("答案"))

    shown = sample("aibot_ws_respond_stream_2")["body"]["stream"]
    [said] = stand.platform.seen
    assert said["req_id"] == "CB_2"
    assert said["stream"] == {"id": "reply:7:0", "finish": True, "content": "答案"}
    assert said["stream"].keys() == shown.keys()


async def test_with_feedback_an_answer_can_be_rated(tmp_path: Path) -> None:
    heard = Heard()
    async with FakeSocket() as platform:
        bot = bot_on(platform, TurnedClock(), tmp_path, feedback=True)
        async with listening(bot, heard):
            await platform.says(platform.message("打卡"))
            await until(lambda: heard.keys)
            [accepted] = heard.keys.values()
            await bot.send(answer_to(accepted.update, Text("好")), doubt_since=None)
            await bot.send(push(Text("早安")), doubt_since=None)

    assert platform.seen[0]["stream"]["feedback"] == {"id": "reply:7:0"}
    assert platform.seen[1]["markdown"]["feedback"] == {"id": "post:1"}


async def test_a_card_answers_as_the_platform_shows_it(stand: Stand) -> None:
    receipt = await stand.answers(await stand.hears(), VOTE)

    [said] = stand.platform.seen
    assert said["msgtype"] == sample("aibot_ws_respond_card")["body"]["msgtype"]
    assert receipt.handle == VOTE.id


async def test_who_enters_is_greeted_by_the_welcomes_own_frame(stand: Stand) -> None:
    update = await stand.event("enter_chat", kind="enter")
    await stand.answers(update, Text("你好"))

    [said] = stand.platform.seen
    del said["req_id"]
    assert said == sample("aibot_ws_respond_welcome")["body"]
    assert stand.platform.frames[-1]["cmd"] == "aibot_respond_welcome_msg"


async def test_a_late_welcome_is_pushed(stand: Stand) -> None:
    update = await stand.event("enter_chat", kind="enter")
    stand.clock.tick(seconds=5)
    await stand.answers(update, Text("你好"))

    assert stand.platform.frames[-1]["cmd"] == "aibot_send_msg"


async def test_a_late_welcome_that_is_not_taken_is_nobodys_fault(stand: Stand) -> None:
    update = await stand.event("enter_chat", kind="enter")
    stand.clock.tick(seconds=5)
    stand.platform.contacts.clear()
    with pytest.raises(Undeliverable) as caught:
        await stand.answers(update, Text("你好"))

    assert caught.value.quiet


async def test_a_press_changes_the_whole_card_for_who_pressed(stand: Stand) -> None:
    stand.heard.cards[VOTE.id] = VOTE
    update = await stand.event(
        "template_card_event", kind="press", group=GROUP, template_card_event=PRESS
    )
    assert update.tap is not None
    await stand.answers(update, CardUpdate(update.tap.handle, "已提交"))

    [said] = stand.platform.seen
    shown = sample("aibot_ws_respond_update")["body"]
    assert said["userids"] == shown["userids"]
    assert said["template_card"]["submit_button"] == {"text": "已提交", "key": "submit_poll"}
    checked = [one["is_checked"] for one in said["template_card"]["checkbox"]["option_list"]]
    assert checked == [False, True]


@pytest.mark.parametrize("why", ["late", "unknown card", "foreign handle"])
async def test_a_card_that_can_not_change_any_more_says_so(stand: Stand, why: str) -> None:
    update = await stand.event("template_card_event", kind="press", template_card_event=PRESS)
    assert update.tap is not None
    if why != "unknown card":
        stand.heard.cards[VOTE.id] = VOTE
    if why == "late":
        stand.clock.tick(seconds=5)
    handle = "{}" if why == "foreign handle" else update.tap.handle
    with pytest.raises(Undeliverable):
        await stand.answers(update, CardUpdate(handle, "已提交"))

    assert stand.platform.seen == []


async def test_words_after_a_press_are_pushed(stand: Stand) -> None:
    update = await stand.event("template_card_event", kind="press", template_card_event=PRESS)
    await stand.answers(update, Text("谢谢"))

    assert stand.platform.frames[-1]["cmd"] == "aibot_send_msg"
    assert stand.platform.words() == ["谢谢"]


async def test_after_24_hours_an_answer_is_pushed(stand: Stand) -> None:
    update = await stand.hears(group=GROUP)
    stand.clock.tick(hours=24)
    await stand.answers(update, Text("答案"))

    [said] = stand.platform.seen
    assert (said["chatid"], said["chat_type"]) == (GROUP, 2)


@pytest.mark.parametrize("code", [846604, 846605, 846606, 846608])
async def test_an_answer_that_is_not_taken_any_more_is_pushed(stand: Stand, code: int) -> None:
    update = await stand.hears()
    stand.platform.errcodes.append(code)
    await stand.answers(update, Text("答案"))

    [said] = stand.platform.seen
    assert said["markdown"] == {"content": "答案"}


@pytest.mark.parametrize("reply_to", ["", "1787544000.000 https://x/", "ws message x y", "ws"])
async def test_what_another_mode_wrote_down_is_pushed(stand: Stand, reply_to: str) -> None:
    update = await stand.hears()
    await stand.answers(replace(update, reply_to=reply_to), Text("答案"))

    assert stand.platform.seen[0]["chat_type"] == 1


async def test_a_recall_is_refused(stand: Stand) -> None:
    with pytest.raises(Undeliverable):
        await stand.answers(await stand.hears(), Recall("x"))


# ── doubt ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("fault", ["lose_acks", "drop_at_next"])
async def test_an_answer_whose_ack_was_lost_arrives_once(tmp_path: Path, fault: str) -> None:
    heard = Heard()
    async with FakeSocket() as platform:
        bot = bot_on(platform, TurnedClock(), tmp_path)
        async with listening(bot, heard):
            await platform.says(platform.message("打卡"))
            await until(lambda: heard.keys)
            [accepted] = heard.keys.values()
            setattr(platform, fault, 1)
            message = answer_to(accepted.update, Text("答案"))
            with pytest.raises(Ambiguous):
                await bot.send(message, doubt_since=None)
        async with listening(bot, heard):
            receipt = await bot.send(message, doubt_since=NOON)

    assert platform.words() == ["答案"]
    assert receipt.note == "an earlier try had arrived"


async def test_a_push_in_doubt_is_not_said_again(stand: Stand) -> None:
    await stand.hears()
    stand.platform.lose_acks = 1
    with pytest.raises(Ambiguous):
        await stand.bot.send(push(Text("早安")), doubt_since=None)
    with pytest.raises(Undeliverable):
        await stand.bot.send(push(Text("早安")), doubt_since=NOON)

    assert stand.platform.words() == ["早安"]


async def test_an_answer_in_doubt_is_not_pushed(stand: Stand) -> None:
    update = await stand.hears()
    stand.platform.errcodes.append(846605)
    with pytest.raises(Undeliverable):
        await stand.answers(update, Text("答案"), doubt=NOON)

    assert stand.platform.seen == []


async def test_a_change_in_doubt_that_had_arrived_is_one(stand: Stand) -> None:
    stand.heard.cards[VOTE.id] = VOTE
    update = await stand.event("template_card_event", kind="press", template_card_event=PRESS)
    assert update.tap is not None
    change = CardUpdate(update.tap.handle, "已提交")
    await stand.answers(update, change)
    await stand.answers(update, change, doubt=NOON)
    with pytest.raises(Undeliverable):
        await stand.answers(update, change)

    assert len(stand.platform.seen) == 1


async def test_a_late_ack_is_nobody_elses(tmp_path: Path) -> None:
    heard = Heard()
    async with FakeSocket() as platform:
        bot = bot_on(platform, TurnedClock(), tmp_path)
        async with listening(bot, heard):
            await platform.says(platform.message("打卡"))
            await until(lambda: heard.keys)
            platform.lose_acks = 1
            with pytest.raises(Ambiguous):
                await bot.send(push(Text("一")), doubt_since=None)
            late = platform.frames[-1]["headers"]["req_id"]
            assert platform.live is not None
            await platform.live.send_json({"headers": {"req_id": late}, "errcode": 93000})
            await bot.send(push(Text("二")), doubt_since=None)

    assert platform.words() == ["一", "二"]


# ── pushes ──────────────────────────────────────────────────────────────────────────────


async def test_a_push_is_as_the_platform_shows_it(stand: Stand) -> None:
    await stand.hears(group=GROUP)
    await stand.bot.send(
        push(Text("**日报** 今日新增 12 人"), to=GROUP, group=True), doubt_since=None
    )

    [said] = stand.platform.seen
    assert said == sample("aibot_ws_send_markdown_group")["body"]


async def test_a_card_is_pushed_as_the_platform_shows_it(stand: Stand) -> None:
    await stand.hears(group=GROUP)
    receipt = await stand.bot.send(push(VOTE, to=GROUP, group=True), doubt_since=None)

    [said] = stand.platform.seen
    shown = sample("aibot_ws_send_card_group")["body"]
    assert said.keys() == shown.keys()
    assert (said["chat_type"], said["template_card"]["card_type"]) == (2, "vote_interaction")
    assert receipt.handle == VOTE.id


async def test_a_card_that_is_refused_goes_as_its_words(stand: Stand) -> None:
    await stand.hears(group=GROUP)
    stand.platform.takes_pushed_cards = False
    receipt = await stand.bot.send(push(VOTE, to=GROUP, group=True), doubt_since=None)

    assert stand.platform.words() == [VOTE.fallback]
    assert (receipt.handle, receipt.note[:8]) == ("", "as words")


@pytest.mark.parametrize(("code", "doubt"), [(853000, None), (42015, NOON)])
async def test_a_refused_card_is_not_said_in_words_when_it_would_harm(
    stand: Stand, code: int, doubt: datetime | None
) -> None:
    update = await stand.hears()
    stand.platform.errcodes.append(code)
    with pytest.raises(Undeliverable) as caught:
        await stand.answers(update, VOTE, doubt=doubt)

    assert caught.value.code == code
    assert stand.platform.seen == []


async def test_of_two_reasons_the_one_that_needs_an_operator_counts() -> None:
    async def ended(error: Exception) -> None:
        raise error

    kicked, broken = Undeliverable("kicked", channel_off=True), RetryLater("broken", after_s=0)
    for errors in ([kicked, broken], [broken, kicked]):
        tasks = [asyncio.create_task(ended(error)) for error in errors]
        await asyncio.wait(tasks)
        assert worst_of(tasks) is kicked
    assert isinstance(worst_of([]), RetryLater)


async def test_where_nobody_ever_wrote_it_ends(stand: Stand) -> None:
    code = sample("aibot_ws_send_ack_limit")["errcode"]
    with pytest.raises(RetryLater) as caught:
        await stand.bot.send(push(Text("早安"), to="stranger"), doubt_since=None)

    assert caught.value.code == code
    assert not caught.value.uncounted, "else it would be tried for ever"


async def test_who_is_not_subscribed_any_more_connects_anew(tmp_path: Path) -> None:
    async with FakeSocket() as platform:
        bot = bot_on(platform, TurnedClock(), tmp_path)
        task = asyncio.create_task(ends(bot, Heard()))
        await until(lambda: bot.is_connected)
        platform.errcodes.append(846609)
        with pytest.raises(RetryLater) as caught:
            await bot.send(push(Text("早安")), doubt_since=None)
        error = await task

    assert caught.value.uncounted
    assert isinstance(error, RetryLater)


async def test_limits_are_those_of_a_chat_in_both_directions(stand: Stand) -> None:
    update = await stand.hears(group=GROUP)
    answer, pushed = answer_to(update, Text("a")), push(Text("b"), to=GROUP, group=True)

    assert stand.bot.lane(answer) == stand.bot.lane(pushed)
    assert [limit.count for limit in stand.bot.lane_limits(stand.bot.lane(answer))] == [30, 1000]


# ── pictures ────────────────────────────────────────────────────────────────────────────


async def test_a_picture_is_uploaded_in_pieces_and_once(stand: Stand, tmp_path: Path) -> None:
    content = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 5_000
    (tmp_path / "合影.png").write_bytes(content)
    update = await stand.hears()
    await stand.answers(update, Image(path="合影.png", alt="合影"))
    await stand.bot.send(push(Image(path="合影.png", alt="合影")), doubt_since=None)

    commands = [one["cmd"].removeprefix("aibot_upload_media_") for one in stand.platform.frames]
    uploads = [cmd for cmd in commands if not cmd.startswith("aibot")]
    assert uploads == ["init", "chunk", "chunk", "chunk", "finish"]
    indexes = [
        one["body"]["chunk_index"] for one in stand.platform.frames if "_chunk" in one["cmd"]
    ]
    assert indexes == [0, 1, 2]
    assert [one["msgtype"] for one in stand.platform.seen] == ["image", "image"]


@pytest.mark.parametrize("name", ["init", "chunk", "finish"])
async def test_an_upload_is_as_the_platform_shows_it(stand: Stand, name: str) -> None:
    await stand.answers(await stand.hears(), Image(data_url=PNG_URL))

    shown = sample(f"aibot_ws_upload_{name}")
    [said] = [one for one in stand.platform.frames if one["cmd"] == shown["cmd"]]
    assert said["body"].keys() == shown["body"].keys()


@pytest.mark.parametrize("code", [846611, 846616])
async def test_an_upload_that_ran_out_is_begun_anew(stand: Stand, code: int) -> None:
    update = await stand.hears()
    stand.platform.errcodes += [0, 0, code]
    with pytest.raises(RetryLater):
        await stand.answers(update, Image(data_url=PNG_URL))
    await stand.answers(update, Image(data_url=PNG_URL))

    assert [one["msgtype"] for one in stand.platform.seen] == ["image"]


async def test_a_lost_ack_of_an_upload_leaves_nothing_in_doubt(stand: Stand) -> None:
    update = await stand.hears()
    stand.platform.lose_acks = 1
    with pytest.raises(RetryLater):
        await stand.answers(update, Image(data_url=PNG_URL))


async def test_a_media_id_that_is_gone_is_uploaded_anew(stand: Stand) -> None:
    update = await stand.hears()
    await stand.bot.send(push(Image(data_url=PNG_URL)), doubt_since=None)
    stand.platform.media.clear()
    await stand.answers(update, Image(data_url=PNG_URL))

    assert [one["msgtype"] for one in stand.platform.seen] == ["image", "image"]


@pytest.mark.parametrize(
    "content",
    [None, b"\x89PNG\r\n\x1a\n" + bytes(2 * 1024 * 1024), b"GIF89a" + bytes(100), b""],
    ids=["missing", "large", "gif", "empty"],
)
async def test_a_picture_that_is_not_taken_is_told(
    stand: Stand, tmp_path: Path, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / "photo").write_bytes(content)
    await stand.answers(await stand.hears(), Image(path="photo", alt="合影"))

    assert stand.platform.words() == ["合影"]


@pytest.mark.parametrize(
    "part",
    [Link("晚上的课", "https://example.com/a"), VOTE, Text("一" * 9000)],
    ids=lambda p: p.kind,
)
async def test_every_part_is_pushed_within_its_limits(stand: Stand, part: Part) -> None:
    await stand.hears()
    await stand.bot.send(push(part), doubt_since=None)

    assert len(stand.platform.seen) == 1
    assert not isinstance(part, Card) or "template_card" in stand.platform.seen[0]


def test_a_permission_survives_being_written_down() -> None:
    for kind in (Kind.MESSAGE, Kind.ENTER):
        allowed = Permission(kind, NOON, "a b {}")
        assert Permission.of(allowed.written()) == allowed
    assert Permission.of("ws message 1787544000.000 ").kind is Kind.NONE
    press = Press(1.5, "r", "card", ("a", "b"), "lihua")
    assert Press.of(press.written()) == press
    for junk in ("", "{}", "[]", "null", '{"heard_s":"x"}', "[" * 9999):
        assert Press.of(junk) is None
        assert not Permission.of(junk).holds(NOON)
