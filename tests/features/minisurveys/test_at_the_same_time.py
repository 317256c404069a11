"""Two replicas ask at once, on both databases: she hears one question."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

from bot.commons import members, orders, ratings
from bot.commons.orders import Order
from bot.commons.profiles import Ref
from bot.commons.ratings import Node, minisurveys
from bot.features import minisurveys as room
from bot.features.minisurveys.asking import ask_due, next_due
from bot.kernel.capability import Capability, Chat, Doors
from bot.kernel.work import UnitOfWork
from tests.features.minisurveys.conftest import DELIVERED, TWO
from tests.kit.desk import Desk
from tests.kit.market import Market
from tests.kit.rooms import NOON, Store
from tests.kit.talk import CHANNEL


def market(store: Store, folder: Path) -> Market:
    """Return a shop with a member whose three orders have all come to a node."""
    shop = Market(store, Desk(folder), [room.feature])
    shop.tools.add(Doors, Doors({CHANNEL: Capability((Chat.COLLEAGUE,), "", can_push=True)}))
    shop.desk.write("minisurveys.toml", TWO + DELIVERED)
    with store.unit() as uow:
        member = members.resolve(uow, CHANNEL, "amei", NOON)
        for number in range(3):
            at, ref = NOON - timedelta(hours=3), Ref(str(CHANNEL), "amei")
            kept = orders.record(uow, Order("pos", f"A-{number}", ref, at, 100))
            minisurveys.note(uow, member, kept.id, Node.PAID, at)
            minisurveys.note(uow, member, kept.id, Node.PAID, at)
            minisurveys.note(uow, member, kept.id, Node.DELIVERED, NOON - timedelta(hours=30))
    return shop


def test_two_replicas_ask_her_once(store_on_both: Store, tmp_path: Path) -> None:
    shop = market(store_on_both, tmp_path)

    with ThreadPoolExecutor(2) as two:
        list(two.map(lambda _: shop.store.do(lambda uow: ask_due(uow, shop.tools)), range(2)))

    with store_on_both.unit() as uow:
        counts = minisurveys.counts(uow, NOON - timedelta(days=9))
        asked = sum(many for (_, stage, _), many in counts.items() if stage is ratings.Stage.ASKED)
        assert asked == 1
        assert sum(counts.values()) == 6
        assert counts[Node.DELIVERED, ratings.Stage.SKIPPED, "lately"] == 3
    assert store_on_both.count("letters") == 1


def test_the_clock_knows_when_somebody_is_asked_next(store_on_both: Store, tmp_path: Path) -> None:
    shop = market(store_on_both, tmp_path)

    def after(hours: int) -> object:
        def look(uow: UnitOfWork) -> object:
            at = NOON + timedelta(hours=hours)
            minisurveys.note(uow, members.find(uow, CHANNEL, "amei"), 99, Node.PAID, NOON)  # type: ignore[arg-type]  # she is there
            found = next_due(uow, shop.tools, at)
            return found and (found - NOON) / timedelta(hours=1)

        return shop.store.do(look)

    assert after(0) == 2
    assert after(2) is None, "they are asked now"
    assert after(10) == 21, "in the morning"


def test_all_that_is_kept_reads_the_same_on_both(store_on_both: Store, tmp_path: Path) -> None:
    shop = market(store_on_both, tmp_path)
    shop.store.do(lambda uow: ask_due(uow, shop.tools))

    with store_on_both.unit() as uow:
        member = members.find(uow, CHANNEL, "amei")
        assert member is not None
        one = minisurveys.open_of(uow, member)
        assert one is not None
        kept = minisurveys.take(uow, one, "很好", key="k")
        assert kept is not None
        assert minisurveys.take(uow, one, "很好", key="k") is None
        assert minisurveys.said_by(uow, member, "k") == kept
        assert minisurveys.latest(uow, most=5) == [*minisurveys.all_answered(uow)] == [kept]
        assert ratings.last_asked(uow, member) == NOON
        minisurveys.tidy(
            uow, open_for=timedelta(), unsaid=timedelta(days=1), waiting=timedelta(days=1)
        )
        assert minisurveys.open_of(uow, member) is None
