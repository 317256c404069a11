"""A house in which only the posts live, with a desk to write files on."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from threading import current_thread

import pytest

from bot.commons.content import Known, Shelf
from bot.features import posts
from bot.kernel.ids import GroupId
from bot.kernel.messages import Image
from bot.kernel.ports import CronReader, Group, Groups
from bot.pipeline.scheduler import Crons
from tests.kit.desk import KNOWN, Desk
from tests.kit.house import PHONE, HouseUnderTest

MORNING = datetime(2026, 8, 24, 0, 30, tzinfo=UTC)
"""Monday, 08:30 in Shanghai."""

SCHEDULE = """
[[schedule]]
name = "morning"
cron = "30 8 * * *"
late_at_most_s = 1800
content = "posts"
audience = ["group:vip-1", "group:vip-2"]
"""


class PostHouse(HouseUnderTest):
    """A house with content, schedules and groups; `tick` is one round of its clockwork."""

    def __init__(
        self,
        folder: Path,
        desk: Desk,
        *,
        known: Known = KNOWN,
        at: datetime | None = None,
        url: str = "",
    ) -> None:
        super().__init__(folder, [posts.feature], url=url)
        self.clock.at = at or MORNING.replace(minute=0)
        looks = count(step=10)
        self.lookers: set[str] = set()
        """The names of the threads that looked at the disk."""

        def later() -> float:
            self.lookers.add(current_thread().name.rstrip("_-0123456789"))
            return next(looks)

        shelf = Shelf(desk.content, desk.schedules, known, monotonic=later)
        groups = [Group(GroupId(g), f"群 {g}", PHONE, g) for g in known.groups]
        self.tools.add(Shelf, shelf)
        self.tools.add(Groups, Groups.of(groups))
        self.tools.add(CronReader, Crons())

    async def tick(self, at: datetime | None = None) -> None:
        """Let the clock be `at` and everything that is due happen."""
        self.clock.at = at or self.clock.at
        await self.house.clockwork.run_all()
        await self.house.engine.settle()

    def seen(self, group: str) -> list[str]:
        """Return what a group has seen, pictures by their path."""
        parts = [message.part for message in self.phone.sent if message.recipient == group]
        return [part.path if isinstance(part, Image) else part.text for part in parts]  # type: ignore[union-attr]  # posts are words and pictures

    async def notices(self) -> list[str]:
        """Return the keys of what operators were told."""
        return [str(key) for (key,) in await self.ask("SELECT key FROM notices ORDER BY id")]

    async def fires(self) -> list[tuple[object, ...]]:
        """Return group, status, file and reason of every row."""
        return await self.ask("SELECT target, status, content, reason FROM fires ORDER BY id")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path)
    made.schedule(SCHEDULE)
    for name in ("a", "b", "c"):
        made.post(f"posts/{name}.md", f"早安 {name}")
    return made


@pytest.fixture
async def house(tmp_path: Path, desk: Desk) -> AsyncIterator[PostHouse]:
    async with PostHouse(tmp_path, desk) as opened:
        await opened.tick()
        yield opened
