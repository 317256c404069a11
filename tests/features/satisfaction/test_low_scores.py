"""A low score is a supervisor's to look into, by a task: never whose who was rated."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot.commons import cases, duty, members
from bot.commons.content import Forms, Shelf
from bot.features import followups
from bot.kernel.community import Advisor, Advisors
from bot.kernel.reception import Duty
from bot.kernel.work import UnitOfWork
from tests.features.satisfaction.conftest import ROOMS, Shop
from tests.kit.desk import KNOWN, Desk
from tests.kit.house import PHONE, HouseUnderTest, Phone

ADVISORS = Advisors(
    (Advisor("lisi", "李顾问"), Advisor("Zhao", "赵店长"), Advisor("qian", "钱店长"))
)
DUTY = "".join(
    f'[[advisor]]\nuserid = "{name}"\nrole = "supervisor"\n' for name in ("zhao", "qian")
)


@dataclass
class Led(Shop):
    """A shop with supervisors."""

    desk: Desk

    def writes(self, text: str) -> None:
        """Let an operator write the roster, and the clock find it."""
        self.desk.write(duty.FILE, text)
        known = replace(KNOWN, advisors=[one.userid for one in ADVISORS])
        forms = Forms(tables={duty.FILE: duty.Roster})
        shelf = Shelf(self.desk.content, self.desk.schedules, known, forms=forms)
        shelf.look(self.house.clock.now())
        self.house.tools.add(Shelf, shelf)

    async def rates(self, score: str = "1", by: str = "lisi") -> tuple[str, str]:
        """Let a member have been served and rate it; return whose task comes of it, and why."""
        await self.served(by=by)
        await self.waits(minutes=2)
        await self.says(score)
        [task] = await self.house.ask("SELECT advisor, why FROM followups")
        return str(task[0]), str(task[1])

    async def is_off(self, who: str) -> None:
        """Let a supervisor have the day off."""
        await self._do(lambda uow: duty.say(uow, who, Duty.OFF, who=who))

    async def has_one(self, who: str) -> None:
        """Let a supervisor have a case."""

        def give(uow: UnitOfWork) -> None:
            now = uow.clock.now()
            her = members.resolve(uow, PHONE, "lily", now)
            about = cases.Concern(her, cases.Kind.HUMAN, 1, [], now, PHONE, "", "lily", "k-1")
            cases.assign(uow, cases.open_case(uow, about).case.id, who, who="bot", why="routed")

        await self._do(give)


@pytest.fixture
async def led(tmp_path: Path) -> AsyncIterator[Led]:
    phone = Phone()
    house = HouseUnderTest(tmp_path, [followups.feature, *ROOMS], phone)
    house.tools.add(Advisors, ADVISORS)
    async with house:
        shop = Led(house, phone, Desk(tmp_path))
        shop.writes(DUTY)
        yield shop


async def test_a_low_score_is_a_notice_and_the_task_of_a_supervisor_once(led: Led) -> None:
    assert await led.rates("1") == ("zhao", "low_csat")
    await led.says("2")

    [notice] = await led.notices()
    assert "李顾问 接待）打了 1 分，请主管看看" in notice
    assert await led.house.ask("SELECT count(*) FROM followups") == [(1,)]


async def test_the_supervisor_with_fewer_cases_looks_into_it(led: Led) -> None:
    await led.has_one("zhao")

    assert await led.rates() == ("qian", "low_csat")


async def test_a_supervisor_on_duty_comes_first(led: Led) -> None:
    await led.has_one("zhao")
    await led.is_off("qian")

    assert await led.rates() == ("zhao", "low_csat")


async def test_where_none_is_on_duty_it_is_a_supervisors_all_the_same(led: Led) -> None:
    await led.is_off("zhao")
    await led.is_off("qian")

    assert await led.rates() == ("zhao", "low_csat")


@pytest.mark.parametrize("roster", ["", DUTY[: DUTY.index("[[advisor]]", 1)]])
async def test_without_another_supervisor_it_is_nobodys_and_not_the_rated_ones(
    led: Led, roster: str
) -> None:
    led.writes(roster)

    assert await led.rates(by="zhao" if roster else "lisi") == ("", "low_csat")
