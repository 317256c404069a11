"""Tables come in on both databases, and two at once bring nothing twice."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.commons import members, orders
from bot.commons.importing import Import, Intake, MembersIn, OrdersIn, Outcome, run
from bot.commons.profiles import find_ref, read_ref
from bot.commons.sheets import Renaming, read
from tests.kit.rooms import Store

ZONE = ZoneInfo("Asia/Shanghai")
ROWS = 60


def taken(store: Store, file: Path, intake: Intake) -> Counter[Outcome]:
    counts: Counter[Outcome] = Counter()
    for bite in run(Import(file.name, intake, read(file, Renaming())), store.do):
        counts.update(bite.counts)
    return counts


@pytest.mark.parametrize(
    ("intake", "head", "row"),
    [
        (MembersIn(ZONE), "member,name", "phone:138000{:05},阿梅"),
        (
            OrdersIn(ZONE),
            "source,order_id,member,paid_at,paid_yuan",
            "pos,{},phone:13800138000,2026-08-20,1",
        ),
    ],
    ids=["members", "orders"],
)
def test_two_at_once_bring_each_row_once(
    store_on_both: Store, tmp_path: Path, intake: Intake, head: str, row: str
) -> None:
    file = tmp_path / "table.csv"
    file.write_text("\n".join([head, *(row.format(number) for number in range(ROWS))]))

    with ThreadPoolExecutor(2) as two:
        done = list(two.map(lambda _: taken(store_on_both, file, intake), range(2)))

    assert sum((one for one in done), Counter())[Outcome.NEW] == ROWS
    assert store_on_both.count("orders" if "order_id" in head else "members") == ROWS


def test_a_member_and_her_orders_meet_whichever_comes_first(
    store_on_both: Store, tmp_path: Path
) -> None:
    table, people = tmp_path / "orders.csv", tmp_path / "members.csv"
    table.write_text(
        "source,order_id,member,paid_at,paid_yuan\n"
        "pos,1,phone:13800138000,2026-08-20,1\npos,2,unionid:o1,2026-08-21,2\n"
    )
    people.write_text("member,phone,unionid\nsimulator:amei,138 0013 8000,o1\n")
    taken(store_on_both, table, OrdersIn(ZONE))
    taken(store_on_both, people, MembersIn(ZONE))

    with store_on_both.unit() as uow:
        orders.claim(uow, orders.find_owners(uow, most=10))
        amei = find_ref(uow, read_ref("simulator:amei"))
        assert amei is not None
        assert [order.paid_fen for order in orders.orders_of(uow, amei)] == [100, 200]
    assert taken(store_on_both, table, OrdersIn(ZONE)) == {Outcome.UNCHANGED: 2}


def test_who_is_going_to_be_deleted_is_left_alone(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "members.csv"
    file.write_text("member,name\nsimulator:amei,阿梅\n")
    taken(store, file, MembersIn(ZONE))
    with store.unit() as uow:
        amei = find_ref(uow, read_ref("simulator:amei"))
        assert amei is not None
        now = uow.clock.now()
        members.ask_erasure(uow, amei, now)
        members.confirm_erasure(uow, amei, asked_since=now, after=now)
    assert taken(store, file, MembersIn(ZONE)) == {Outcome.REFUSED: 1}
