"""A member who deletes her data by chat is gone from the registry, and stays gone."""

from bot.app import PERSONAL
from bot.app.tables import declare_all
from bot.features import customer_groups, privacy
from bot.features.privacy.rules import PrivacySettings
from bot.kernel.privacy import PersonalRegistry
from bot.kernel.work import Statement, UnitOfWork
from tests.kit.customers import customer
from tests.kit.groups import Stage
from tests.kit.house import HouseUnderTest

AMEI, LILY = customer(1), customer(2)


def everything(uow: UnitOfWork) -> str:
    return str([uow.run(Statement(f"SELECT * FROM {name}")) for name in declare_all().tables])


async def kept(built: HouseUnderTest) -> str:
    return await built.house.writer.look(everything)


async def test_she_is_gone_and_no_reading_and_no_event_brings_her_back(stage: Stage) -> None:
    platform = stage.platform
    platform.opens(1)
    platform.joins(1, AMEI, LILY)
    stage.clock.tick(seconds=9)
    async with stage.house(rooms=(privacy.feature, customer_groups.feature)) as built:
        built.tools.add(PersonalRegistry, PERSONAL)
        built.tools.add(PrivacySettings, PrivacySettings(erasure_grace_days=0))
        await stage.hears(built, platform.befriends(1))
        await built.hears(AMEI, "我的数据")
        assert AMEI in await kept(built)

        await built.hears(AMEI, "删除我的数据")
        await built.hears(AMEI, "确认删除")
        assert AMEI not in await kept(built)

        await stage.reconcile(built)
        await stage.hears(built, platform.joins(1, customer(3), inviter=AMEI, scene=1))
        await stage.hears(built, platform.leaves(1, AMEI))
        await stage.hears(built, platform.joins(1, AMEI))
        await stage.passes(built, seconds=30)
        await stage.reconcile(built)
        assert AMEI not in await kept(built)
        assert LILY in await kept(built)
        assert customer(3) in await kept(built)
