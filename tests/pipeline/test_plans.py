"""What runs all the time must not read through what was finished long ago."""

from collections.abc import Callable, Mapping

import pytest

from bot.commons.notices import Notices
from bot.kernel.capability import Capability
from bot.kernel.desk import Shelf
from bot.kernel.ids import ChannelName, InboxId, OutboxId
from bot.kernel.messages import Outgoing, Text, Update, UpdateKind
from bot.kernel.ports import Limit
from bot.kernel.work import UnitOfWork
from bot.pipeline import inbox, outbox
from bot.pipeline.alarm import Alarm
from bot.pipeline.desk import Desk, oldest_due_s
from bot.pipeline.house import due_keys
from tests.kit.rooms import NOON, Store

DOOR = Capability(chats=(), source="", max_replies=5)
ANYTHING: Mapping[str, object] = {
    "now": 0,
    "conversation": "phone:amei",
    "lane": "phone:amei",
    "channel": "phone",
    "since": 0,
    "before": 0,
    "behind": 3,
    "id": 1,
    "most": 50,
    "recipient": "amei",
}


def claim(uow: UnitOfWork) -> None:
    lane, channel, limits = "phone:amei", ChannelName("phone"), [Limit(3, 60)]
    alarm = Alarm(Notices(), lambda template, **_data: template)
    outbox.claim(uow, lane, channel, limits, reserve_s=lambda: 0.0, drops_twins_s=60, alarm=alarm)


def claim_alone(uow: UnitOfWork) -> None:
    message = Outgoing(ChannelName("phone"), "amei", Text("早安"), "k")
    outbox.claim_alone(uow, "phone:amei", OutboxId(1), message, [Limit(3, 60)])


def take_alone(uow: UnitOfWork) -> None:
    new = Update(ChannelName("phone"), "k", UpdateKind.TEXT, "phone:amei", NOON)
    inbox.take(uow, "phone:amei", lambda *_: None, (InboxId(1), new))


def claim_in_budget(uow: UnitOfWork) -> None:
    lane, channel = "phone:amei", ChannelName("phone")
    outgoing = Outgoing(channel, "amei", Text("早安"), "k")
    outbox.put(uow, [outgoing], lambda _: lane)
    alarm = Alarm(Notices(), lambda template, **_data: template)
    outbox.claim(
        uow, lane, channel, (), reserve_s=lambda: 0.0, drops_twins_s=60, alarm=alarm, budget=DOOR
    )


def test_answers_are_counted_by_an_index_and_only_where_they_are_counted(store: Store) -> None:
    statements = {statement.sql: statement for statement in store.statements_of(claim_in_budget)}
    asked = [one for sql, one in statements.items() if "max(sent_at)" in sql]
    assert len(asked) == 1
    values = {name: value for name, value in ANYTHING.items() if f":{name}" in asked[0].sql}
    assert "ix_inbox_sender" in store.plan(asked[0], sender="amei", **values)
    assert not [one for one in store.statements_of(claim) if "max(sent_at)" in one.sql]


@pytest.mark.parametrize(
    "use_case",
    [
        pytest.param(due_keys, id="sweep"),
        pytest.param(claim, id="claim"),
        pytest.param(claim_alone, id="claim-alone"),
        pytest.param(take_alone, id="take-alone"),
        pytest.param(lambda uow: inbox.take(uow, "phone:amei", lambda *_: None), id="take"),
        pytest.param(lambda uow: inbox.wait_s(uow, "phone:amei"), id="wait"),
        pytest.param(lambda uow: outbox.recover(uow, lease_s=60), id="recover"),
        pytest.param(oldest_due_s, id="oldest"),
        pytest.param(lambda uow: Desk([]).outbox_shelf(uow, Shelf.PARKED), id="parked"),
    ],
)
def test_what_runs_often_reads_an_index_of_what_is_open(
    store: Store, use_case: Callable[[UnitOfWork], object]
) -> None:
    for statement in store.statements_of(use_case):
        values = {name: value for name, value in ANYTHING.items() if f":{name}" in statement.sql}
        plan = store.plan(statement, **values).splitlines()

        assert any("ix_" in line for line in plan), plan
        assert not [line for line in plan if "SCAN" in line and "INDEX ix_" not in line], plan
