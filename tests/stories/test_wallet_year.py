"""A year with points: got, warned of, held, gone; through the whole house."""

from datetime import timedelta
from pathlib import Path

from bot.commons import coupons, members, points
from bot.commons.points import PointsSettings
from bot.features import checkin, wallet
from bot.kernel.work import UnitOfWork
from tests.kit.house import PHONE, HouseUnderTest

FIFTY = coupons.Kind(name="fifty", title="50 元券", face_fen=5000, valid_days=10)


async def test_points_are_got_warned_of_and_gone_after_a_year(tmp_path: Path) -> None:
    async with HouseUnderTest(tmp_path, [checkin.feature, wallet.feature]) as house:
        house.tools.add(PointsSettings, PointsSettings(expire_months=12, expire_warn_days=10))
        await house.hears("amei", "打卡")
        await house.house.clockwork.run_all()
        assert "5 分 2027 年 8 月 24 日到期" in (await house.hears("amei", "我的积分"))[0]

        house.clock.tick(days=354)
        await house.house.clockwork.run_all()
        assert said(house) == []
        house.clock.tick(days=2)
        for _ in range(3):
            await house.house.clockwork.run_all()
        await house.house.engine.settle()
        assert said(house) == [
            "你有 5 分快到期了，最早的一批用到 8 月 24 日为止。发“我的积分”看明细。"
        ]

        house.clock.tick(days=10)
        await house.house.clockwork.run_all()
        last = (await house.hears("amei", "我的积分"))[0]
        assert last.startswith("积分 0\n")
        assert "过期 -5" in last


async def test_a_coupon_is_reminded_of_by_day_and_a_hold_lets_go(tmp_path: Path) -> None:
    async with HouseUnderTest(tmp_path, [checkin.feature, wallet.feature]) as house:
        await house.hears("amei", "打卡")

        def give(uow: UnitOfWork) -> None:
            amei = members.find(uow, PHONE, "amei")
            assert amei is not None
            now = uow.clock.now()
            ends = now + timedelta(days=3)
            coupons.issue(uow, amei, FIFTY, key="k", reason="gift", valid_until=ends)
            points.hold(uow, amei, 4, reason="mall", key="h", until=now + timedelta(hours=1))

        house.clock.at = house.clock.at.replace(hour=15)  # 23:00 in Shanghai
        await house.house.writer.do(give)
        await house.house.clockwork.run_all()
        await house.house.engine.settle()
        assert said(house) == []
        assert (await house.hears("amei", "我的积分"))[0].startswith("积分 1\n另有 4 分冻结中")

        house.clock.tick(hours=11)
        await house.house.clockwork.run_all()
        await house.house.engine.settle()
        [reminder] = said(house)
        assert reminder.startswith("你的“50 元券”用到 8 月 27 日为止，券码 ")
        assert (await house.hears("amei", "我的积分"))[0].startswith("积分 5\n08-24")


def said(house: HouseUnderTest) -> list[str]:
    """Return what was sent unasked."""
    return [
        str(getattr(one.part, "text", ""))
        for one in house.phone.sent
        if one.why.startswith("outreach")
    ]
