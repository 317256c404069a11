"""What members looked at last."""

from datetime import datetime, timedelta

from bot.commons import members, views
from bot.kernel.ids import ChannelName, MemberId
from tests.kit.rooms import Store


def somebody(store: Store, who: str = "amei") -> MemberId:
    now = store.clock.now()
    return store.do(lambda uow: members.resolve(uow, ChannelName("simulator"), who, now))


def look(store: Store, her: MemberId, sku: str, at: datetime) -> None:
    store.do(lambda uow: views.saw(uow, her, sku, at))


def seen(store: Store, her: MemberId, most: int = 100) -> list[str]:
    return [one.sku for one in store.do(lambda uow: views.latest(uow, her, most=most))]


def test_the_newest_come_first_and_each_product_once(store_on_both: Store) -> None:
    her = somebody(store_on_both)
    for sku in ("S1", "S2", "S1", "S3"):
        look(store_on_both, her, sku, store_on_both.clock.now())
        store_on_both.clock.tick(minutes=1)

    assert seen(store_on_both, her) == ["S3", "S1", "S2"]
    assert seen(store_on_both, her, most=2) == ["S3", "S1"]


def test_twenty_are_kept(store_on_both: Store) -> None:
    her, now = somebody(store_on_both), store_on_both.clock.now()
    for number in range(30):
        later = now + timedelta(minutes=number)
        look(store_on_both, her, f"S{number}", later)

    assert seen(store_on_both, her) == [f"S{number}" for number in range(29, 9, -1)]


def test_what_is_told_late_changes_nothing(store: Store) -> None:
    her, now = somebody(store), store.clock.now()
    look(store, her, "S1", now)
    look(store, her, "S1", now - timedelta(days=1))

    assert [one.at for one in store.do(lambda uow: views.latest(uow, her, most=5))] == [now]


def test_nobody_who_is_gone_is_noted(store: Store) -> None:
    look(store, MemberId(77), "S1", store.clock.now())

    assert store.count("product_views") == 0
