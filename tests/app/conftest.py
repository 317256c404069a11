"""A clinic, and a platform to ask."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.kit.clinic import Clinic
from tests.kit.doctor import FakeOffice


@pytest.fixture
def clinic(tmp_path: Path) -> Clinic:
    return Clinic(tmp_path)


@pytest.fixture
async def office() -> AsyncIterator[FakeOffice]:
    async with FakeOffice() as platform:
        yield platform
