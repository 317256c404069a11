"""At the door: one tap, found by name, code or number; a bad network changes nothing."""

import pytest

from bot.commons import members
from tests.kit.salons import COATS, Street


@pytest.fixture
def full(street: Street) -> Street:
    """Offer a salon with two who are in and one who waits."""
    street.writes(COATS + "capacity = 3\nguests_max = 1\n")
    for who, name, text in (("amei", "阿梅", "2位"), ("bea", "<b>贝", ""), ("cai", "蔡蔡", "")):
        her = street.member(who)
        street.store.do(lambda uow, her=her, name=name: members.name_member(uow, her, name))  # type: ignore[misc]  # bound at once
        street.says(who, f"报名 101 {text}")
    return street


def test_the_list_escapes_names_and_shows_guests_and_the_line(full: Street) -> None:
    shown = full.page("door")
    assert "&lt;b&gt;贝" in shown
    assert "共 2 位" in shown
    assert "候补" in shown
    assert "<strong>0</strong> 位到了，报了名的有 3 位" in shown


def test_a_tap_twice_is_one_arrival_with_the_first_time(full: Street) -> None:
    assert full.arrives("amei") == "阿梅 到了。"
    first = full.place("amei").came_at
    full.store.clock.tick(minutes=5)
    assert full.arrives("amei") == "阿梅 到了。"
    assert full.place("amei").came_at == first
    assert "<strong>2</strong> 位到了" in full.page("door")


def test_a_tap_can_be_taken_back(full: Street) -> None:
    full.arrives("amei")
    assert "还没到" in full.arrives("amei", action="not-came")
    assert "还没到" in full.arrives("amei", action="not-came")
    assert full.place("amei").came_at is None
    assert full.heads() == 3
    assert full.store.audited() == [("lin", "doors.came"), ("lin", "doors.not_came")]


@pytest.mark.parametrize("wanted", ["阿梅", "梅", "1"])
def test_she_is_found_by_name_or_number(full: Street, wanted: str) -> None:
    shown = full.page("door", salon="101", q=wanted)
    assert "阿梅" in shown
    assert "蔡蔡" not in shown


def test_the_code_on_her_page_leads_to_her_and_nobody_else(full: Street) -> None:
    code = full.place("amei").code
    shown = full.page("door", salon="101", code=code.lower())
    at = shown.index("扫到的人")
    assert "阿梅" in shown[at : shown.index("</section>", at)]
    assert "蔡蔡" not in shown[at : shown.index("</section>", at)]
    assert "没有入场码 ????" in full.page("door", salon="101", code="????")


def test_who_waits_and_comes_is_counted_and_takes_no_place(full: Street) -> None:
    full.arrives("cai")
    assert full.counts() == (3, 1, 1)


def test_a_member_who_had_not_signed_up_is_found_and_let_in(full: Street) -> None:
    dan = full.member("dan")
    full.store.do(lambda uow: members.name_member(uow, dan, "丹丹"))
    assert "到了（没报名）" in full.page("door", salon="101", q="丹丹")
    assert full.arrives("dan") == "丹丹 到了。"
    assert full.arrives("dan") == "丹丹 到了。"
    assert full.counts() == (3, 1, 1)
    full.arrives("dan", action="not-came")
    assert full.counts() == (3, 0, 1)
    assert full.arrives("dan") == "丹丹 到了。"
    assert full.counts() == (3, 1, 1)


def test_who_cancelled_and_comes_all_the_same_is_let_in(full: Street) -> None:
    full.says("bea", "取消报名 101")
    full.arrives("bea")
    assert full.counts()[1] == 1
    assert full.heads() == 3  # cai has her place


def test_strangers_are_counted_once_for_each_form_and_can_be_taken_back(full: Street) -> None:
    for _ in range(3):
        assert "来了 2 位" in full.operates("door", "walk-in", salon="101", heads="2", key="k")
    full.operates("door", "walk-in", salon="101", heads="1", key="k2")
    assert full.counts()[1] == 3
    full.operates("door", "no-walk-in", salon="101", key="k")
    full.operates("door", "no-walk-in", salon="101", key="k")
    assert full.counts()[1] == 1


@pytest.mark.parametrize("heads", ["0", "-1", "1.5", "", "9" * 30, "二", "501"])
def test_what_is_no_number_of_people_is_not_written_down(full: Street, heads: str) -> None:
    answer = full.operates("door", "walk-in", salon="101", heads=heads, key="k")
    assert answer.startswith("✗ 没有记：请写来了几位")
    assert full.counts()[1] == 0


@pytest.mark.parametrize("salon", ["", "0", "1", "999", "x"])
def test_a_salon_that_is_not_there_lets_nobody_in(full: Street, salon: str) -> None:
    answer = full.operates("door", "came", salon=salon, member=str(full.member("amei")))
    assert answer.startswith("✗ 没有记")
    assert "没有这个沙龙" in full.page("door", salon=salon or "x")


def test_a_member_who_is_not_there_is_refused(full: Street) -> None:
    assert full.operates("door", "came", salon="101", member="999").startswith("✗ 没有记")
    assert full.operates("door", "came", salon="101", member="x").startswith("✗ 没有记")


def test_an_empty_door_says_so(street: Street) -> None:
    assert "现在没有沙龙可以签到" in street.page("door")
