"""Operators hear of gaps the day before, and of broken files."""

from datetime import timedelta

from bot.features import posts
from bot.features.posts.foresight import GROUPS_WATCHED, LONGEST, WAITING
from bot.features.posts.jobs import NEXT_OPEN
from bot.features.posts.planning import OPEN
from bot.features.posts.service import ASKED, LATE_SINCE, PLANNED_SINCE, RECENT
from bot.features.posts.supply import USED
from tests.features.posts.conftest import MORNING, SCHEDULE, PostHouse
from tests.kit.desk import Desk
from tests.kit.rooms import Store

DAY = timedelta(days=1)


async def figure(house: PostHouse, name: str) -> float:
    (metric,) = (each for each in posts.feature.metrics if each.name == name)
    return await house.house.writer.look(metric.read)


async def test_an_empty_slot_is_told_the_day_before(house: PostHouse) -> None:
    for day in range(2):
        await house.tick(MORNING + day * DAY)
    await house.tick(MORNING + 2 * DAY)  # the last file; before nine o'clock
    assert await house.notices() == []
    await house.tick(MORNING + 2 * DAY + timedelta(minutes=30))

    assert await house.notices() == ["posts.empty:morning:2026-08-27"]
    ((text,),) = await house.ask("SELECT text FROM notices")
    assert "「morning」08-27 08:30" in str(text)
    assert "群 vip-1、群 vip-2" in str(text)
    assert "content/posts" in str(text)
    assert await figure(house, "posts_empty_slots") == 1


async def test_a_gap_that_is_filled_is_counted_no_more(house: PostHouse, desk: Desk) -> None:
    for day in range(3):
        await house.tick(MORNING + day * DAY + timedelta(minutes=30))
    assert await figure(house, "posts_empty_slots") == 1
    desk.post("posts/d.md", "早安 d")
    await house.tick()

    assert await figure(house, "posts_empty_slots") == 0


async def test_a_gap_is_told_once(house: PostHouse) -> None:
    for day in range(3):
        await house.tick(MORNING + day * DAY + timedelta(minutes=30))
    for minute in (40, 50, 60):
        await house.tick(MORNING + 2 * DAY + timedelta(minutes=minute))
    await house.tick(MORNING + 3 * DAY)

    told = [key for key in await house.notices() if key.startswith("posts.empty")]
    assert (
        sorted(told)
        == ["posts.empty:morning:2026-08-27", "posts.empty:morning:2026-08-28"][: len(told)]
    )
    assert len(told) == len(set(told))


async def test_a_travelling_clock_does_not_pass_the_warning(house: PostHouse) -> None:
    stop = MORNING - timedelta(minutes=30)
    while (found := await house.house.clockwork.next_due(stop)) and found < MORNING + 3 * DAY:
        stop = found
        await house.tick(stop)

    assert await house.notices() == ["posts.empty:morning:2026-08-27"]


async def test_a_group_that_has_the_last_file_is_no_gap_while_another_waits(
    house: PostHouse, desk: Desk
) -> None:
    desk.schedule(SCHEDULE + "jitter_s = 600\n")
    end = MORNING + 2 * DAY + timedelta(minutes=15)
    stop = MORNING - timedelta(minutes=30)
    while (found := await house.house.clockwork.next_due(stop)) and found < end:
        stop = found
        await house.tick(stop)

    assert len(house.seen("vip-1")) == len(house.seen("vip-2")) == 3
    assert await house.notices() == []


async def test_a_missing_folder_is_a_gap(house: PostHouse, desk: Desk) -> None:
    desk.schedule(SCHEDULE.replace('"posts"', '"nowhere"'))
    await house.tick()

    assert "posts.empty:morning:2026-08-24" in await house.notices()


async def test_a_file_that_breaks_again_is_told_again(house: PostHouse, desk: Desk) -> None:
    async def told() -> int:
        return len([key for key in await house.notices() if "wrong_file" in key])

    desk.post("posts/a.md", "早安 {{ nobody }}")
    await house.tick()
    await house.tick()
    assert await told() == 1
    desk.post("posts/a.md", "早安 {{ somebody }}")
    await house.tick()
    assert await told() == 2


async def test_posts_are_counted_for_the_metrics(house: PostHouse) -> None:
    await house.tick(MORNING)
    await house.tick(MORNING + DAY + timedelta(hours=2))

    assert await figure(house, "posts_planned_last_24h") == 0  # 26 hours ago
    assert await figure(house, "posts_late_last_24h") == 2


def test_what_runs_often_is_found_by_an_index(store: Store) -> None:
    whose = {"schedule": "morning", "target": "vip-1"}
    plans = {
        "used": store.plan(USED, **whose),
        "open": store.plan(OPEN, now=0, most=10),
        "next": store.plan(NEXT_OPEN, now=0),
        "asked": store.plan(ASKED, most=10),
        "recent": store.plan(RECENT, before=9, most=10),
        "planned": store.plan(PLANNED_SINCE, since=0),
        "late": store.plan(LATE_SINCE, since=0),
        "longest": store.plan(LONGEST, schedule="morning", most=GROUPS_WATCHED),
        "waiting": store.plan(WAITING, schedule="morning", now=0, most=10),
    }

    assert {name for name, plan in plans.items() if "SCAN" in plan} == set(), plans
    assert "COVERING INDEX ix_fires_used" in plans["used"]
