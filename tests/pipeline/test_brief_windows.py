"""What a follower does allows messages: her words many, a code few, leaving none."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.channels.wecom.mp import MP
from bot.features import help as help_room
from bot.kernel.messages import Outgoing, Text
from bot.kernel.work import UnitOfWork
from tests.kit.house import HouseUnderTest
from tests.kit.mp import FOLLOWER, FakeMp, Post, account, happened, said
from tests.kit.rooms import TurnedClock


@pytest.fixture
def clock() -> TurnedClock:
    return TurnedClock()


@pytest.fixture
async def platform(clock: TurnedClock) -> AsyncIterator[FakeMp]:
    async with FakeMp(now=lambda: clock.now().timestamp()) as built:
        yield built


class Follower:
    """She does things, and is written to without having asked."""

    def __init__(self, built: HouseUnderTest, platform: FakeMp) -> None:
        self.built = built
        self.platform = platform
        self.number = 0

    async def does(self, event: str, allows: str = "") -> None:
        if allows:
            self.platform.acts(doing=allows)
        await self._arrives(happened(event, self.built.clock.now().timestamp()))

    async def says(self, text: str) -> None:
        self.number += 1
        self.platform.acts()
        await self._arrives(said(text, self.number, self.built.clock.now().timestamp()))

    async def _arrives(self, plaintext: str) -> None:
        door = self.built.house.channels[MP].receiver
        assert door is not None
        raw = Post().letter(plaintext, self.built.clock.now().timestamp())
        await self.built.house.inbox.accept((await door.receive(raw)).updates)
        await self.built.house.engine.settle()
        self.built.clock.tick(seconds=6)  # no response takes the answer along
        await self.built.house.engine.settle()

    async def gets(self, key: str) -> str:
        def put(uow: UnitOfWork) -> None:
            uow.send(Outgoing(MP, FOLLOWER, Text(key), key))

        await self.built.house.writer.do(put)
        await self.built.house.engine.settle()
        [(status, _)] = await self.built.ask(
            f"SELECT status, error FROM outbox WHERE key = '{key}'"
        )
        return str(status)

    async def notices(self) -> int:
        return len(await self.built.ask("SELECT 1 FROM notices"))


@pytest.fixture
async def she(tmp_path: Path, platform: FakeMp, clock: TurnedClock) -> AsyncIterator[Follower]:
    async with opened(tmp_path, platform, clock) as follower:
        yield follower


@asynccontextmanager
async def opened(folder: Path, platform: FakeMp, clock: TurnedClock) -> AsyncIterator[Follower]:
    door = account(platform, clock, folder)
    async with HouseUnderTest(folder, [help_room.feature], clock=clock, doors=[door]) as built:
        yield Follower(built, platform)


async def test_a_welcome_that_missed_the_response_comes_by_a_message(
    she: Follower, platform: FakeMp
) -> None:
    await she.does("subscribe", allows="follow")

    assert ["拾光衣橱" in one.words for one in platform.delivered] == [True]


async def test_following_allows_three_messages_and_a_minute(
    she: Follower, clock: TurnedClock
) -> None:
    await she.does("SCAN", allows="scan")

    assert [await she.gets(key) for key in "abcd"] == ["sent", "sent", "sent", "parked"]
    clock.tick(seconds=1)
    await she.does("SCAN", allows="scan")
    assert await she.gets("e") == "sent"
    clock.tick(seconds=60)
    assert await she.gets("f") == "parked"
    assert she.platform.refused == [], "nobody asked the platform in vain"


async def test_what_a_message_of_hers_allows_is_not_narrowed_by_an_event(
    she: Follower, clock: TurnedClock
) -> None:
    await she.says("？")
    await she.does("SCAN")
    clock.tick(hours=1)

    assert await she.gets("a") == "sent"


async def test_an_event_that_allows_nothing_changes_nothing(she: Follower) -> None:
    await she.does("LOCATION")
    assert await she.gets("a") == "parked"
    await she.says("？")
    for _ in range(60):
        await she.does("LOCATION")

    assert await she.gets("b") == "sent"


async def test_whoever_left_is_not_written_to_until_she_does_something(
    she: Follower, platform: FakeMp
) -> None:
    await she.says("？")
    before = len(platform.delivered)
    await she.does("unsubscribe")

    assert await she.gets("a") == "dropped"
    assert len(platform.delivered) == before
    assert await she.notices() == 0, "nobody has to do anything about it"

    await she.does("subscribe", allows="follow")
    assert await she.gets("b") == "sent"
