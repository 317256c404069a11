"""No group is ever in two tasks, whatever dies, gets lost or is said twice."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from typing_extensions import override

from bot.channels.wecom.client import WecomApi
from bot.channels.wecom.customer_groups import CustomerGroups
from bot.channels.wecom.customer_groups.channel import CUSTOMER_GROUPS
from bot.channels.wecom.mass_send import WecomMassSend
from bot.channels.wecom.media import PictureShelf
from bot.features.mass_send import creating
from bot.features.mass_send.rules import LOOKS
from bot.kernel.abilities import MassSendMade, MassSendReady
from tests.features.mass_send.conftest import Stage, dies_at, group, notices, statuses
from tests.kit.house import HouseUnderTest
from tests.kit.mass_send import FakeMassSend
from tests.kit.platforms import Fault
from tests.kit.rooms import TurnedClock

CALL = "externalcontact/add_msg_template"
LIST = "externalcontact/get_groupmsg_list_v2"
TASK = "externalcontact/get_groupmsg_task"
GROUPS = [group(number) for number in range(7)]
STEPS = (
    "mass_send.collected",
    "mass_send.prepared",
    "mass_send.claimed",
    "mass_send.called",
    "mass_send.recorded",
    "mass_send.looked_up",
)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def on_both(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stage]:
    url = request.getfixturevalue("postgres") if request.param == "postgres" else ""
    clock = TurnedClock()
    async with FakeMassSend(now=lambda: clock.now().timestamp()) as platform:
        yield Stage(tmp_path, platform, clock, url)


async def until_made(stage: Stage, built: HouseUnderTest, groups: int) -> None:
    """Let time pass until every doubt is cleared up."""
    for _ in range(40):
        if (await statuses(built)).get("created") == groups:
            return
        await stage.pass_(built, seconds=61)
    raise AssertionError(await statuses(built))


def asked_once(platform: FakeMassSend) -> bool:
    """Return True when every group is in exactly one task."""
    return Counter(platform.asked_for()) == Counter({one.recipient: 1 for one in GROUPS})


@pytest.mark.parametrize("times", [1, 2, 3])
@pytest.mark.parametrize("step", STEPS)
async def test_a_death_at_any_step_makes_no_second_task(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, step: str, times: int
) -> None:
    async with stage.house() as built:
        await stage.tell(built, GROUPS)
    if step == "mass_send.looked_up":
        stage.platform.faults[CALL].append(Fault(drop=True, taken=True))
    with monkeypatch.context() as patch:
        dies_at(patch, step, times)
        async with stage.house() as built:
            for _ in range(8):
                await stage.pass_(built, seconds=61)
    async with stage.house() as built:
        await until_made(stage, built, len(GROUPS))

    assert asked_once(stage.platform)
    assert stage.platform.refused == []


@pytest.mark.parametrize(
    "fault",
    [
        Fault(drop=True, taken=True),
        Fault(status=502, raw=b"<html>bad gateway</html>", taken=True),
        Fault(raw=b'{"errcode": 0, "errm', taken=True),
        Fault(errcode=-1, taken=True),
        Fault(raw=b'{"errcode": 0, "errmsg": "ok"}', taken=True),
    ],
    ids=["lost", "gateway", "half", "busy", "without its id"],
)
@pytest.mark.parametrize("number", [0, 1, 2])
async def test_a_task_whose_answer_was_lost_is_found_again(
    stage: Stage, fault: Fault, number: int
) -> None:
    stage.platform.faults[CALL].extend([Fault()] * number + [fault])
    async with stage.house() as built:
        await stage.tell(built, GROUPS)
        await until_made(stage, built, len(GROUPS))

    assert asked_once(stage.platform)
    assert len(stage.platform.called("add_msg_template")) == 3


@pytest.mark.parametrize(
    "fault",
    [Fault(status=502, raw=b"<html>"), Fault(errcode=-1)],
    ids=["gateway", "busy"],
)
async def test_a_task_that_is_surely_absent_is_made(stage: Stage, fault: Fault) -> None:
    stage.platform.faults[CALL].append(fault)
    async with stage.house() as built:
        await stage.tell(built, GROUPS)
        await until_made(stage, built, len(GROUPS))

    assert asked_once(stage.platform)
    assert len(stage.platform.called("get_groupmsg_list_v2")) == LOOKS


async def test_a_list_that_lags_is_asked_again_before_anything_is_made(stage: Stage) -> None:
    stage.platform.list_lags_s = 180
    stage.platform.faults[CALL].append(Fault(drop=True, taken=True))
    async with stage.house() as built:
        await stage.tell(built, GROUPS)
        await until_made(stage, built, len(GROUPS))

    assert asked_once(stage.platform)


async def test_what_others_made_meanwhile_is_not_taken_for_ours(stage: Stage) -> None:
    stage.platform.faults[CALL].append(Fault(status=502, raw=b"<html>"))
    async with stage.house() as built:
        await stage.tell(built, [group(0)])
        stage.platform.makes_herself("lisi", ["wr000009"], "早安")
        await stage.pass_(built, seconds=16)
        await until_made(stage, built, 1)

    assert len(stage.platform.tasks_of("zhangsan")) == 1


async def test_what_says_the_same_to_another_owner_is_told_apart(stage: Stage) -> None:
    """All answers are lost: three tasks of the same words, for three owners."""
    stage.platform.faults[CALL].extend([Fault(drop=True, taken=True)] * 3)
    async with stage.house() as built:
        await stage.tell(built, GROUPS)
        await until_made(stage, built, len(GROUPS))
        ids = await built.ask("SELECT owner, msgid FROM mass_tasks")

    assert asked_once(stage.platform)
    owners = {task.msgid: task.owner for task in stage.platform.tasks.values()}
    assert {msgid: owner for owner, msgid in ids} == owners


async def test_two_that_could_be_it_are_for_an_operator(stage: Stage) -> None:
    stage.platform.faults[CALL].append(Fault(drop=True, taken=True))
    async with stage.house() as built:
        await stage.tell(built, [group(0)])
        await stage.pass_(built, seconds=16)
        stage.platform.makes_herself("zhangsan", ["wr000009"], " 早安 ")
        for _ in range(10):
            await stage.pass_(built, seconds=61)

        assert await statuses(built, "mass_tasks") == {"unclear": 1}
        assert len(stage.platform.called("add_msg_template")) == 1
        assert "有 2 条都像它" in (await notices(built))[0]


async def test_a_second_task_of_the_same_words_waits_for_the_first_to_be_cleared_up(
    stage: Stage,
) -> None:
    """Two equal wanted posts both arrive, and are never mistaken for each other."""
    stage.platform.faults[CALL].append(Fault(drop=True, taken=True))
    async with stage.house() as built:
        await stage.tell(built, [group(0)], key="post:a")
        await stage.tell(built, [group(0)], key="post:b")
        await stage.pass_(built, seconds=16)
        await stage.pass_(built, seconds=31)
        assert len(stage.platform.called("add_msg_template")) == 1
        await until_made(stage, built, 2)

    assert [task.body["chat_id_list"] for task in stage.platform.tasks_of("zhangsan")] == [
        ["wr000000"],
        ["wr000000"],
    ]


async def test_what_is_known_already_is_not_taken_for_what_was_lost(stage: Stage) -> None:
    async with stage.house() as built:
        await stage.tell(built, [group(0)], key="post:a")
        await stage.pass_(built, seconds=16)
        stage.platform.faults[CALL].append(Fault(status=502, raw=b"<html>"))
        await stage.tell(built, [group(0)], key="post:b")
        await stage.pass_(built, seconds=16)
        await until_made(stage, built, 2)

    assert len(stage.platform.tasks_of("zhangsan")) == 2


async def test_a_platform_that_hands_out_still_is_asked_later(stage: Stage) -> None:
    stage.platform.faults[CALL].append(Fault(drop=True, taken=True))
    stage.platform.faults[TASK].append(Fault(errcode=41063))
    async with stage.house() as built:
        await stage.tell(built, [group(0)])
        await until_made(stage, built, 1)

    assert len(stage.platform.tasks_of("zhangsan")) == 1


async def test_a_list_that_may_not_be_read_holds_up_nothing_else(stage: Stage) -> None:
    stage.platform.faults[CALL].append(Fault(drop=True, taken=True))
    stage.platform.faults[LIST].append(Fault(errcode=40058))
    async with stage.house() as built:
        await stage.tell(built, GROUPS)
        await stage.pass_(built, seconds=16)
        await stage.pass_(built, seconds=100)
        assert (await statuses(built, "mass_tasks"))["created"] == 2
        assert "查不了平台的群发记录（错误码 40058）" in (await notices(built))[0]
        await until_made(stage, built, len(GROUPS))

    assert asked_once(stage.platform)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(errcode=45009),
        Fault(errcode=45033),
        Fault(errcode=45035),
        Fault(status=302),
        Fault(status=429),
        Fault(errcode=42001),
    ],
    ids=["limit", "crowd", "conflict", "redirect", "429", "token"],
)
async def test_what_the_platform_does_not_take_now_it_takes_later(
    stage: Stage, fault: Fault
) -> None:
    stage.platform.faults[CALL].extend([fault, fault])
    async with stage.house() as built:
        await stage.tell(built, GROUPS)
        await until_made(stage, built, len(GROUPS))

    assert asked_once(stage.platform)
    assert not stage.platform.called("get_groupmsg_list_v2")  # there was no doubt


class Sleepy(WecomMassSend):
    """A process that stands still just before its call leaves."""

    def __init__(self, stage: Stage, api: WecomApi) -> None:
        super().__init__(api, PictureShelf(stage.folder), stage.clock, stage.quota)
        self.stands, self.wakes = asyncio.Event(), asyncio.Event()

    @override
    async def create(self, ready: MassSendReady) -> MassSendMade:
        self.stands.set()
        await self.wakes.wait()
        return await super().create(ready)


async def test_one_who_slept_through_everything_spoils_nothing(stage: Stage) -> None:
    """Others look a task up and ask for it again; then the first one wakes and asks, too."""
    async with stage.house() as built:
        await stage.tell(built, [group(0)])
        stage.clock.tick(seconds=16)
        door = built.house.channels[CUSTOMER_GROUPS]
        assert isinstance(door, CustomerGroups)
        sleepy = Sleepy(stage, door.api)
        maker = creating.Maker(built.house.writer, built.tools, CUSTOMER_GROUPS, sleepy)
        sleeper = asyncio.create_task(maker.run())
        await sleepy.stands.wait()
        for _ in range(10):
            await stage.pass_(built, seconds=61)
        assert await statuses(built) == {"created": 1}
        sleepy.wakes.set()
        await sleeper

        first, second = stage.platform.tasks
        assert await built.ask("SELECT status, msgid FROM mass_tasks") == [("created", first)]
        assert second in (await notices(built))[-1]


async def test_the_same_happening_is_drafted_once(stage: Stage) -> None:
    async with stage.house() as built:
        await stage.tell(built, GROUPS)
        await stage.made(built, GROUPS)
        await stage.made(built, GROUPS)

    assert asked_once(stage.platform)


async def test_two_houses_on_one_database_make_one_task_for_each_group(on_both: Stage) -> None:
    stage = on_both
    async with stage.house() as one, stage.house() as other:
        await stage.tell(one, GROUPS)
        stage.clock.tick(seconds=16)
        await one.house.engine.settle()
        await other.house.engine.settle()
        for _ in range(6):
            if (await statuses(one)).get("created") == len(GROUPS):
                break
            await stage.pass_(other, seconds=61)
            await stage.pass_(one, seconds=61)

    assert asked_once(stage.platform)


async def test_two_makers_at_the_same_moment_make_one_task_for_each_group(
    on_both: Stage,
) -> None:
    """Not even an errand that two processes run at once makes a second task."""
    stage = on_both
    async with stage.house() as one, stage.house() as other:
        await stage.tell(one, GROUPS)
        stage.clock.tick(seconds=16)
        await asyncio.gather(
            *(creating.run(each.house.writer, each.tools) for each in (one, other, one, other)),
        )
        assert await statuses(one) == {"created": len(GROUPS)}

    assert asked_once(stage.platform)
