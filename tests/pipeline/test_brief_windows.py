"""What a follower does allows messages: her words many, a code few, leaving none."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.features import help as help_room
from tests.kit.followers import Followers
from tests.kit.house import HouseUnderTest
from tests.kit.mp import FakeMp, account
from tests.kit.rooms import TurnedClock


@pytest.fixture
def clock() -> TurnedClock:
    return TurnedClock()


@pytest.fixture
async def platform(clock: TurnedClock) -> AsyncIterator[FakeMp]:
    async with FakeMp(now=lambda: clock.now().timestamp()) as built:
        yield built


@pytest.fixture
async def she(tmp_path: Path, platform: FakeMp, clock: TurnedClock) -> AsyncIterator[Followers]:
    async with opened(tmp_path, platform, clock) as follower:
        yield follower


@asynccontextmanager
async def opened(folder: Path, platform: FakeMp, clock: TurnedClock) -> AsyncIterator[Followers]:
    door = account(platform, clock, folder)
    async with HouseUnderTest(folder, [help_room.feature], clock=clock, doors=[door]) as built:
        yield Followers(built, platform)


async def test_a_welcome_that_missed_the_response_comes_by_a_message(
    she: Followers, platform: FakeMp
) -> None:
    await she.does("subscribe", allows="follow")

    assert ["拾光衣橱" in one.words for one in platform.delivered] == [True]


async def test_following_allows_three_messages_and_a_minute(
    she: Followers, clock: TurnedClock
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
    she: Followers, clock: TurnedClock
) -> None:
    await she.says("？")
    await she.does("SCAN")
    clock.tick(hours=1)

    assert await she.gets("a") == "sent"


async def test_an_event_that_allows_nothing_changes_nothing(she: Followers) -> None:
    await she.does("LOCATION")
    assert await she.gets("a") == "parked"
    await she.says("？")
    for _ in range(60):
        await she.does("LOCATION")

    assert await she.gets("b") == "sent"


async def test_whoever_left_is_not_written_to_until_she_does_something(
    she: Followers, platform: FakeMp
) -> None:
    await she.says("？")
    before = len(platform.delivered)
    await she.does("unsubscribe")

    assert await she.gets("a") == "dropped"
    assert len(platform.delivered) == before
    assert await she.built.ask("SELECT 1 FROM notices") == [], "nobody has to do anything"

    await she.does("subscribe", allows="follow")
    assert await she.gets("b") == "sent"
    she.built.clock.tick(minutes=1)
    assert await she.gets("c") == "parked", "she is here, she has only not written"
