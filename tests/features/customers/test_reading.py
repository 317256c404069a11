"""Who is whose friend: by events, by readings, and whatever gets lost in between."""

import pytest

from bot.app import PERSONAL
from bot.app.tables import declare_all
from bot.commons import customers
from bot.features import customers as room
from bot.features import privacy
from bot.features.privacy.rules import PrivacySettings
from bot.kernel import crash
from bot.kernel.privacy import PersonalRegistry
from bot.kernel.work import Statement, UnitOfWork
from tests.kit.customers import customer
from tests.kit.groups import Stage
from tests.kit.house import HouseUnderTest
from tests.kit.platforms import Fault

ROOMS = (room.feature,)
BATCH = "externalcontact/batch/get_by_user"
Pairs = set[tuple[str, str]]


async def known(built: HouseUnderTest) -> Pairs:
    rows = await built.ask("SELECT identity, colleague FROM friendships")
    return {(str(identity), str(colleague)) for identity, colleague in rows}


def truth(stage: Stage) -> Pairs:
    return {(who, by) for who, friends in stage.platform.friends.items() for by in friends}


def leaves(stage: Stage, number: int, colleague: str = "lihua", *, hers: bool = False) -> str:
    """Let two be friends no more."""
    who = customer(number)
    del stage.platform.friends[who][colleague]
    if not stage.platform.friends[who]:
        del stage.platform.friends[who]
    change = "del_follow_user" if hers else "del_external_contact"
    return stage.platform._callback(  # noqa: SLF001 - the kit's own
        "change_external_contact", ChangeType=change, UserID=colleague, ExternalUserID=who
    )


async def test_a_new_house_reads_everybody_with_name_and_tags(stage: Stage) -> None:
    for number in range(250):
        stage.platform.befriends(number, ("lihua", "wangfang")[number % 2])
    stage.platform.befriends(0, "wangfang")
    stage.platform.friends[customer(7)]["wangfang"]["tags"] = [{"tag_id": "et1", "type": 1}]
    async with stage.house(rooms=ROOMS) as built:
        await built.house.engine.settle()

        assert await known(built) == truth(stage)
        channel = stage.door.name
        friends = await built.house.writer.look(
            lambda uow: customers.friends_of(uow, channel, "wangfang")
        )
        (seven,) = [one for one in friends if one.identity == customer(7)]
        assert (seven.name, seven.tags) == ("名字0007", frozenset({"et1"}))


async def test_events_are_heard_at_once_and_lost_ones_are_found_by_the_next_reading(
    stage: Stage,
) -> None:
    async with stage.house(rooms=ROOMS) as built:
        await stage.hears(built, stage.platform.befriends(1), stage.platform.befriends(2))
        assert await known(built) == truth(stage)
        rows = await built.ask("SELECT name FROM friendships ORDER BY identity")
        assert rows == [("名字0001",), ("名字0002",)]

        stage.clock.tick(seconds=5)
        await stage.hears(built, leaves(stage, 1), stage.platform.befriends(2, "wangfang"))
        assert await known(built) == truth(stage)

        stage.platform.befriends(3)  # nobody tells
        leaves(stage, 2)
        await stage.passes(built, hours=25)
        assert await known(built) == truth(stage)


async def test_a_late_goodbye_does_not_part_who_met_again(stage: Stage) -> None:
    async with stage.house(rooms=ROOMS) as built:
        await stage.hears(built, stage.platform.befriends(1))
        stage.clock.tick(seconds=5)
        goodbye = leaves(stage, 1, hers=True)
        stage.clock.tick(seconds=5)
        again = stage.platform.befriends(1)
        await stage.hears(built, again, goodbye)

        assert await known(built) == truth(stage)


async def test_a_tag_that_was_put_on_is_read(stage: Stage) -> None:
    async with stage.house(rooms=ROOMS) as built:
        await stage.hears(built, stage.platform.befriends(1))
        stage.platform.friends[customer(1)]["lihua"]["tags"] = [{"tag_id": "et9", "type": 1}]
        edited = stage.platform._callback(  # noqa: SLF001 - the kit's own
            "change_external_contact",
            ChangeType="edit_external_contact",
            UserID="lihua",
            ExternalUserID=customer(1),
        )
        await stage.hears(built, edited)

        assert await built.ask("SELECT tags FROM friendships") == [(",et9,",)]


async def test_one_of_whom_the_platform_says_nothing_holds_up_nobody(stage: Stage) -> None:
    async with stage.house(rooms=ROOMS) as built:
        await built.house.engine.settle()
        stage.platform.faults["externalcontact/get"].append(Fault(errcode=40096))
        await stage.hears(built, stage.platform.befriends(1), stage.platform.befriends(2))

        rows = await built.ask("SELECT count(*) FROM friendships WHERE read_at IS NULL")
        assert rows == [(0,)]
        assert await known(built) == truth(stage)


@pytest.mark.parametrize("step", ["customers.listed", "customers.turned", "customers.asked"])
async def test_a_death_at_any_step_loses_nobody(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    stage.platform.followers = [f"colleague{number:03}" for number in range(150)]
    for number in range(150):
        stage.platform.befriends(number, f"colleague{number:03}")

    def dies(here: str) -> None:
        if here == step:
            raise RuntimeError(here)

    with monkeypatch.context() as patch:
        patch.setattr(crash, "step", dies)
        async with stage.house(rooms=ROOMS) as built:
            await stage.hears(built, stage.platform.befriends(0, "colleague001"))
    async with stage.house(rooms=ROOMS) as built:
        await stage.passes(built, seconds=61)
        await stage.passes(built, minutes=10)

        assert await known(built) == truth(stage)


async def test_a_place_that_was_lost_begins_its_hundred_anew(stage: Stage) -> None:
    for number in range(250):
        stage.platform.befriends(number)
    stage.platform.faults[BATCH].extend([Fault(), Fault(errcode=50100)])
    async with stage.house(rooms=ROOMS) as built:
        await built.house.engine.settle()

        assert await known(built) == truth(stage)
        assert len(stage.platform.called(BATCH)) == 1 + 3


async def test_whoever_was_erased_is_not_known_again(stage: Stage) -> None:
    stage.platform.befriends(1)
    stage.platform.befriends(2)
    async with stage.house(rooms=(privacy.feature, room.feature)) as built:
        built.tools.add(PersonalRegistry, PERSONAL)
        built.tools.add(PrivacySettings, PrivacySettings(erasure_grace_days=0))
        await built.hears(customer(1), "删除我的数据")
        await built.hears(customer(1), "确认删除")
        await stage.hears(built, stage.platform.befriends(1, "wangfang"))
        await stage.passes(built, hours=25)

        assert await known(built) == {(customer(2), "lihua")}
        assert customer(1) not in await built.house.writer.look(everything)


def everything(uow: UnitOfWork) -> str:
    return str([uow.run(Statement(f"SELECT * FROM {name}")) for name in declare_all().tables])


async def test_without_the_channel_nothing_is_read(stage: Stage) -> None:
    async with stage.house(rooms=ROOMS, configured=False) as built:
        await built.house.engine.settle()

        assert await known(built) == set()
