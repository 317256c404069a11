"""Reminders, news, the end and how it was: each once, to those whom it concerns."""

from datetime import datetime, timedelta

import pytest

from bot.commons import outreach
from bot.commons.salons import News, Told
from bot.features import invitations
from bot.features.invitations import telling
from bot.kernel.capability import Doors
from tests.kit.rooms import NOON
from tests.kit.salons import COATS, TURNS, Street, until


def test_three_reminders_each_once(street: Street) -> None:
    street.writes()
    street.says("amei", "报名 101 ")
    counts = []
    for before in ({"days": 4}, {"days": 3}, {"days": 1}, {"hours": 2}, {"minutes": 30}):
        until(street, **before)
        street.waits(minutes=1)
        counts.append(len(street.letters("amei")))
    assert counts == [0, 1, 1, 0, 1]


def test_the_last_reminder_has_place_time_and_code(street: Street) -> None:
    street.writes()
    street.says("amei", "报名 101")
    until(street, minutes=30)
    [letter] = street.letters("amei")
    assert "马上开始" in letter
    assert "一楼" in letter
    assert street.place("amei").code in letter


def test_who_cancelled_waits_or_came_later_is_not_reminded(street: Street) -> None:
    street.writes(COATS + "capacity = 2\n")
    for who in ("amei", "bea", "cai"):
        street.says(who, "报名 101")
    street.says("bea", "取消报名 101")
    street.says("dan", "报名 101")
    street.runs(*TURNS)
    street.outgoing.clear()
    until(street, days=3)
    assert sorted(street.told()) == ["amei", "cai"]
    street.says("cai", "取消报名 101")
    street.runs("invitations.tell", *TURNS)
    assert len(street.letters("dan")) == 1


def test_a_reminder_that_would_come_late_is_left_out(street: Street) -> None:
    street.writes()
    street.says("amei", "报名 101")
    street.store.clock.at = street.salon().starts_at - timedelta(days=2, hours=20)
    street.runs("invitations.tell")
    assert street.letters() == []
    street.store.clock.at = street.salon().starts_at - timedelta(minutes=10)
    street.runs("invitations.tell")
    assert street.letters() == []


def test_a_salon_made_ten_minutes_before_reminds_of_nothing(street: Street) -> None:
    street.store.clock.at = street.clock.now().replace(hour=5, minute=50) + timedelta(days=7)
    street.writes()
    assert "报好了" in street.says("amei", "报名 101")[0]
    street.waits(minutes=1)
    assert street.letters() == []


def test_a_salon_that_moved_reminds_by_its_new_time(street: Street) -> None:
    street.writes()
    street.says("amei", "报名 101")
    until(street, days=3)
    street.writes(COATS.replace("08-31", "09-07"))
    street.waits()
    street.outgoing.clear()
    until(street, days=6)
    assert street.letters() == []
    until(street, days=3)
    assert len(street.letters("amei")) == 1


def test_a_reminder_that_has_begun_is_overtaken_by_a_move(street: Street) -> None:
    street.writes()
    street.says("amei", "报名 101")
    street.store.clock.at = street.salon().starts_at - timedelta(days=3)
    street.store.do(telling.remind)
    street.writes(COATS.replace("08-31", "09-07"))
    street.runs("invitations.tell")
    [letter] = street.letters("amei")
    assert "改了" in letter


def test_who_signed_up_after_it_was_due_has_just_read_it(street: Street) -> None:
    street.writes()
    street.store.clock.at = street.salon().starts_at - timedelta(days=3)
    street.store.clock.tick(minutes=1)
    street.says("amei", "报名 101")
    street.runs("invitations.tell")
    assert street.letters() == []
    street.says("bea", "报名 101")
    street.writes(COATS.replace("一楼", "二楼"))
    street.store.clock.tick(seconds=1)
    street.says("cai", "报名 101")
    street.runs("invitations.tell")
    assert sorted(street.told()) == ["amei", "bea"]


def test_a_cancelled_salon_sends_nothing_later(street: Street) -> None:
    street.writes()
    street.says("amei", "报名 101")
    street.operates("salons", "call-off", salon="101", why="老师病了")
    street.waits()
    [letter] = street.letters("amei")
    assert "老师病了" in letter
    for before in ({"days": 3}, {"days": 1}, {"minutes": 30}):
        until(street, **before)
    street.waits(days=2)
    assert street.letters() == []


def test_quiet_stops_reminders_and_not_a_move(street: Street) -> None:
    street.writes()
    street.says("amei", "报名 101")
    amei = street.member("amei")
    street.store.do(lambda uow: outreach.hush(uow, amei, outreach.Hushed.QUIET))
    until(street, days=3)
    assert street.letters() == []
    street.writes(COATS.replace("一楼", "二楼"))
    street.waits()
    assert len(street.letters("amei")) == 1


def test_whom_no_way_leads_to_is_on_the_list_of_those_to_be_called(street: Street) -> None:
    street.writes()
    street.says("amei", "报名 101")
    street.tools.add(Doors, Doors({}))
    street.writes(COATS.replace("一楼", "二楼"))
    street.waits()
    [letter] = street.store.do(lambda uow: outreach.unreached(uow, most=5))
    assert letter.subject == "「冬日大衣」改期改地点"


def test_the_simulators_clock_stops_where_something_is_sent(street: Street) -> None:
    due = {job.name: job.next_due for job in invitations.feature.jobs if job.sends}
    remind, invite = due["invitations.tell"], due["invitations.invite"]
    assert remind is not None
    assert invite is not None

    def following(when: datetime) -> tuple[datetime | None, datetime | None]:
        return street.store.do(
            lambda uow: (remind(uow, street.tools, when), invite(uow, street.tools, when))
        )

    assert following(NOON) == (None, None)
    street.writes(COATS + 'invite_first = "all"\ninvite_at = 2026-08-25T10:00:00+08:00\n')
    starts_at = street.salon().starts_at
    assert following(NOON) == (starts_at - timedelta(days=3), NOON + timedelta(hours=22))
    street.waits(hours=22)
    assert following(street.clock.now())[1] == NOON + timedelta(hours=46)
    assert following(starts_at - timedelta(minutes=30))[0] is None


@pytest.mark.parametrize(
    ("what", "subject"),
    [
        ("invite", "邀请参加「冬日大衣」"),
        ("host", "请她主持「冬日大衣」"),
        (Told.REMINDER, "「冬日大衣」提醒"),
        (Told.CANCELLED, "「冬日大衣」取消"),
        (Told.NEWS, "「冬日大衣」通知"),
        (News.PROMOTED, "「冬日大衣」候补到了"),
        (News.TOO_MANY, "「冬日大衣」候补轮到，人数放不下"),
    ],
)
def test_operators_read_what_a_letter_is_about(street: Street, what: str, subject: str) -> None:
    street.writes()

    assert telling.subject(street.tools, street.salon(), what) == subject
