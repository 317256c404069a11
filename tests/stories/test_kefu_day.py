"""A customer's day in 微信客服: callbacks in, phone text out, with every room of the house."""

from pathlib import Path

import pytest

from bot import app as roof
from bot.channels.wecom.kefu import KEFU
from bot.features.arrivals.rules import ArrivalsSettings
from bot.kernel.community import Advisor, Advisors
from bot.kernel.ids import ChannelName, GroupId
from bot.kernel.ports import CronReader, Group, Groups
from bot.pipeline.scheduler import Crons
from tests.kit.house import HouseUnderTest
from tests.kit.kefu import kefu
from tests.kit.mail import Mail
from tests.kit.reception import FakeReception
from tests.kit.rooms import TurnedClock

WM, WR = "wm-amei", "wrHiking"


class Day:
    """The house, the platform, and what one customer reads."""

    def __init__(self, built: HouseUnderTest, platform: FakeReception, clock: TurnedClock) -> None:
        self.built, self.platform, self.clock = built, platform, clock
        self.read = 0

    async def comes(self) -> list[str]:
        """Let the platform's callback come; return what she reads then."""
        door = self.built.house.channels[KEFU]
        assert door.receiver is not None
        raw = Mail().post(self.platform.hint(), self.clock.now().timestamp())
        received = await door.receiver.receive(raw)
        await self.built.house.fetching.poke(KEFU, received.hints)
        for _ in range(3):
            await self.built.house.engine.settle()
            self.clock.tick(seconds=1.5)
        fresh = self.platform.to(WM)[self.read :]
        self.read += len(fresh)
        return [one.words for one in fresh]

    async def says(self, text: str) -> list[str]:
        self.platform.hears(WM, text)
        return await self.comes()


@pytest.mark.timeout(30)
async def test_from_the_poster_to_a_human_and_into_the_group(tmp_path: Path) -> None:
    clock = TurnedClock()
    async with FakeReception(now=lambda: clock.now().timestamp(), token_life_s=10**7) as platform:
        platform.groups = [WR]
        platform.employs("lihua")
        built = HouseUnderTest(
            tmp_path, roof.FEATURES, clock=clock, doors=[kefu(platform, clock, tmp_path)]
        )
        built.tools.add(Advisors, Advisors((Advisor("lihua", "李顾问"),)))
        built.tools.add(CronReader, Crons())
        built.tools.add(ArrivalsSettings, ArrivalsSettings(groups={"default": "hike"}))
        group = Group(GroupId("hike"), "徒步一群", ChannelName("customer_groups"), WR)
        built.tools.add(Groups, Groups.of([group]))
        async with built:
            day = Day(built, platform, clock)
            platform.enters(WM, scene="poster_hike")
            [welcome] = await day.comes()
            assert "欢迎" in welcome
            assert "已连续 1 天" in (await day.says("打卡"))[0]
            assert "已经请李顾问来看" in (await day.says("转人工"))[0]
            assert platform.state_of(WM) == (3, "lihua")
            assert await day.says("我的积分") == []
            assert await day.says("谁在处理") == []
            platform.ends(WM)
            [closing] = await day.comes()
            assert "人工接待结束了" in closing
            assert "5" in (await day.says("我的积分"))[0]
            assert "马上把群推荐给你" in (await day.says("进群"))[0]
            parked = await built.ask(
                "SELECT (SELECT count(*) FROM inbox WHERE status = 'parked'),"
                " (SELECT count(*) FROM outbox WHERE status IN ('parked', 'maybe', 'queued'))"
            )

    assert [body["groupchat"]["chat_id"] for body in platform.recommended] == [WR]
    assert parked == [(0, 0)]
    assert [wrong.code for wrong in platform.refused] == [95018]  # 谁在处理, asked of a human
