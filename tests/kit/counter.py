"""A house behind 微信客服 with one room, and a customer at its counter."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.channels.wecom.kefu import KEFU
from bot.kernel.feature import Feature
from tests.kit.house import HouseUnderTest
from tests.kit.kefu import WK, WK2, FakeKefu, kefu
from tests.kit.rooms import TurnedClock

WM = "wm1"


@pytest.fixture
def clock() -> TurnedClock:
    """Offer a clock."""
    return TurnedClock()


@pytest.fixture
async def platform(clock: TurnedClock) -> AsyncIterator[FakeKefu]:
    """Offer the platform."""
    async with FakeKefu(now=lambda: clock.now().timestamp()) as built:
        yield built


@asynccontextmanager
async def open_house(
    folder: Path, platform: FakeKefu, clock: TurnedClock, room: Feature
) -> AsyncIterator[HouseUnderTest]:
    """Open a house with one room; what was there before is fetched."""
    door = kefu(platform, clock, folder, books=(WK, WK2))
    async with HouseUnderTest(folder, [room], clock=clock, doors=[door]) as built:
        await built.house.engine.settle()
        yield built


async def fetch(built: HouseUnderTest) -> None:
    """Fetch what was said, and let all be done."""
    await built.house.fetching.poke(KEFU, {WK: "", WK2: ""})
    await built.house.engine.settle()


def words(platform: FakeKefu) -> list[str]:
    """Return what the customer has read."""
    return [one.words for one in platform.to(WM)]
