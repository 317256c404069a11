"""A member books, is reminded, and her address is gone in the end; through the whole house."""

from datetime import timedelta
from pathlib import Path

from bot.commons.content import Shelf
from bot.features import bookings
from bot.kernel.community import Advisor, Advisors
from tests.features.bookings.conftest import FORMS, HEAD, TIDY
from tests.kit.desk import KNOWN, Desk
from tests.kit.house import HouseUnderTest


async def test_from_the_list_to_the_day_after(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.post("services/tidy.md", "来帮你理衣橱。", TIDY, HEAD)
    async with HouseUnderTest(tmp_path, [bookings.feature]) as house:
        house.tools.add(Shelf, Shelf(desk.content, desk.schedules, KNOWN, forms=FORMS))
        house.tools.add(Advisors, Advisors((Advisor("lisi", "李顾问"),)))

        async def night() -> None:
            for _ in range(3):
                await house.house.clockwork.run_all()
            await house.house.engine.settle()

        await night()
        assert "1. 私人衣橱整理" in (await house.hears("amei", "预约"))[0]
        assert "约好了" in (await house.hears("amei", "预约 1 8-29 10:00"))[0]
        assert "约不了" in (await house.hears("lily", "预约 1 8-29 10:00"))[0]
        await night()
        await night()
        told = "SELECT COUNT(*) FROM outbox WHERE why = 'bookings.advisor'"
        notices = await house.ask("SELECT COUNT(*) FROM notices")
        assert (await house.ask(told))[0][0] + notices[0][0] == 1  # type: ignore[operator]  # counts

        house.clock.at += timedelta(days=3, hours=23)
        await night()
        await night()
        letters = "SELECT key FROM letters ORDER BY id"
        assert await house.ask(letters) == [("bookings:1:remind:0:1",)]
        assert "取消了" not in (await house.hears("amei", "取消预约"))[0]
        house.clock.at += timedelta(days=2)
        await night()
        assert await house.ask("SELECT state FROM bookings") == [("done",)]
