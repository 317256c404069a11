import pytest

from bot.commons import members, points
from bot.commons.points.service import ADD, AWARD, BALANCE, LATEST, SPEND, TAKE
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.work import Statement, UnitOfWork
from tests.kit.rooms import NOON, Store


def member(store: Store, name: str = "amei") -> MemberId:
    return store.do(lambda uow: members.resolve(uow, ChannelName("kefu"), name, NOON))


def award(store: Store, who: MemberId, count: int, key: str) -> points.Booking:
    return store.do(lambda uow: points.award(uow, who, count, reason="checkin", key=key))


def spend(store: Store, who: MemberId, count: int, key: str) -> points.Booking:
    return store.do(lambda uow: points.spend(uow, who, count, reason="lottery", key=key))


def books(store: Store) -> list[str]:
    return store.do(points.books_balance)


def test_points_come_out_of_the_house_and_go_back_into_it(store: Store) -> None:
    amei = member(store)

    award(store, amei, 15, "a")
    spend(store, amei, 4, "b")

    assert store.do(lambda uow: points.balance(uow, amei)) == 11
    assert store.do(points.house_balances) == {"checkin": -15, "lottery": 4}
    assert books(store) == []


def test_the_same_key_again_changes_nothing_and_says_so(store: Store) -> None:
    amei = member(store)

    assert award(store, amei, 5, "a") == points.Booking(5, is_new=True)
    assert award(store, amei, 5, "a") == points.Booking(5, is_new=False)


def test_the_same_key_for_something_else_is_a_mistake(store: Store) -> None:
    amei, lily = member(store), member(store, "lily")
    award(store, amei, 5, "a")

    with pytest.raises(ValueError, match="is booked as"):
        award(store, amei, 6, "a")
    with pytest.raises(ValueError, match="is booked as"):
        award(store, lily, 5, "a")
    assert store.do(lambda uow: points.balance(uow, amei)) == 5


@pytest.mark.parametrize("count", [0, -3])
def test_an_entry_moves_at_least_one_point(store: Store, count: int) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        award(store, member(store), count, "a")


def test_nobody_can_give_what_she_does_not_have(store_on_both: Store) -> None:
    amei = member(store_on_both)
    award(store_on_both, amei, 5, "a")

    def try_to_spend(uow: UnitOfWork) -> points.NotEnoughPoints:
        with pytest.raises(points.NotEnoughPoints) as refused:
            points.spend(uow, amei, 6, reason="lottery", key="b")
        return refused.value

    assert store_on_both.do(try_to_spend).words == {"balance": 5, "needed": 6}
    assert store_on_both.count("point_entries") == 1  # caught and carried on: still nothing written
    assert spend(store_on_both, amei, 5, "b").balance == 0


def test_a_mistake_is_booked_back_once_and_audited(store_on_both: Store) -> None:
    amei = member(store_on_both)
    award(store_on_both, amei, 5, "a")

    def undo(uow: UnitOfWork) -> points.Booking:
        return points.reverse(uow, "a", made_by="lisi", why="打错了")

    assert store_on_both.do(undo) == points.Booking(0, is_new=True)
    assert store_on_both.do(undo) == points.Booking(0, is_new=False)
    assert store_on_both.count("audit") == 1
    assert books(store_on_both) == []


def test_only_what_was_booked_can_be_booked_back(store: Store) -> None:
    with store.unit() as uow, pytest.raises(LookupError):
        points.reverse(uow, "never", made_by="lisi", why="")


def test_what_is_spent_of_points_that_are_taken_back_is_owed(store_on_both: Store) -> None:
    amei = member(store_on_both)
    award(store_on_both, amei, 5, "a")
    spend(store_on_both, amei, 3, "b")

    def undo(uow: UnitOfWork) -> points.Booking:
        return points.reverse(uow, "a", made_by="lisi", why="打错了")

    assert store_on_both.do(undo) == points.Booking(0, is_new=True)
    assert store_on_both.do(undo) == points.Booking(0, is_new=False)
    assert store_on_both.do(lambda uow: points.standing(uow, amei)) == points.Standing(0, 0, 3)
    assert books(store_on_both) == []

    assert award(store_on_both, amei, 2, "c").balance == 0
    assert award(store_on_both, amei, 4, "d").balance == 3
    assert store_on_both.do(lambda uow: points.standing(uow, amei)) == points.Standing(3, 0, 0)
    assert store_on_both.do(points.house_balances)["debt"] == 0
    assert books(store_on_both) == []


def test_a_member_sees_her_last_entries_newest_first(store_on_both: Store) -> None:
    amei, lily = member(store_on_both), member(store_on_both, "lily")
    award(store_on_both, amei, 5, "a")
    award(store_on_both, lily, 7, "l")
    spend(store_on_both, amei, 2, "b")
    award(store_on_both, amei, 6, "c")

    seen = store_on_both.do(lambda uow: points.latest(uow, amei, 2))

    assert [(line.points, line.reason) for line in seen] == [(6, "checkin"), (-2, "lottery")]


def test_an_award_costs_two_statements(store: Store) -> None:
    amei = member(store)
    award(store, amei, 5, "a")

    ran = store.statements_of(lambda uow: points.award(uow, amei, 5, reason="checkin", key="b"))

    assert ran == [AWARD, ADD]


def test_the_auditor_finds_a_kept_balance_that_is_wrong(store: Store) -> None:
    amei = member(store)
    award(store, amei, 5, "a")
    store.do(
        lambda uow: uow.run(Statement("UPDATE point_accounts SET balance = 6 WHERE balance = 5"))
    )

    assert books(store) == [
        "account 2 keeps 6, its entries say 5",
        "account 2 keeps 6, its lots hold 5",
    ]


def test_an_erased_member_leaves_totals_and_no_trace(store_on_both: Store) -> None:
    amei = member(store_on_both)
    award(store_on_both, amei, 5, f"checkin:2026-08-24:{amei}")
    spend(store_on_both, amei, 2, "b")
    (own,) = points.personal

    exported = store_on_both.do(lambda uow: own.export(uow, amei))
    store_on_both.do(lambda uow: own.erase(uow, amei))

    assert [row.get("points", row.get("balance")) for row in exported] == [3, 5, -2]
    assert store_on_both.do(points.house_balances) == {"checkin": -5, "lottery": 2, "erased": 3}
    assert books(store_on_both) == []
    keys = store_on_both.do(
        lambda uow: uow.run(Statement("SELECT key FROM point_entries ORDER BY id"))
    )
    assert keys == [("erased:1",), ("erased:2",)]
    assert store_on_both.do(lambda uow: own.export(uow, amei)) == []


@pytest.mark.parametrize(
    "statement",
    [AWARD, SPEND, ADD, TAKE, BALANCE, LATEST],
    ids=["award", "spend", "add", "take", "balance", "latest"],
)
def test_the_hot_statements_use_indexes(store: Store, statement: Statement) -> None:
    values = {"key": "a", "house": "checkin", "member": 1, "points": 5, "reason": "", "count": 5}

    plan = store.plan(statement, **values, made_by="", at=0, expires=0)

    assert "SCAN point_" not in plan
    assert "SCAN e" not in plan
    assert "SCAN h" not in plan
    assert "SCAN m" not in plan
    assert "ORDER BY e" not in plan
