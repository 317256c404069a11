"""An official account in front of a fake platform, in the mode that a test asks for."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.channels.wecom.mp import OfficialAccount
from tests.kit.mp import FakeMp, account
from tests.kit.rooms import TurnedClock


@pytest.fixture
def clock() -> TurnedClock:
    return TurnedClock()


@pytest.fixture
async def platform(clock: TurnedClock) -> AsyncIterator[FakeMp]:
    async with FakeMp(now=lambda: clock.now().timestamp()) as fake:
        fake.acts()
        yield fake


@pytest.fixture
async def door(
    platform: FakeMp, clock: TurnedClock, tmp_path: Path
) -> AsyncIterator[OfficialAccount]:
    built = account(platform, clock, tmp_path)
    await built.start()
    yield built
    await built.stop()
