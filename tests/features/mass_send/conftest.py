"""Houses that come and go on one database, in front of a platform with sleepy owners."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from bot.channels.wecom.customer_groups.channel import CUSTOMER_GROUPS
from bot.commons.mass_send import tell_group
from bot.features import mass_send
from bot.features.mass_send.rules import MassSendSettings
from bot.kernel import crash
from bot.kernel.abilities import SendQuota
from bot.kernel.capability import Doors
from bot.kernel.feature import Feature
from bot.kernel.ids import GroupId
from bot.kernel.messages import Card, Part, Text
from bot.kernel.ports import Group, Groups
from bot.kernel.work import UnitOfWork
from bot.pipeline import housekeeping
from bot.pipeline.engine.embedded import EmbeddedEngine
from bot.pipeline.engine.procrastinate import ProcrastinateEngine
from bot.pipeline.house import MakeEngine
from bot.storage.db import Database
from tests.kit.customers import customer_groups
from tests.kit.house import HouseUnderTest, Phone
from tests.kit.mass_send import FakeMassSend
from tests.kit.rooms import TurnedClock
from tests.kit.workshop import QUICK

OWNERS = ("zhangsan", "lisi", "wangwu")


class Died(RuntimeError):
    """The process ends here."""


def group(number: int, owner: str = "") -> Group:
    """Return one of many groups; they take turns in belonging to the owners."""
    return Group(
        GroupId(f"vip-{number}"),
        f"穿搭 {number} 群",
        CUSTOMER_GROUPS,
        f"wr{number:06}",
        owner or OWNERS[number % len(OWNERS)],
    )


class Stage:
    """A platform, its clock, and what a test does between a house and the next."""

    def __init__(
        self, folder: Path, platform: FakeMassSend, clock: TurnedClock, url: str = ""
    ) -> None:
        self.folder, self.platform, self.clock, self.url = folder, platform, clock, url
        self.phone = Phone()
        self.quota = SendQuota.DAYS_OF_MONTH
        self.settings = MassSendSettings()

    @asynccontextmanager
    async def house(
        self, rooms: Sequence[Feature] = (mass_send.feature,)
    ) -> AsyncIterator[HouseUnderTest]:
        """Open a house; what an earlier one has left behind is there."""
        engine: MakeEngine = EmbeddedEngine
        if self.url:
            engine = ProcrastinateEngine.on(Database(self.url), QUICK)
        door = customer_groups(self.platform, self.clock, self.folder, quota=self.quota)
        built = HouseUnderTest(
            self.folder,
            list(rooms),
            self.phone,
            url=self.url,
            make_engine=engine,
            clock=self.clock,
            doors=[door],
        )
        built.tools.add(MassSendSettings, self.settings)
        built.tools.add(Groups, Groups.of(map(group, range(20))))
        async with built:
            await built.house.engine.settle()
            yield built

    async def pass_(self, built: HouseUnderTest, **how_long: float) -> None:
        """Let time pass, and whatever falls due in it happen at its end."""
        self.clock.tick(**how_long)
        await built.house.engine.settle()

    async def set_back(self, built: HouseUnderTest, *, hours: float) -> None:
        """Set the clock back, and let the next minute's jobs run."""
        self.clock.tick(hours=-hours)
        await built.house.writer.do(housekeeping.catch_up)
        await built.house.clockwork.run_all()

    async def tell(
        self,
        built: HouseUnderTest,
        groups: Sequence[Group],
        *parts: Part,
        key: str = "post:morning",
    ) -> None:
        """Let a room write to groups, and the drafts ripen."""
        said = parts or (Text("早安"),)

        def tell(uow: UnitOfWork) -> None:
            for one in groups:
                tell_group(
                    uow,
                    built.tools.use(Doors),
                    one,
                    said,
                    key=f"{key}:{one.id}",
                    why="schedule:morning",
                )

        await built.house.writer.do(tell)

    async def made(self, built: HouseUnderTest, groups: Sequence[Group], *parts: Part) -> None:
        """Let a room write to groups, and tasks come of it."""
        await self.tell(built, groups, *parts)
        await self.pass_(built, seconds=16)

    def cards(self, owner: str) -> list[Card]:
        """Return the cards that an owner has seen."""
        return [
            message.part
            for message in self.phone.sent
            if message.recipient == owner and isinstance(message.part, Card)
        ]


async def statuses(built: HouseUnderTest, table: str = "mass_targets") -> dict[str, int]:
    """Return how many rows stand where."""
    rows = await built.ask(f"SELECT status, count(*) FROM {table} GROUP BY status")
    return {str(status): int(str(count)) for status, count in rows}


async def notices(built: HouseUnderTest) -> list[str]:
    """Return what operators were told."""
    return [str(text) for (text,) in await built.ask("SELECT text FROM notices ORDER BY id")]


def dies_at(patch: pytest.MonkeyPatch, name: str, times: int = 1) -> None:
    """Let the house die the nth time that it comes to a step."""
    left = [times]

    def step(here: str) -> None:
        if here == name:
            left[0] -= 1
            if left[0] == 0:
                raise Died(name)

    patch.setattr(crash, "step", step)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    clock = TurnedClock()
    async with FakeMassSend(now=lambda: clock.now().timestamp()) as platform:
        yield Stage(tmp_path, platform, clock)


HOUR = timedelta(hours=1)
