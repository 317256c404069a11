"""Reminders, advisors, addresses, the pages, erasure: what happens around a booking."""

import pytest

from bot.features import bookings
from bot.features.bookings.rules import State
from bot.kernel.capability import Doors
from bot.kernel.work import Statement
from tests.features.bookings.conftest import TIDY, Village

SATURDAY = "预约 1 8-29 10:00"
AT = "2026-08-29T10:00:00+08:00"
HOME = "address = true\n" + TIDY


def test_members_are_reminded_a_day_and_two_hours_before_once(village: Village) -> None:
    village.offers()
    village.says("amei", SATURDAY)
    village.waits(days=3, hours=21, minutes=59)
    assert village.to("amei") == []
    village.waits(minutes=1)
    village.waits(minutes=5)
    assert village.to("amei") == [
        "提醒你：私人衣橱整理，8 月 29 日 周六 10:00。来不了的话发“取消预约 1”。"
    ]
    village.waits(hours=21, minutes=55)
    village.waits(minutes=1)
    assert len(village.to("amei")) == 2
    village.waits(hours=2)
    assert len(village.to("amei")) == 2
    assert village.booking().state is State.BOOKED
    village.waits(hours=2)
    assert village.booking().state is State.DONE


def test_after_a_long_sleep_only_the_last_reminder_is_said(village: Village) -> None:
    village.offers()
    village.says("amei", SATURDAY)
    village.waits(days=4, hours=20, minutes=30)
    assert len(village.to("amei")) == 1
    village.waits(minutes=10)
    assert len(village.to("amei")) == 1


def test_who_moved_it_is_reminded_of_the_new_time(village: Village) -> None:
    village.offers()
    village.says("amei", "预约 1 8-26 19:00")
    village.waits(hours=6)
    village.says("amei", "改约 1 8-29 10:00")
    village.waits(days=1, hours=20)
    assert village.to("amei") == []
    village.waits(days=2)
    assert "8 月 29 日 周六 10:00" in village.to("amei")[0]


def test_who_cancelled_is_not_reminded(village: Village) -> None:
    village.offers()
    village.says("amei", SATURDAY)
    village.says("amei", "取消预约")
    village.waits(days=4)
    assert village.to("amei") == []


def test_the_advisor_hears_of_everything_once_and_of_nobody_by_name(village: Village) -> None:
    village.offers()
    village.says("amei", SATURDAY)
    village.waits(minutes=1)
    village.waits(minutes=1)
    village.says("amei", "改约 1 8-29 14:00")
    village.waits(minutes=1)
    village.says("amei", "取消预约")
    village.waits(minutes=1)
    said = village.to("lisi")
    assert len(said) == 3
    assert "预约 1，新的：私人衣橱整理，8 月 29 日 周六 10:00" in said[0]
    assert "改了时间" in said[1]
    assert "取消了" in said[2]
    assert "amei" not in "".join(said)


def test_without_a_door_to_her_operators_are_told(village: Village) -> None:
    village.tools.add(Doors, Doors({}))
    village.offers()
    village.says("amei", SATURDAY)
    village.waits(minutes=1)
    village.waits(minutes=1)
    assert village.store.count("notices") == 1


def test_an_address_is_kept_until_it_is_over_and_some_days(village: Village) -> None:
    village.offers(HOME)
    said = village.sends_form(
        "amei", "book", {"service": "1", "slot": AT, "address": " 静安区\n 某路 1 号 "}
    )
    assert "约好了" in said
    assert village.booking().address == "静安区 某路 1 号"
    assert "静安区 某路 1 号" in village.page(day="2026-08-29")
    assert (
        "静安区"
        not in village.page(day="2026-08-29").partition("导出 CSV")[0].partition("接下来四周")[2]
    )
    village.waits(days=11, hours=23)
    assert village.booking().address
    village.waits(hours=1)
    assert village.booking().address == ""


def test_an_address_is_gone_at_once_when_it_is_cancelled(village: Village) -> None:
    village.offers(HOME)
    village.sends_form("amei", "book", {"service": "1", "slot": AT, "address": "某路 1 号"})
    village.says("amei", "取消预约")
    assert village.booking().address == ""


def test_an_address_is_asked_for_on_the_page_only_and_is_one_s_own(village: Village) -> None:
    village.offers(HOME)
    [said] = village.says("amei", SATURDAY)
    assert "请在页面上填地址：https://" in said
    assert "请写地址" in village.sends_form("amei", "address", {"booking": "1", "address": " "})
    long = {"booking": "1", "address": "长" * 201}
    assert "最多 200 个字" in village.sends_form("amei", "address", long)
    other = village.sends_form("lily", "address", {"booking": "1", "address": "别人的"})
    assert "没有这个预约" in other
    kept = village.sends_form("amei", "address", {"booking": "1", "address": "<b>某路"})
    assert "地址记下了" in kept
    assert "&lt;b&gt;某路" in village.member_page("amei")


def test_where_nobody_comes_no_address_is_kept(village: Village) -> None:
    village.offers()
    village.sends_form("amei", "book", {"service": "1", "slot": AT, "address": "某路 1 号"})
    assert village.booking().address == ""


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"service": "1"},
        {"service": "1", "slot": "x"},
        {"service": "1", "slot": "2026-08-29T10:00:00"},
        {"service": "1", "slot": "2026-08-29T10:07:00+08:00"},
        {"service": "1", "slot": "2020-08-29T10:00:00+08:00"},
        {"service": "9", "slot": AT},
        {"service": "-1", "slot": AT},
    ],
)
def test_a_wrong_form_books_nothing(village: Village, form: dict[str, str]) -> None:
    village.offers()
    answer = village.sends_form("amei", "book", form)
    assert "约不了" in answer or "没有这个编号" in answer
    assert village.store.count("bookings") == 0


def test_the_page_books_moves_cancels_and_gives_the_calendar(village: Village) -> None:
    village.offers()
    page = village.member_page("amei", service="1")
    assert f'value="{AT}"' in page
    assert "约好了" in village.sends_form("amei", "book", {"service": "1", "slot": AT})
    assert "换时间" in village.member_page("amei")
    [mine], her = bookings.feature.member_pages, village.member("amei")
    other = village.member("lily")
    give = mine.files
    assert give is not None
    given = village.store.do(lambda uow: give(uow, village.tools, her, 1))
    assert given is not None
    assert b"DTSTART:20260829T020000Z" in given.open().read()
    assert village.store.do(lambda uow: give(uow, village.tools, other, 1)) is None
    moved = {"service": "1", "slot": AT.replace("10:00:00", "14:00:00")}
    assert "改好了" in village.sends_form("amei", "move", moved)
    assert "取消了" in village.sends_form("amei", "cancel", {"service": "1"})
    assert "没有这个预约" in village.sends_form("amei", "cancel", {"service": "x"})


def test_who_deletes_herself_frees_her_time_and_the_advisor_hears_of_it(village: Village) -> None:
    village.offers(HOME)
    village.sends_form("amei", "book", {"service": "1", "slot": AT, "address": "某路 1 号"})
    village.waits(minutes=1)
    village.forgets("amei")
    village.waits(minutes=1)
    assert "取消了" in village.to("lisi")[-1]
    assert village.store.count("booked_quarters") == 0
    row = Statement("SELECT member_id, address, state FROM bookings")
    with village.store.unit() as uow:
        assert [tuple(each) for each in uow.run(row)] == [(None, "", "cancelled")]
    assert "已删除" in village.page(day="2026-08-29")


def test_two_who_are_one_have_one_time(village: Village) -> None:
    village.offers()
    village.says("amei", SATURDAY)
    village.says("amei2", "预约 1 8-29 14:00")
    goes, stays = village.member("amei2"), village.member("amei")
    [data] = bookings.feature.personal
    with village.store.unit() as uow:
        moved = data.movers[0].move(uow, goes, stays)
    assert village.store.count("booked_quarters") == 6
    assert village.booking(1).state is State.BOOKED
    assert village.booking(2).member == stays
    with village.store.unit() as uow:
        data.movers[0].back(uow, goes, stays, moved)
    assert village.booking(2).member == goes


def test_an_operator_cancels_with_a_reason_and_she_is_told(village: Village) -> None:
    village.offers()
    village.says("amei", SATURDAY)
    assert village.operates("cancel", booking="1", why="").startswith("✗ 请写为什么取消")
    assert "取消了" in village.operates("cancel", booking="1", why="李顾问病了")
    assert village.to("amei") == [
        "对不起，8 月 29 日 周六 10:00 的“私人衣橱整理”取消了：李顾问病了。发“预约”另约时间。"
    ]
    assert village.operates("cancel", booking="1", why="再来").startswith("✗ 没有这个预约")
    assert village.operates("cancel", booking="一", why="再来").startswith("✗ 没有这个预约")
    assert village.store.audited() == [("lin", "bookings.cancelled")]


def test_a_form_writes_the_file(village: Village) -> None:
    assert "还没有" in village.page()
    form = {"title": "形象咨询", "advisor": "lisi", "duration": "30", "sat": "09:00 09:30"}
    assert "content/services/形象咨询.md" in village.operates("make", **form)
    assert village.store.audited() == [("lin", "bookings.made")]
    village.runs("bookings.files")
    assert "约好了" in village.says("amei", "预约 1 8-29 9:30")[0]
    assert village.operates("make", **{**form, "title": " "}).startswith("✗ 请写标题")
    for wrong in ({"duration": "20"}, {"sat": ""}, {"sat": "9:07"}, {"days_off": "x"}):
        answer = village.operates("make", **{**form, "title": "另一个", **wrong})
        assert answer.startswith("✗")
    assert len(list((village.desk.content / "services").iterdir())) == 1


@pytest.mark.parametrize("day", ["", "x", "0001-01-01", "9999-12-31", "2026-02-30"])
def test_any_day_that_is_asked_for_is_answered(village: Village, day: str) -> None:
    assert "这一天没有预约" in village.page(day=day)
