"""What a connected bot hears, and how its connection begins and ends."""

import asyncio
import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.wecom.aibot.frames import read_frame
from bot.channels.wecom.aibot.incoming import read_body
from bot.channels.wecom.aibot.permission import Kind, Permission, Press
from bot.channels.wecom.aibot.socket import allowed_by
from bot.kernel.errors import Ambiguous, CannotStore, RetryLater, Undeliverable
from bot.kernel.messages import Text, Update, UpdateKind, update_json
from tests.kit.aibot import GROUP, Json
from tests.kit.aibot_stand import NAME, Stand, answer_to, ends, push, sample, stand
from tests.kit.aibot_ws import BOT_ID, FakeSocket, Heard, Naps, bot_on, listening, settled, until
from tests.kit.rooms import NOON, TurnedClock

__all__ = ["stand"]


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
        async with listening(bot, heard):
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
        await until(lambda: bot.is_connected)
        await platform.kick()
        error = await task

    assert isinstance(error, Undeliverable)
    assert error.channel_off
    assert str(error).startswith("aibot: kicked")
    assert platform.subscribed == 1
    assert [one.update.event for one in heard.keys.values()] == ["disconnected_event"]


async def test_no_message_can_throw_us_out(stand: Stand) -> None:
    await stand.platform.says(stand.platform.message("", msgtype="disconnected_event"))
    await stand.platform.says(stand.platform.message("disconnected_event"))

    assert (await stand.hears()).text == "打卡"


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
        await until(lambda: bot.is_connected)
        if how == "drop":
            await platform.drop()
        elif platform.live:
            await platform.live.close()
        error = await task
        assert isinstance(error, RetryLater)
        async with listening(bot, heard):
            await platform.says(platform.message("打卡"))
            await until(lambda: len(heard.keys) == 1)


@pytest.mark.parametrize(("how", "rises"), [("drop", 0), ("close", 1)])
async def test_only_an_orderly_end_tells_that_all_was_heard(
    tmp_path: Path, how: str, rises: int
) -> None:
    heard = Heard()
    async with FakeSocket() as platform:
        bot = bot_on(platform, TurnedClock(), tmp_path)
        task = asyncio.create_task(ends(bot, heard))
        await until(lambda: bot.is_connected)
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
        bot = bot_on(platform, TurnedClock(), tmp_path)
        async with listening(bot, heard):
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
        bot = bot_on(platform, TurnedClock(), tmp_path, nap=naps)
        task = asyncio.create_task(ends(bot, Heard()))
        await until(lambda: bot.is_connected)
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


async def test_a_frame_that_is_larger_than_any_ends_the_connection_only(tmp_path: Path) -> None:
    heard = Heard()
    async with FakeSocket() as platform:
        bot = bot_on(platform, TurnedClock(), tmp_path)
        task = asyncio.create_task(ends(bot, heard))
        await until(lambda: bot.is_connected)
        with suppress(ConnectionError):  # we hang up while it speaks
            await platform.says(platform.message("长" * 100_000))
        assert isinstance(await task, RetryLater)
        async with listening(bot, heard):
            await platform.says(platform.message("打卡"))
            await until(lambda: len(heard.keys) == 1)


FIELDS = ("cmd", "headers", "req_id", "body", "errcode", "errmsg", "msgid", "msgtype", "event")
frames = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inside: (
        st.lists(inside, max_size=3)
        | st.dictionaries(st.sampled_from(FIELDS) | st.text(), inside, max_size=5)
    ),
)


@given(frames)
def test_whatever_the_platform_says_is_a_frame_or_none(said: object) -> None:
    found = read_frame(json.dumps(said))

    if found is None:
        assert not isinstance(said, dict)
        return
    assert isinstance(found.cmd, str)
    assert isinstance(found.errcode, int)
    update = read_body(NAME, found.body, sent_s="", now=NOON)
    if isinstance(update, Update):
        allowed = allowed_by(update, found.req_id, NOON)
        assert update_json.validate_json(update_json.dump_json(allowed)) == allowed
        assert Permission.of(allowed.reply_to).req_id == found.req_id


@given(st.text())
def test_what_we_did_not_write_ourselves_allows_nothing(text: str) -> None:
    assert text.startswith("ws ") or not Permission.of(text).holds(NOON)
    assert Press.of(text) is None


@pytest.mark.parametrize(
    ("name", "code", "body"),
    [
        ("ping_ack", 0, {}),
        ("subscribe_ack", 0, {}),
        ("subscribe_ack_fail", 853000, {}),
        ("send_ack_limit", 846607, {}),
        ("upload_init_ack", 0, {"upload_id": "UPLOAD_INVENTED"}),
        (
            "upload_finish_ack",
            0,
            {"type": "file", "media_id": "MEDIA_INVENTED_AIBOT_FILE", "created_at": "1782000000"},
        ),
    ],
)
def test_the_platforms_acks_are_read(name: str, code: int, body: Json) -> None:
    said = sample(f"aibot_ws_{name}")
    found = read_frame(json.dumps(said))

    assert found is not None
    assert (found.cmd, found.req_id) == ("", said["headers"]["req_id"])
    assert (found.errcode, found.body) == (code, body)


async def test_a_ping_is_as_the_platform_shows_it(stand: Stand) -> None:
    await stand.naps.turn(30, step=30)

    said, shown = stand.platform.frames[-1], sample("aibot_ws_ping")
    assert (said["cmd"], said.keys()) == (shown["cmd"], shown.keys())


async def test_the_fake_takes_what_the_platform_shows() -> None:
    platform = FakeSocket()
    for name, kind in (("respond_stream_1", "message"), ("respond_stream_2", "message")):
        shown = sample(f"aibot_ws_{name}")["body"]
        platform.answer(platform.asked(kind), shown)

    assert platform.words() == ["正在查询…", "答案"]
