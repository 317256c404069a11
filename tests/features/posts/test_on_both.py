"""What two replicas do to one database: the same on SQLite and on PostgreSQL."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from bot.features import posts
from tests.features.posts.conftest import MORNING, SCHEDULE, PostHouse
from tests.kit.desk import Desk

DAY = timedelta(days=1)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest) -> str:
    return "" if request.param == "sqlite" else str(request.getfixturevalue("postgres"))


async def test_two_planners_at_once_plan_once(tmp_path: Path, desk: Desk, url: str) -> None:
    first, second = (PostHouse(tmp_path, desk, url=url) for _ in range(2))
    async with first, second:
        await first.tick()
        for day in range(3):
            first.clock.at = second.clock.at = MORNING + day * DAY
            await asyncio.gather(first.house.clockwork.run_all(), second.house.clockwork.run_all())
        await asyncio.gather(first.house.engine.settle(), second.house.engine.settle())
        keys = await first.ask("SELECT key FROM outbox")
        assert len(keys) == len(set(keys)) == 6
    assert sorted(first.seen("vip-1") + second.seen("vip-1")) == ["早安 a", "早安 b", "早安 c"]


async def test_a_day_of_every_kind(tmp_path: Path, desk: Desk, url: str) -> None:
    desk.schedule(SCHEDULE + 'missed = "ask"\njitter_s = 60\nquiet_hours = "22:00-07:00"\n')
    (page,) = posts.feature.pages
    async with PostHouse(tmp_path, desk, url=url) as house:
        await house.tick()
        await house.tick(MORNING)
        await house.tick(MORNING + timedelta(seconds=60))
        await house.tick(MORNING + DAY + timedelta(hours=3))
        form = {"schedule": "morning", "fire_at": (MORNING + DAY).isoformat()}
        for action in ("skip", "ask-again", "send"):
            act = page.actions[action]
            await house.house.writer.do(lambda uow: act(uow, house.tools, form, "xiaoli"))  # noqa: B023 - awaited here
        form["fire_at"] = (MORNING + 2 * DAY).isoformat()
        act = page.actions["call-off"]
        await house.house.writer.do(lambda uow: act(uow, house.tools, form, "xiaoli"))
        await house.tick()
        await house.tick(MORNING + 2 * DAY)
        shown = await house.house.writer.look(lambda uow: page.load(uow, house.tools, {}))
        figures = [await house.house.writer.look(m.read) for m in posts.feature.metrics]

    assert house.seen("vip-1") == house.seen("vip-2") == ["早安 a", "早安 b"]
    assert "人工跳过" in house.words(page.template, **shown, csrf_field="")
    assert figures == [2.0, 2.0, 0.0]
