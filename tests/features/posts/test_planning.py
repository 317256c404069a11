"""Schedules become messages, each once, whatever happens to the process or the clock."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typing_extensions import override

from bot.commons.content import Known
from bot.features.posts.planning import BITE
from bot.kernel.ids import GroupId
from bot.kernel.ports import CronReader, Group, Groups
from bot.kernel.work import Statement
from bot.pipeline.scheduler import CronRecurrence, Crons
from tests.features.posts.conftest import MORNING, SCHEDULE, PostHouse
from tests.kit.desk import Desk
from tests.kit.house import PHONE

DAY = timedelta(days=1)


async def test_a_post_goes_to_every_group_of_its_audience(house: PostHouse) -> None:
    await house.tick(MORNING)

    assert house.seen("vip-1") == house.seen("vip-2") == ["早安 a"]
    assert house.seen("staff") == []
    message = house.phone.sent[0]
    assert message.key == "post:morning:vip-1:2026-08-24T00:30:00+00:00"
    assert (message.why, message.to_group) == ("schedule:morning", True)


async def test_each_day_brings_the_next_file_and_then_none(house: PostHouse) -> None:
    for day in range(4):
        await house.tick(MORNING + day * DAY)

    assert house.seen("vip-1") == ["早安 a", "早安 b", "早安 c"]
    assert (await house.fires())[-1] == ("vip-2", "empty", "", "nothing")
    assert "posts.empty:morning:2026-08-27" in await house.notices()


async def test_three_restarts_in_the_minute_plan_once(tmp_path: Path, desk: Desk) -> None:
    seen: list[str] = []
    for second in (-1, 0, 20, 40):
        at = MORNING + timedelta(seconds=second)
        async with PostHouse(tmp_path, desk, at=at) as house:
            await house.tick()
            await house.tick()
            seen += house.seen("vip-1")

    assert seen == ["早安 a"]


async def test_a_new_schedule_owes_no_past(house: PostHouse, desk: Desk) -> None:
    house.clock.at = MORNING + timedelta(hours=1)
    desk.schedule(SCHEDULE.replace('"morning"', '"second"'), "new.toml")

    await house.tick()

    assert {schedule for (schedule,) in await house.ask("SELECT schedule FROM plan_marks")} == {
        "morning",
        "second",
    }
    assert not await house.ask("SELECT 1 FROM fires WHERE schedule = 'second'")


async def test_a_changed_time_begins_anew(house: PostHouse, desk: Desk) -> None:
    await house.tick(MORNING)
    desk.schedule(SCHEDULE.replace("30 8", "45 8"))
    await house.tick(MORNING + timedelta(minutes=30))

    assert house.seen("vip-1") == ["早安 a"]
    await house.tick(MORNING + DAY + timedelta(minutes=15))
    assert house.seen("vip-1") == ["早安 a", "早安 b"]


async def test_a_schedule_that_was_away_owes_nothing(house: PostHouse, desk: Desk) -> None:
    desk.schedule("")
    await house.tick(MORNING)
    desk.schedule(SCHEDULE.replace("late_at_most_s = 1800", 'missed = "late"'))
    await house.tick(MORNING + 3 * DAY + timedelta(hours=1))

    assert house.seen("vip-1") == []
    await house.tick(MORNING + 4 * DAY)
    assert house.seen("vip-1") == ["早安 a"]


async def test_a_pause_owes_nothing(house: PostHouse, desk: Desk) -> None:
    desk.schedule(SCHEDULE + "paused = true\n")
    await house.tick(MORNING)
    desk.schedule(SCHEDULE)
    await house.tick(MORNING + timedelta(minutes=5))

    assert house.seen("vip-1") == []
    assert await house.fires() == []


async def test_a_broken_schedule_file_is_owed_when_it_is_mended(
    house: PostHouse, desk: Desk
) -> None:
    desk.schedule(SCHEDULE.replace("30 8", "30 88"))
    await house.tick(MORNING)
    assert house.seen("vip-1") == []
    desk.schedule(SCHEDULE)
    await house.tick(MORNING + timedelta(minutes=10))

    assert house.seen("vip-1") == ["早安 a"]


async def test_a_broken_content_file_stops_nobody_else(house: PostHouse, desk: Desk) -> None:
    desk.write("posts/a.md", "+++\nkind = 5\n+++\n早安 {{ nobody }}\n")
    await house.tick(MORNING)

    assert house.seen("vip-1") == ["早安 b"]
    told = [key for key in await house.notices() if key.startswith("posts.wrong_file:")]
    assert len(told) == 1
    assert "a.md:" in told[0]
    await house.tick(MORNING + timedelta(minutes=1))
    assert len(await house.notices()) == len(set(await house.notices()))


async def test_blackout_days_pass_in_silence(house: PostHouse, desk: Desk) -> None:
    desk.schedule(SCHEDULE + 'blackout = ["2026-08-24..2026-08-25"]\n')
    for day in range(3):
        await house.tick(MORNING + day * DAY)

    assert house.seen("vip-1") == ["早安 a"]
    assert len(await house.fires()) == 2


async def test_pictures_follow_the_words(house: PostHouse, desk: Desk) -> None:
    desk.write("media/a.png", "png")
    desk.write("media/b.png", "png")
    desk.post("posts/a.md", "早安 a", 'media = ["a.png", "b.png"]\n')
    await house.tick(MORNING)

    assert house.seen("vip-1") == ["早安 a", "a.png", "b.png"]
    keys = [message.key for message in house.phone.sent if message.recipient == "vip-1"]
    assert keys == [keys[0], f"{keys[0]}:m1", f"{keys[0]}:m2"]


async def test_a_post_may_be_pictures_alone(house: PostHouse, desk: Desk) -> None:
    desk.write("media/a.png", "png")
    desk.post("posts/a.md", "", 'media = ["a.png"]\n')
    await house.tick(MORNING)

    assert house.seen("vip-1") == ["a.png"]


async def test_words_name_their_own_group_and_day(house: PostHouse, desk: Desk) -> None:
    desk.post("posts/a.md", "{{ group }}，{{ date }} {{ weekday }}好")
    await house.tick(MORNING)

    assert house.seen("vip-1") == ["群 vip-1，8月24日 星期一好"]
    assert house.seen("vip-2") == ["群 vip-2，8月24日 星期一好"]


async def test_one_file_can_be_sent_again_and_again(house: PostHouse, desk: Desk) -> None:
    desk.schedule(SCHEDULE.replace('content = "posts"', 'file = "posts/b.md"'))
    for day in range(2):
        await house.tick(MORNING + day * DAY)

    assert house.seen("vip-1") == ["早安 b", "早安 b"]


async def test_chance_falls_on_each_file_once(house: PostHouse, desk: Desk) -> None:
    desk.schedule(SCHEDULE + 'pick = "random"\n')
    for day in range(3):
        await house.tick(MORNING + day * DAY)

    assert sorted(house.seen("vip-1")) == ["早安 a", "早安 b", "早安 c"]


async def test_a_group_without_a_configuration_is_left_out(house: PostHouse) -> None:
    house.tools.add(Groups, Groups.of([Group(GroupId("vip-2"), "群", PHONE, "vip-2")]))
    await house.tick(MORNING)

    assert [row[:2] for row in await house.fires()] == [("vip-1", "skipped"), ("vip-2", "planned")]


async def test_words_that_cannot_be_made_are_told_and_not_sent(
    house: PostHouse, desk: Desk
) -> None:
    desk.post("posts/a.md", "{{ date.day % (date.day - 24) }}")
    await house.tick(MORNING)

    assert house.seen("vip-1") == []
    assert (await house.fires())[0] == ("vip-1", "empty", "", "broken")
    assert "posts.broken:morning:2026-08-24" in await house.notices()


class BrokenCrons(Crons):
    """Trips over one expression."""

    @override
    def __call__(self, expression: str, timezone: str) -> CronRecurrence:
        if expression == "31 8 * * *":
            raise ArithmeticError("a mistake of ours")
        return super().__call__(expression, timezone)


async def test_a_mistake_with_one_schedule_stops_no_other(house: PostHouse, desk: Desk) -> None:
    desk.schedule(SCHEDULE.replace("30 8", "31 8").replace('"morning"', '"aaa"'), "aaa.toml")
    await house.tick()
    house.tools.add(CronReader, BrokenCrons())
    plan = house.house.features[0].jobs[0].run
    house.clock.at = MORNING
    await house.house.writer.do(lambda uow: plan(uow, house.tools))
    await house.house.engine.settle()

    assert house.seen("vip-1") == ["早安 a"]
    assert await house.notices() == ["posts.broken:aaa:2026-08-24"]


async def test_the_disk_is_read_beside_the_writer(house: PostHouse, desk: Desk) -> None:
    desk.post("posts/a.md", "早安，新的一天")
    await house.tick(MORNING)

    assert house.seen("vip-1") == ["早安，新的一天"]
    assert house.lookers == {"reader"}


# ── late ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("late_s", [0, 60, 1800], ids=["on time", "a minute", "just in time"])
async def test_a_little_late_is_sent(house: PostHouse, late_s: int) -> None:
    await house.tick(MORNING + timedelta(seconds=late_s))

    assert house.seen("vip-1") == ["早安 a"]


async def test_after_six_stopped_hours_the_slot_is_left_out(house: PostHouse) -> None:
    await house.tick(MORNING + timedelta(hours=6))

    assert house.seen("vip-1") == []
    assert await house.fires() == [
        ("vip-1", "skipped", "", "late"),
        ("vip-2", "skipped", "", "late"),
    ]
    assert "posts.late:morning:2026-08-24" in await house.notices()
    await house.tick(MORNING + DAY)
    assert house.seen("vip-1") == ["早安 a"]


async def test_after_six_stopped_hours_it_can_go_out_late(house: PostHouse, desk: Desk) -> None:
    desk.schedule(SCHEDULE + 'missed = "late"\n')
    await house.tick(MORNING + timedelta(hours=6))

    assert house.seen("vip-1") == ["早安 a"]
    assert (await house.fires())[0] == ("vip-1", "planned", "posts/a.md", "late")


async def test_what_is_no_longer_valid_does_not_go_out_late(house: PostHouse, desk: Desk) -> None:
    desk.schedule(SCHEDULE + 'missed = "late"\n')
    desk.post("posts/a.md", "只限今天", "valid_until = 2026-08-24\n")
    await house.tick(MORNING + DAY - timedelta(hours=1))

    assert house.seen("vip-1") == []
    assert (await house.fires())[0] == ("vip-1", "skipped", "", "expired")


async def test_days_of_a_stopped_clock_are_each_accounted_for(house: PostHouse) -> None:
    await house.tick(MORNING + 3 * DAY + timedelta(minutes=1))

    assert [row[1] for row in await house.fires()] == ["skipped"] * 6 + ["planned"] * 2
    assert house.seen("vip-1") == ["早安 a"]


# ── held ────────────────────────────────────────────────────────────────────────────────


async def test_quiet_hours_hold_until_their_end(house: PostHouse, desk: Desk) -> None:
    desk.schedule(SCHEDULE + 'quiet_hours = "22:00-09:00"\n')
    await house.tick(MORNING)
    assert house.seen("vip-1") == []
    assert (await house.fires())[0] == ("vip-1", "waiting", "", "")
    await house.tick(MORNING + timedelta(minutes=30))

    assert house.seen("vip-1") == ["早安 a"]


async def test_jitter_spreads_the_groups_the_same_way_on_every_replica(
    tmp_path: Path, desk: Desk
) -> None:
    desk.schedule(SCHEDULE + "jitter_s = 600\n")
    dues = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        async with PostHouse(tmp_path / name, desk) as house:
            await house.tick()
            await house.tick(MORNING)
            dues.append(await house.ask("SELECT target, due_at FROM fires ORDER BY target"))
            await house.tick(MORNING + timedelta(seconds=600))
            assert house.seen("vip-1") == house.seen("vip-2") == ["早安 a"]

    assert dues[0] == dues[1]
    assert len({due for _, due in dues[0]}) == 2


async def test_two_posts_held_to_one_moment_differ(house: PostHouse, desk: Desk) -> None:
    desk.schedule(SCHEDULE.replace("30 8", "0,30 7") + 'quiet_hours = "22:00-09:00"\n')
    await house.tick(MORNING - DAY)  # the new time is seen
    for minute in (-90, -60, 0, 30):
        await house.tick(MORNING + timedelta(minutes=minute))

    assert house.seen("vip-1") == ["早安 a", "早安 b"]


async def test_what_waits_is_left_out_when_its_schedule_goes(house: PostHouse, desk: Desk) -> None:
    desk.schedule(SCHEDULE + 'quiet_hours = "22:00-09:00"\n')
    await house.tick(MORNING)
    desk.schedule("")
    await house.tick(MORNING + timedelta(minutes=30))

    assert (await house.fires())[0] == ("vip-1", "skipped", "", "gone")


async def test_what_waits_keeps_waiting_while_its_file_is_broken(
    house: PostHouse, desk: Desk
) -> None:
    desk.schedule(SCHEDULE + 'quiet_hours = "22:00-09:00"\n')
    await house.tick(MORNING)
    desk.schedule(SCHEDULE + "quiet_hours = 9\n")
    await house.tick(MORNING + timedelta(minutes=30))
    assert (await house.fires())[0][1] == "waiting"
    desk.schedule(SCHEDULE + 'quiet_hours = "22:00-09:00"\n')
    await house.tick(MORNING + timedelta(minutes=32))

    assert house.seen("vip-1") == ["早安 a"]


# ── calendars ───────────────────────────────────────────────────────────────────────────


async def days(
    folder: Path, desk: Desk, schedule: str, begin: datetime, *, hours: int
) -> list[datetime]:
    """Return the slots that are planned when the clock runs for so many hours."""
    desk.schedule(schedule)
    async with PostHouse(folder, desk, at=begin) as house:
        for hour in range(hours + 1):
            await house.tick(begin + timedelta(hours=hour))
        rows = await house.ask("SELECT fire_at FROM fires WHERE target = 'vip-1' ORDER BY fire_at")
    return [datetime.fromtimestamp(int(str(at)) / 1e6, UTC) for (at,) in rows]


async def test_half_past_two_comes_once_on_both_days_of_changing_clocks(
    tmp_path: Path, desk: Desk
) -> None:
    berlin = SCHEDULE.replace("30 8", "30 2") + 'timezone = "Europe/Berlin"\n'
    autumn = datetime(2026, 10, 24, 12, tzinfo=UTC)
    spring = datetime(2027, 3, 27, 12, tzinfo=UTC)
    for name in ("autumn", "spring"):
        (tmp_path / name).mkdir()

    assert await days(tmp_path / "autumn", desk, berlin, autumn, hours=36) == [
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    ]
    assert await days(tmp_path / "spring", desk, berlin, spring, hours=36) == [
        datetime(2027, 3, 28, 1, 0, tzinfo=UTC)
    ]


async def test_midnight_of_new_year_belongs_to_the_new_day(tmp_path: Path, desk: Desk) -> None:
    midnight = SCHEDULE.replace("30 8", "0 0")
    begin = datetime(2026, 12, 31, 12, tzinfo=UTC)

    assert await days(tmp_path, desk, midnight, begin, hours=6) == [
        datetime(2026, 12, 31, 16, tzinfo=UTC)
    ]


async def test_29_february_waits_for_its_year(tmp_path: Path, desk: Desk) -> None:
    leap = SCHEDULE.replace("30 8 * * *", "30 8 29 2 *")
    begin = datetime(2027, 2, 28, 0, tzinfo=UTC)
    assert await days(tmp_path, desk, leap, begin, hours=30) == []
    (tmp_path / "leap").mkdir()
    begin = datetime(2028, 2, 28, 20, tzinfo=UTC)
    assert await days(tmp_path / "leap", desk, leap, begin, hours=8) == [
        datetime(2028, 2, 29, 0, 30, tzinfo=UTC)
    ]


async def test_a_travelling_clock_is_told_where_to_stop(house: PostHouse) -> None:
    stops = []
    at = MORNING - timedelta(minutes=30)
    for _ in range(4):
        found = await house.house.clockwork.next_due(at)
        assert found is not None
        at = found
        stops.append(at)

    nine = MORNING + timedelta(minutes=30)
    assert stops == [MORNING, nine, MORNING + DAY, nine + DAY]
    assert await house.house.clockwork.next_sent(MORNING) == MORNING + DAY


async def test_where_a_travelling_clock_stops_something_leaves(
    house: PostHouse, desk: Desk
) -> None:
    desk.schedule(SCHEDULE + "jitter_s = 600\n")
    await house.tick()
    stop = await house.house.clockwork.next_due(MORNING - timedelta(minutes=1))
    assert stop is not None
    assert stop > MORNING
    await house.tick(stop)

    assert len(house.seen("vip-1") + house.seen("vip-2")) == 1


# ── big audiences ───────────────────────────────────────────────────────────────────────


async def test_a_bite_is_taken_up_where_it_was_left(tmp_path: Path, desk: Desk) -> None:
    async with PostHouse(tmp_path, desk) as house:
        await house.tick()
        await house.house.writer.do(
            lambda uow: uow.run(
                Statement(
                    "UPDATE plan_marks SET under_way = :at, through = 'vip-1'"
                    " WHERE schedule = 'morning'"
                ),
                at=int(MORNING.timestamp() * 1e6),
            )
        )
        await house.tick(MORNING)

    assert house.seen("vip-1") == []
    assert house.seen("vip-2") == ["早安 a"]


def community(count: int) -> Known:
    groups = tuple(GroupId(f"g{number}") for number in range(count))
    return Known(groups, groups, "Asia/Shanghai", Crons())


async def test_a_mass_send_dies_between_two_bites_and_is_finished(
    tmp_path: Path, desk: Desk
) -> None:
    desk.schedule(SCHEDULE.replace('["group:vip-1", "group:vip-2"]', '["all_groups"]'))
    known = community(BITE + 20)
    async with PostHouse(tmp_path, desk, known=known) as house:
        await house.tick()
        house.clock.at = MORNING
        plan = house.house.features[0].jobs[0].run
        assert await house.house.writer.do(lambda uow: plan(uow, house.tools))
        assert await house.ask("SELECT count(*) FROM fires") == [(BITE,)]
    later = MORNING + timedelta(seconds=50)
    async with PostHouse(tmp_path, desk, known=known, at=later) as house:
        await house.house.clockwork.run_all()
        keys = await house.ask("SELECT count(*), count(DISTINCT key) FROM outbox")
        assert keys == [(BITE + 20, BITE + 20)]


async def test_a_group_that_leaves_meanwhile_doubles_nothing(tmp_path: Path, desk: Desk) -> None:
    desk.schedule(SCHEDULE.replace('["group:vip-1", "group:vip-2"]', '["all_groups"]'))
    async with PostHouse(tmp_path, desk, known=community(BITE + 20)) as house:
        await house.tick()
        house.clock.at = MORNING
        plan = house.house.features[0].jobs[0].run
        await house.house.writer.do(lambda uow: plan(uow, house.tools))
        names = ", ".join(f'"group:g{n}"' for n in range(BITE + 20) if n != BITE - 1)
        desk.schedule(SCHEDULE.replace('"group:vip-1", "group:vip-2"', names))
        await house.house.clockwork.run_all()

        assert await house.ask("SELECT count(*) FROM fires") == [(BITE + 20,)]
