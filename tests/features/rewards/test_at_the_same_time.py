"""Several replicas on PostgreSQL: caps hold, cards agree, every deed once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.commons import coupons, points
from bot.commons.orders import Item, Order, record, tell
from bot.commons.profiles import Ref
from bot.features import badges, rewards, stamps
from bot.kernel.events import FeedbackGiven
from bot.kernel.work import Statement, UnitOfWork
from tests.kit.desk import Desk
from tests.kit.market import Market
from tests.kit.rooms import Store
from tests.kit.talk import CHANNEL

AT_ONCE = 6
_UNTOLD = Statement("SELECT COUNT(*) FROM orders WHERE untold = 1")
FILE = (
    '[[rule]]\nname = "say"\ntitle = "写反馈"\non = "feedback"\npoints = 3\n'
    "most_points_a_day = 20\n"
    '[[rule]]\nname = "spend"\ntitle = "消费"\non = "order_paid"\npoints = 1\neach_yuan = 1\n'
)
CARD = (
    '[[card]]\nname = "five"\ntitle = "买五赠一"\ncups = 5\ncoupon = "cup"\ncategories = ["咖啡"]\n'
)
BADGE = '[[badge]]\ncode = "sayer"\ntitle = "敢说"\non = "feedback"\ntimes = 5\n'

pytestmark = pytest.mark.postgres


@pytest.fixture
def shared(postgres: str, desk: Desk) -> Market:
    store = Store(desk.content.parent, postgres)
    market = Market(store, desk, [rewards.feature, badges.feature, stamps.feature])
    market.writes("rewards.toml", FILE)
    market.writes("stamps.toml", CARD)
    market.writes("badges.toml", BADGE)
    return market


def all_at_once(market: Market, works: list[Callable[[UnitOfWork], object]]) -> None:
    def run(work: Callable[[UnitOfWork], object]) -> None:
        with market.unit() as uow:
            work(uow)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        list(threads.map(run, works))


def test_a_cap_holds_and_a_badge_is_one(shared: Market) -> None:
    her = shared.member("amei")

    def saying(number: int) -> Callable[[UnitOfWork], object]:
        return lambda uow: uow.publish(FeedbackGiven(her, f"salons:{number % 30}"))

    all_at_once(shared, [saying(number) for number in range(90)])
    assert shared.balance("amei") == 20
    assert (shared.store.count("deeds"), shared.store.count("badge_grants")) == (30, 1)
    assert shared.books() == []
    shared.store.close()


def test_cards_agree_with_the_cups_that_stay(shared: Market) -> None:
    shared.member("amei")
    latte = [Item("latte", "拿铁", "咖啡", "", 1, 3_000)]
    now, ref = shared.store.clock.now(), Ref(CHANNEL, "amei")

    def buying(number: int, back: int) -> Callable[[UnitOfWork], object]:
        order = Order("pos", f"o{number:02}", ref, now, 3_000, back, items=latte)

        def work(uow: UnitOfWork) -> None:
            record(uow, order)
            tell(uow, most=1)

        return work

    all_at_once(shared, [buying(number, 0) for number in range(20)])
    all_at_once(shared, [buying(number, 3_000) for number in range(8) for _ in range(3)])
    while shared.store.do(lambda uow: uow.run(_UNTOLD))[0][0]:
        with shared.unit() as uow:
            tell(uow, most=100)
    alive = [one for one in shared.coupons("amei") if one.state is coupons.State.USABLE]
    assert len(alive) == 2
    assert shared.balance("amei") == 12 * 30
    assert shared.store.do(points.books_balance) == []
    shared.store.close()
