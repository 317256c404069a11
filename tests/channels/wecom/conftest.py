"""The two WeCom doors, built as the house builds them, in front of a fake WeCom."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.channels.wecom import GroupRobot, WecomApp
from tests.kit.platforms import FakeWecom
from tests.kit.rooms import TurnedClock
from tests.kit.wecom import group_robot, wecom_app


@pytest.fixture
def clock() -> TurnedClock:
    return TurnedClock()


@pytest.fixture
async def wecom(clock: TurnedClock) -> AsyncIterator[FakeWecom]:
    async with FakeWecom(now=lambda: clock.now().timestamp()) as platform:
        yield platform


@pytest.fixture
async def app(wecom: FakeWecom, clock: TurnedClock, tmp_path: Path) -> AsyncIterator[WecomApp]:
    door = wecom_app(wecom, clock, tmp_path)
    await door.start()
    yield door
    await door.stop()


@pytest.fixture
async def robot(wecom: FakeWecom, tmp_path: Path) -> AsyncIterator[GroupRobot]:
    door = group_robot(wecom, tmp_path)
    await door.start()
    yield door
    await door.stop()
