"""Signing up by two taps, the code for the door, the calendar, and what leaves with her."""

from datetime import UTC, datetime

from bot.commons import salons as kept
from bot.commons.ics import CONTENT_TYPE
from bot.features import salons
from bot.features.salons.calendars import calendar_file
from tests.kit.salons import COATS, Street


def file(street: Street, who: str, number: int = 101) -> str | None:
    [page], her = salons.feature.member_pages, street.member(who)
    assert page.files is not None
    give = page.files
    found = street.store.do(lambda uow: give(uow, street.tools, her, number))
    if found is None:
        return None
    assert found.content_type == CONTENT_TYPE
    return found.open().read().decode()


def unfolded(text: str) -> dict[str, str]:
    lines = text.replace("\r\n ", "").split("\r\n")
    return dict(line.split(":", 1) for line in lines if line)


def test_two_taps_and_the_code_is_there(street: Street) -> None:
    street.writes(COATS + "capacity = 3\nguests_max = 2\n")
    assert 'max="3"' in street.member_page("amei")
    said = street.sends_form("amei", "sign-up", {"salon": "101", "heads": "2"})
    assert said.startswith("报好了")
    shown = street.member_page("amei")
    assert street.place("amei").code in shown
    assert "<svg" in shown
    assert "来不了…" in shown
    assert "<svg" not in street.member_page("bea")


def test_chat_and_page_are_one_place(street: Street) -> None:
    street.writes(COATS + "guests_max = 1\n")
    street.says("amei", "报名 101")
    assert street.sends_form("amei", "sign-up", {"salon": "101"}).startswith("你已经报好了")
    assert street.sends_form("amei", "cancel", {"salon": "101"}).startswith("取消好了")
    assert street.heads() == 0


def test_strange_forms_are_answered(street: Street) -> None:
    street.writes(COATS + "guests_max = 1\n")
    for heads in ("0", "-1", "1.5", "3", "99", "", "x"):
        said = street.sends_form("amei", "sign-up", {"salon": "101", "heads": heads})
        assert "1 到 2 位" in said
    assert "没有编号" in street.sends_form("amei", "sign-up", {"salon": "x", "heads": "1"})
    assert "没有编号" in street.sends_form("amei", "cancel", {})
    assert "没有这个活动" in street.member_page("amei", salon="999")


def test_the_calendar_file_is_folded_escaped_and_hers_alone(street: Street) -> None:
    street.writes(COATS.replace("一楼", "一楼，A; B, 很长的地址" * 5))
    assert file(street, "amei") is None
    street.says("amei", "报名 101")
    text = file(street, "amei")
    assert text is not None
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    fields = unfolded(text)
    assert fields["METHOD"] == "PUBLISH"
    assert fields["DTSTART"] == "20260831T060000Z"
    assert fields["DTEND"] == "20260831T080000Z"
    assert "一楼，A\\; B\\, 很长" in fields["LOCATION"]
    assert file(street, "bea") is None
    assert file(street, "amei", 999) is None


def test_a_move_and_a_cancellation_count_up_under_the_same_name(street: Street) -> None:
    street.writes()
    street.says("amei", "报名 101")
    before = unfolded(file(street, "amei") or "")
    street.writes(COATS.replace("14:00", "13:00"))
    moved = unfolded(file(street, "amei") or "")
    street.operates("salons", "call-off", salon="101", why="停电")
    off = unfolded(file(street, "amei") or "")
    assert before["UID"] == moved["UID"] == off["UID"]
    assert int(before["SEQUENCE"]) < int(moved["SEQUENCE"]) < int(off["SEQUENCE"])
    assert (off["METHOD"], off["STATUS"]) == ("CANCEL", "CANCELLED")
    assert moved["DTSTART"] == "20260831T050000Z"
    assert "从日历里去掉" in street.member_page("amei")


def test_who_cancels_takes_it_out_of_her_calendar_and_back_in(street: Street) -> None:
    street.writes()
    sequence = -1
    for text, method in (("报名", "PUBLISH"), ("取消报名", "CANCEL"), ("报名", "PUBLISH")):
        street.says("amei", f"{text} 101")
        fields = unfolded(file(street, "amei") or "")
        assert fields["METHOD"] == method
        assert int(fields["SEQUENCE"]) > sequence
        sequence = int(fields["SEQUENCE"])


def test_a_newline_in_a_title_begins_no_new_line_of_the_file(street: Street) -> None:
    street.writes(COATS.replace('"一楼"', '"""一楼\nATTENDEE:x\r\n二"""'))
    street.says("amei", "报名 101")
    amei = street.member("amei")
    made_at = datetime(2026, 8, 24, tzinfo=UTC)
    mine = street.store.do(lambda uow: kept.signup(uow, 1, amei))
    assert mine is not None
    lines = calendar_file(street.salon(), mine, made_at).decode().split("\r\n")
    assert not any(line.startswith("ATTENDEE") for line in lines)
