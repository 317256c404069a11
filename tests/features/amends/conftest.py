"""A desk at which amends are given; 阿美 has complained, and 李顾问 has her case."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.features import amends
from tests.kit.amends import furnish
from tests.kit.bureau import AtDesk, Bureau, open_bureau


@pytest.fixture
async def bureau(tmp_path: Path) -> AsyncIterator[Bureau]:
    async with open_bureau(tmp_path, None, amends.feature) as opened:
        await furnish(opened)
        await opened.says("大衣的扣子掉了，我要投诉")
        assert (await opened.case()).advisor == "lisi"
        yield opened


@pytest.fixture
async def lisi(bureau: Bureau) -> AsyncIterator[AtDesk]:
    async with bureau.at("lisi") as opened:
        yield opened


@pytest.fixture
async def chen(bureau: Bureau) -> AsyncIterator[AtDesk]:
    async with bureau.at("chen") as opened:
        yield opened
