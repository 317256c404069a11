"""Tables come in on both databases, and two at once bring nothing twice."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
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


HEAD = "source,order_id,member,paid_at,paid_yuan,delivered_at"
NOON = datetime(2026, 8, 20, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "is_at"),
    [
        ("2026-08-22 18:05", datetime(2026, 8, 22, 10, 5, tzinfo=UTC)),
        ("2026-08-22", datetime(2026, 8, 21, 16, 0, tzinfo=UTC)),
        ("2026-08-20", NOON),
        ("", None),
    ],
    ids=["a time", "a day", "the day of payment", "not told"],
)
def test_an_order_may_tell_when_it_was_delivered(written: str, is_at: datetime | None) -> None:
    row = ("pos", "1", "", "2026-08-20 12:00", "1", written)
    order = OrdersIn(ZONE).read(dict(zip(HEAD.split(","), row, strict=True)))

    assert (order.paid_at, order.delivered_at) == (NOON, is_at)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("2026-08-20 11:59", "2026-08-20 11:59 is before it was paid"),
        ("2026-08-19", "2026-08-19 is before it was paid"),
        ("2199-01-01", "2199-01-01 has not come yet"),
        ("soon", 'found "soon", allowed: an instant, YYYY-MM-DD HH:MM:SS'),
    ],
)
def test_a_delivery_that_can_not_be_is_refused(
    store: Store, tmp_path: Path, written: str, says: str
) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(f"{HEAD}\npos,1,,2026-08-20 12:00,1,{written}\n")
    bites = [*run(Import(file.name, OrdersIn(ZONE), read(file, Renaming())), store.do)]

    [refused] = [one for bite in bites for one in bite.refused]
    assert refused.message == f"delivered_at: {says}"
    assert store.count("orders") == 0


def test_an_order_that_is_imported_again_once_it_has_arrived_is_changed_once(
    store: Store, tmp_path: Path
) -> None:
    file, found = tmp_path / "orders.csv", []
    for written in ("", "2026-08-22 18:05", "2026-08-22 18:05", ""):
        file.write_text(f"{HEAD}\npos,1,phone:13800138000,2026-08-20 12:00,1,{written}\n")
        [outcome] = taken(store, file, OrdersIn(ZONE))
        found.append(outcome)

    assert found == [Outcome.NEW, Outcome.UPDATED, Outcome.UNCHANGED, Outcome.UNCHANGED]
