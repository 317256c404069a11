"""A friend is brought, orders, and gives back; through the whole house, in whatever process."""

from pathlib import Path

from bot.commons import members, orders
from bot.commons.content import Shelf
from bot.commons.orders import Order, Status
from bot.commons.profiles import Profile, keep_profile, read_ref
from bot.features import people, referral, wallet
from bot.kernel.work import UnitOfWork
from tests.features.referral.conftest import FORMS, KINDS, TERMS
from tests.kit.desk import KNOWN, Desk
from tests.kit.house import PHONE, HouseUnderTest

HER_PHONE = "phone:13800000000"


def on_file(uow: UnitOfWork) -> None:
    lily = members.find(uow, PHONE, "lily")
    assert lily is not None
    keep_profile(uow, lily, Profile(phone="13800000000"))


async def test_from_the_code_to_the_coupons_and_back(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.write("coupons.toml", KINDS)
    desk.write("referral.toml", TERMS)
    async with HouseUnderTest(
        tmp_path, [people.feature, wallet.feature, referral.feature]
    ) as house:
        house.tools.add(Shelf, Shelf(desk.content, desk.schedules, KNOWN, forms=FORMS))
        await house.house.clockwork.run_all()
        [said] = await house.hears("amei", "邀请")
        code = said.partition("邀请码：")[2][:11]
        assert "记下了" in (await house.hears("lily", f"邀请码 {code}"))[0]
        await house.house.writer.do(on_file)
        house.clock.tick(minutes=5)
        paid_at = house.clock.now()

        async def told(back: int) -> None:
            status = Status.REFUNDED if back else Status.PAID
            order = Order("pos", "1", read_ref(HER_PHONE), paid_at, 30_000, back, status)
            await house.house.writer.do(lambda uow: orders.record(uow, order))
            for _ in range(3):
                await house.house.clockwork.run_all()
            await house.house.engine.settle()

        await told(0)
        await told(0)
        unused = "SELECT COUNT(*) FROM coupons WHERE state = 'issued'"
        assert await house.ask(unused) == [(2,)]
        assert "1 位朋友下过单了" in (await house.hears("amei", "邀请"))[0]
        house.clock.tick(days=2)
        await told(30_000)
        assert await house.ask(unused) == [(0,)]
        assert "1 位还没下单" in (await house.hears("amei", "邀请"))[0]
