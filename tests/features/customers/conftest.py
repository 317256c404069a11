"""A platform whose employees have customers, and houses that know them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.kit.customers import FakeCustomers
from tests.kit.groups import Stage
from tests.kit.rooms import TurnedClock


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    clock = TurnedClock()
    async with FakeCustomers(now=lambda: clock.now().timestamp()) as platform:
        yield Stage(tmp_path, platform, clock)
        assert [str(wrong) for wrong in platform.refused if wrong.code in {40058, 47001}] == []
