"""A platform with customer groups, and the door to it."""

from collections.abc import AsyncIterator

import pytest

from bot.channels.wecom.customer_groups import CustomerGroups
from tests.kit.customers import FakeCustomers, customer_groups
from tests.kit.rooms import TurnedClock


@pytest.fixture
def clock() -> TurnedClock:
    return TurnedClock()


@pytest.fixture
async def platform(clock: TurnedClock) -> AsyncIterator[FakeCustomers]:
    async with FakeCustomers(now=lambda: clock.now().timestamp()) as opened:
        yield opened
        assert [str(wrong) for wrong in opened.refused if wrong.code in {40058, 47001, 45002}] == []


@pytest.fixture
async def door(platform: FakeCustomers, clock: TurnedClock) -> AsyncIterator[CustomerGroups]:
    built = customer_groups(platform, clock)
    await built.start()
    yield built
    await built.stop()
