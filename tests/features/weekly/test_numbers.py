"""The numbers of a week are counted from the rows themselves, and each says of how many."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.commons import cases
from bot.commons.cases import Did, Ending
from bot.commons.mass_send import Matter, tell_customers
from bot.commons.ratings import outside
from bot.commons.ratings.outside import Comment
from bot.commons.ratings.sorting import Sorter
from bot.features import weekly
from bot.features.weekly.rules import read, written
from bot.features.weekly.service import due_at, due_week
from bot.kernel.community import Community
from bot.kernel.exporting import Asked
from bot.kernel.messages import Outgoing, Text
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import micros
from tests.features.weekly.conftest import COMPLAINT, MONDAY, Shop
from tests.kit.house import PHONE

SHOP = Community("拾光衣橱", "Asia/Shanghai")


async def served(shop: Shop, who: str = "amei", code: Ending = Ending.SOLVED) -> None:
    """Let a member complain, be answered and her case end."""
    await shop.says(COMPLAINT, who)
    shop.house.clock.tick(minutes=10)
    await shop.answers(who)
    shop.house.clock.tick(minutes=10)
    await shop.resolves(who, code)


def calls_false(uow: UnitOfWork) -> None:
    """Let an advisor say that nobody needed her."""
    case = cases.get(uow, 1)
    assert case is not None
    cases.step(uow, case, "lisi", Did.FOUND_FALSE, "")


async def test_what_people_call_true_and_false_is_counted_by_reason(shop: Shop) -> None:
    await shop.at(0, 10)
    await served(shop, "amei")
    await served(shop, "xiaoli", Ending.FALSE_ALARM)
    await shop.says(COMPLAINT, "lan")

    found = {one.name: one for one in await shop.figures() if one.name.startswith("found_")}
    assert [
        (found[f"found_{one}"].value, found[f"found_{one}"].n) for one in ("true", "false", "open")
    ] == [(1, 3), (1, 3), (1, 3)]
    assert found["found_true"].rows == ("case:1",)
    assert found["found_false"].rows == ("case:2",)


async def test_what_an_advisor_says_counts_more_than_how_it_ended(shop: Shop) -> None:
    await shop.at(0, 10)
    await served(shop)

    await shop.do(calls_false)
    assert {one.value for one in await shop.figures() if one.name == "found_false"} == {1}


async def test_how_soon_humans_wrote_is_told_by_tier(shop: Shop) -> None:
    await shop.at(0, 10)
    await served(shop)

    median, late = await shop.figure("first_p50_s"), await shop.figure("first_p90_s")
    assert (median.value, median.n, median.rows) == (600, 1, ("case:1",))
    assert late.value == 600


async def test_who_was_opened_ended_and_opened_again_is_counted(shop: Shop) -> None:
    await shop.at(0, 10)
    await served(shop)
    await shop.at(1, 10)
    await shop.says(COMPLAINT)

    again = await shop.figure("reopened")
    assert (again.value, again.n, again.rows) == (1, 1, ("case:1",))
    opened = await shop.figure("cases_opened")
    assert opened.value == len(
        await shop.rows("SELECT id FROM case_steps WHERE what IN ('opened', 'reopened')")
    )


async def test_when_nobody_is_there_it_is_told_and_so_is_how_long(shop: Shop) -> None:
    await shop.at(0, 23)
    await shop.says(COMPLAINT)
    await shop.at(1, 8)

    nobody, oldest = await shop.figure("nobody_on_duty"), await shop.figure("oldest_unassigned_s")
    assert (nobody.value, nobody.n, nobody.rows) == (1, 1, ("case:1",))
    assert (oldest.value, oldest.rows) == (9 * 3600, ("case:1",))


async def test_ratings_are_told_with_their_number(shop: Shop) -> None:
    await shop.at(0, 10)
    await served(shop)
    shop.house.clock.tick(minutes=2)
    await shop.runs()
    shop.house.clock.tick(minutes=1)
    await shop.says("2")

    percent, answered = await shop.figure("csat_percent"), await shop.figure("csat_answered")
    assert (percent.value, percent.n) == (None, 1)
    assert (answered.value, answered.n) == (1, 1)
    assert (await shop.figure("csat_low")).rows == ("case:1",)


async def test_while_a_human_has_her_the_bot_has_said_nothing(shop: Shop) -> None:
    await shop.at(0, 10)
    await shop.says("转人工")
    shop.house.clock.tick(minutes=1)

    def push(uow: object) -> None:
        uow.send(Outgoing(PHONE, "amei", Text("早安"), "push-1", why="test"))  # type: ignore[attr-defined]  # a unit of work

    await shop.do(push)
    silence, kept_back = await shop.figure("bot_after_human"), await shop.figure("withdrawn")
    assert (silence.value, silence.n) == (0, 1)
    assert kept_back.value == 1


async def test_had_the_bot_spoken_it_would_show(shop: Shop) -> None:
    await shop.at(0, 10)
    await shop.says("打卡")
    await shop.says("转人工")
    since = shop.house.clock.now()
    at = micros(since + timedelta(minutes=5))
    force = Statement(
        "UPDATE outbox SET claimed_at = :at, status = 'sent' WHERE why LIKE 'features.checkin.%'"
    )
    await shop.do(lambda uow: uow.run(force, at=at))
    shop.house.clock.tick(minutes=10)

    silence = await shop.figure("bot_after_human")
    assert silence.value == 1
    assert silence.rows[0].startswith("outbox:")
    assert "不对" in await shop.page(week=MONDAY.isoformat())


async def test_an_offer_to_who_complains_would_show(shop: Shop) -> None:
    await shop.at(0, 10)
    await shop.says(COMPLAINT)
    shop.house.clock.tick(minutes=1)
    assert (await shop.figure("marketing_to_complainants")).n == 1
    at = micros(shop.house.clock.now())
    force = Statement(
        "UPDATE outbox SET claimed_at = :at, status = 'sent', why = 'outreach.offer'"
        " WHERE why = 'care'"
    )
    await shop.do(lambda uow: uow.run(force, at=at))
    shop.house.clock.tick(minutes=1)

    assert (await shop.figure("marketing_to_complainants")).value == 1


async def test_a_mass_send_to_who_complains_would_show_and_none_before_or_after(shop: Shop) -> None:
    await shop.at(0, 10)
    await shop.says(COMPLAINT)
    opened = shop.house.clock.now()
    shop.house.clock.tick(hours=1)

    def smuggle(uow: UnitOfWork) -> None:
        matter = Matter(text="秋装上新")
        for key in ("before", "now"):
            tell_customers(uow, PHONE, [("amei", "lisi")], [matter], key=key, why="test")
        uow.run(Statement("UPDATE mass_targets SET status = 'delivered', sent_at = drafted_at"))
        early = micros(opened - timedelta(minutes=1))
        uow.run(
            Statement("UPDATE mass_targets SET drafted_at = :at WHERE key LIKE 'before%'"), at=early
        )

    assert (await shop.figure("marketing_to_complainants")).value == 0
    await shop.do(smuggle)
    found = await shop.figure("marketing_to_complainants")
    assert (found.value, found.n, found.rows) == (1, 1, ("mass:2",))
    assert "群发 2" in await shop.page(week=MONDAY.isoformat())


async def test_false_alarms_are_told_by_advisor_and_day(shop: Shop) -> None:
    await shop.at(0, 10)
    await served(shop, "amei", Ending.FALSE_ALARM)
    await served(shop, "xiaoli", Ending.FALSE_ALARM)
    await shop.at(2, 10)
    await served(shop, "lan", Ending.FALSE_ALARM)

    assert (await shop.figure("false_alarms", "lisi 2026-09-07")).value == 2
    assert (await shop.figure("false_alarms", "lisi 2026-09-09")).value == 1
    mean = await shop.figure("false_alarms_per_advisor_day")
    assert (mean.value, mean.n) == (1.5, 2)


async def test_an_alarm_that_an_advisor_calls_false_counts_before_its_end(shop: Shop) -> None:
    await shop.at(0, 10)
    await shop.says(COMPLAINT)
    await shop.do(calls_false)

    assert (await shop.figure("false_alarms", "lisi 2026-09-07")).value == 1


async def test_a_week_is_monday_to_sunday_by_the_clocks_here(shop: Shop) -> None:
    await shop.at(-1, 23, 59)
    await shop.says(COMPLAINT, "amei")
    await shop.at(0, 0, 1)
    await shop.says(COMPLAINT, "xiaoli")
    await shop.at(6, 23, 59)
    await shop.says(COMPLAINT, "lan")
    await shop.at(7, 0, 1)
    await shop.says(COMPLAINT, "juan")

    weeks = [MONDAY + timedelta(days=7 * n) for n in (-1, 0, 1)]
    assert [(await shop.figure("cases_opened", week=week)).value for week in weeks] == [1, 2, 1]


async def test_the_numbers_are_made_on_monday_at_nine_and_stay(shop: Shop) -> None:
    await shop.at(0, 10)
    await served(shop)
    await shop.at(7, 8, 59)
    await shop.runs()
    assert await shop.rows(f"SELECT week FROM week_reports WHERE week = '{MONDAY}'") == []
    await shop.at(7, 9)
    await shop.runs()
    await shop.runs()
    before = await shop.rows(f"SELECT numbers FROM week_reports WHERE week = '{MONDAY}'")
    notices = await shop.rows("SELECT text FROM notices WHERE key LIKE 'weekly:%'")
    assert notices == [("09-07 到 09-13 的周报做好了，在控制台的“周报”里看。",)]

    await shop.do(calls_false)
    await shop.runs()
    assert await shop.rows(f"SELECT numbers FROM week_reports WHERE week = '{MONDAY}'") == before
    assert written(await shop.figures()) == before[0][0]
    assert written(read(str(before[0][0]))) == before[0][0]


async def test_a_week_in_which_nothing_was_is_no_news(shop: Shop) -> None:
    await shop.at(7, 9)
    await shop.runs()

    assert await shop.rows("SELECT text FROM notices") == []
    assert "这一周没有提醒。" in await shop.page(week=MONDAY.isoformat())


async def test_the_same_export_twice_is_the_same(shop: Shop) -> None:
    await shop.at(0, 10)
    await served(shop)
    [export] = weekly.feature.exports

    async def sheet(since: date | None) -> list[tuple[object, ...]]:
        look = shop.house.house.writer.look
        return await look(lambda uow: list(export.rows(uow, Asked(SHOP, since=since))))

    first, second = await sheet(MONDAY), await sheet(MONDAY + timedelta(days=3))
    assert first == second, "any day of a week names it"
    assert {row[0] for row in first} == {MONDAY.isoformat()}
    assert [row for row in first if row[1] == "cases_opened"] == [
        (MONDAY.isoformat(), "cases_opened", "", 1, 1, "case:1")
    ]


async def test_the_page_leads_to_what_was_counted(shop: Shop) -> None:
    await shop.at(0, 10)
    await served(shop)

    page = await shop.page(week=MONDAY.isoformat())
    assert '<a href="/desk/cases/1">个案 1</a>' in page
    assert "到现在为止" in page
    assert "样本不足" in page
    assert "商品质量" in page


@pytest.mark.parametrize("week", ["", "nonsense", "0001-01-01", "9999-12-31", "2026-13-01"])
async def test_an_address_that_names_no_week_shows_this_one(shop: Shop, week: str) -> None:
    await shop.at(0, 10)

    assert "2026-09-07 到 2026-09-13" in await shop.page(week=week)


async def test_what_everybody_may_read_says_when_too_few_have_answered(shop: Shop) -> None:
    await shop.at(0, 10)
    await shop.says("我要投诉，毛衣起球开线，质量太差了")
    await shop.says("我要投诉，裙子掉色，质量太差了", "xiaoli")
    assert await shop.rows("SELECT COUNT(*) FROM voices") == [(2,)]
    done = Statement(
        "UPDATE voices SET handled_at = :at, handled = '毛衣换了不起球的纱线' WHERE id = 1"
    )
    await shop.do(lambda uow: uow.run(done, at=micros(shop.house.clock.now())))

    page = await shop.page()
    assert "本月满意度：样本不足（0 人评价）。" in page
    assert "本月已优化：毛衣换了不起球的纱线。" in page
    assert "8 月售后 24 小时内办结：样本不足（0 件）。" in page
    assert '<a href="/console/voices#voice-1">' in page


async def test_what_was_said_outside_is_counted_apart_by_source(shop: Shop) -> None:
    await shop.at(0, 10)
    await shop.says("我要投诉，毛衣起球开线，质量太差了")
    before = [one for one in await shop.figures() if one.name.startswith(("voices", "csat"))]

    def come_in(uow: UnitOfWork) -> None:
        at = datetime(2026, 8, 1, tzinfo=UTC)
        for source, words in (("抖音", "很喜欢"), ("抖音", "扣子掉了"), ("小红书", "客服态度差")):
            outside.keep(uow, Sorter(), Comment(source, words, at, words, None, None, None))

    await shop.do(come_in)
    after = await shop.figures()
    found = [one for one in after if one.name == "outside_comments"]
    assert [(one.group, one.value, one.n, one.rows) for one in found] == [
        ("小红书", 1, 1, ("voice:4",)),
        ("抖音", 1, 2, ("voice:3",)),
    ]
    assert [one for one in after if one.name.startswith(("voices", "csat"))] == before
    assert "外部评论（<bdi>抖音</bdi>），这一周导入：1 / 2 条有要改进的" in await shop.page()


def test_the_week_that_is_due_changes_on_monday_at_nine() -> None:
    nine = datetime(2026, 9, 14, 1, tzinfo=UTC)

    assert due_at(SHOP, MONDAY) == nine
    assert due_week(SHOP, nine) == MONDAY
    assert due_week(SHOP, nine - timedelta(seconds=1)) == MONDAY - timedelta(days=7)
