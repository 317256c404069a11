from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.kit.care import Counter, product


@pytest.fixture
async def counter(tmp_path: Path) -> AsyncIterator[Counter]:
    """Offer a house with seven products and no buttons."""
    async with Counter(tmp_path) as opened:
        await furnish(opened)
        yield opened


@pytest.fixture
async def with_buttons(tmp_path: Path) -> AsyncIterator[Counter]:
    """Offer the same house, where members see buttons."""
    async with Counter(tmp_path, buttons=True) as opened:
        await furnish(opened)
        yield opened


async def furnish(counter: Counter) -> None:
    soon = counter.clock.now() + timedelta(days=5)
    await counter.feeds(
        product("A1", "复古风衣", yuan=899, stock=3),
        product("A2", "羊毛大衣", yuan=1599, stock=2, style="极简"),
        product("A3", "短款夹克", yuan=459, style="复古"),
        product("B1", "醋酸衬衫", category="衬衫", yuan=399),
        product(
            "B2", "真丝衬衫", category="衬衫", style="极简", yuan=699, stock=0, restock_at=soon
        ),
        product("C1", "羊绒围巾", category="配饰", style="极简", yuan=299, stock=None),
        product("D1", "灯芯绒半裙 M", category="裙子", style="复古", yuan=299, stock=0),
    )
