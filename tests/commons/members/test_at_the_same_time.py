"""Several replicas on PostgreSQL: two merges at once, a merge while a message is handled."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Thread

import pytest
from psycopg.errors import LockNotAvailable

from bot.commons import members, points, visits
from bot.commons.checkins import service as checkin
from bot.features.privacy import service as privacy
from bot.kernel.errors import Refusal
from bot.kernel.ids import MemberId
from bot.kernel.visiting import Outcome
from bot.kernel.work import UnitOfWork
from bot.storage.db import Database
from tests.kit.lives import KEFU, MP, REGISTRY, SETTINGS, Deed, born, join, part
from tests.kit.rooms import NOON, Store

pytestmark = pytest.mark.postgres


@pytest.fixture
def shared(postgres: str, tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path, postgres)
    yield opened
    opened.close()


def pair(store: Store) -> tuple[MemberId, MemberId]:
    with store.unit() as uow:
        both = born(uow, "amei", KEFU), born(uow, "oAmei", MP)
        for member in both:
            Deed("wins", 4)(uow, member)
    return both


def outcome(store: Store, use_case: Callable[[UnitOfWork], object]) -> str:
    try:
        store.do(use_case)
    except Refusal as refusal:
        return type(refusal).__name__
    return "done"


def at_once(store: Store, *use_cases: Callable[[UnitOfWork], object]) -> list[str]:
    with ThreadPoolExecutor(len(use_cases)) as threads:
        return sorted(threads.map(lambda use_case: outcome(store, use_case), use_cases))


def test_two_merges_of_the_same_two_are_one(shared: Store) -> None:
    one, other = pair(shared)
    wishes = [lambda uow: join(uow, one, other), lambda uow: join(uow, other, one)] * 3

    assert at_once(shared, *wishes) == ["SameMember"] * 5 + ["done"]
    assert shared.count("merges") == 1
    assert shared.do(lambda uow: points.balance(uow, one)) == 10
    assert shared.do(points.books_balance) == []


def test_of_two_who_undo_at_once_one_does(shared: Store) -> None:
    merge = shared.do(lambda uow: join(uow, *pair_in(uow)))

    assert at_once(shared, *[lambda uow: part(uow, merge)] * 4) == ["NothingToUndo"] * 3 + ["done"]
    assert shared.count("members") == 2


def pair_in(uow: UnitOfWork) -> tuple[MemberId, MemberId]:
    return born(uow, "amei", KEFU), born(uow, "oAmei", MP)


def test_a_circle_of_merges_at_once_is_one_member(shared: Store) -> None:
    with shared.unit() as uow:
        a, b, c = (born(uow, name) for name in "abc")
    wishes = [lambda uow: join(uow, a, b), lambda uow: join(uow, b, c), lambda uow: join(uow, c, a)]
    at_once(shared, *wishes)

    assert shared.count("members") == 1
    assert shared.count("merges") == 2


def test_a_message_that_is_being_handled_is_waited_for(shared: Store) -> None:
    """What the handler of the one who goes writes late goes over as well."""
    amei, other = pair(shared)
    held, go = Event(), Event()

    def handle() -> None:
        with shared.unit() as uow:
            uow.take_turns({members.turn_of(MP, "oAmei")})
            member = members.resolve(uow, MP, "oAmei", NOON)
            held.set()
            go.wait(10)
            checkin.check_in(uow, member, NOON.date(), NOON, SETTINGS)

    handling = Thread(target=handle)
    handling.start()
    held.wait(10)
    with ThreadPoolExecutor(1) as threads:
        merging = threads.submit(outcome, shared, lambda uow: join(uow, amei, other))
        go.set()
        assert merging.result(20) == "done"
    handling.join()

    streak = shared.do(lambda uow: checkin.streak_of(uow, amei))
    assert streak is not None
    assert shared.do(lambda uow: checkin.streak_of(uow, other)) is None


def test_a_form_of_a_page_that_is_under_way_is_waited_for(shared: Store) -> None:
    amei, other = pair(shared)
    held, go = Event(), Event()

    def act() -> None:
        with shared.unit() as uow:
            assert visits.begin(uow, other, "k") == other
            held.set()
            go.wait(10)
            visits.finish(uow, other, "k", Outcome("好了", refused=False))

    acting = Thread(target=act)
    acting.start()
    held.wait(10)
    with ThreadPoolExecutor(1) as threads:
        merging = threads.submit(outcome, shared, lambda uow: join(uow, amei, other))
        go.set()
        assert merging.result(20) == "done"
    acting.join()

    assert shared.do(lambda uow: visits.outcome(uow, amei, "k")) == Outcome("好了", refused=False)


def test_a_message_waits_for_a_merge_and_finds_who_she_is_then(
    shared: Store, postgres: str
) -> None:
    amei, other = pair(shared)
    impatient = Database(postgres, wait_s=0.2)
    with shared.unit() as uow:
        join(uow, amei, other)
        with pytest.raises(LockNotAvailable), impatient.writing() as second:
            UnitOfWork(second, shared.clock).take_turns({members.turn_of(MP, "oAmei")})
    with impatient.writing() as second:
        late = UnitOfWork(second, shared.clock)
        late.take_turns({members.turn_of(MP, "oAmei")})
        assert members.resolve(late, MP, "oAmei", NOON) == amei
    impatient.close()


def test_an_erasure_and_a_merge_at_once_leave_no_half(shared: Store) -> None:
    amei, other = pair(shared)
    with shared.unit() as uow:
        members.ask_erasure(uow, other, NOON)
        members.confirm_erasure(uow, other, asked_since=NOON, after=NOON)
    outcomes = at_once(
        shared,
        lambda uow: privacy.erase_due(uow, REGISTRY),
        lambda uow: join(uow, amei, other),
        lambda uow: join(uow, other, amei),
    )

    assert outcomes[2] == "done"
    assert set(outcomes[:2]) <= {"BeingErased", "NobodyThere"}
    assert shared.count("members") == shared.count("identities") == 1
    assert shared.do(points.books_balance) == []
