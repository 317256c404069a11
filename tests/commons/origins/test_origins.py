"""By which link or code members came: counted once each, on both databases."""

from bot.commons import members, origins
from bot.commons.origins import Place
from bot.kernel.ids import ChannelName, MemberId
from tests.kit.rooms import Store

KEFU, MP = ChannelName("kefu"), ChannelName("mp")
HIKE = Place(MP, "hike")


def member(store: Store, name: str) -> MemberId:
    now = store.clock.now()
    return store.do(lambda uow: members.resolve(uow, MP, name, now))


def test_who_comes_twice_counts_once_and_the_latest_stands_first(store_on_both: Store) -> None:
    store = store_on_both
    amei, lan = member(store, "amei"), member(store, "lan")
    places = [HIKE, Place(KEFU, "wall", "wk1", "a=1"), Place(KEFU, "", "wk1"), HIKE]
    for place in places:
        at = store.clock.tick(minutes=1)
        store.do(lambda uow: origins.came(uow, amei, place, at))  # noqa: B023 - done at once
    at = store.clock.tick(minutes=1)
    store.do(lambda uow: origins.came(uow, lan, HIKE, at, followed=True))

    assert store.do(lambda uow: origins.of_member(uow, amei)) == [HIKE, *places[2:0:-1]]
    assert store.do(lambda uow: origins.counted(uow, MP, "hike")) == (2, 1)
    assert store.do(lambda uow: origins.scenes(uow, MP, most=9)) == [("hike", 2, at)]
    assert [one[:2] for one in store.do(lambda uow: origins.scenes(uow, KEFU, most=9))] == [
        ("wall", 1)
    ]
    assert store.do(origins.count_last_24h) == 4
    store.clock.tick(days=2)
    assert store.do(origins.count_last_24h) == 0


def test_one_scene_with_many_placements_is_one_member(store: Store) -> None:
    amei = member(store, "amei")
    for number in range(origins.MOST_OF_A_MEMBER + 5):
        at, place = store.clock.tick(seconds=1), Place(KEFU, "wall", "wk1", f"p={number}")
        store.do(lambda uow: origins.came(uow, amei, place, at))  # noqa: B023 - done at once

    assert store.do(lambda uow: origins.counted(uow, KEFU, "wall")) == (1, 0)
    assert len(store.do(lambda uow: origins.of_member(uow, amei))) == origins.MOST_OF_A_MEMBER
