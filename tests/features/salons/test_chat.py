"""Signing up, waiting, cancelling: what members write and read."""

from datetime import timedelta

import pytest

from bot.commons.salons import line
from tests.kit.rooms import NOON
from tests.kit.salons import COATS, TURNS, Street

SMALL = COATS + "capacity = 3\nguests_max = 2\n"


def said(street: Street, who: str, text: str) -> str:
    [answer] = street.says(who, text)
    return answer


def test_nothing_planned_is_said_kindly(street: Street) -> None:
    assert "最近还没有活动" in said(street, "amei", "活动")
    assert "最近还没有活动" in said(street, "amei", "报名")


def test_the_list_says_when_where_how_many_and_how(street: Street) -> None:
    street.writes(SMALL)
    street.writes(COATS.replace("冬日", "春日"), name="b", body="别的")
    listed = said(street, "amei", "活动")
    assert "【101】冬日大衣" in listed
    assert "8 月 31 日（周一）14:00–16:00" in listed
    assert "还有 3 个名额" in listed
    assert "【102】春日大衣" in listed
    assert "谁也不插队" in said(street, "amei", "活动 101")
    assert "候补，按报名先后" not in said(street, "amei", "活动 102")


@pytest.mark.parametrize(
    ("text", "heads"),
    [
        ("报名 101", 1),
        ("报名101", 1),
        ("報名 １０１", 1),
        ("报名", 1),
        ("报名 101 2位", 2),
        ("报名 101 两位", 2),
        ("报名 101 带一位朋友", 2),
        ("报名 101 带朋友", 2),
        ("报名 101 帶兩個閨蜜", 3),
        ("报名 101 +1", 2),
        ("报名 101 一家三口", 3),
        ("报名 2位", 2),
        ("报名 101 我和两个朋友", 3),
        ("报名 101号 2人", 2),
        ("报名 101 两大一小", 3),
        ("报名 101 一起来", 1),
        ("我要报名 101，3人！", 3),
    ],
)
def test_a_place_for_as_many_as_she_says(street: Street, text: str, heads: int) -> None:
    street.writes(SMALL)
    answer = said(street, "amei", text)
    assert "报好了" in answer
    assert f"{heads} 位" in answer
    assert street.place("amei").code in answer
    assert street.heads() == heads


@pytest.mark.parametrize("text", ["0位", "-2位", "1.5位", "99位", f"{'9' * 40}位", "4位", "零位"])
def test_what_is_no_number_of_people_is_refused_with_the_limit(street: Street, text: str) -> None:
    street.writes(SMALL)
    answer = said(street, "amei", f"报名 101 {text}")
    assert "1 到 3 位" in answer or "没有编号" in answer
    assert street.heads() == 0


def test_twice_is_the_same_answer_and_one_place(street: Street) -> None:
    street.writes(SMALL)
    said(street, "amei", "报名 101 2位")
    assert "你已经报好了" in said(street, "amei", "报名 101 2位")
    assert "你已经报好了" in said(street, "amei", "报名 101")
    assert street.heads() == 2


def test_the_full_house_makes_a_line_and_a_cancellation_promotes_one(street: Street) -> None:
    street.writes(SMALL)
    said(street, "amei", "报名 101 3位")
    assert "前面还有 0 位" in said(street, "bea", "报名 101")
    assert "前面还有 1 位" in said(street, "cai", "报名 101 2位")
    assert "前面还有 2 位" in said(street, "dan", "报名 101 2位")
    assert "取消好了" in said(street, "amei", "取消报名 101")
    assert (street.heads(), street.line()) == (3, ["dan"])
    street.runs(*TURNS, *TURNS)
    assert street.told() == ["bea", "cai"]


def test_each_is_told_once_with_her_code(street: Street) -> None:
    street.writes(SMALL)
    said(street, "amei", "报名 101 3位")
    said(street, "bea", "报名 101")
    said(street, "amei", "取消报名")
    street.runs(*TURNS, *TURNS)
    [letter] = street.letters("bea")
    assert "轮到你了" in letter
    assert street.place("bea").code in letter
    assert street.letters() == []


def test_fewer_guests_let_the_next_one_in(street: Street) -> None:
    street.writes(SMALL)
    said(street, "amei", "报名 101 3位")
    said(street, "bea", "报名 101")
    assert "报好了" in said(street, "amei", "报名 101 2位")
    assert (street.heads(), street.line()) == (3, [])


def test_nobody_overtakes_her_who_does_not_fit_and_she_is_asked_once(street: Street) -> None:
    street.writes(SMALL)
    said(street, "amei", "报名 101 2位")
    said(street, "bea", "报名 101 2位")
    assert "候补" in said(street, "cai", "报名 101")
    assert street.line() == ["bea", "cai"]
    for _ in range(3):
        street.waits(minutes=1)
    [letter] = street.letters("bea")
    assert "现在有 1 个空位" in letter
    assert street.store.do(lambda uow: line.untold(uow, most=9)) == []
    assert street.letters() == []
    assert "报好了" in said(street, "bea", "报名 101 1位")
    assert street.line() == ["cai"]


def test_more_guests_do_not_overtake_the_line(street: Street) -> None:
    street.writes(SMALL)
    said(street, "amei", "报名 101 2位")
    assert "报好了" in said(street, "amei", "报名 101 3位")
    said(street, "amei", "报名 101 1位")
    said(street, "bea", "报名 101 3位")
    assert "你的 1 位不变" in said(street, "amei", "报名 101 2位")


def test_the_line_is_in_the_order_of_writing_not_of_handling(street: Street) -> None:
    street.writes(COATS + "capacity = 1\n")
    said(street, "amei", "报名 101")
    street.says("bea", "报名 101", at=NOON + timedelta(seconds=9))
    street.says("cai", "报名 101", at=NOON + timedelta(seconds=5))
    assert street.line() == ["cai", "bea"]


def test_coming_back_is_at_the_end_of_the_line_with_the_same_code(street: Street) -> None:
    street.writes(COATS + "capacity = 1\n")
    said(street, "amei", "报名 101")
    code = street.place("amei").code
    said(street, "bea", "报名 101")
    said(street, "cai", "报名 101")
    said(street, "amei", "取消报名 101")
    assert "之前就取消了" in said(street, "amei", "取消报名 101")
    street.store.clock.tick(seconds=1)
    said(street, "amei", "报名 101")
    assert street.line() == ["cai", "amei"]
    assert street.place("amei").code == code


def test_five_minutes_before_the_end_is_in_time_and_the_end_is_not(street: Street) -> None:
    street.writes(COATS + "signup_until = 2026-08-30T20:00:00+08:00\n")
    until = street.salon().signup_until
    street.store.clock.at = until - timedelta(minutes=5)
    assert "报好了" in said(street, "amei", "报名 101")
    street.store.clock.at = until
    assert "已经截止" in said(street, "bea", "报名 101")
    assert street.says("cai", "报名 101", at=until - timedelta(seconds=1))[0].startswith("报好了")
    assert "你已经报好了" in said(street, "amei", "报名 101")


def test_a_salon_that_has_begun_takes_and_lets_go_of_nobody(street: Street) -> None:
    street.writes(COATS + "capacity = 1\n")
    said(street, "amei", "报名 101")
    said(street, "bea", "报名 101")
    street.store.clock.at = street.salon().starts_at
    assert "已经开始" in said(street, "cai", "报名 101")
    assert "已经开始" in said(street, "amei", "取消报名 101")
    assert street.line() == ["bea"]


def test_what_was_sent_before_it_began_and_arrives_later_has_its_place(street: Street) -> None:
    street.writes(COATS + "capacity = 1\n")
    starts_at = street.salon().starts_at
    street.store.clock.at = starts_at + timedelta(seconds=20)
    in_time = starts_at - timedelta(seconds=1)
    assert street.says("amei", "报名 101", at=in_time)[0].startswith("报好了")


def test_nobody_moves_up_once_it_has_begun(street: Street) -> None:
    street.writes(COATS + "capacity = 1\n")
    said(street, "amei", "报名 101")
    said(street, "bea", "报名 101")
    street.store.clock.at = street.salon().starts_at
    street.writes(COATS + "capacity = 5\n")
    street.waits(minutes=1)
    assert street.line() == ["bea"]


@pytest.mark.parametrize("text", ["取消报名", "取消报名 101", "取消报名 999"])
def test_nothing_to_cancel(street: Street, text: str) -> None:
    street.writes(COATS)
    answer = said(street, "amei", text)
    assert "你没有报" in answer or "没有编号 999" in answer


def test_which_one_is_asked(street: Street) -> None:
    street.writes(COATS)
    street.writes(COATS.replace("冬日", "春日"), name="b", body="别的")
    assert "报名 102 · 春日大衣" in said(street, "amei", "报名")
    assert "没有编号 109" in said(street, "amei", "报名 109")
    for number in (101, 102):
        said(street, "amei", f"报名 {number}")
    assert "取消报名 102" in said(street, "amei", "取消报名")


def test_her_own_list_has_codes_and_the_line(street: Street) -> None:
    street.writes(COATS + "capacity = 1\n")
    assert "还没有报名" in said(street, "amei", "我的报名")
    said(street, "amei", "报名 101")
    said(street, "bea", "报名 101")
    assert f"入场码 {street.place('amei').code}" in said(street, "amei", "我的报名")
    assert "候补 1 位，前面还有 0 位" in said(street, "bea", "我的报名")


def test_a_group_reads_no_codes_and_no_title_of_hers(street: Street) -> None:
    street.writes(COATS)
    [answer] = street.says("amei", "报名 101", group="g1")
    assert street.place("amei").code not in answer
    [listed] = street.says("amei", "我的报名", group="g1")
    assert "冬日" not in listed
    assert "bot.example" in listed


@pytest.mark.parametrize(
    "text", ["报名 怎么弄", "报名 两天以后那个", "报名 我们一起", "取消报名 怎么弄"]
)
def test_a_question_is_no_sign_up_and_no_cancellation(street: Street, text: str) -> None:
    street.writes(SMALL)
    if text.startswith("取消"):
        said(street, "amei", "报名 101")
    before = street.heads()
    assert "请带上编号" in said(street, "amei", text)
    assert street.heads() == before
    assert street.says("amei", text, group="g1") == []


@pytest.mark.parametrize("text", ["活动 很好玩", "报名 的人真多", "评价 不错"])
def test_in_a_group_people_may_talk_of_it(street: Street, text: str) -> None:
    street.writes(SMALL)
    assert street.says("amei", text, group="g1") == []


def test_a_button_signs_up_and_gives_up_and_twice_is_once(street: Street) -> None:
    street.writes(SMALL)
    assert "还有 3 个名额" in said(street, "amei", "活动")
    assert street.presses("amei", "salon:sign:101").startswith("报好了")
    assert street.presses("amei", "salon:sign:101").startswith("你已经报好了")
    assert street.presses("amei", "salon:out:101").startswith("取消好了")
    assert street.presses("amei", "salon:out:101").startswith("之前就取消了")
    assert "入场码在私聊" in street.presses("bea", "salon:sign:101", group="g1")


@pytest.mark.parametrize("key", ["salon:sign:999", "salon:sign:", "salon:x:y", "salon"])
def test_a_button_of_a_card_that_nobody_made_is_answered(street: Street, key: str) -> None:
    assert street.presses("amei", key)


def test_where_a_chat_takes_no_files_the_calendar_is_linked(street: Street) -> None:
    street.writes(COATS)
    assert "你没有报名" in said(street, "amei", "日历 101")
    said(street, "amei", "报名 101")
    assert "bot.example/m/salons/coming" in said(street, "amei", "日历")
    assert street.store.count("salon_calendars") == 0
