"""Where she came from decides how she is greeted."""

from bot.features.help.rules import HelpSettings
from tests.features.arrivals.conftest import WM, Shop


async def test_a_scene_with_words_of_its_own_greets_with_them_once(shop: Shop) -> None:
    shop.house.tools.add(HelpSettings, HelpSettings(welcomes={"poster_hike": "欢迎来徒步！"}))
    await shop.enters("poster_hike")
    await shop.enters("poster_hike")
    await shop.enters("elsewhere")
    await shop.enters("elsewhere")

    first, second = [one.words for one in shop.platform.to(WM)]
    assert first.startswith("欢迎来徒步！直接发这些词就能用：")
    assert second.startswith("你好，欢迎来到拾光衣橱")
    assert "转人工" in first
    assert shop.platform.refused == []
