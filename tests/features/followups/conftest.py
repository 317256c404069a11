"""A desk with tasks; 阿美 has complained, and 李顾问 has her case."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.commons import cases
from bot.commons.content import Shelf
from bot.features import followups
from bot.kernel.community import Advisor, Advisors
from tests.kit.bureau import AtDesk, Bureau, open_bureau

PEOPLE = Advisors(
    [Advisor("LiSi", "李顾问"), Advisor("wangwu", "王顾问"), Advisor("zhao", "赵店长")]
)
DUTY = """
[hours]
daily = ["09:00-21:00"]
[[advisor]]
userid = "lisi"
deputy = "wangwu"
[[advisor]]
userid = "zhao"
role = "supervisor"
"""


@pytest.fixture
async def bureau(tmp_path: Path) -> AsyncIterator[Bureau]:
    async with open_bureau(tmp_path, None, followups.feature) as opened:
        opened.house.tools.add(Advisors, PEOPLE)
        opened.writes("duty.toml", DUTY)
        opened.house.tools.use(Shelf).look(opened.house.clock.now())
        await opened.says("大衣的扣子掉了，我要投诉")
        await opened.house.house.writer.do(
            lambda uow: cases.assign(uow, 1, "lisi", who="bot", why="routed")
        )
        yield opened


@pytest.fixture
async def lisi(bureau: Bureau) -> AsyncIterator[AtDesk]:
    async with bureau.at("lisi") as opened:
        yield opened
