"""The room's own SQL, on both databases."""

from dataclasses import replace

from bot.channels.wecom.kefu import KEFU
from bot.commons import members, origins
from bot.features.arrivals import doors, service
from bot.features.arrivals.rules import Status
from bot.kernel.ids import ChannelName, GroupId
from bot.kernel.ports import Group
from bot.kernel.reception import Account
from tests.kit.rooms import Store

GROUP = Group(GroupId("hike"), "徒步一群", ChannelName("customer_groups"), "wrHike")


def seen(store: Store) -> service.Seen:
    now = store.clock.now()
    return service.Seen(
        store.do(lambda uow: members.resolve(uow, KEFU, "wm1", now)), KEFU, "wk1", "wm1"
    )


def test_where_a_customer_is_reached_is_where_she_came_last(store_on_both: Store) -> None:
    store = store_on_both
    her = seen(store)
    for one, scene in ((her, "poster"), (replace(her, account="wk2"), "wall"), (her, "")):
        at = store.clock.tick(minutes=1)
        store.do(lambda uow: service.arrived(uow, one, scene=scene, param="a=1", at=at))  # noqa: B023 - done at once

    assert store.do(lambda uow: service.scene_of(uow, her)) == "wall"
    assert store.do(lambda uow: service.reachable(uow, her.member, [KEFU])) == her
    assert store.do(lambda uow: service.reachable(uow, her.member, [])) is None


def test_a_code_of_another_door_chooses_no_group(store: Store) -> None:
    her = seen(store)
    at = store.clock.now()
    store.do(lambda uow: service.arrived(uow, her, scene="poster", param="", at=at))
    later, code = store.clock.tick(minutes=1), origins.Place(ChannelName("mp"), "shop")
    store.do(lambda uow: origins.came(uow, her.member, code, later, followed=True))

    assert store.do(lambda uow: service.scene_of(uow, her)) == "poster"


def test_an_invitation_goes_on_step_by_step(store_on_both: Store) -> None:
    store = store_on_both
    her = seen(store)
    assert store.do(lambda uow: service.invite(uow, her, GROUP, why="asked"))
    assert not store.do(lambda uow: service.invite(uow, her, GROUP, why="checkin"))
    [one] = store.do(lambda uow: service.due(uow, KEFU, most=10, died=""))
    due, under_way = Status.DUE, Status.UNDER_WAY
    assert store.do(lambda uow: service.move(uow, one.id, due, under_way))
    assert not store.do(lambda uow: service.move(uow, one.id, due, under_way))
    store.do(lambda uow: service.due(uow, KEFU, most=10, died=""))
    assert [i.status for i in store.do(lambda uow: service.listed(uow, most=10))] == [under_way]
    store.clock.tick(minutes=3)
    assert store.do(lambda uow: service.due(uow, KEFU, most=10, died="")) == []
    [listed] = store.do(lambda uow: service.listed(uow, most=10))
    assert (listed.status, listed.member) == (Status.MAYBE, her.member)


def test_accounts_and_links_are_replaced(store_on_both: Store) -> None:
    store = store_on_both
    for name in ("旧名", "新名"):
        found = [Account("wk1", name, is_ours=True), Account("wk2", "别的", is_ours=False)]
        store.do(lambda uow: doors.replace(uow, KEFU, found))  # noqa: B023 - done at once
    assert [one.name for _, one in store.do(doors.accounts)] == ["新名", "别的"]

    for name in ("海报", "新海报"):
        store.do(lambda uow: doors.wish(uow, KEFU, "wk1", scene="s1", name=name, who="li"))  # noqa: B023 - done at once
    assert store.do(lambda uow: doors.wished(uow, KEFU)) == [("wk1", "s1")]
    store.do(lambda uow: doors.made(uow, KEFU, "wk1", scene="s1", url="https://u"))
    [link] = store.do(lambda uow: doors.links(uow, most=5))
    assert (link.name, link.url) == ("新海报", "https://u")
    assert store.do(lambda uow: doors.wished(uow, KEFU)) == []
