"""A week in a shop that rewards: points, a double day, a badge, a card, a refund."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.commons import orders
from bot.commons.content import Forms, Shelf
from bot.commons.orders import Item, Order, Status
from bot.commons.profiles import Ref
from bot.features import badges, checkin, people, rewards, stamps, wallet
from bot.kernel.work import UnitOfWork
from tests.kit.desk import KNOWN, Desk
from tests.kit.house import PHONE, HouseUnderTest

RULES = (
    '[[rule]]\nname = "spend"\ntitle = "消费积分"\non = "order_paid"\npoints = 1\neach_yuan = 10\n'
    '[[double]]\nname = "day"\ntitle = "会员日"\nmonth_days = [25]\n'
)
BADGES = '[[badge]]\ncode = "three"\ntitle = "三日之约"\non = "checkin"\nstreak_days = 3\n'
CARD = (
    '[[card]]\nname = "five"\ntitle = "买五赠一"\ncups = 5\ncoupon = "cup"\ncategories = ["咖啡"]\n'
)
COUPONS = '[[coupon]]\nname = "cup"\ntitle = "一杯券"\nface_fen = 3000\n'
ROOMS = [
    checkin.feature,
    badges.feature,
    wallet.feature,
    stamps.feature,
    rewards.feature,
    people.feature,
]
NOON = datetime(2026, 8, 24, 4, tzinfo=UTC)


def shop(house: HouseUnderTest, folder: Path) -> None:
    """Give a house a content folder."""
    desk = Desk(folder)
    for name, text in {
        "rewards.toml": RULES,
        "badges.toml": BADGES,
        "stamps.toml": CARD,
        "coupons.toml": COUPONS,
    }.items():
        desk.write(name, text)
    tables = {name: model for room in ROOMS for name, model in room.tables.items()}
    forms = Forms(tables=tables)
    house.tools.add(Shelf, Shelf(desk.content, desk.schedules, KNOWN, forms=forms))


async def pays(house: HouseUnderTest, number: str, at: datetime, *, back: int = 0) -> None:
    """Let the till tell an order of five cups as it is now, and the clock bring it to the rooms."""
    status = Status.REFUNDED if back else Status.PAID
    items = [Item("latte", "拿铁", "咖啡", "", 5, 3_000)]
    order = Order("pos", number, Ref(PHONE, "amei"), at, 15_000, back, status, items=items)

    def told(uow: UnitOfWork) -> object:
        return orders.record(uow, order)

    await house.house.writer.do(told)
    for _ in range(2):  # the rooms hear of it, then she does
        await house.house.clockwork.run_all()
    await house.house.engine.settle()


def said(house: HouseUnderTest) -> list[str]:
    """Return what was sent unasked."""
    sent = (one for one in house.phone.sent if one.why.startswith("outreach"))
    return [str(getattr(one.part, "text", "")) for one in sent]


async def test_a_week_of_rewards(tmp_path: Path) -> None:
    async with HouseUnderTest(tmp_path, ROOMS) as house:
        shop(house, tmp_path)
        for _ in range(3):
            await house.hears("amei", "打卡")
            await house.house.clockwork.run_all()
            await house.house.engine.settle()
            house.clock.tick(days=1)
        assert said(house) == ["你得到了新勋章：三日之约。发“我的勋章”看看。"]
        assert "🏅 三日之约" in (await house.hears("amei", "我的勋章"))[0]

        before = await points_of(house)
        await pays(house, "a", NOON)
        assert await points_of(house) == before + 15
        house.clock.tick(minutes=10)
        await pays(house, "b", NOON + timedelta(days=1))
        assert await points_of(house) == before + 45
        assert sum("集杯卡集满了，送你一张“一杯券”" in words for words in said(house)) == 2

        for _ in range(3):
            await pays(house, "b", NOON + timedelta(days=1), back=15_000)
        assert await points_of(house) == before + 15
        assert (await house.hears("amei", "集杯卡"))[0].startswith("买五赠一 0/5")
        rows = await house.ask("SELECT state FROM coupons ORDER BY id")
        assert rows == [("issued",), ("revoked",)]
        assert "消费积分 -30" in (await house.hears("amei", "我的积分"))[0]


async def points_of(house: HouseUnderTest) -> int:
    """Return what she is told she has."""
    first = (await house.hears("amei", "我的积分"))[0].partition("\n")[0]
    return int(first.removeprefix("积分 "))
