"""A house with a room that answers, fails and refuses as told."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.kernel.feature import Feature
from tests.kit.house import HouseUnderTest
from tests.kit.trip import (
    failures,
    router,
)


@pytest.fixture(autouse=True)
def no_failures() -> None:
    failures.clear()


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[HouseUnderTest]:
    async with HouseUnderTest(tmp_path, [Feature("help", router)]) as house:
        yield house
