"""Two members who are one person: everything moves, everything comes back."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import given

from bot.commons import members, points
from bot.commons.checkins import service as checkin
from bot.kernel.ids import MemberId
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import integer, micros
from tests.kit.lives import (
    KEFU,
    LIVES,
    MP,
    REGISTRY,
    SETTINGS,
    Deed,
    born,
    everything,
    join,
    offer,
    part,
)
from tests.kit.rooms import NOON, Store

fresh = count(1)
DAYS = Statement("SELECT day FROM checkins WHERE member_id = :member ORDER BY day")
ENDING = Statement(
    "SELECT COALESCE(sum(rest), 0) FROM point_entries JOIN point_accounts"
    " ON point_accounts.id = point_entries.credit"
    " WHERE point_accounts.member_id = :member AND expires_at <= :now"
)
KEPT_MOVES = Statement("SELECT moved FROM merges")
WRITTEN = frozenset({"merges", "audit"})


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = Store(tmp_path_factory.mktemp("merges"))
    yield opened
    opened.close()


def live(uow: UnitOfWork, member: MemberId, life: list[Deed]) -> None:
    for deed in life:
        deed(uow, member)


def some(uow: UnitOfWork, *lives: list[Deed]) -> list[MemberId]:
    born_now = [born(uow, f"m{next(fresh)}") for _ in lives]
    for member, life in zip(born_now, lives, strict=True):
        live(uow, member, life)
    return born_now


def days(uow: UnitOfWork, member: MemberId) -> list[str]:
    return [str(row[0]) for row in uow.run(DAYS, member=member)]


def seen(uow: UnitOfWork, member: MemberId) -> dict[str, object]:
    """Return what a member sees of herself; what is held may be let go or taken meanwhile."""
    has = points.standing(uow, member)
    return {
        "days": days(uow, member),
        "streak": checkin.streak_of(uow, member),
        "points": has.spendable + has.held - has.debt,
        "names": {(one.channel, one.identity) for one in members.identities_of(uow, member)},
    }


def ending(uow: UnitOfWork, member: MemberId) -> int:
    """Return how many of a member's points end before now: they may expire any time."""
    rows = uow.run(ENDING, member=member, now=micros(uow.clock.now()))
    return integer(rows[0][0])


@given(LIVES, LIVES)
def test_to_merge_and_to_undo_is_to_do_nothing(
    ground: Store, hers: list[Deed], theirs: list[Deed]
) -> None:
    with ground.unit() as uow:
        amei, lily = some(uow, hers, theirs)
        before, audit = everything(uow, but=WRITTEN), everything(uow)["audit"]

        part(uow, join(uow, amei, lily))

        assert everything(uow, but=WRITTEN) == before
        assert set(audit) <= set(everything(uow)["audit"])
        assert ("{}",) in [tuple(row) for row in uow.run(KEPT_MOVES)]


@given(LIVES, LIVES, LIVES)
def test_what_happened_since_stays_with_her_who_stayed(
    ground: Store, hers: list[Deed], theirs: list[Deed], since: list[Deed]
) -> None:
    with ground.unit() as uow:
        amei, lily = some(uow, hers, theirs)
        amei_before, lily_before = set(days(uow, amei)), seen(uow, lily)
        due = ending(uow, lily)
        merge = join(uow, amei, lily)
        live(uow, amei, since)
        with suppress(points.PointsSpent), uow.attempt():
            part(uow, merge)
        assert points.books_balance(uow) == []
        if members.current(uow, lily) == amei:  # her points were spent
            return

        lily_after = seen(uow, lily)
        lost = integer(lily_before.pop("points")) - integer(lily_after.pop("points"))
        assert lily_after == lily_before
        assert 0 <= lost <= due, "no points but those that have expired meanwhile"
        assert set(days(uow, amei)) >= amei_before


@given(LIVES, LIVES, LIVES)
def test_the_order_of_merges_means_nothing(
    ground: Store, one: list[Deed], two: list[Deed], three: list[Deed]
) -> None:
    with ground.unit() as uow:
        ends = []
        for order in (((0, 1), (1, 2)), ((1, 2), (0, 1)), ((2, 0), (1, 2))):
            people = some(uow, one, two, three)
            for left, right in order:
                join(uow, people[left], people[right])
            end = seen(uow, people[0])
            assert len(end.pop("names")) == len(people)  # type: ignore[arg-type]  # a set
            ends.append(end)

        assert ends[0] == ends[1] == ends[2]
        assert points.books_balance(uow) == []


def both(uow: UnitOfWork) -> tuple[MemberId, MemberId]:
    return born(uow, "amei", KEFU), born(uow, "amei", MP)


def test_two_days_on_the_same_date_are_one_and_the_points_of_both_stay(store: Store) -> None:
    with store.unit() as uow:
        amei, other = both(uow)
        for member, numbers in ((amei, (0, 1, 5)), (other, (1, 2))):
            live(uow, member, [Deed("checks in", number) for number in numbers])
        join(uow, other, amei)

        streak = checkin.streak_of(uow, amei)
        assert streak is not None
        assert (streak.total_days, streak.best_days, streak.days) == (4, 3, 1)
        assert points.balance(uow, amei) == 5 * SETTINGS.base_points


def test_what_was_booked_once_is_not_booked_again(store: Store) -> None:
    with store.unit() as uow:
        amei, other = both(uow)
        points.award(uow, other, 5, reason="gift", key="gift:1")
        join(uow, amei, other)

        assert not points.award(uow, amei, 5, reason="gift", key="gift:1").is_new
        assert points.balance(uow, amei) == 5


def test_the_one_whom_we_know_longer_stays_whoever_is_named_first(store: Store) -> None:
    with store.unit() as uow:
        amei, other = both(uow)
        members.name_member(uow, other, "梅姐")

        merge = join(uow, other, amei)

        assert (merge.stayed, merge.went) == (amei, other)
        assert members.find(uow, MP, "amei") == amei
        assert members.display_name(uow, amei) == "梅姐"


def test_once_is_enough(store: Store) -> None:
    with store.unit() as uow:
        amei, other = both(uow)
        join(uow, amei, other)
        for one, two in ((amei, other), (other, amei), (amei, amei)):
            with pytest.raises(members.SameMember):
                join(uow, one, two)

        assert len(members.merges_of(uow, amei)) == 1


def test_nobody_is_joined_by_name(store: Store) -> None:
    with store.unit() as uow:
        born_here = members.resolve(uow, KEFU, "a", NOON, name="阿美")
        born_there = members.resolve(uow, MP, "b", NOON, name="阿美")

    assert born_here != born_there
    assert store.count("merges") == 0


def test_a_chain_is_undone_from_its_end(store: Store) -> None:
    with store.unit() as uow:
        one, two, three = some(uow, [], [Deed("checks in", 1)], [Deed("checks in", 2)])
        before = everything(uow, but=WRITTEN)
        first = join(uow, two, three)
        second = join(uow, one, two)
        with pytest.raises(members.NotTheLast) as refused, uow.attempt():
            part(uow, first)
        assert refused.value.words["later"] == second.id

        part(uow, second)
        part(uow, first)

        assert everything(uow, but=WRITTEN) == before


def test_of_two_who_went_into_her_the_later_goes_first(store: Store) -> None:
    with store.unit() as uow:
        same_day = [Deed("checks in", 1)]
        one, two, three = some(uow, same_day, same_day, same_day)
        before = everything(uow, but=WRITTEN)
        first, second = join(uow, one, two), join(uow, one, three)
        with pytest.raises(members.NotTheLast), uow.attempt():
            part(uow, first)

        part(uow, second)
        part(uow, first)

        assert everything(uow, but=WRITTEN) == before


def test_a_circle_is_one_member(store: Store) -> None:
    with store.unit() as uow:
        one, two, three = some(uow, [], [], [])
        join(uow, one, two)
        join(uow, two, three)
        with pytest.raises(members.SameMember):
            join(uow, three, one)

        assert {members.current(uow, each) for each in (one, two, three)} == {one}


def test_what_is_undone_is_undone_once(store: Store) -> None:
    with store.unit() as uow:
        merge = join(uow, *both(uow))
        part(uow, merge)
        for number in (merge.id, merge.id + 1, 0):
            with pytest.raises(members.NothingToUndo):
                members.undo(uow, REGISTRY, number, who="lisi", why="again")


@pytest.mark.parametrize("whose", [0, 1])
def test_who_is_going_to_be_erased_is_left_alone(store: Store, whose: int) -> None:
    with store.unit() as uow:
        pair = both(uow)
        members.ask_erasure(uow, pair[whose], NOON)
        members.confirm_erasure(uow, pair[whose], asked_since=NOON, after=NOON + timedelta(days=7))
        with pytest.raises(members.BeingErased), uow.attempt():
            join(uow, *pair)

        assert members.erasure_due_at(uow, pair[whose]) is not None


def test_who_was_erased_is_nobody(store: Store) -> None:
    with store.unit() as uow:
        amei, other = both(uow)
        REGISTRY.erase(uow, other)
        with pytest.raises(members.NobodyThere):
            join(uow, amei, other)


def test_nothing_is_taken_out_of_what_is_going_to_be_erased(store: Store) -> None:
    with store.unit() as uow:
        amei, other = both(uow)
        merge = join(uow, amei, other)
        members.ask_erasure(uow, amei, NOON)
        members.confirm_erasure(uow, amei, asked_since=NOON, after=NOON + timedelta(days=7))
        with pytest.raises(members.BeingErased), uow.attempt():
            part(uow, merge)

        assert [each.undone_at for each in members.merges_of(uow, amei)] == [None]


def test_a_wish_to_be_erased_that_was_not_confirmed_ends_with_a_merge(store: Store) -> None:
    with store.unit() as uow:
        amei, other = both(uow)
        members.ask_erasure(uow, other, NOON)
        join(uow, amei, other)

        later = NOON + timedelta(days=7)
        assert not members.confirm_erasure(uow, amei, asked_since=NOON, after=later)


def test_erasing_forgets_whom_she_was_before_too(store: Store) -> None:
    with store.unit() as uow:
        people = some(uow, *([[Deed("checks in", 1), Deed("is known", 1)]] * 4))
        one, two, three, stranger = people
        join(uow, two, three)
        join(uow, one, two)
        part(uow, join(uow, one, stranger))
        REGISTRY.erase(uow, one)

        left = everything(uow, but=frozenset({"point_entries", "point_accounts", "outbox"}))
        assert left["merges"] == []
        assert {row[0] for row in uow.run(Statement("SELECT id FROM members"))} == {stranger}
        assert len(left["identities"]) == len(left["person_keys"]) == 1
        assert {row[5] for row in left["audit"]} <= {None, stranger}


def test_points_that_are_spent_can_not_go_back(store: Store) -> None:
    with store.unit() as uow:
        amei, other = both(uow)
        points.award(uow, other, 10, reason="gift", key="g")
        merge = join(uow, amei, other)
        points.spend(uow, amei, 7, reason="lottery", key="l")
        with pytest.raises(points.PointsSpent) as refused, uow.attempt():
            part(uow, merge)
        assert refused.value.words["missing"] == 7

        points.award(uow, amei, 7, reason="gift", key="g2")
        part(uow, merge)

        assert (points.balance(uow, amei), points.balance(uow, other)) == (0, 10)
        assert points.books_balance(uow) == []


def test_what_expires_while_two_are_one_is_lost_by_whom_it_belongs_to(store: Store) -> None:
    with store.unit() as uow:
        amei, other = both(uow)
        points.award(uow, amei, 10, reason="gift", key="long", expires_at=NOON + timedelta(days=30))
        points.award(uow, other, 7, reason="gift", key="short", expires_at=NOON + timedelta(days=1))
        merge = join(uow, amei, other)
        store.clock.tick(days=2)
        points.expire(uow, most=9)
        assert points.balance(uow, amei) == 10
        part(uow, merge)

        assert (points.balance(uow, amei), points.balance(uow, other)) == (10, 0)
        assert points.books_balance(uow) == []
        points.expire(uow, most=9)
        assert points.balance(uow, amei) == 10
        tomorrow = store.clock.tick(days=1)
        hers = points.entries_of(uow, other, since=NOON, until=tomorrow, most=2)
        assert [entry.points for entry in hers] == [-7, 7]


def test_what_was_spent_before_it_could_expire_does_go_back(store: Store) -> None:
    with store.unit() as uow:
        amei, other = both(uow)
        points.award(uow, amei, 10, reason="gift", key="long", expires_at=NOON + timedelta(days=30))
        points.award(uow, other, 7, reason="gift", key="short", expires_at=NOON + timedelta(days=1))
        merge = join(uow, amei, other)
        points.spend(uow, amei, 7, reason="lottery", key="l")
        store.clock.tick(days=2)
        points.expire(uow, most=9)
        part(uow, merge)

        assert (points.balance(uow, amei), points.balance(uow, other)) == (3, 7)
        assert points.books_balance(uow) == []


def test_every_merge_and_its_undoing_is_in_the_audit(store: Store) -> None:
    with store.unit() as uow:
        amei, other = both(uow)
        part(uow, join(uow, amei, other))
        written = Statement("SELECT who, what, why, member_id FROM audit ORDER BY id")

        assert [tuple(row) for row in uow.run(written)] == [
            ("lisi", "members.merged", "operator: 同一个人", amei),
            ("lisi", "members.parted", "operator: 弄错了", amei),
            ("lisi", "members.parted", "operator: 弄错了", other),
        ]


def test_codes_of_both_are_void_after_a_merge(store: Store) -> None:
    with store.unit() as uow:
        amei, other = both(uow)
        offer(uow, amei, "amei")
        join(uow, amei, other)

    assert store.count("bindings") == 0


def test_a_merge_works_on_both_databases(store_on_both: Store) -> None:
    with store_on_both.unit() as uow:
        rich = [Deed(kind, n) for n in (1, 2) for kind in ("checks in", "wins", "asks", "is told")]
        rich += [Deed("is answered", 1), Deed("is known", 1), Deed("is noted", 1)]
        amei, lily = some(uow, rich, rich)
        before = everything(uow, but=WRITTEN)
        merge = join(uow, amei, lily)
        assert before != everything(uow, but=WRITTEN)
        part(uow, merge)

        assert everything(uow, but=WRITTEN) == before
        REGISTRY.erase(uow, amei)
