"""Where answers are counted, the outbox counts them before the platform does."""

from pathlib import Path

import pytest

from bot.channels.wecom.kefu import KEFU
from bot.commons import audit, members
from bot.features import help as help_room
from bot.features import privacy
from bot.features.privacy.rules import PrivacySettings
from bot.kernel.feature import Feature
from bot.kernel.messages import Outgoing, Reply, Text
from bot.kernel.privacy import PersonalRegistry
from bot.kernel.router import Router
from bot.kernel.work import Context, Statement, UnitOfWork
from bot.pipeline.personal import personal as pipeline_personal
from tests.kit.counter import WM, fetch, open_house, words
from tests.kit.house import HouseUnderTest
from tests.kit.kefu import WK, WK2, FakeKefu, kefu
from tests.kit.platforms import Fault
from tests.kit.rooms import TurnedClock

MAYBE = Statement("UPDATE outbox SET status = 'maybe' WHERE key LIKE 'reply:%:0'")
router = Router()


@router.command("说", argument=True)
def say(ctx: Context) -> list[Reply]:
    return [Reply(part=Text(f"{number}")) for number in range(int(ctx.argument))]


@router.event("enter_session")
def greet(_ctx: Context) -> Reply:
    return Reply(part=Text("欢迎"))


SAY = Feature("help", router)


async def push(built: HouseUnderTest, key: str) -> list[tuple[object, ...]]:
    """Send a message that nobody asked for; return what became of it."""

    def put(uow: UnitOfWork) -> None:
        uow.send(Outgoing(KEFU, WM, Text(key), key))

    await built.house.writer.do(put)
    await built.house.engine.settle()
    return await built.ask(f"SELECT status, error FROM outbox WHERE key = '{key}'")


async def test_more_than_five_answers_end_in_a_summary(
    tmp_path: Path, platform: FakeKefu, clock: TurnedClock
) -> None:
    async with open_house(tmp_path, platform, clock, SAY) as built:
        platform.hears(WM, "说 7")
        await fetch(built)

    assert words(platform) == ["0", "1", "2", "3", "4\n\n5\n\n6"]
    assert platform.refused == []


async def test_the_sixth_message_is_parked_and_her_next_one_opens_a_new_allowance(
    tmp_path: Path, platform: FakeKefu, clock: TurnedClock
) -> None:
    async with open_house(tmp_path, platform, clock, SAY) as built:
        platform.hears(WM, "说 5")
        await fetch(built)
        assert await push(built, "sixth") == [
            ("parked", "budget: her last message was answered 5 times already")
        ]
        clock.tick(seconds=5)
        platform.hears(WM, "说 1")
        await fetch(built)
        assert await push(built, "second") == [("sent", None)]

    assert words(platform)[-2:] == ["0", "second"]
    assert platform.refused == []


async def test_after_48_hours_and_before_her_first_word_nothing_leaves(
    tmp_path: Path, platform: FakeKefu, clock: TurnedClock
) -> None:
    async with open_house(tmp_path, platform, clock, SAY) as built:
        [(status, error)] = await push(built, "first")
        assert (status, "has not written" in str(error)) == ("parked", True)
        platform.hears(WM, "说 1")
        await fetch(built)
        clock.tick(hours=48)
        [(status, error)] = await push(built, "late")
        assert (status, "48 h ago" in str(error)) == ("parked", True)

    assert platform.refused == []


async def test_a_newcomer_is_welcomed_by_her_code_outside_of_the_budget(
    tmp_path: Path, platform: FakeKefu, clock: TurnedClock
) -> None:
    async with open_house(tmp_path, platform, clock, help_room.feature) as built:
        platform.enters(WM)
        await fetch(built)

    assert len(platform.called("kf/send_msg_on_event")) == 1
    assert "欢迎" in words(platform)[0]
    assert platform.refused == []


async def test_a_welcome_waits_behind_no_answer_and_costs_none(
    tmp_path: Path, platform: FakeKefu, clock: TurnedClock
) -> None:
    platform.faults["kf/send_msg"].append(Fault(errcode=-1))
    async with open_house(tmp_path, platform, clock, SAY) as built:
        platform.hears(WM, "说 5")
        platform.enters(WM)
        await fetch(built)
        assert words(platform) == ["欢迎"]
        clock.tick(seconds=10)
        await built.house.engine.settle()

    assert words(platform) == ["欢迎", "0", "1", "2", "3", "4"]
    assert platform.refused == []


async def test_a_welcome_found_too_late_is_dropped_without_a_notice(
    tmp_path: Path, platform: FakeKefu, clock: TurnedClock
) -> None:
    platform.enters(WM)
    clock.tick(seconds=30)
    async with open_house(tmp_path, platform, clock, help_room.feature) as built:
        await fetch(built)
        assert await built.ask("SELECT status FROM outbox") == [("dropped",)]
        assert await built.ask("SELECT count(*) FROM notices") == [(0,)]

    assert words(platform) == []


async def test_each_account_has_an_allowance_of_its_own(
    tmp_path: Path, platform: FakeKefu, clock: TurnedClock
) -> None:
    async with open_house(tmp_path, platform, clock, SAY) as built:
        platform.hears(WM, "说 1", WK2)
        await fetch(built)
        [(status, error)] = await push(built, "by the first account")

    assert [body["open_kfid"] for body in platform.called("kf/send_msg")] == [WK2]
    assert (status, "has not written" in str(error)) == ("parked", True)
    assert platform.refused == []


async def test_while_a_human_has_the_session_answers_are_dropped_without_a_notice(
    tmp_path: Path, platform: FakeKefu, clock: TurnedClock
) -> None:
    async with open_house(tmp_path, platform, clock, SAY) as built:
        platform.hears(WM, "说 2")
        platform.sessions[WK, WM].state = 3
        await fetch(built)
        rows = await built.ask("SELECT status, error_code FROM outbox")
        assert rows == [("dropped", 95018)] * 2
        assert await built.ask("SELECT count(*) FROM notices") == [(0,)]
        platform.sessions[WK, WM].state = 0
        platform.hears(WM, "说 1")
        await fetch(built)

    assert words(platform) == ["0"]


async def test_a_crash_after_the_platform_took_an_answer_costs_none_of_the_five(
    tmp_path: Path, platform: FakeKefu, clock: TurnedClock
) -> None:
    platform.faults["kf/send_msg"].append(Fault(drop=True, taken=True))
    async with open_house(tmp_path, platform, clock, SAY) as built:
        platform.hears(WM, "说 5")
        await fetch(built)
        clock.tick(seconds=2)
        await built.house.engine.settle()

    assert words(platform) == ["0", "1", "2", "3", "4"]
    assert [wrong.code for wrong in platform.refused] == [95033]


async def test_what_a_human_or_the_platform_says_opens_no_new_allowance(
    tmp_path: Path, platform: FakeKefu, clock: TurnedClock
) -> None:
    async with open_house(tmp_path, platform, clock, SAY) as built:
        platform.hears(WM, "说 5")
        await fetch(built)
        clock.tick(seconds=5)
        platform.hears(WM, "好的", origin=5, servicer_userid="lihua")
        event = {"event_type": "session_status_change", "external_userid": WM, "change_type": 3}
        platform.hears(WM, "", origin=4, msgtype="event", event=event)
        platform.hears(WM, "", origin=6, msgtype="text")
        await fetch(built)

        assert [status for status, _ in await push(built, "sixth")] == ["parked"]
    assert platform.refused == []


async def test_what_may_have_arrived_is_counted(
    tmp_path: Path, platform: FakeKefu, clock: TurnedClock
) -> None:
    async with open_house(tmp_path, platform, clock, SAY) as built:
        platform.hears(WM, "说 5")
        await fetch(built)
        await built.house.writer.do(lambda uow: uow.run(MAYBE))

        assert [status for status, _ in await push(built, "sixth")] == ["parked"]
    assert platform.refused == []


@pytest.mark.parametrize("state", [0, 3])
async def test_last_words_are_said_if_they_can_be_and_kept_in_no_case(
    tmp_path: Path, platform: FakeKefu, clock: TurnedClock, state: int
) -> None:
    door = kefu(platform, clock, tmp_path)
    async with HouseUnderTest(tmp_path, [privacy.feature], clock=clock, doors=[door]) as built:
        built.tools.add(PrivacySettings, PrivacySettings(erasure_grace_days=0))
        registry = PersonalRegistry((*pipeline_personal, *audit.personal, *members.personal))
        built.tools.add(PersonalRegistry, registry)
        platform.hears(WM, "删除我的数据")
        await fetch(built)
        platform.hears(WM, "确认删除")
        platform.sessions[WK, WM].state = state
        await fetch(built)

        assert len(words(platform)) == (2 if state == 0 else 1)
        assert WM not in str(await built.ask("SELECT * FROM outbox"))
        assert WM not in str(await built.ask("SELECT * FROM inbox"))
        stuck = "SELECT count(*) FROM outbox WHERE status NOT IN ('sent', 'dropped')"
        assert await built.ask(stuck) == [(0,)]


async def test_last_words_in_doubt_for_too_long_are_kept_in_no_case(
    tmp_path: Path, platform: FakeKefu, clock: TurnedClock
) -> None:
    door = kefu(platform, clock, tmp_path)
    async with HouseUnderTest(tmp_path, [privacy.feature], clock=clock, doors=[door]) as built:
        built.tools.add(PrivacySettings, PrivacySettings(erasure_grace_days=0))
        registry = PersonalRegistry((*pipeline_personal, *audit.personal, *members.personal))
        built.tools.add(PersonalRegistry, registry)
        platform.hears(WM, "删除我的数据")
        await fetch(built)
        platform.hears(WM, "确认删除")
        platform.faults["kf/send_msg"].append(Fault(drop=True))
        await fetch(built)
        clock.tick(hours=5)
        await built.house.engine.settle()

        assert WM not in str(await built.ask("SELECT * FROM outbox"))
