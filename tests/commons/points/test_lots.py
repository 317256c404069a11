"""Lots that expire, points that are held."""

from datetime import UTC, date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from bot.commons import points
from bot.commons.points.expiring import DUE, SOON, UNDATED
from bot.commons.points.lots import TAKE_LOTS
from bot.commons.points.rules import PointsSettings, expiry, last_day
from bot.commons.points.service import ADD, SPEND, TAKE
from bot.kernel.events import PointsExpireSoon
from bot.kernel.ids import MemberId
from bot.kernel.work import Statement, UnitOfWork
from tests.commons.points.test_points import award, books, member, spend
from tests.kit.rooms import NOON, Store

ZONE = ZoneInfo("Asia/Shanghai")
DAY = timedelta(days=1)
RESTS = Statement("SELECT key, rest FROM point_entries WHERE rest > 0 ORDER BY id")
YEARLY = PointsSettings(expire_months=12)


def lot(store: Store, who: MemberId, count: int, key: str, ends: datetime) -> None:
    store.do(lambda uow: points.award(uow, who, count, reason="gift", key=key, expires_at=ends))


def rests(store: Store) -> dict[str, int]:
    return {str(key): int(str(rest)) for key, rest in store.do(lambda uow: uow.run(RESTS))}


def hold(store: Store, who: MemberId, count: int, key: str, until: datetime | None = None) -> int:
    return store.do(
        lambda uow: points.hold(uow, who, count, reason="mall", key=key, until=until)
    ).balance


def has(store: Store, who: MemberId) -> points.Standing:
    return store.do(lambda uow: points.standing(uow, who))


def expire(store: Store) -> bool:
    return store.do(lambda uow: points.expire(uow, most=50))


def test_what_expires_first_is_spent_first(store_on_both: Store) -> None:
    amei = member(store_on_both)
    award(store_on_both, amei, 5, "never")
    lot(store_on_both, amei, 5, "late", NOON + 9 * DAY)
    lot(store_on_both, amei, 5, "soon", NOON + DAY)

    spend(store_on_both, amei, 7, "b")

    assert rests(store_on_both) == {"never": 5, "late": 3}
    assert books(store_on_both) == []


def test_what_is_over_is_booked_away_once(store_on_both: Store) -> None:
    amei = member(store_on_both)
    lot(store_on_both, amei, 5, "a", NOON + DAY)
    award(store_on_both, amei, 3, "b")
    spend(store_on_both, amei, 1, "c")
    assert not expire(store_on_both)
    assert has(store_on_both, amei).spendable == 7

    store_on_both.clock.tick(days=1)
    for _ in range(3):
        expire(store_on_both)

    assert has(store_on_both, amei) == points.Standing(3, 0, 0)
    assert store_on_both.do(points.house_balances)[points.EXPIRED] == 4
    last = store_on_both.do(lambda uow: points.latest(uow, amei, 1))[0]
    assert (last.points, last.reason) == (-4, "expired")
    assert books(store_on_both) == []


def test_many_members_are_done_in_small_bites(store_on_both: Store) -> None:
    for number in range(5):
        who = member(store_on_both, f"m{number}")
        lot(store_on_both, who, 2, f"k{number}", NOON)

    bites = [store_on_both.do(lambda uow: points.expire(uow, most=2)) for _ in range(4)]

    assert bites == [True, True, False, False]
    assert store_on_both.do(points.house_balances)[points.EXPIRED] == 10
    assert books(store_on_both) == []


def test_what_is_held_does_not_expire_before_it_is_let_go(store_on_both: Store) -> None:
    amei = member(store_on_both)
    lot(store_on_both, amei, 5, "a", NOON)
    hold(store_on_both, amei, 3, "h")

    expire(store_on_both)
    assert has(store_on_both, amei) == points.Standing(0, 3, 0)
    expire(store_on_both)
    assert has(store_on_both, amei) == points.Standing(0, 3, 0)

    store_on_both.do(lambda uow: points.release(uow, "h"))
    expire(store_on_both)
    assert has(store_on_both, amei) == points.Standing(0, 0, 0)
    assert books(store_on_both) == []


def test_nobody_s_points_expire_unless_the_community_says_so(store: Store) -> None:
    award(store, member(store), 5, "a")

    assert not store.do(lambda uow: points.date_lots(uow, PointsSettings(), ZONE, most=9))
    assert store.do(lambda uow: points.next_expiry(uow, NOON)) is None


def test_lots_get_the_date_of_the_rule_and_old_ones_are_warned_of_first(
    store_on_both: Store,
) -> None:
    amei = member(store_on_both)
    store_on_both.clock.at = NOON - 800 * DAY
    award(store_on_both, amei, 5, "old")
    store_on_both.clock.at = NOON
    award(store_on_both, amei, 3, "new")

    def dated(uow: UnitOfWork) -> bool:
        return points.date_lots(uow, YEARLY, ZONE, most=9)

    assert not store_on_both.do(dated)
    seen = store_on_both.do(lambda uow: points.expiring_of(uow, amei, most=9))
    assert [(one.at.astimezone(ZONE).isoformat(), one.points) for one in seen] == [
        ("2026-09-08T00:00:00+08:00", 5),
        ("2027-08-25T00:00:00+08:00", 3),
    ]


def warned(store: Store, settings: PointsSettings = YEARLY) -> list[PointsExpireSoon]:
    with store.unit() as uow:
        points.warn(uow, settings, most=9)
        return [event for event in uow.events if isinstance(event, PointsExpireSoon)]


def test_a_member_is_told_of_all_that_expires_soon_at_most_once_in_as_many_days(
    store_on_both: Store,
) -> None:
    amei = member(store_on_both)
    for number in range(5):
        lot(store_on_both, amei, 2, f"k{number}", NOON + (10 + number) * DAY)

    assert warned(store_on_both) == [PointsExpireSoon(amei, 10, NOON + 10 * DAY)]
    assert warned(store_on_both) == []
    lot(store_on_both, amei, 2, "later", NOON + 20 * DAY)
    store_on_both.clock.tick(days=13)
    assert warned(store_on_both) == [PointsExpireSoon(amei, 2, NOON + 20 * DAY)]


def test_what_is_held_can_not_be_spent_until_it_is_let_go(store_on_both: Store) -> None:
    amei = member(store_on_both)
    award(store_on_both, amei, 10, "a")

    assert hold(store_on_both, amei, 8, "h") == 2
    assert hold(store_on_both, amei, 8, "h") == 2  # the same hold
    with pytest.raises(points.NotEnoughPoints):
        spend(store_on_both, amei, 3, "b")
    with pytest.raises(points.NotEnoughPoints):
        hold(store_on_both, amei, 3, "h2")
    assert store_on_both.do(lambda uow: points.release(uow, "h"))
    assert not store_on_both.do(lambda uow: points.release(uow, "h"))

    assert spend(store_on_both, amei, 10, "b").balance == 0
    assert books(store_on_both) == []


def test_a_hold_is_spent_once_and_then_can_be_reversed_like_anything(
    store_on_both: Store,
) -> None:
    amei = member(store_on_both)
    award(store_on_both, amei, 10, "a")
    hold(store_on_both, amei, 4, "h")

    def capture(uow: UnitOfWork) -> points.Booking:
        return points.capture(uow, "h")

    assert store_on_both.do(capture) == points.Booking(6, is_new=True)
    assert store_on_both.do(capture) == points.Booking(6, is_new=False)
    assert not store_on_both.do(lambda uow: points.release(uow, "h"))
    assert store_on_both.do(points.house_balances)["mall"] == 4
    store_on_both.do(lambda uow: points.reverse(uow, "h", made_by="lisi", why="退货"))
    assert has(store_on_both, amei) == points.Standing(10, 0, 0)
    assert books(store_on_both) == []


def test_what_was_let_go_can_not_be_taken(store: Store) -> None:
    amei = member(store)
    award(store, amei, 10, "a")
    hold(store, amei, 4, "h")
    store.do(lambda uow: points.release(uow, "h"))

    for key in ("h", "never"):
        with pytest.raises(LookupError):
            store.do(partial(points.capture, key=key))
    with pytest.raises(ValueError, match="holds"):
        hold(store, amei, 5, "h")


def test_a_hold_lets_go_by_itself_at_its_time(store_on_both: Store) -> None:
    amei = member(store_on_both)
    award(store_on_both, amei, 10, "a")
    hold(store_on_both, amei, 4, "h", until=NOON + DAY)
    hold(store_on_both, amei, 5, "for ever")

    def run(uow: UnitOfWork) -> bool:
        return points.release_due(uow, most=9)

    store_on_both.do(run)
    assert has(store_on_both, amei) == points.Standing(1, 9, 0)
    assert store_on_both.do(lambda uow: points.next_release(uow, NOON)) == NOON + DAY
    store_on_both.clock.tick(days=1)
    store_on_both.do(run)
    assert has(store_on_both, amei) == points.Standing(5, 5, 0)
    assert books(store_on_both) == []


def test_a_purchase_that_is_undone_gives_points_back_for_as_long_as_they_would_have_lasted(
    store_on_both: Store,
) -> None:
    amei = member(store_on_both)
    lot(store_on_both, amei, 5, "a", NOON + 30 * DAY)
    lot(store_on_both, amei, 5, "b", NOON + DAY)
    spend(store_on_both, amei, 4, "short")
    spend(store_on_both, amei, 6, "long")
    for key in ("short", "long"):
        store_on_both.do(partial(points.reverse, key=key, made_by="lisi", why="退货"))

    seen = store_on_both.do(lambda uow: points.expiring_of(uow, amei, most=9))

    assert [(one.at, one.points) for one in seen] == [
        (NOON + 7 * DAY, 4),
        (NOON + 30 * DAY, 6),
    ]
    assert books(store_on_both) == []


def test_what_is_taken_back_comes_out_of_its_own_lot_first(store_on_both: Store) -> None:
    amei = member(store_on_both)
    lot(store_on_both, amei, 5, "soon", NOON + DAY)
    award(store_on_both, amei, 5, "mistake")

    store_on_both.do(lambda uow: points.reverse(uow, "mistake", made_by="lisi", why="错了"))

    assert rests(store_on_both) == {"soon": 5}


def test_what_is_lent_or_paid_back_can_not_be_reversed_by_itself(store: Store) -> None:
    amei = member(store)
    award(store, amei, 5, "a")
    spend(store, amei, 5, "b")
    store.do(lambda uow: points.reverse(uow, "a", made_by="lisi", why=""))

    with store.unit() as uow, pytest.raises(LookupError):
        points.reverse(uow, "debt:reverse:a", made_by="lisi", why="")


def test_what_is_held_stays_when_points_are_taken_back(store_on_both: Store) -> None:
    amei = member(store_on_both)
    award(store_on_both, amei, 5, "a")
    hold(store_on_both, amei, 4, "h")

    store_on_both.do(lambda uow: points.reverse(uow, "a", made_by="lisi", why="错了"))

    assert has(store_on_both, amei) == points.Standing(0, 4, 4)
    assert books(store_on_both) == []
    assert store_on_both.do(lambda uow: points.capture(uow, "h")).balance == 0
    assert books(store_on_both) == []


def test_spending_costs_four_statements(store: Store) -> None:
    amei = member(store)
    award(store, amei, 5, "a")
    spend(store, amei, 1, "b")

    ran = store.statements_of(lambda uow: points.spend(uow, amei, 1, reason="lottery", key="c"))

    assert ran == [SPEND, TAKE, TAKE_LOTS]
    assert ADD not in ran


@pytest.mark.parametrize("damage", ["rest = 1", "rest = rest"])
def test_the_auditor_finds_lots_that_are_wrong(store: Store, damage: str) -> None:
    award(store, member(store), 5, "a")
    store.do(lambda uow: uow.run(Statement(f"UPDATE point_entries SET {damage}")))

    wrong = [] if damage == "rest = rest" else ["account 2 keeps 5, its lots hold 1"]
    assert books(store) == wrong


def test_the_auditor_finds_holds_and_debts_that_are_wrong(store: Store) -> None:
    award(store, member(store), 5, "a")
    store.do(
        lambda uow: uow.run(
            Statement("UPDATE point_accounts SET held = 2, debt = 3 WHERE member_id IS NOT NULL")
        )
    )

    assert books(store) == [
        "account 2 keeps 2 held, its holds say 0",
        "account 2 keeps 3 owed, its loans say 0",
    ]


def test_an_erased_member_leaves_no_lot_and_no_hold(store_on_both: Store) -> None:
    amei = member(store_on_both)
    lot(store_on_both, amei, 5, "a", NOON)
    hold(store_on_both, amei, 3, f"mall:{amei}")
    (own,) = points.personal
    assert "mall" in str(store_on_both.do(lambda uow: own.export(uow, amei)))

    store_on_both.do(lambda uow: own.erase(uow, amei))

    assert store_on_both.count("point_holds") == 0
    assert not expire(store_on_both)
    assert books(store_on_both) == []


@pytest.mark.parametrize(
    ("got", "months", "last"),
    [
        ("2026-08-24", 12, "2027-08-24"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2026-12-31", 1, "2027-01-31"),
    ],
)
def test_months_are_those_of_the_calendar(got: str, months: int, last: str) -> None:
    assert last_day(date.fromisoformat(got), months) == date.fromisoformat(last)


def test_points_last_to_the_end_of_the_local_day() -> None:
    late = datetime(2026, 8, 24, 15, 59, 59, tzinfo=UTC)  # 23:59:59 in Shanghai

    assert expiry(late, late, ZONE, YEARLY).isoformat() == "2027-08-25T00:00:00+08:00"
    assert expiry(late + timedelta(seconds=1), late, ZONE, YEARLY).isoformat() == (
        "2027-08-26T00:00:00+08:00"
    )


@pytest.mark.parametrize("statement", [UNDATED, DUE, SOON, TAKE_LOTS])
def test_the_statements_of_lots_use_indexes(store: Store, statement: Statement) -> None:
    values = {"never": 1, "now": 1, "most": 5, "horizon": 9, "points": 3, "first": 0, "account": 2}

    plan = store.plan(statement, **values)

    assert "SCAN e" not in plan
    assert "SCAN point_" not in plan
