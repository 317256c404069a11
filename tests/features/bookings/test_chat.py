"""预约, 改约, 取消预约: what is said and done."""

import pytest

from bot.commons.content import Library
from bot.features.bookings.rules import State
from tests.features.bookings.conftest import FORMS, TIDY, Village

SATURDAY = "预约 1 8-29 10:00"


def test_nothing_to_book_is_said_so(village: Village) -> None:
    assert village.says("amei", "预约") == ["现在没有可以预约的。"]


def test_from_the_list_to_the_time(village: Village) -> None:
    village.offers()
    [said] = village.says("amei", "預約")
    assert "1. 私人衣橱整理（90 分钟）" in said
    [said] = village.says("amei", "预约 1")
    assert "8-26 周三　19:00\n8-29 周六　10:00　14:00\n9-2 周三　19:00\n9-9 周三" in said
    assert "9-5" not in said  # a holiday
    [said] = village.says("amei", SATURDAY)
    assert "约好了：私人衣橱整理，8 月 29 日 周六 10:00 到 11:30，李顾问。" in said
    assert "8-29 周六　14:00" in village.says("lily", "预约 1")[0]
    assert "📅 私人衣橱整理：8 月 29 日 周六 10:00" in village.says("amei", "我的预约")[0]


@pytest.mark.parametrize(
    "said",
    [
        *("预约1 8月29日10点", "预约 1 8/29 10:00", "预约 １ ８－２９ １０：００"),
        "预约 1 8.29 周六 10:00",
    ],
)
def test_a_time_is_understood_as_it_is_typed(village: Village, said: str) -> None:
    village.offers()
    assert "约好了" in village.says("amei", said)[0]


@pytest.mark.parametrize(
    "said",
    [
        *("预约 1 8-29", "预约 1 8-30 10:00", "预约 1 13-40 99:99", "预约 1 -1", "预约 1 昨天"),
        *("预约 1 8-24 19:00", "预约 1 9-5 10:00", "预约 1 8-29 10:30", "预约 1 1.5"),
    ],
)
def test_a_time_that_is_none_is_answered_with_those_that_are(village: Village, said: str) -> None:
    village.offers()
    [answer] = village.says("amei", said)
    assert "没看懂时间，或者这个时间约不了" in answer
    assert "8-29 周六　10:00　14:00" in answer
    assert village.store.count("bookings") == 0


@pytest.mark.parametrize("number", ["7", "999999999", "0"])
def test_a_number_that_is_none_is_said_so(village: Village, number: str) -> None:
    village.offers()
    assert village.says("amei", f"预约 {number}") == ["没有这个编号。发“预约”看看有哪些。"]


def test_a_time_that_is_taken_is_said_so_and_two_of_one_are_not_had(village: Village) -> None:
    village.offers()
    village.says("amei", SATURDAY)
    assert "这个时间约不了" in village.says("lily", SATURDAY)[0]
    assert "你已经约了" in village.says("amei", "预约 1 8-29 14:00")[0]
    assert village.store.count("bookings") == 1


def test_another_service_of_the_same_advisor_does_not_overlap(village: Village) -> None:
    village.offers()
    later = TIDY.replace("私人衣橱整理", "形象咨询").replace('"10:00", "14:00"', '"11:00", "11:30"')
    village.offers(later.replace("LiSi", "lisi"), name="talk")
    village.says("amei", SATURDAY)
    assert "约不了" in village.says("lily", "预约 2 8-29 11:00")[0]
    assert "约好了" in village.says("lily", "预约 2 8-29 11:30")[0]


def test_moving_frees_the_old_time_and_takes_the_new(village: Village) -> None:
    village.offers()
    village.says("amei", SATURDAY)
    assert "改好了" in village.says("amei", "改约 1 8-29 14:00")[0]
    assert "约好了" in village.says("lily", SATURDAY)[0]
    assert "约不了" in village.says("amei", "改约 1 8-29 10:00")[0]
    assert "14:00" in village.says("amei", "预约")[0]
    assert village.store.count("booked_quarters") == 12


def test_moving_into_one_s_own_time_is_possible(village: Village) -> None:
    village.offers(TIDY.replace('"10:00", "14:00"', '"10:00", "10:30"'))
    village.says("amei", SATURDAY)
    assert "改好了" in village.says("amei", "改约 1 8-29 10:30")[0]


def test_cancelling_frees_the_time(village: Village) -> None:
    village.offers()
    village.says("amei", SATURDAY)
    assert "取消了" in village.says("amei", "取消预约")[0]
    assert "没有这个预约" in village.says("amei", "取消预约 1")[0]
    assert village.store.count("booked_quarters") == 0
    assert "约好了" in village.says("lily", SATURDAY)[0]


def test_the_last_second_to_cancel(village: Village) -> None:
    village.offers()
    village.says("amei", SATURDAY)
    village.says("lily", "预约 1 8-29 14:00")
    village.store.clock.tick(days=3, hours=22)  # Friday 10:00
    village.store.clock.tick(seconds=1)
    assert "开始前 24 小时内" in village.says("amei", "取消预约 1")[0]
    assert "开始前 24 小时内" in village.says("amei", "改约 1 9-9 19:00")[0]
    village.store.clock.tick(hours=4, seconds=-1)
    assert "取消了" in village.says("lily", "取消预约 1")[0]


def test_only_those_it_is_for(village: Village) -> None:
    village.offers('audience = "tier:时光挚友"\n' + TIDY)
    village.tier("lily", "时光挚友")
    assert "私人衣橱整理" not in village.says("amei", "预约")[0]
    assert "现在只给：时光挚友" in village.says("amei", "预约 1")[0]
    assert "约好了" in village.says("lily", SATURDAY)[0]


def test_in_a_group_nothing_of_it_is_told(village: Village) -> None:
    village.offers()
    village.says("amei", SATURDAY)
    for said in ("预约", "我的预约", "取消预约 1", "改约 1 8-29 14:00"):
        [answer] = village.says("amei", said, group="vip-1")
        assert "私下发" in answer
        assert "衣橱" not in answer
    assert village.booking().state is State.BOOKED


def test_a_file_that_is_gone_takes_no_more_and_leaves_what_is_booked(village: Village) -> None:
    village.offers()
    village.says("amei", SATURDAY)
    (village.desk.content / "services" / "tidy.md").unlink()
    village.runs("bookings.files")
    assert "没有这个编号" in village.says("lily", "预约 1")[0]
    assert "8 月 29 日" in village.says("amei", "预约")[0]
    assert "取消了" in village.says("amei", "取消预约 1")[0]


@pytest.mark.parametrize(
    ("matter", "rule"),
    [
        (TIDY.replace("90", "50"), "bad-value"),
        (TIDY.replace("90", "-15"), "bad-value"),
        (TIDY.replace('"19:00"', '"19:07"'), "bad-value"),
        (TIDY.replace('"19:00"', '"25:00"'), "bad-value"),
        (TIDY.replace("wed", "someday"), "bad-value"),
        (TIDY.replace("2026-09-05", "2026-02-30"), "bad-date"),
        (TIDY + "capacity = 3\n", "unknown-key"),
        (TIDY.replace('advisor = "LiSi"\n', ""), "missing-key"),
    ],
)
def test_a_wrong_file_is_said_with_its_line(village: Village, matter: str, rule: str) -> None:
    village.offers(matter)
    problems = Library.read(village.desk.content, forms=FORMS).problems
    assert [problem.rule for problem in problems] == [rule]
    assert problems[0].line
    assert village.says("amei", "预约") == ["现在没有可以预约的。"]
