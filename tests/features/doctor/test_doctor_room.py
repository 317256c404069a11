"""An operator has everything examined, sees how far it is, and later what it found."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from typing_extensions import override

from bot.features import doctor
from bot.features.doctor import service
from bot.kernel import crash
from bot.kernel.checkup import HOUSE, Doctor, Examined, Finding, Level
from bot.kernel.errors import Refusal
from tests.kit.house import HouseUnderTest

(PAGE,) = doctor.feature.pages


class Practice(Doctor):
    """A doctor who finds what she is told to find."""

    doors = (HOUSE, "kefu", "group_robot.staff")

    def __init__(self) -> None:
        self.examined = 0
        self.problem = Finding(
            "token", "the platform refuses <b>it</b>", Level.PROBLEM, "copy it", "secret"
        )

    @override
    async def examine(self) -> AsyncIterator[tuple[str, Sequence[Examined]]]:
        self.examined += 1
        yield HOUSE, [Examined(HOUSE, Finding("database", "answers"), ("database", "url"))]
        yield "kefu", [Examined("kefu", self.problem, ("channels", "kefu", "secret"))]
        yield "group_robot.staff", []


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[HouseUnderTest]:
    built = HouseUnderTest(tmp_path, [doctor.feature])
    built.tools.add(Doctor, Practice())
    async with built:
        await built.house.engine.settle()
        yield built


async def page(house: HouseUnderTest, **query: str) -> str:
    shown = await house.house.writer.look(lambda uow: PAGE.load(uow, house.tools, query))
    return house.words(PAGE.template, csrf_field="", **shown)


async def press(house: HouseUnderTest, who: str = "xiaoli") -> str:
    act = PAGE.actions["now"]
    return await house.house.writer.do(lambda uow: act(uow, house.tools, {}, who))


async def test_before_the_first_one_the_page_says_what_it_is_for(house: HouseUnderTest) -> None:
    shown = await page(house)

    assert "还没有检查过" in shown
    assert "现在检查" in shown


async def test_what_was_found_is_shown_with_who_and_when(house: HouseUnderTest) -> None:
    assert "开始检查了" in await press(house)
    await house.house.engine.settle()
    shown = await page(house)

    assert "2026-08-24 12:00，<bdi>xiaoli</bdi>" in shown
    assert "1 处要处理" in shown
    assert "refuses &lt;b&gt;it&lt;/b&gt;" in shown
    assert "<code>channels.kefu.secret</code>" in shown
    assert shown.index("本机") < shown.index("微信客服")
    told = await house.ask("SELECT who, what FROM audit")
    assert told == [("xiaoli", "doctor.asked")]


async def test_one_at_a_time(house: HouseUnderTest) -> None:
    await house.house.writer.do(lambda uow: service.ask(uow, "xiaoli"))
    with pytest.raises(Refusal) as refused:
        await press(house)
    assert "已经在检查了" in house.words(refused.value.template, **refused.value.words)
    assert "正在检查：查完 0" in await page(house)
    assert "现在检查" not in await page(house)


async def test_a_death_in_the_middle_examines_anew(
    house: HouseUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(step: str) -> None:
        raise RuntimeError(step)

    with monkeypatch.context() as patched:
        patched.setattr(crash, "step", dies)
        await press(house)
        await house.house.engine.settle()
    assert "查完 1 / 3" in await page(house)
    house.clock.tick(minutes=2)
    await house.house.engine.settle()

    assert "查完" not in await page(house)
    assert await house.ask("SELECT count(*) FROM doctor_findings") == [(2,)]


async def test_earlier_ones_can_be_looked_at_and_old_ones_are_forgotten(
    house: HouseUnderTest,
) -> None:
    practice = house.tools.use(Doctor)
    assert isinstance(practice, Practice)
    for number in range(33):
        if number == 32:
            practice.problem = Finding("token", "good")
        await press(house, f"who{number}")
        await house.house.engine.settle()
        house.clock.tick(minutes=1)

    assert "都正常" in await page(house)
    earlier = await page(house, run="31")
    assert "<bdi>who30</bdi> 要求检查" in earlier
    assert "1 处要处理" in earlier
    assert "要求检查" in await page(house, run="x")
    assert await house.ask("SELECT count(*), min(id) FROM doctor_runs") == [(30, 4)]
    assert await house.ask("SELECT count(DISTINCT run_id) FROM doctor_findings") == [(30,)]
