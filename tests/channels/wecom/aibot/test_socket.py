"""The bot over its long connection, against a platform of our own."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pytest

from bot.channels.wecom.aibot import AibotSocket
from bot.channels.wecom.aibot.permission import Kind, Permission, Press
from bot.channels.wecom.aibot.socket import worst_of
from bot.kernel.errors import Ambiguous, CannotStore, RetryLater, Undeliverable
from bot.kernel.messages import (
    Card,
    CardUpdate,
    Image,
    Link,
    Outgoing,
    Part,
    Recall,
    Receipt,
    Text,
    Update,
    UpdateKind,
)
from tests.kit.aibot import GROUP, Json
from tests.kit.aibot_ws import BOT_ID, FakeSocket, Heard, Naps, bot_on, listening, settled, until
from tests.kit.rooms import NOON, TurnedClock
from tests.kit.wecom import PNG_URL, VOTE

SAMPLES = Path(__file__).parent / "samples"
PRESS = {
    "card_type": "vote_interaction",
    "event_key": "submit_poll",
    "task_id": VOTE.id,
    "selected_items": {
        "selected_item": [{"question_key": "poll_q1", "option_ids": {"option_id": ["opt_b"]}}]
    },
}


def sample(name: str) -> Json:
    said: Json = json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))
    return said


@dataclass
class Stand:
    """A bot that listens, its platform, and what it has heard."""

    bot: AibotSocket
    platform: FakeSocket
    heard: Heard
    clock: TurnedClock
    naps: Naps

    async def hears(self, text: str = "打卡", *, group: str = "") -> Update:
        message = self.platform.message(text, group=group)
        await self.platform.says(message)
        await until(lambda: message["msgid"] in self.heard.keys)
        return self.heard.keys[message["msgid"]].update

    async def event(self, name: str, *, kind: str = "", group: str = "", **more: object) -> Update:
        before = set(self.heard.keys)
        where = {"chatid": group, "chattype": "group"} if group else {"chattype": "single"}
        fields = {"event": {"eventtype": name, **more}, "from": {"userid": "lihua"}, **where}
        await self.platform.event(name, kind=kind, more=fields)
        await until(lambda: self.heard.keys.keys() - before)
        [key] = self.heard.keys.keys() - before
        return self.heard.keys[key].update

    async def answers(
        self, update: Update, part: Part, *, key: str = "reply:7:0", doubt: datetime | None = None
    ) -> Receipt:
        return await self.bot.send(answer_to(update, part, key), doubt_since=doubt)


def answer_to(update: Update, part: Part, key: str = "reply:7:0") -> Outgoing:
    return Outgoing(
        update.channel,
        update.group or update.sender or "",
        part,
        key,
        to_group=update.in_group,
        reply_to=update.reply_to,
    )


def push(part: Part, *, to: str = "lihua", group: bool = False) -> Outgoing:
    return Outgoing(NAME, to, part, "post:1", to_group=group)


@pytest.fixture
async def stand(tmp_path: Path) -> AsyncIterator[Stand]:
    clock, naps, heard = TurnedClock(), Naps(), Heard()
    async with FakeSocket() as platform:
        bot = bot_on(platform, clock, tmp_path, nap=naps)
        async with listening(bot, platform, heard):
            yield Stand(bot, platform, heard, clock, naps)


# ── in ──────────────────────────────────────────────────────────────────────────────────


async def test_a_message_is_heard_with_what_answers_it(stand: Stand) -> None:
    update = await stand.hears("打卡", group=GROUP)

    assert (update.kind, update.text, update.sender) == (UpdateKind.TEXT, "打卡", "lihua")
    assert update.group == GROUP
    assert Permission.of(update.reply_to) == Permission(Kind.MESSAGE, NOON, "CB_2")


@pytest.mark.parametrize(
    ("name", "kind", "event"),
    [
        ("msg_callback_text", UpdateKind.TEXT, ""),
        ("msg_callback_image", UpdateKind.IMAGE, ""),
        ("event_enter_chat", UpdateKind.EVENT, "enter_chat"),
        ("event_feedback", UpdateKind.EVENT, "feedback_event"),
        ("event_template_card", UpdateKind.TAP, "template_card_event"),
    ],
)
async def test_the_platforms_samples_are_heard(
    stand: Stand, name: str, kind: UpdateKind, event: str
) -> None:
    said = sample(f"aibot_ws_{name}")
    assert stand.platform.live is not None
    await stand.platform.live.send_json(said)
    await until(lambda: stand.heard.keys)

    [accepted] = stand.heard.keys.values()
    assert (accepted.update.kind, accepted.update.event) == (kind, event)
    if name == "msg_callback_image":
        assert accepted.update.media[0].ref.endswith("#q2trqdG0mYqkH3l0m2YH0cYwqWbN6m0oI7rJmQ2vE3w")


async def test_a_frame_that_is_repeated_is_one_message(stand: Stand) -> None:
    message = stand.platform.message("打卡")
    for _ in range(3):
        await stand.platform.says(message)
    await settled()

    assert list(stand.heard.keys) == [message["msgid"]]


@pytest.mark.parametrize(
    "said",
    [
        "",
        "{",
        "[]",
        "null",
        '"x"',
        "{}",
        '{"cmd":7}',
        '{"headers":[]}',
        '{"errcode":"x"}',
        "[" * 9999,
    ],
    ids=range(10),
)
async def test_what_is_no_frame_harms_nobody(stand: Stand, said: str) -> None:
    assert stand.platform.live is not None
    await stand.platform.live.send_str(said)
    await stand.platform.live.send_bytes(said.encode())

    assert (await stand.hears()).text == "打卡"


async def test_control_characters_are_taken_out(stand: Stand) -> None:
    said = json.dumps(
        {"cmd": "aibot_msg_callback", "headers": {"req_id": "r"}, "body": {"msgid": "m"}}
    )
    assert stand.platform.live is not None
    await stand.platform.live.send_str("\x00\x1f" + said.replace('"m"', '"m\x08\x01"'))
    await until(lambda: stand.heard.keys)

    assert list(stand.heard.keys) == ["m"]


async def test_a_kind_that_nobody_knows_is_kept(stand: Stand) -> None:
    await stand.platform.says(stand.platform.message("", msgtype="hologram"))
    await until(lambda: stand.heard.keys)

    [accepted] = stand.heard.keys.values()
    assert accepted.update.kind is UpdateKind.UNKNOWN


async def test_what_cannot_be_written_down_now_is_written_later(stand: Stand) -> None:
    stand.heard.refuse += [CannotStore("full"), CannotStore("full")]
    await stand.platform.says(stand.platform.message("打卡"))
    await settled()
    assert not stand.heard.keys

    await stand.naps.turn(3)
    await until(lambda: stand.heard.keys)


async def test_what_was_heard_is_written_down_before_the_end(tmp_path: Path) -> None:
    heard, naps = Heard(refuse=[CannotStore("locked")]), Naps()
    async with FakeSocket() as platform:
        bot = bot_on(platform, TurnedClock(), tmp_path, nap=naps)
        async with listening(bot, platform, heard):
            await platform.says(platform.message("打卡"))
            await settled()
            assert not heard.keys

    assert len(heard.keys) == 1


async def test_one_that_cannot_be_written_takes_no_other_along(stand: Stand) -> None:
    stand.heard.refuse.append(ValueError("as told"))
    await stand.platform.says(stand.platform.message("坏"))
    assert (await stand.hears()).text == "打卡"

    await stand.naps.turn(5)
    assert [one.update.text for one in stand.heard.keys.values()] == ["打卡"]


# ── the connection ──────────────────────────────────────────────────────────────────────


async def ends(bot: AibotSocket, heard: Heard) -> Exception:
    with pytest.raises(Exception) as caught:  # noqa: PT011 - the caller looks at it
        async with asyncio.timeout(5):
            await bot.listen(heard.line())
    return caught.value


async def test_a_platform_that_is_away_is_tried_later(tmp_path: Path) -> None:
    async with FakeSocket(refuse_open=True) as platform:
        bot = bot_on(platform, TurnedClock(), tmp_path)
        refused = await ends(bot, Heard())
    gone = await ends(bot, Heard())

    assert isinstance(refused, RetryLater)
    assert isinstance(gone, RetryLater)


async def test_a_wrong_secret_closes_the_channel(tmp_path: Path) -> None:
    async with FakeSocket(secret="another") as platform:
        error = await ends(bot_on(platform, TurnedClock(), tmp_path), Heard())

    assert isinstance(error, Undeliverable)
    assert (error.code, error.channel_off, platform.subscribed) == (853000, True, 1)


@pytest.mark.parametrize("code", [45009, -1])
async def test_a_platform_that_is_busy_is_tried_later(code: int, tmp_path: Path) -> None:
    async with FakeSocket() as platform:
        platform.errcodes.append(code)
        error = await ends(bot_on(platform, TurnedClock(), tmp_path), Heard())

    assert isinstance(error, RetryLater)
    assert error.code == code


async def test_who_is_thrown_out_is_told_so_and_says_nothing_more(tmp_path: Path) -> None:
    heard = Heard()
    async with FakeSocket() as platform:
        bot = bot_on(platform, TurnedClock(), tmp_path)
        task = asyncio.create_task(ends(bot, heard))
        await until(lambda: platform.subscribed)
        await settled()
        await platform.kick()
        error = await task

    assert isinstance(error, Undeliverable)
    assert error.channel_off
    assert str(error).startswith("aibot: kicked")
    assert platform.subscribed == 1
    assert [one.update.event for one in heard.keys.values()] == ["disconnected_event"]


def test_the_platforms_own_word_for_it_is_known() -> None:
    assert sample("aibot_ws_event_disconnected")["body"]["event"] == {
        "eventtype": "disconnected_event"
    }


@pytest.mark.parametrize("how", ["drop", "close"])
async def test_a_connection_that_breaks_is_opened_again(how: str, tmp_path: Path) -> None:
    heard = Heard()
    async with FakeSocket() as platform:
        bot = bot_on(platform, TurnedClock(), tmp_path)
        task = asyncio.create_task(ends(bot, heard))
        await until(lambda: platform.subscribed)
        await settled()
        if how == "drop":
            await platform.drop()
        elif platform.live:
            await platform.live.close()
        error = await task
        assert isinstance(error, RetryLater)
        async with listening(bot, platform, heard):
            await platform.says(platform.message("打卡"))
            await until(lambda: len(heard.keys) == 1)


@pytest.mark.parametrize(("how", "rises"), [("drop", 0), ("close", 1)])
async def test_only_an_orderly_end_tells_that_all_was_heard(
    tmp_path: Path, how: str, rises: int
) -> None:
    heard = Heard()
    async with FakeSocket() as platform:
        task = asyncio.create_task(ends(bot_on(platform, TurnedClock(), tmp_path), heard))
        await until(lambda: platform.subscribed)
        await settled()
        before = heard.alive
        if how == "drop":
            await platform.drop()
        elif platform.live:
            await platform.live.close()
        await task

    assert heard.alive - before == rises


async def test_answers_to_one_callback_leave_one_after_the_other(tmp_path: Path) -> None:
    heard = Heard()
    async with FakeSocket(lose_acks=1) as platform:
        bot = bot_on(platform, TurnedClock(), tmp_path, ack_s=0.3)
        async with listening(bot, platform, heard):
            await platform.says(platform.message("打卡"))
            await until(lambda: heard.keys)
            [accepted] = heard.keys.values()
            first = asyncio.create_task(
                bot.send(answer_to(accepted.update, Text("一")), doubt_since=None)
            )
            await until(lambda: platform.seen)
            with pytest.raises(RetryLater):
                await bot.send(answer_to(accepted.update, Text("二"), "k2"), doubt_since=None)
            with pytest.raises(Ambiguous):
                await first

    assert platform.words() == ["一"]


async def test_pings_are_answered_for_ever(stand: Stand) -> None:
    await stand.naps.turn(300, step=30)

    assert stand.platform.pings == 10
    assert stand.platform.live is not None


async def test_two_missed_pings_are_a_dead_connection(tmp_path: Path) -> None:
    naps = Naps()
    async with FakeSocket() as platform:
        bot = bot_on(platform, TurnedClock(), tmp_path, nap=naps, ack_s=0.05)
        task = asyncio.create_task(ends(bot, Heard()))
        await until(lambda: platform.subscribed)
        await settled()
        platform.mute_pings = True
        await naps.turn(60, step=30)
        assert not task.done()
        await naps.turn(30, step=30)
        error = await task

    assert (platform.pings, isinstance(error, RetryLater)) == (2, True)


async def test_one_missed_ping_is_forgiven(stand: Stand) -> None:
    stand.platform.mute_pings = True
    await stand.naps.turn(30, step=30)
    stand.platform.mute_pings = False
    await stand.naps.turn(90, step=30)

    assert stand.platform.pings == 4
    assert (await stand.hears()).text == "打卡"


async def test_while_there_is_no_connection_messages_wait(tmp_path: Path) -> None:
    async with FakeSocket() as platform:
        bot = bot_on(platform, TurnedClock(), tmp_path)
        with pytest.raises(RetryLater) as caught:
            await bot.send(push(Text("早安")), doubt_since=None)

    assert caught.value.uncounted
    assert not platform.frames


async def test_the_first_frame_subscribes_as_the_platform_shows_it(stand: Stand) -> None:
    [first] = stand.platform.frames
    shown = sample("aibot_ws_subscribe")

    assert first["cmd"] == shown["cmd"]
    assert first["body"] == shown["body"]
    assert first["body"]["bot_id"] == BOT_ID


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
        async with listening(bot, platform, heard):
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
        bot = bot_on(platform, TurnedClock(), tmp_path, ack_s=0.1)
        async with listening(bot, platform, heard):
            await platform.says(platform.message("打卡"))
            await until(lambda: heard.keys)
            [accepted] = heard.keys.values()
            setattr(platform, fault, 1)
            message = answer_to(accepted.update, Text("答案"))
            with pytest.raises(Ambiguous):
                await bot.send(message, doubt_since=None)
        async with listening(bot, platform, heard):
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
        bot = bot_on(platform, TurnedClock(), tmp_path, ack_s=0.05)
        async with listening(bot, platform, heard):
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
        await until(lambda: platform.subscribed)
        await settled()
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


NAME = bot_on(FakeSocket(), TurnedClock(), Path()).name
