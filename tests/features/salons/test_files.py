"""Salons follow their files, as far as that is fair to those who signed up."""

from datetime import timedelta

import pytest

from bot.commons.salons import State
from tests.kit.salons import COATS, NEXT_WEEK, TURNS, Street

LATER = "starts_at = 2026-09-01T14:00:00+08:00\n"


def test_a_file_is_a_salon_and_the_default_takes_two_hours(street: Street) -> None:
    street.writes('title = "甲"\nstarts_at = 2026-08-31T14:00:00\n')
    salon = street.salon()
    assert salon.starts_at.isoformat() == "2026-08-31T06:00:00+00:00"
    assert salon.ends_at - salon.starts_at == timedelta(hours=2)
    assert salon.signup_until == salon.starts_at


def test_a_move_reaches_everybody_who_is_in_or_waits_once(street: Street) -> None:
    street.writes(COATS + "capacity = 1\n")
    for who in ("amei", "bea", "cai"):
        street.says(who, "报名 101")
    street.says("cai", "取消报名 101")
    street.outgoing.clear()
    street.writes(COATS.replace(NEXT_WEEK, LATER).replace("一楼", "二楼") + "capacity = 1\n")
    street.runs("invitations.tell")
    street.runs("salons.files", "invitations.tell")
    letters = street.letters("amei")
    assert len(letters) == 1
    assert "9 月 1 日（周二）14:00–16:00" in letters[0]
    assert "二楼" in letters[0]
    assert street.told() == ["bea"]
    assert street.salon().sequence == 1


def test_two_moves_before_anybody_was_told_are_told_as_one(street: Street) -> None:
    street.writes()
    street.says("amei", "报名 101")
    street.writes(COATS.replace("一楼", "二楼"))
    street.writes(COATS.replace("一楼", "三楼"))
    street.runs("invitations.tell")
    [letter] = street.letters("amei")
    assert "三楼" in letter


def test_other_words_are_told_to_nobody(street: Street) -> None:
    street.writes()
    street.says("amei", "报名 101")
    street.writes(body="换一种说法。")
    street.runs("invitations.tell")
    assert street.letters() == []
    assert street.salon().words == "换一种说法。"


def test_more_places_let_the_line_in(street: Street) -> None:
    street.writes(COATS + "capacity = 1\n")
    for who in ("amei", "bea", "cai"):
        street.says(who, "报名 101")
    street.writes(COATS + "capacity = 2\n")
    assert (street.heads(), street.line()) == (2, ["cai"])
    street.runs(*TURNS)
    assert street.told() == ["bea"]


def test_places_never_become_fewer_than_those_who_are_in(street: Street) -> None:
    street.writes(COATS + "capacity = 3\n")
    for who in ("amei", "bea"):
        street.says(who, "报名 101")
    street.writes(COATS + "capacity = 1\n")
    assert street.salon().capacity == 2
    assert street.store.count("notices") == 1


def test_a_cancellation_in_the_file_reaches_everybody_once(street: Street) -> None:
    street.writes()
    street.says("amei", "报名 101")
    street.writes(COATS + 'cancelled = "下大雪"\n')
    street.runs("salons.files", "invitations.tell", "invitations.tell")
    [letter] = street.letters("amei")
    assert "取消了：下大雪" in letter
    assert street.salon().state is State.CANCELLED
    assert "取消了：下大雪" in street.says("bea", "报名 101")[0]


def test_a_file_that_goes_takes_only_what_nobody_signed_up_for(street: Street) -> None:
    street.writes()
    (street.desk.content / "salons/a.md").unlink()
    street.runs("salons.files")
    assert street.salon().state is State.WITHDRAWN
    assert "没有编号 101" in street.says("amei", "报名 101")[0]
    street.writes()
    street.says("amei", "报名 101")
    (street.desk.content / "salons/a.md").unlink()
    street.runs("salons.files")
    assert street.salon().state is State.OPEN
    assert street.store.count("notices") == 1


def test_a_broken_file_changes_nothing(street: Street) -> None:
    street.writes()
    street.writes(COATS + "capacity = 0\n")
    assert street.salon().state is State.OPEN
    assert street.salon().capacity is None


def test_a_series_is_there_some_weeks_ahead_and_each_can_move_or_be_left_out(
    street: Street,
) -> None:
    weekly = COATS + 'repeat_weeks = 1\nrepeat_until = 2026-10-31\nseries = "周一沙龙"\n'
    moved = "skips = [2026-09-07]\n[moves]\n2026-09-14 = 2026-09-15T19:00:00+08:00\n"
    street.writes(weekly + moved)
    assert street.salon().starts_at.isoformat() == "2026-08-31T06:00:00+00:00"
    assert street.store.count("salons") == 1
    street.waits(days=2)
    assert street.salon(2).starts_at.isoformat() == "2026-09-15T11:00:00+00:00"
    assert street.salon(2).ends_at - street.salon(2).starts_at == timedelta(hours=2)


def test_moving_one_of_a_series_tells_its_people_and_skipping_cancels(street: Street) -> None:
    weekly = COATS + "repeat_weeks = 1\nrepeat_until = 2026-09-30\n"
    street.writes(weekly)
    street.says("amei", "报名 102")
    street.says("bea", "报名 101")
    street.writes(weekly + "[moves]\n2026-09-07 = 2026-09-08T14:00:00+08:00\n")
    street.runs("invitations.tell")
    assert street.told() == ["amei"]
    street.writes(weekly + "skips = [2026-09-07]\n")
    street.runs("invitations.tell")
    [letter] = street.letters("amei")
    assert "停一次" in letter
    assert street.salon(1).state is State.OPEN


@pytest.mark.parametrize(
    ("matter", "rule"),
    [
        ("capacity = 0\n", "bad-value"),
        ("guests_max = -1\n", "bad-value"),
        ("capacity = 1.5\n", "wrong-type"),
        ('reminders = ["3 weeks"]\n', "bad-value"),
        ("first_hours = 12\n", "bad-value"),
        ("signup_until = 2026-09-01T14:00:00+08:00\n", "bad-date"),
        ("invite_at = 2026-09-01T14:00:00+08:00\n", "bad-date"),
        ("repeat_weeks = 1\n", "missing-key"),
        ("repeat_weeks = 1\nrepeat_until = 2099-01-01\n", "bad-date"),
        ("skips = [2026-09-07]\n", "bad-value"),
        ("repeat_weeks = 1\nrepeat_until = 2026-09-30\nskips = [2026-09-08]\n", "bad-date"),
        ("invite_at = 9999-12-31T23:59:59-12:00\n", "bad-date"),
        ("signup_until = 0001-01-01T00:00:00+14:00\n", "bad-date"),
        ("signup_until = nan\n", "bad-date"),
        ('no_show = "转发朋友圈的送积分"\n', "share-for-reward"),
        ("seats = 3\n", "unknown-key"),
    ],
)
def test_a_wrong_key_is_named_with_its_line(street: Street, matter: str, rule: str) -> None:
    street.writes(COATS + matter)
    [(found, line)] = street.desk.broken()
    assert found == rule
    assert line > 3
    assert street.store.count("salons") == 0


def test_a_salon_of_yesterday_is_none(street: Street) -> None:
    street.writes('title = "甲"\nstarts_at = 2026-08-20T14:00:00\n')
    assert street.store.count("salons") == 0


def test_a_move_before_anybody_signed_up_is_nothing_to_tell(street: Street) -> None:
    street.writes()
    street.writes(COATS.replace("一楼", "二楼"))
    assert (street.salon().place, street.salon().sequence) == ("二楼", 0)
    assert street.store.count("salon_rounds") == 0
