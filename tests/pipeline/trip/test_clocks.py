"""The durable trip when the clock is set back."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from bot.kernel.errors import PauseScope, RetryLater, Undeliverable
from bot.kernel.feature import Feature
from bot.kernel.ports import Limit
from bot.pipeline import outbox
from bot.pipeline.housekeeping import catch_up
from bot.pipeline.outbox import LONGEST_DELAY_S
from bot.storage.columns import instant
from tests.kit.house import HouseUnderTest, Phone
from tests.kit.trip import (
    failures,
    housekeeping,
    is_sending,
    router,
)
from tests.kit.workshop import until


async def test_a_clock_set_back_holds_up_no_update(house: HouseUnderTest) -> None:
    failures.append(ValueError("bug"))
    await house.hears("amei", "说 1")
    house.clock.tick(hours=-5)
    await housekeeping(house)

    assert house.phone.texts("amei") == ["听到 1"]


@pytest.mark.parametrize("scope", PauseScope)
async def test_a_clock_set_back_holds_up_no_message(
    house: HouseUnderTest, scope: PauseScope
) -> None:
    house.phone.script.append(RetryLater("busy", after_s=5, scope=scope))
    await house.hears("amei", "说 1")
    house.clock.tick(hours=-5)
    await housekeeping(house)

    assert house.phone.texts("amei") == ["听到 1"]


async def test_a_clock_set_back_ends_a_rest_however_long_it_was(house: HouseUnderTest) -> None:
    house.phone.script.append(
        RetryLater("a day's quota", after_s=86_400, scope=PauseScope.CHANNEL, uncounted=True)
    )
    await house.hears("amei", "说 1")
    house.clock.tick(hours=20)
    assert await house.ask("SELECT count(*) FROM pauses") == [(1,)]
    await house.house.writer.do(catch_up)
    assert await house.ask("SELECT count(*) FROM pauses") == [(1,)]
    house.clock.tick(hours=-21)
    await house.house.writer.do(catch_up)

    assert await house.ask("SELECT count(*) FROM pauses") == [(0,)]


async def test_a_clock_set_back_leaves_a_channel_off(house: HouseUnderTest) -> None:
    house.phone.script.append(Undeliverable("ip", code=60020, channel_off=True))
    await house.hears("amei", "说 1")
    house.clock.tick(hours=-5)
    await housekeeping(house)

    assert await house.hears("amei", "说 2") == []


async def test_a_clock_set_back_rests_a_full_lane_for_one_window(tmp_path: Path) -> None:
    phone = Phone(limits=(Limit(2, 60),))
    async with HouseUnderTest(tmp_path, [Feature("help", router)], phone) as house:
        for number in range(2):
            await house.hears("amei", f"说 {number}")
        house.clock.tick(hours=-5)
        assert await house.hears("amei", "说 2") == []
        house.clock.tick(seconds=61)
        assert await house.hears("amei", "说 3") == ["听到 2", "听到 3"]


async def test_what_was_being_sent_when_the_clock_was_set_back_is_taken_back(
    tmp_path: Path,
) -> None:
    go_on = asyncio.Event()
    phone = Phone(slow=go_on)
    async with HouseUnderTest(tmp_path, [Feature("help", router)], phone) as house:
        await house.house.inbox.accept([house.update("amei", "说 1")])
        await until(lambda: is_sending(house))
        house.clock.tick(hours=-5)
        await house.house.writer.do(catch_up)
        house.clock.tick(seconds=60)
        assert await house.house.writer.do(lambda uow: outbox.recover(uow, lease_s=60)) == 1
        [(since,)] = await house.ask("SELECT doubt_since FROM outbox")
        go_on.set()

        assert instant(since) < house.clock.now() - timedelta(minutes=30)


async def test_no_wait_is_longer_than_housekeeping_thinks(house: HouseUnderTest) -> None:
    house.phone.script.append(RetryLater("busy", after_s=86_400))
    await house.hears("amei", "说 1")
    house.clock.tick(seconds=LONGEST_DELAY_S)
    await house.house.engine.settle()

    assert house.phone.texts("amei") == ["听到 1"]
