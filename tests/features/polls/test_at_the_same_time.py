"""Several replicas on PostgreSQL: one ballot for each, paid once, in the count or refused."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.commons import members, points
from bot.features.polls import ending, reads, service
from bot.features.polls.rules import State
from bot.kernel.errors import Refusal
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.ports import Groups
from bot.kernel.work import Statement, UnitOfWork
from tests.kit.rooms import NOON, Store

AT_ONCE = 6
KEFU = ChannelName("kefu")
_POLL = Statement(
    "INSERT INTO polls (path, revision, title, words, options, max_choices, opens_at, closes_at,"
    " results, eligible, points, quorum, tie, state, outcome) VALUES ('polls/a.md', 'r', 'a', '',"
    """ '[{"number": 1, "text": "一"}, {"number": 2, "text": "二"}]',"""
    " 1, 0, NULL, 'after_close', '[]', 5, 0, 'all', 'open', '')"
)

pytestmark = pytest.mark.postgres


@pytest.fixture
def shared(postgres: str, tmp_path: Path) -> Store:
    store = Store(tmp_path, postgres)
    store.do(lambda uow: uow.run(_POLL))
    return store


def member(store: Store, name: str, has: int = 50) -> MemberId:
    with store.unit() as uow:
        her = members.resolve(uow, KEFU, name, NOON)
        points.award(uow, her, has, reason="gift", key=f"gift:{name}")
    return her


def voting(her: MemberId, choice: int) -> Callable[[UnitOfWork], bool]:
    def vote(uow: UnitOfWork) -> bool:
        try:
            with uow.attempt():
                wish = service.Wish(her, 1, (choice,), NOON)
                return service.cast(uow, Groups(), wish).is_new
        except Refusal:
            return False

    return vote


def test_a_hundred_ballots_of_one_member_are_one_and_paid_once(shared: Store) -> None:
    her = member(shared, "amei")
    with ThreadPoolExecutor(AT_ONCE) as threads:
        new = list(threads.map(shared.do, [voting(her, n % 2 + 1) for n in range(100)]))
    assert sum(new) == 1
    assert shared.count("ballots") == 1
    assert shared.do(lambda uow: points.balance(uow, her)) == 45
    assert shared.do(points.books_balance) == []
    shared.close()


def test_a_ballot_is_in_the_count_or_refused(shared: Store) -> None:
    people = [member(shared, f"m{number}") for number in range(40)]
    counting = [lambda uow: bool(ending.close_now(uow, 1, who="lin"))]
    work = [voting(her, 1) for her in people]
    with ThreadPoolExecutor(AT_ONCE) as threads:
        results = list(threads.map(shared.do, [*work[:20], *counting, *work[20:]]))
    taken = sum(results) - 1
    found = shared.do(lambda uow: reads.poll(uow, 1))
    assert found is not None
    assert found.state is State.CLOSED
    assert found.outcome is not None
    assert found.outcome.voters == taken == shared.count("ballots")
    assert shared.do(points.books_balance) == []
    shared.close()
