"""The operators' page: what comes, what went, and the decisions that can be taken there."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest

from bot.features import posts
from bot.features.posts.service import TooLate
from bot.kernel.errors import Undeliverable
from tests.features.posts.conftest import MORNING, SCHEDULE, PostHouse
from tests.kit.desk import Desk

DAY = timedelta(days=1)
(PAGE,) = posts.feature.pages


async def page(house: PostHouse, **query: str) -> str:
    shown = await house.house.writer.look(lambda uow: PAGE.load(uow, house.tools, query))
    return house.words(PAGE.template, **shown, csrf_field="")


async def press(house: PostHouse, action: str, fire_at: datetime = MORNING) -> str:
    form: Mapping[str, str] = {"schedule": "morning", "fire_at": fire_at.isoformat()}
    act = PAGE.actions[action]
    return await house.house.writer.do(lambda uow: act(uow, house.tools, form, "xiaoli"))


async def test_the_page_shows_a_week_to_come(house: PostHouse) -> None:
    shown = await page(house)

    assert "08-24 周一 08:30" in shown
    assert "群 vip-1、群 vip-2" in shown
    assert "posts/a.md" in shown
    assert shown.count("没有内容") == 4
    assert "还没有推送过" in shown


async def test_a_post_that_is_held_tells_its_slot(house: PostHouse, desk: Desk) -> None:
    desk.schedule(SCHEDULE + 'quiet_hours = "22:00-09:00"\n')
    assert "08-24 周一 09:00<br><small>原定 08:30</small>" in await page(house)
    desk.schedule(SCHEDULE.replace("30 8", "0 23") + 'quiet_hours = "22:00-09:00"\n')
    assert "08-25 周二 09:00<br><small>原定 08-24 周一 23:00</small>" in await page(house)


async def test_without_schedules_the_page_says_where_to_begin(house: PostHouse, desk: Desk) -> None:
    desk.schedule("")

    assert "接下来 7 天没有要发的" in await page(house)


async def test_the_page_shows_how_far_posts_have_come(house: PostHouse) -> None:
    house.phone.script = [Undeliverable("no such chat")]
    await house.tick(MORNING)
    shown = await page(house)

    assert "没发出去" in shown
    assert "已送出" in shown
    assert '<a href="/console/trip?book=outbox">去处理</a>' in shown


async def test_a_picture_that_did_not_leave_is_seen(house: PostHouse, desk: Desk) -> None:
    desk.write("media/a.png", "png")
    desk.post("posts/a.md", "早安 a", 'media = ["a.png"]\n')
    await house.tick(MORNING)
    assert "没发出去" not in await page(house)
    await house.house.writer.do(
        lambda uow: uow.session.connection().exec_driver_sql(
            "UPDATE outbox SET status = 'parked' WHERE key LIKE '%vip-1%:m1'"
        )
    )

    assert "没发出去" in await page(house)


async def test_one_fire_can_be_called_off_and_the_next_goes_on(house: PostHouse) -> None:
    said = await press(house, "call-off")
    assert said == "「morning」08-24 周一 08:30 这一次不发了。改主意的话，到点以前点“恢复”。"
    assert "已跳过" in await page(house)
    await house.tick(MORNING)
    assert house.seen("vip-1") == []
    await house.tick(MORNING + DAY)

    assert house.seen("vip-1") == ["早安 a"]
    assert (await house.fires())[0] == ("vip-1", "skipped", "", "operator")


async def test_what_was_called_off_can_be_called_back(house: PostHouse) -> None:
    await press(house, "call-off")
    await press(house, "call-back")
    await house.tick(MORNING)

    assert house.seen("vip-1") == ["早安 a"]


async def test_what_waits_for_its_jitter_can_still_be_called_off(
    house: PostHouse, desk: Desk
) -> None:
    desk.schedule(SCHEDULE + 'quiet_hours = "22:00-09:00"\n')
    await house.tick(MORNING)
    await press(house, "call-off")
    await house.tick(MORNING + timedelta(minutes=30))

    assert house.seen("vip-1") == []


async def test_what_is_over_can_not_be_called_off_or_back(house: PostHouse) -> None:
    await press(house, "call-off")
    await house.tick(MORNING)
    with pytest.raises(TooLate):
        await press(house, "call-back")
    await house.tick(MORNING + DAY)
    with pytest.raises(TooLate):
        await press(house, "call-off", MORNING + DAY)


@pytest.mark.parametrize(
    "fire_at", [MORNING + timedelta(minutes=1), MORNING - DAY], ids=["no fire", "past"]
)
async def test_only_a_coming_fire_can_be_called_off(house: PostHouse, fire_at: datetime) -> None:
    with pytest.raises(TooLate):
        await press(house, "call-off", fire_at)


@pytest.mark.parametrize("word", ["", "soon", "2026-08-24", "2026-08-24T08:30"])
async def test_a_form_with_nonsense_is_refused(house: PostHouse, word: str) -> None:
    form = {"schedule": "morning", "fire_at": word}
    for act in PAGE.actions.values():
        with pytest.raises(TooLate):
            await house.house.writer.do(lambda uow: act(uow, house.tools, form, "xiaoli"))  # noqa: B023 - awaited here


# ── too late: the operator decides ──────────────────────────────────────────────────────


@pytest.fixture
async def asking(house: PostHouse, desk: Desk) -> PostHouse:
    desk.schedule(SCHEDULE + 'missed = "ask"\n')
    await house.tick(MORNING + timedelta(hours=6))
    return house


async def test_the_operator_is_asked(asking: PostHouse) -> None:
    assert asking.seen("vip-1") == []
    assert await asking.notices() == ["posts.asked:morning:2026-08-24T00:30:00+00:00"]
    shown = await page(asking)
    assert "误点了，等你决定" in shown
    assert "<td>2 个</td>" in shown


async def test_the_operator_can_have_it_sent_all_the_same(asking: PostHouse) -> None:
    assert "发出去就收不回来" in await page(asking)
    await press(asking, "send")
    await asking.tick()

    assert asking.seen("vip-1") == asking.seen("vip-2") == ["早安 a"]
    shown = await page(asking)
    assert "误点了，等你决定" not in shown
    assert "补发" in shown
    assert "xiaoli" in shown
    with pytest.raises(TooLate):
        await press(asking, "skip")


async def test_the_operator_can_skip_it_and_change_her_mind(asking: PostHouse) -> None:
    await press(asking, "skip")
    assert "人工跳过" in await page(asking)
    await press(asking, "ask-again")
    await press(asking, "send")
    await asking.tick()

    assert asking.seen("vip-1") == ["早安 a"]


async def test_a_long_past_has_pages(house: PostHouse, desk: Desk) -> None:
    desk.schedule(SCHEDULE.replace("30 8 * * *", "* 9 * * *"))
    await house.tick()
    await house.tick(MORNING + timedelta(hours=2))
    shown = await page(house)

    assert "更早的" in shown
    assert "回到最新" in await page(house, before="40")
    assert "没有更早的了" in await page(house, before="1")
    assert "回到最新" not in await page(house, before="<b>")


async def test_a_group_name_can_not_become_markup(house: PostHouse, desk: Desk) -> None:
    desk.post("posts/a.md", "早安", 'title = "<b>早</b>"\n')
    await house.tick(MORNING)

    assert "<b>" not in await page(house)
