"""A house with this room and the one that hands members over."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.commons import cases, members
from bot.features import cards, care
from bot.kernel.community import Advisor, Advisors
from bot.kernel.ids import MemberId
from bot.kernel.messages import Card, CardUpdate, Outgoing, Tap, UpdateKind
from bot.kernel.work import UnitOfWork
from tests.kit.house import PHONE, HouseUnderTest, Phone

ROOMS = [cards.feature, care.feature]


class Floor(HouseUnderTest):
    """Two advisors with phones."""

    def __init__(self, folder: Path, *, url: str = "", phone: Phone | None = None) -> None:
        super().__init__(folder, ROOMS, phone, url=url)
        self.tools.add(Advisors, Advisors((Advisor("lisi", "李顾问"), Advisor("wang", "王顾问"))))

    def concern(self, her: MemberId, severity: int = 2, key: str = "k1") -> cases.Concern:
        """Return what a member complains of."""
        kind, now = cases.Kind.COMPLAINT, self.clock.now()
        return cases.Concern(her, kind, severity, ["破了"], now, PHONE, "", "amei", key)

    async def opens(self, advisor: str = "lisi", severity: int = 2) -> int:
        """Open a case, and ask somebody to take it; return its number."""

        def open_it(uow: UnitOfWork) -> int:
            her = members.resolve(uow, PHONE, "amei", self.clock.now(), name="阿美")
            case = cases.open_case(uow, self.concern(her, severity)).case
            if advisor:
                cases.assign(uow, case.id, advisor, who="bot", why="routed")
            return case.id

        number = await self.house.writer.do(open_it)
        await self.house.engine.settle()
        return number

    async def joins(self, severity: int, key: str) -> None:
        """Let more be found that belongs to the case."""

        def join(uow: UnitOfWork) -> None:
            her = members.resolve(uow, PHONE, "amei", self.clock.now())
            cases.open_case(uow, self.concern(her, severity, key))

        await self.house.writer.do(join)
        await self.house.engine.settle()

    async def sweeps(self) -> None:
        """Let the clock start what it starts."""
        await self.house.clockwork.run_all()
        await self.house.engine.settle()

    async def presses(self, who: str, what: str, handle: str = "h1") -> Outgoing:
        """Let somebody press a button of her last card that has it; return what changes."""
        buttons = [one.key for card in self.cards(who) for one in card.buttons]
        key = [one for one in buttons if one.startswith(f"cards:{what}:")][-1]
        tap = Tap(key, "a-card", handle=handle)
        await self.hears(who, "", kind=UpdateKind.TAP, tap=tap)
        changed = [one for one in self.phone.sent if isinstance(one.part, CardUpdate)]
        return changed[-1]

    def cards(self, who: str) -> list[Card]:
        """Return the cards that somebody got."""
        parts = [one.part for one in self.phone.sent if one.recipient == who]
        return [part for part in parts if isinstance(part, Card)]

    async def notices(self) -> list[str]:
        """Return what operators were told."""
        return [str(text) for (text,) in await self.ask("SELECT text FROM notices ORDER BY id")]


@pytest.fixture
async def floor(tmp_path: Path) -> AsyncIterator[Floor]:
    async with Floor(tmp_path) as floor:
        yield floor
