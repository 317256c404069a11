"""Reminders, news, the end and how it was: each once, to those whom it concerns."""

from datetime import datetime, timedelta

from bot.commons import members, outreach
from bot.features import salons
from bot.features.salons import rounds
from bot.features.salons.rules import State
from bot.kernel.capability import Doors
from bot.kernel.events import FeedbackGiven
from tests.features.salons.conftest import COATS, Street
from tests.kit.rooms import NOON


def until(street: Street, **before: float) -> None:
    """Let time pass to so long before the beginning, in steps in which the clock runs."""
    street.store.clock.at = street.salon().starts_at - timedelta(**before)
    street.waits()


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
    street.runs("salons.seats")
    street.outgoing.clear()
    until(street, days=3)
    assert sorted(street.told()) == ["amei", "cai"]
    street.says("cai", "取消报名 101")
    street.runs("salons.rounds", "salons.seats")
    assert len(street.letters("dan")) == 1


def test_a_reminder_that_would_come_late_is_left_out(street: Street) -> None:
    street.writes()
    street.says("amei", "报名 101")
    street.store.clock.at = street.salon().starts_at - timedelta(days=2, hours=20)
    street.runs("salons.rounds")
    assert street.letters() == []
    street.store.clock.at = street.salon().starts_at - timedelta(minutes=10)
    street.runs("salons.rounds")
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
    street.store.do(rounds.remind)
    street.writes(COATS.replace("08-31", "09-07"))
    street.runs("salons.rounds")
    [letter] = street.letters("amei")
    assert "改了" in letter


def test_who_signed_up_after_it_was_due_has_just_read_it(street: Street) -> None:
    street.writes()
    street.store.clock.at = street.salon().starts_at - timedelta(days=3)
    street.store.clock.tick(minutes=1)
    street.says("amei", "报名 101")
    street.runs("salons.rounds")
    assert street.letters() == []
    street.says("bea", "报名 101")
    street.writes(COATS.replace("一楼", "二楼"))
    street.store.clock.tick(seconds=1)
    street.says("cai", "报名 101")
    street.runs("salons.rounds")
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


def test_who_came_is_told_of_once_when_nothing_can_be_undone(street: Street) -> None:
    street.writes()
    for who in ("amei", "bea", "cai"):
        street.says(who, "报名 101")
    street.arrives("amei")
    street.arrives("bea")
    street.arrives("bea", action="not-came")
    until(street, minutes=0)
    street.outgoing.clear()
    street.waits(hours=3, minutes=59)
    assert street.attended() == []
    street.waits(minutes=1)
    street.waits(minutes=1)
    assert [each.member for each in street.attended()] == [street.member("amei")]
    assert street.salon().state is State.OVER
    [letter] = street.letters()
    assert "评价 101 5" in letter
    assert street.arrives("cai").startswith("✗ 没有记")


def test_how_it_was_is_kept_once_and_shown_with_the_number_of_voices(street: Street) -> None:
    street.writes()
    for who in ("amei", "bea", "cai"):
        street.says(who, "报名 101")
    street.arrives("amei")
    street.arrives("bea")
    street.store.clock.at = street.salon().starts_at + timedelta(hours=5)
    street.waits()
    assert "5 分记下了" in street.says("amei", "评价 101 5，很喜欢！")[0]
    assert "4 分记下了" in street.says("amei", "评价 4")[0]
    assert "5 分记下了" in street.says("bea", "評價 101 五星")[0]
    assert "只请到场的人" in street.says("cai", "评价 101 5")[0]
    assert "1 到 5 分" in street.says("bea", "评价 101 9")[0]
    assert "评分 4.5（2 人）" in street.page()
    voices = [street.member("amei"), street.member("bea")]
    assert [one for one in street.events if isinstance(one, FeedbackGiven)] == [
        FeedbackGiven(her, f"salons:1:{her}") for her in voices
    ]


def test_operators_say_something_to_those_with_a_place_once(street: Street) -> None:
    street.writes(COATS + "capacity = 1\n")
    street.says("amei", "报名 101")
    street.says("bea", "报名 101")
    for _ in range(2):
        street.operates("salons", "say", salon="101", words="请带一件旧大衣", key="k1")
    street.waits()
    [letter] = street.letters()
    assert "请带一件旧大衣" in letter


def test_a_host_is_named_only_when_she_agreed(street: Street) -> None:
    street.says("amei", "活动")
    amei = street.member("amei")
    street.store.do(lambda uow: members.name_member(uow, amei, "阿梅"))
    street.writes(COATS + 'host_member = "simulator:amei"\nhost = "店里"\n')
    street.runs("salons.hosts", "salons.hosts")
    [letter] = street.letters("amei")
    assert "同意主持 101" in letter
    assert "主持：店里" in street.says("bea", "活动 101")[0]
    assert "没有请你主持" in street.says("bea", "同意主持 101")[0]
    assert "会写上主持：阿梅" in street.says("amei", "同意主持 101")[0]
    assert "主持：阿梅" in street.says("bea", "活动 101")[0]
    assert "同意署名" in street.page()
    assert "不会写你的名字" in street.says("amei", "不同意主持")[0]
    assert "主持：店里" in street.says("bea", "活动 101")[0]


def test_the_simulators_clock_stops_where_something_is_sent(street: Street) -> None:
    due = {job.name: job.next_due for job in salons.feature.jobs if job.sends}
    remind, invite = due["salons.rounds"], due["salons.invite"]
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
