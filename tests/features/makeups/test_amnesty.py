"""Days for everybody whom an outage kept from checking in, given in bites and taken back."""

import pytest

from bot.commons import points
from bot.commons.checkins.rules import CheckinSettings
from bot.features import makeups
from bot.features.makeups import amnesty
from bot.features.makeups.amnesty import Outage
from bot.kernel.events import CheckedIn, CheckInTakenBack, CheckinWay, Event
from bot.kernel.work import Statement, UnitOfWork
from tests.kit.club import DAY, MONDAY, Club
from tests.kit.lives import join
from tests.kit.rooms import Store

SUNDAY = str(MONDAY - DAY)
SATURDAY = str(MONDAY - 2 * DAY)
WHY = "服务器停机"


def people(club: Club, count: int) -> None:
    """Let so many have checked in on Saturday, and before."""
    for number in range(count):
        club.was_there(f"m{number}", 3, 2)


def test_the_preview_counts_whom_it_kept_away(club: Club) -> None:
    club.was_there("amei", 2, 1)  # was there all the same
    club.was_there("bea", 2)
    club.was_there("cici", 3)  # had stopped before
    assert "1 人受影响" in club.console(first=SUNDAY)
    assert "确定给 1 人补发" in club.console(first=SUNDAY, last=SUNDAY)
    assert club.store.count("amnesties") == 0


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (str(MONDAY), "", "只能补发已经过完的日子"),
        (SUNDAY, str(MONDAY), "只能补发已经过完的日子"),
        (SUNDAY, SATURDAY, "最后一天在第一天前面"),
        (str(MONDAY - 9 * DAY), SUNDAY, "一次最多补发 7 天"),
        ("2020-01-01", "2020-01-02", "只能补发最近 60 天"),
        ("x", "", "日期看不懂"),
        ("0001-01-01", "", "只能补发最近 60 天"),
    ],
)
def test_days_that_can_not_be_given(club: Club, first: str, last: str, said: str) -> None:
    people(club, 1)
    assert said in club.console(first=first, last=last)
    assert said in club.operates("grant", first=first, last=last, why=WHY)
    assert club.store.count("amnesties") == 0


def test_it_needs_a_reason_and_somebody(club: Club) -> None:
    assert "没有人受影响" in club.operates("grant", first=SUNDAY, why=WHY)
    people(club, 1)
    assert "请写为什么" in club.operates("grant", first=SUNDAY, why=" ")


def test_everybody_gets_the_day_and_what_it_brings(club: Club) -> None:
    people(club, amnesty.BITE * 2 + 3)
    assert "103 人补发" in club.operates("grant", first=SUNDAY, why=WHY)
    club.runs("makeups.amnesty")
    assert "103 / 103 人，103 天" in club.console()
    streak = club.streak("m77")
    assert streak is not None
    assert (streak.days, club.balance("m77")) == (3, 15)
    assert "已连续 4 天" in club.says("m77", "打卡")[0]
    told = club.store.do(
        lambda uow: uow.run(Statement("SELECT who, what, why FROM audit ORDER BY id"))
    )
    assert [tuple(row) for row in told] == [
        ("lin", "checkin.amnesty", f"{SUNDAY} to {SUNDAY}, 103 members: {WHY}"),
        ("bot", "checkin.amnesty_given", "amnesty 1: 103 members"),
    ]


def test_a_milestone_follows_and_is_paid_once(club: Club) -> None:
    club.was_there("amei", 7, 6, 5, 4, 3, 2)
    for _ in range(3):
        club.operates("grant", first=SUNDAY, why=WHY)
        club.runs("makeups.amnesty")
    assert club.balance("amei") == 7 * 5 + 10
    assert club.store.count("amnesties") == 1


def test_of_several_days_only_those_that_are_missing(club: Club) -> None:
    club.was_there("amei", 3, 1)
    club.operates("grant", first=SATURDAY, last=SUNDAY, why=WHY)
    club.runs("makeups.amnesty")
    her = club.member("amei")
    first = MONDAY - 5 * DAY
    days = club.store.do(lambda uow: makeups.days_of(uow, her, first, MONDAY))
    assert {day: one.way for day, one in days.items()} == {
        MONDAY - 3 * DAY: CheckinWay.SAID,
        MONDAY - 2 * DAY: CheckinWay.AMNESTY,
        MONDAY - DAY: CheckinWay.SAID,
    }


def test_undoing_leaves_everything_as_it_was(club: Club) -> None:
    people(club, amnesty.BITE + 5)
    before = club.streak("m0")
    club.operates("grant", first=SUNDAY, why=WHY)
    club.runs("makeups.amnesty")
    assert "正在收回" in club.operates("undo", amnesty="1", why="日子选错了")
    club.runs("makeups.amnesty")
    assert (club.streak("m0"), club.balance("m0")) == (before, 10)
    assert club.store.count("amnesty_days") == 0
    assert club.store.do(points.books_balance) == []
    assert "日子选错了" in club.console()
    assert ("lin", "checkin.amnesty_undone") in club.store.audited()
    assert club.operates("undo", amnesty="1", why="再来").startswith("✗ 没有改")
    for number in ("", "0", "99", "一"):
        assert club.operates("undo", amnesty=number, why="x").startswith("✗ 没有改")


def test_undone_in_the_middle_it_stops_and_goes_back(club: Club) -> None:
    people(club, amnesty.BITE * 2)
    club.operates("grant", first=SUNDAY, why=WHY)
    assert club.store.do(lambda uow: amnesty.go_on(uow, CheckinSettings()))
    assert club.store.count("amnesty_days") == amnesty.BITE
    club.operates("undo", amnesty="1", why="错了")
    assert club.store.do(amnesty.count_under_way) == 1
    club.runs("makeups.amnesty")
    assert club.store.do(amnesty.count_under_way) == 0
    assert club.store.count("amnesty_days") == 0
    assert club.store.count("checkins") == amnesty.BITE * 4


def test_what_she_has_done_since_stays_hers(club: Club) -> None:
    club.was_there("amei", 4, 3, 2, 0)
    club.operates("grant", first=SUNDAY, why=WHY)
    club.runs("makeups.amnesty")
    club.has("amei", 1)
    club.operates("undo", amnesty="1", why="错了")
    club.runs("makeups.amnesty")
    streak = club.streak("amei")
    assert streak is not None
    assert (streak.days, streak.best_days, streak.total_days) == (1, 3, 4)
    assert "已连续 5 天" in club.says("amei", "打卡", at=club.clock.now() - DAY)[0]


def test_other_rooms_hear_of_it(store: Store) -> None:
    club = Club(store)
    club.was_there("amei", 2)
    her = club.member("amei")
    outage = Outage(MONDAY - DAY, MONDAY - DAY)

    def given(uow: UnitOfWork) -> list[Event]:
        amnesty.grant(uow, outage, MONDAY, who="lin", why=WHY)
        amnesty.go_on(uow, CheckinSettings())
        amnesty.undo(uow, 1, who="lin", why="x")
        amnesty.go_on(uow, CheckinSettings())
        return list(uow.events)

    assert store.do(given) == [
        CheckedIn(her, MONDAY - DAY, 2, CheckinWay.AMNESTY),
        CheckInTakenBack(her, MONDAY - DAY),
    ]


@pytest.mark.parametrize("statement", [amnesty.COUNT_AFFECTED, amnesty.BITE_AFFECTED])
def test_it_is_found_by_the_index_of_days(store: Store, statement: Statement) -> None:
    days = {"before": "2026-08-22", "first": "2026-08-23", "last": "2026-08-23"}
    plan = store.plan(statement, **days, days=1, next=0, most=50)
    assert "SCAN" not in plan
    assert "TEMP B-TREE" not in plan


def test_on_both_databases(store_on_both: Store) -> None:
    club = Club(store_on_both)
    people(club, 3)
    club.operates("grant", first=SUNDAY, why=WHY)
    club.runs("makeups.amnesty")
    assert club.balance("m1") == 15
    club.operates("undo", amnesty="1", why="错了")
    club.runs("makeups.amnesty")
    assert club.balance("m1") == 10


def test_what_two_were_given_who_are_one_is_all_taken_back(store_on_both: Store) -> None:
    club = Club(store_on_both)
    people(club, 2)
    club.operates("grant", first=SUNDAY, why=WHY)
    club.runs("makeups.amnesty")
    one, other = club.member("m0"), club.member("m1")
    club.store.do(lambda uow: join(uow, one, other))
    assert club.balance("m0") == 30
    club.operates("undo", amnesty="1", why="错了")
    club.runs("makeups.amnesty")
    assert club.balance("m0") == 20
