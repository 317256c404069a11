"""In the whole house: she writes, it stops, it starts again, and nobody is forgotten."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.commons import cases, duty
from bot.features import care, clocks, handoff, help, privacy, roster  # noqa: A004 - 帮助
from bot.kernel.community import Advisors
from bot.kernel.messages import UpdateKind
from bot.kernel.reception import HUMAN_SAID
from bot.kernel.work import UnitOfWork
from tests.kit.house import HouseUnderTest
from tests.kit.rooms import TurnedClock
from tests.kit.ward import ADVISORS, moment

ROOMS = [
    privacy.feature,
    handoff.feature,
    care.feature,
    clocks.feature,
    roster.feature,
    help.feature,
]


@asynccontextmanager
async def house(folder: Path, clock: TurnedClock, url: str = "") -> AsyncIterator[HouseUnderTest]:
    one = HouseUnderTest(folder, ROOMS, clock=clock, url=url)
    one.tools.add(Advisors, ADVISORS)
    one.tools.add(duty.OpenCases, duty.OpenCases(cases.load))
    async with one:
        yield one


async def steps(one: HouseUnderTest) -> list[str]:
    rows = await one.ask("SELECT what || ' ' || words FROM case_steps ORDER BY id")
    return [str(row[0]) for row in rows]


async def test_what_came_due_while_the_house_was_down_is_told_once(tmp_path: Path) -> None:
    clock = TurnedClock(moment("24 10:00"))
    async with house(tmp_path, clock) as first:
        assert await first.hears("amei", "转人工")
    clock.at = moment("24 11:00")
    async with house(tmp_path, clock, f"sqlite:///{tmp_path / 'bot.sqlite3'}") as again:
        for _ in range(3):
            await again.house.clockwork.run_all()
        found = await steps(again)
        assert found.count("warned first 100") == 1
        assert len([one for one in found if one.startswith("escalated")]) == 1

        def answers(uow: UnitOfWork) -> None:
            [case] = cases.with_humans(uow)
            cases.answered(uow, case.id, case.advisor, clock.now())

        await again.house.writer.do(answers)
        clock.at = moment("24 12:00")
        await again.house.clockwork.run_all()
        assert await steps(again) == [*found, "answered "]


async def test_what_a_human_says_in_the_platforms_own_app_is_an_answer(tmp_path: Path) -> None:
    clock = TurnedClock(moment("24 10:00"))
    async with house(tmp_path, clock) as one:
        await one.hears("amei", "转人工")
        clock.tick(minutes=5)
        said = {
            "kind": UpdateKind.EVENT,
            "event": HUMAN_SAID,
            "conversation": "",
            "sender": None,
            "about": "amei",
            "extra": {"servicer_userid": "wangwu"},
        }
        for key in ("k1", "k2"):
            await one.hears("amei", "您好", **said, key=key)
        clock.at = moment("24 11:59")
        await one.house.clockwork.run_all()
        found = await steps(one)

    assert found.count("answered ") == 1
    assert [words for words in found if words.startswith(("warned", "escalated"))] == []


async def test_travelling_rings_in_order(tmp_path: Path) -> None:
    clock = TurnedClock(moment("24 10:00"))
    async with house(tmp_path, clock) as one:
        await one.hears("amei", "转人工")
        rang: list[tuple[str, str]] = []
        while (stop := await one.house.clockwork.next_due(clock.now())) and stop <= moment(
            "24 11:15"
        ):
            clock.at = stop
            before = len(await steps(one))
            await one.house.clockwork.run_all()
            rang += [(f"{stop:%M}", words) for words in (await steps(one))[before:]]

    assert [(at, words) for at, words in rang if words.startswith("warned")] == [
        ("15", "warned first 50"),
        ("24", "warned first 80"),
        ("30", "warned first 100"),
    ]
