"""What is her right is answered while a human has her conversation; nothing else is."""

from pathlib import Path

from bot.features import care, hush, salutations
from bot.kernel.community import Advisor, Advisors
from tests.kit.house import HouseUnderTest


async def test_she_takes_back_what_she_is_called_while_a_human_has_her(tmp_path: Path) -> None:
    house = HouseUnderTest(tmp_path, [care.feature, hush.feature, salutations.feature])
    house.tools.add(Advisors, Advisors((Advisor("lisi", "李顾问"),)))
    async with house:
        for words in ("叫我 小满妈妈", "确认称呼", "转人工"):
            await house.hears("amei", words)

        assert await house.hears("amei", "叫我 豆包的主人") == []
        assert (await house.hears("amei", "退订"))[0].startswith("已退订")
        assert (await house.hears("amei", "不用称呼"))[0].startswith("好，不再用这个称呼")
        assert await house.ask("SELECT words FROM salutations") == []
