"""What a member writes within a day of a low rating is read by its light."""

import pytest

from tests.features.satisfaction.conftest import Shop

HALF_A_COMPLAINT = "同样的码，两条裤子腰围差两指"
"""Nothing that rings by itself."""


@pytest.mark.parametrize(
    ("score", "hours", "rings"),
    [("5", 1, False), ("1", 1, True), ("1", 25, False)],
    ids=["content", "not-content", "long-ago"],
)
async def test_a_low_rating_rings_where_the_words_alone_would_not(
    shop: Shop, score: str, hours: int, *, rings: bool
) -> None:
    case = await shop.served()
    await shop.waits(minutes=2)
    await shop.says(score)
    assert await shop.ratings() == [("answered", int(score))]

    shop.house.clock.tick(hours=hours)
    await shop.says(HALF_A_COMPLAINT)
    opened = await shop.house.ask("SELECT times_opened FROM cases WHERE id = 1")
    assert case.id == 1
    assert opened == [(2 if rings else 1,)]
