from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.kit.care import Counter


@pytest.fixture
async def counter(tmp_path: Path) -> AsyncIterator[Counter]:
    """Offer a house with three answers and no buttons."""
    async with Counter(tmp_path) as opened:
        furnish(opened)
        yield opened


@pytest.fixture
async def with_buttons(tmp_path: Path) -> AsyncIterator[Counter]:
    """Offer the same house, where members see buttons."""
    async with Counter(tmp_path, buttons=True) as opened:
        furnish(opened)
        yield opened


def furnish(counter: Counter) -> None:
    counter.writes("hours", ["营业时间", "几点开门", "几点关门"], "每天 10:00–21:30。")
    counter.writes("points-use", ["积分怎么用", "积分能换什么"], "发“积分商城”看能换什么。")
    counter.writes("points-end", ["积分会过期吗", "积分什么时候清零"], "现在不过期。")
