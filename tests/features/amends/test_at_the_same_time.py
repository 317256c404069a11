"""Several replicas on PostgreSQL: a wish is one, limits hold, what waits is decided once."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.commons import amends, cases, coupons, members
from bot.commons.amends import AmendRefused, Offers, Wish
from bot.commons.content import Forms, Shelf
from bot.kernel.capability import Doors
from bot.kernel.community import Advisors, Community
from bot.kernel.desk import Role
from bot.kernel.ids import ChannelName
from bot.kernel.ports import Words
from bot.kernel.work import Toolbox, UnitOfWork
from bot.kernel.workbench import Colleague
from tests.kit.amends import AMENDS, COUPONS
from tests.kit.desk import KNOWN, Desk
from tests.kit.rooms import NOON, Store
from tests.kit.talk import renderer

AT_ONCE = 6
PHONE = ChannelName("phone")
LISI = Colleague("lisi", Role.ADVISOR)
pytestmark = pytest.mark.postgres


class Counter:
    """A case on PostgreSQL, and those who give amends for it."""

    def __init__(self, store: Store, desk: Desk) -> None:
        self.store = store
        desk.write("coupons.toml", COUPONS)
        desk.write("amends.toml", AMENDS)
        self.tools = Toolbox(Community("拾光衣橱"), Advisors(), Doors({}))
        self.tools.add(Words, renderer("amends"))
        forms = Forms(tables={amends.FILE: Offers, coupons.FILE: coupons.Kinds})
        shelf = Shelf(desk.content, desk.schedules, KNOWN, forms=forms)
        shelf.look(NOON)
        self.tools.add(Shelf, shelf)
        store.do(self._complains)

    def _complains(self, uow: UnitOfWork) -> None:
        her = members.resolve(uow, PHONE, "amei", NOON)
        kind = cases.Kind.COMPLAINT
        concern = cases.Concern(her, kind, 2, ["r"], NOON, PHONE, "", "amei", key="m1")
        case = cases.open_case(uow, concern).case
        cases.assign(uow, case.id, "lisi", who="bot", why="routed")

    def at_once(self, *works: Callable[[UnitOfWork], object]) -> Sequence[bool]:
        """Let several replicas act; return who was not refused."""

        def run(work: Callable[[UnitOfWork], object]) -> bool:
            try:
                self.store.do(work)
            except AmendRefused:
                return False
            return True

        with ThreadPoolExecutor(AT_ONCE) as threads:
            return list(threads.map(run, works))

    def wishes(
        self, key: str, kind: str = "coffee", amount: int = 0
    ) -> Callable[[UnitOfWork], object]:
        wish = Wish(1, kind, "a button is off", key=key, amount=amount)
        return lambda uow: amends.wish(uow, self.tools, wish, LISI)

    def given(self) -> list[str]:
        return [one.state.value for one in self.store.do(lambda uow: amends.of_case(uow, 1))]


@pytest.fixture
def counter(postgres: str, tmp_path: Path) -> Iterator[Counter]:
    store = Store(tmp_path, postgres)
    yield Counter(store, Desk(tmp_path))
    store.close()


def test_the_same_wish_on_all_replicas_is_given_once(counter: Counter) -> None:
    assert all(counter.at_once(*[counter.wishes("form-1") for _ in range(12)]))

    assert counter.given() == ["given"]
    assert counter.store.count("coupons") == 1


def test_a_limit_holds_whoever_wishes_at_once(counter: Counter) -> None:
    wishes = [counter.wishes(f"form-{number}", "points", 1000) for number in range(30)]
    done = counter.at_once(*wishes)

    assert sum(done) == 20
    assert sorted(counter.given()) == ["given"] * 5 + ["waiting"] * 15
    assert counter.store.count("point_entries") == 5


def test_supervisors_at_once_decide_once(counter: Counter) -> None:
    counter.at_once(counter.wishes("form-1", "keep", 15_000))
    counter.at_once(counter.wishes("form-2", "points", 5000))
    [waiting] = [one.id for one in counter.store.do(amends.waiting) if one.points]

    def decide(number: int) -> Callable[[UnitOfWork], object]:
        who = Colleague(f"chief-{number}", Role.SUPERVISOR)
        if number % 2:
            return lambda uow: amends.deny(uow, counter.tools, waiting, who, "too much")
        return lambda uow: amends.approve(uow, counter.tools, waiting, who)

    assert sum(counter.at_once(*[decide(number) for number in range(12)])) == 1
    assert counter.store.count("point_entries") == counter.given().count("given")


def test_what_is_taken_back_at_once_is_taken_back_once(counter: Counter) -> None:
    counter.at_once(counter.wishes("form-1", "points", 500))
    done = counter.at_once(
        *[lambda uow: amends.undo(uow, counter.tools, 1, LISI, "wrong case") for _ in range(12)]
    )

    assert sum(done) == 1
    assert counter.given() == ["undone"]
    assert counter.store.count("point_entries") == 2
