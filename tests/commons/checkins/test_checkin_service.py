from datetime import date, timedelta

import pytest

from bot.commons import members
from bot.commons.checkins import service
from bot.commons.checkins.rules import BonusAgain, CheckinSettings
from bot.kernel.events import CheckedIn
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.work import Statement, UnitOfWork
from tests.kit.rooms import NOON, Store

DAY = date(2026, 8, 24)
SETTINGS = CheckinSettings()


def member(store: Store) -> MemberId:
    return store.do(lambda uow: members.resolve(uow, ChannelName("kefu"), "amei", NOON))


def check_in(store: Store, who: MemberId, day: date) -> service.Checked:
    return store.do(lambda uow: service.check_in(uow, who, day, NOON, SETTINGS))


def test_seven_days_in_a_row_earn_one_bonus(store: Store) -> None:
    amei = member(store)

    told = [check_in(store, amei, DAY + timedelta(days=n)) for n in range(8)]

    assert [one.run_days for one in told] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert [one.won for one in told] == [5, 5, 5, 5, 5, 5, 15, 5]
    assert told[-1].balance == 50


def test_a_bonus_that_there_is_once_in_all_is_told_once(store: Store) -> None:
    amei = member(store)
    settings = CheckinSettings(bonus_again=BonusAgain.ONCE)

    def come(number: int) -> service.Checked:
        day = DAY + timedelta(days=number)
        return store.do(lambda uow: service.check_in(uow, amei, day, NOON, settings))

    told = [come(number) for number in range(14)]

    assert [one.bonus for one in told] == [0] * 6 + [10] + [0] * 7
    assert told[-1].balance == 14 * 5 + 10


def test_the_second_of_a_day_writes_nothing(store: Store) -> None:
    amei = member(store)
    check_in(store, amei, DAY)

    with store.unit() as uow, pytest.raises(service.AlreadyCheckedIn):
        service.check_in(uow, amei, DAY, NOON, SETTINGS)

    assert store.count("checkins") == store.count("point_entries") == 1


def test_a_rule_without_points_still_counts_days(store: Store) -> None:
    amei = member(store)
    free = CheckinSettings(base_points=0, bonus_points=0)

    told = store.do(lambda uow: service.check_in(uow, amei, DAY, NOON, free))

    assert (told.run_days, told.won, told.balance) == (1, 0, 0)


def test_other_rooms_are_told(store: Store) -> None:
    amei = member(store)

    def heard(uow: UnitOfWork) -> list[object]:
        service.check_in(uow, amei, DAY, NOON, SETTINGS)
        return list(uow.events)

    assert store.do(heard) == [CheckedIn(amei, DAY, 1)]


def test_the_whole_check_in_costs_few_statements(store: Store) -> None:
    amei = member(store)
    check_in(store, amei, DAY)

    def whole(uow: UnitOfWork) -> None:
        who = members.resolve(uow, ChannelName("kefu"), "amei", NOON)
        service.check_in(uow, who, DAY + timedelta(days=1), NOON, SETTINGS)

    assert len(store.statements_of(whole)) == 5


def test_the_figures_of_a_day(store: Store) -> None:
    amei = member(store)
    check_in(store, amei, DAY)

    def figures(uow: UnitOfWork) -> tuple[int, int, float]:
        return (
            service.count_of_day(uow, DAY),
            service.count_of_day(uow, DAY - timedelta(days=1)),
            service.count_last_24h(uow),
        )

    assert store.do(figures) == (1, 0, 1)
    store.clock.tick(hours=24)
    assert store.do(service.count_last_24h) == 0


HOT = {
    "check_in": service.CHECK_IN,
    "grow": service.GROW,
    "streak": service.STREAK,
    "days_before": service.DAYS_BEFORE,
    "days_after": service.DAYS_AFTER,
    "days_between": service.DAYS_BETWEEN,
    "count_of_day": service.COUNT_OF_DAY,
    "list_of_day": service.LIST_OF_DAY,
    "count_since": service.COUNT_SINCE,
}


@pytest.mark.parametrize("statement", HOT.values(), ids=HOT)
def test_no_statement_walks_through_everybody(store: Store, statement: Statement) -> None:
    day = DAY.isoformat()

    plan = store.plan(
        statement,
        member=1,
        day=day,
        day_before=day,
        first=day,
        last=day,
        at=0,
        since=0,
        most=5,
        skip=0,
    )

    assert "SCAN" not in plan


def test_the_days_of_a_member_are_read_in_the_order_of_the_index(store: Store) -> None:
    for statement in (service.DAYS_BEFORE, service.DAYS_AFTER):
        plan = store.plan(statement, member=1, day="2026-08-24", most=5)

        assert "TEMP B-TREE" not in plan
