"""A week of check-ins with a gap, an outage, a day made up and a challenge; through the house."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.commons import points
from bot.commons.checkins.rules import CheckinSettings
from bot.commons.content import Forms, Pen, Shelf
from bot.commons.coupons import Kinds
from bot.features import challenges, checkin, help, makeups, pictures, wallet  # noqa: A004 - 帮助
from bot.features.challenges.matter import ChallengeMatter
from bot.features.makeups import amnesty
from bot.features.makeups.amnesty import Outage
from bot.kernel.messages import Card
from bot.kernel.work import UnitOfWork
from tests.kit.desk import KNOWN, Desk
from tests.kit.house import HouseUnderTest

FORMS = Forms({"challenges": ChallengeMatter}, {"coupons.toml": Kinds})
ROOMS = (
    *(checkin.feature, makeups.feature, challenges.feature),
    *(wallet.feature, pictures.feature, help.feature),
)
WEEK = """+++
title = "早起一周"
kind = "interactive"
stage = "consideration"
starts_on = 2026-08-24
ends_on = 2026-08-30
days_needed = 6
[reward]
points = 50
coupon = "card"
valid = "quarter"
+++
一起早起。
"""
KINDS = '[[coupon]]\nname = "card"\ntitle = "季度穿搭VIP卡"\npercent_off = 10\n'


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[HouseUnderTest]:
    desk = Desk(folder)
    desk.write("challenges/week.md", WEEK)
    desk.write("coupons.toml", KINDS)
    looks = iter(range(0, 1_000_000, 10))
    built = HouseUnderTest(folder, ROOMS)
    shelf = Shelf(
        desk.content, desk.schedules, KNOWN, forms=FORMS, monotonic=lambda: float(next(looks))
    )
    built.tools.add(Shelf, shelf)
    built.tools.add(Pen, Pen(desk.content, FORMS))
    built.tools.add(CheckinSettings, CheckinSettings(makeup_points=3, poster_days=(6,)))
    async with built:
        await tick(built)
        yield built


async def tick(house: HouseUnderTest) -> None:
    """Let the clock do what is due, and what comes of it leave."""
    await house.house.clockwork.run_all()
    await house.house.engine.settle()


async def test_a_week(tmp_path: Path) -> None:
    async with opened(tmp_path) as house:
        assert "参加好了：早起一周" in (await house.hears("amei", "参加 101"))[0]
        for _ in range(3):  # Monday to Wednesday
            await house.hears("amei", "打卡")
            house.clock.tick(days=1)
        house.clock.tick(days=1)  # Thursday: nothing arrives, the server is down
        thursday = house.clock.now().date().replace(day=27)

        def give(uow: UnitOfWork) -> int:
            today, outage = thursday.replace(day=28), Outage(thursday, thursday)
            return amnesty.grant(uow, outage, today, who="lin", why="停机").expected

        assert await house.house.writer.do(give) == 1
        await tick(house)
        assert "4 / 6 天，还差 2 天，剩 3 天" in (await house.hears("amei", "我的挑战"))[0]

        assert "已连续 5 天" in (await house.hears("amei", "打卡"))[0]  # Friday
        house.clock.tick(days=2)  # Saturday is missed
        await house.hears("amei", "打卡")
        await tick(house)
        [letter] = said(house)
        assert letter == (
            "恭喜，你完成了挑战“早起一周” 🎉\n"
            "得到：50 积分、季度穿搭VIP卡（本季度末有效），已经到账，发“我的权益”看券。"
        )

        await house.hears("amei", "补签 周六")
        card = house.phone.sent[-1].part
        assert isinstance(card, Card)
        assert card.title == "补签 8 月 29 日"
        assert card.description.startswith("用 3 积分")
        done = (await house.hears("amei", "确认补签 8月29日"))[0]
        assert "连续打卡奖励 +10 分，现在已连续 7 天" in done
        poster = await house.hears("amei", "我的海报")
        assert "已连续 7 天！海报画好就发给你" in poster[0]

        house.clock.tick(days=2)
        for _ in range(3):
            await tick(house)
        assert len(said(house)) == 1
        statement = (await house.hears("amei", "我的积分"))[0]
        assert statement.startswith("积分 87\n")
        assert "补签 -3" in statement
        assert "挑战奖励 +50" in statement
        assert await house.house.writer.look(points.books_balance) == []


def said(house: HouseUnderTest) -> list[str]:
    """Return what was sent unasked."""
    return [
        str(getattr(one.part, "text", ""))
        for one in house.phone.sent
        if one.why.startswith("outreach")
    ]
