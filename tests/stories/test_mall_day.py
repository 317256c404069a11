"""A flash sale and what is kept for members, through the whole house, with deaths at each step."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from bot.commons import members, points
from bot.commons.content import Forms, Known, Shelf
from bot.commons.coupons import Kinds
from bot.features import checkin, mall, wallet
from bot.features.mall.matter import GoodsMatter
from bot.kernel import crash
from bot.kernel.work import Statement, UnitOfWork
from bot.pipeline.engine.embedded import EmbeddedEngine
from bot.pipeline.engine.procrastinate import ProcrastinateEngine
from bot.pipeline.house import MakeEngine
from bot.pipeline.scheduler import Crons
from bot.storage.db import Database
from tests.kit.house import PHONE, HouseUnderTest, Phone
from tests.kit.rooms import TurnedClock
from tests.kit.trip import housekeeping
from tests.kit.workshop import QUICK

ROOMS = (checkin.feature, wallet.feature, mall.feature)
FLASH = """+++
title = "围巾"
kind = "interactive"
stage = "purchase"
points = 5
stock = 20
flash = true
+++
先到先得。
"""
KEPT = FLASH.replace("flash = true", "reserve_hours = 24").replace("stock = 20", "stock = 3")
STEPS = (
    *("inbox.written", "inbox.handling", "mall.paid", "mall.taken", "inbox.handled"),
    *("outbox.claimed", "outbox.sent", "outbox.recorded"),
)
_CLAIMED = Statement("SELECT count(*), count(DISTINCT member_id) FROM mall_claims")
_TAKEN = Statement("SELECT taken FROM mall_goods WHERE id = 1")
_SPENT = Statement(
    "SELECT count(*), COALESCE(SUM(points), 0) FROM point_entries WHERE reason = 'mall'"
)
_ORDER = Statement(
    "SELECT i.identity FROM mall_claims c JOIN identities i ON i.member_id = c.member_id"
    " ORDER BY c.place"
)


class Market:
    """A content folder, a platform, and houses that come and go on one database."""

    def __init__(self, folder: Path, url: str = "") -> None:
        self.folder, self.url = folder, url
        self.clock, self.phone = TurnedClock(), Phone()
        self.phone.drops_twins_s = 600
        for name in ("content/goods", "schedules"):
            (folder / name).mkdir(parents=True)

    def writes(self, text: str) -> None:
        (self.folder / "content" / "goods" / "a.md").write_text(text, "utf-8")

    @asynccontextmanager
    async def house(self) -> AsyncIterator[HouseUnderTest]:
        engine: MakeEngine = EmbeddedEngine
        if self.url:
            engine = ProcrastinateEngine.on(Database(self.url), QUICK)
        built = HouseUnderTest(
            self.folder, ROOMS, self.phone, url=self.url, make_engine=engine, clock=self.clock
        )
        known = Known((), (), "Asia/Shanghai", Crons())
        forms = Forms({"goods": GoodsMatter}, {"coupons.toml": Kinds})
        shelf = Shelf(self.folder / "content", self.folder / "schedules", known, forms=forms)
        built.tools.add(Shelf, shelf)
        async with built:
            yield built

    @asynccontextmanager
    async def houses(self) -> AsyncIterator[list[HouseUnderTest]]:
        """Open one house on SQLite, two replicas on PostgreSQL."""
        async with AsyncExitStack() as stack:
            opened = [
                await stack.enter_async_context(self.house()) for _ in range(2 if self.url else 1)
            ]
            await opened[0].house.clockwork.run_all()
            yield opened


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def market(request: pytest.FixtureRequest, tmp_path: Path) -> Market:
    url = request.getfixturevalue("postgres") if request.param == "postgres" else ""
    return Market(tmp_path, url)


async def rich(house: HouseUnderTest, people: int) -> None:
    """Let everybody be known and have points."""

    def give(uow: UnitOfWork) -> None:
        for number in range(people):
            her = members.resolve(uow, PHONE, f"m{number}", uow.clock.now())
            points.award(uow, her, 50, reason="gift", key=f"gift:{number}")

    await house.house.writer.do(give)


async def settle(houses: list[HouseUnderTest]) -> None:
    for _ in range(3):
        for one in houses:
            await one.house.engine.settle()


async def rush(houses: list[HouseUnderTest], people: int = 100, *, twice: bool = False) -> None:
    """Let everybody write at once, to whichever house is nearest."""

    async def write(number: int) -> None:
        update = houses[0].update(f"m{number}", "秒杀 1", key=f"rush:{number}")
        for each in range(1 + twice):
            house = houses[(number + each) % len(houses)]
            try:
                await house.house.inbox.accept([update])
            except RuntimeError:  # died while writing it down: the platform brings it again
                await house.house.inbox.accept([update])

    await asyncio.gather(*(write(number) for number in range(people)))
    await settle(houses)


def answers(market: Market, people: int) -> list[str]:
    """Return everybody's one answer; what was sent again is dropped by the platform."""
    said: dict[str, dict[str, str]] = {}
    for one in market.phone.sent:
        words = str(getattr(one.part, "text", ""))
        said.setdefault(one.recipient, {})[one.key] = words
    assert set(said) == {f"m{number}" for number in range(people)}
    assert {len(each) for each in said.values()} == {1}
    return [words for each in said.values() for words in each.values()]


async def audit(house: HouseUnderTest) -> None:
    """Twenty have it, once each, paid once; the books agree."""

    def look(uow: UnitOfWork) -> list[object]:
        counts = [*uow.run(_CLAIMED)[0], *uow.run(_TAKEN)[0], *uow.run(_SPENT)[0]]
        return [*map(int, map(str, counts)), points.books_balance(uow)]

    assert await house.house.writer.look(look) == [20, 20, 20, 20, 100, []]


@pytest.mark.timeout(120)
async def test_a_hundred_claim_twenty_and_each_hears_at_once(market: Market) -> None:
    market.writes(FLASH)
    async with market.houses() as houses:
        await rich(houses[0], 100)
        await rush(houses, twice=True)
        await audit(houses[0])
    said = answers(market, 100)
    assert sum("抢到了：围巾" in words for words in said) == 20
    assert sum("这次没赶上，积分没有动" in words for words in said) == 80


async def test_who_was_written_down_first_has_it(tmp_path: Path) -> None:
    market = Market(tmp_path)
    market.writes(FLASH)
    async with market.houses() as houses:
        await rich(houses[0], 40)
        for number in range(40):
            update = houses[0].update(f"m{number}", "秒杀 1")
            await houses[0].house.inbox.accept([update])
        await settle(houses)
        order = await houses[0].house.writer.look(lambda uow: uow.run(_ORDER))
    assert [row[0] for row in order] == [f"m{number}" for number in range(20)]


@pytest.mark.timeout(120)
@pytest.mark.parametrize("step", STEPS)
async def test_deaths_at_any_step_change_nothing_of_it(
    market: Market, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    market.writes(FLASH)
    left = [1, 7, 19, 20, 33]
    seen = 0

    def dies(name: str) -> None:
        nonlocal seen
        seen += name == step
        if name == step and seen in left:
            left.remove(seen)
            raise RuntimeError("died")

    async with market.houses() as houses:
        await rich(houses[0], 100)
    monkeypatch.setattr(crash, "step", dies)
    async with market.houses() as houses:
        await rush(houses)
        for _ in range(4):  # what failed is tried again after a while
            market.clock.tick(seconds=61)
            for house in houses:
                await housekeeping(house)
            await settle(houses)
    monkeypatch.setattr(crash, "step", lambda _name: None)
    async with market.houses() as houses:
        await settle(houses)
        await audit(houses[0])
    assert len(left) < 5
    said = answers(market, 100)
    assert sum("抢到了：围巾" in words for words in said) == 20


@pytest.mark.timeout(120)
async def test_a_day_of_reservations_with_a_death_while_letting_go(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    market.writes(KEPT)
    async with market.houses() as houses:
        await rich(houses[0], 3)
        for number in range(3):
            await houses[0].hears(f"m{number}", "兑换 1")
            [answer] = await houses[0].hears(f"m{number}", "确认兑换")
            assert answer.startswith("预留好了：围巾")
        [refused] = await houses[0].hears("m4", "兑换 1")
        assert "这次没赶上" in refused
        market.clock.tick(hours=24)
        deaths = ["mall.released"]

        def die(name: str) -> None:
            if name in deaths:
                deaths.remove(name)
                raise RuntimeError("died")

        monkeypatch.setattr(crash, "step", die)
        for _ in range(2):
            await asyncio.gather(*(house.house.clockwork.run_all() for house in houses))
        await settle(houses)
        assert deaths == []
        rows = await houses[0].ask("SELECT taken FROM mall_goods")
        books = await houses[0].house.writer.look(points.books_balance)
        assert (rows, books) == ([(0,)], [])
        told = [one for one in market.phone.sent if one.why.startswith("outreach")]
        assert len(told) == len({one.key for one in told}) == 3
        assert "积分 50" in (await houses[0].hears("m1", "我的积分"))[0]
