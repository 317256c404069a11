"""From which amount on the wish to buy is an advisor's."""

import pytest

from bot.commons import cases
from bot.features.care.rules import CareSettings
from tests.features.care.conftest import Shop


async def is_large(shop: Shop, text: str) -> bool:
    """Let a member say it; return True when a case of a large purchase is open then."""
    await shop.says(text)
    rows = await shop.rows("SELECT kind FROM cases WHERE ended_at IS NULL")
    return (cases.Kind.VALUE,) in rows


@pytest.mark.parametrize(
    ("text", "rings"),
    [("想买条项链，预算1999.99元", False), ("想买条项链，预算2000元", True)],
)
async def test_two_thousand_yuan_are_a_large_purchase(
    shop: Shop, text: str, *, rings: bool
) -> None:
    assert await is_large(shop, text) is rings


@pytest.mark.parametrize(
    ("large_yuan", "text", "rings"),
    [
        (500, "想买条项链，预算600元", True),
        (500, "想买条项链，预算499元", False),
        (30_000, "想买条项链，预算30000元", True),
        (30_000, "想买条项链，预算2000元", False),
    ],
)
async def test_the_amount_is_a_setting(
    shop: Shop, large_yuan: int, text: str, *, rings: bool
) -> None:
    shop.house.tools.add(CareSettings, CareSettings(large_yuan=large_yuan))

    assert await is_large(shop, text) is rings
