"""A house with a desk, in which one member has just complained."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.kit.bureau import AtDesk, Bureau, open_bureau

COMPLAINT = "大衣的扣子掉了，我要投诉"


@pytest.fixture
async def bureau(tmp_path: Path) -> AsyncIterator[Bureau]:
    """Offer a house with a desk."""
    async with open_bureau(tmp_path) as opened:
        yield opened


@pytest.fixture
async def complaint(bureau: Bureau) -> Bureau:
    """Offer one in which 阿美's complaint waits for 李顾问, who was asked first."""
    await bureau.says(COMPLAINT)
    case = await bureau.case()
    assert case.advisor == "lisi"
    return bureau


@pytest.fixture
async def lisi(complaint: Bureau) -> AsyncIterator[AtDesk]:
    """Offer the advisor who was asked, with the desk open."""
    async with complaint.at("lisi") as opened:
        yield opened
