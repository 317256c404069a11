"""What a response said is known for as long as its callback may be delivered again."""

from datetime import timedelta

import pytest

from bot.commons import members
from bot.kernel.ids import ChannelName, InboxId, OutboxId
from bot.kernel.messages import Outgoing, Receipt, Text, Update, UpdateKind
from bot.kernel.work import Statement, UnitOfWork
from bot.pipeline import inbox, outbox
from bot.pipeline.passive import Passive, answered
from bot.storage.columns import integer, micros
from bot.storage.writer import Writer
from tests.kit.rooms import NOON, Store

PHONE = ChannelName("phone")
_OWNED = Statement(
    "INSERT INTO conversation_owners (member_id, owner, advisor, case_id, at_platform, since)"
    " VALUES (:member, 'pending_human', '', 1, 0, 0)"
)
HEARD = Update(PHONE, "m1", UpdateKind.TEXT, "phone:amei", NOON, sender="amei", text="打卡")


def answer(uow: UnitOfWork, note: str) -> None:
    """Hear the update and answer it; `note` says which way the answer took."""
    [accepted] = inbox.put(uow, [HEARD])
    assert accepted.id is not None
    said = Outgoing(PHONE, "amei", Text("好"), f"reply:{accepted.id}:0")
    outbox.put(uow, [said], lambda _: "phone:amei", inbox_id=accepted.id)
    [(number,)] = uow.run(Statement("SELECT max(id) FROM outbox"))
    outbox.record(uow, OutboxId(integer(number)), Receipt(note=note))


@pytest.mark.parametrize(
    ("note", "key", "age_s", "known"),
    [
        ("passive", "m1", 0, "好"),
        ("passive", "m1", 59, "好"),
        ("passive", "m1", 61, None),
        ("passive", "m2", 0, None),
        ("", "m1", 0, None),
    ],
)
def test_a_response_is_known_again(
    store_on_both: Store, note: str, key: str, age_s: int, known: str | None
) -> None:
    store, again = store_on_both, Update(PHONE, key, UpdateKind.TEXT, "phone:amei", NOON)
    store.do(lambda uow: answer(uow, note))
    store.clock.at += timedelta(seconds=age_s)
    said = store.do(lambda uow: answered(uow, again))

    assert (said.part if said else None) == (Text(known) if known else None)


def test_what_the_bot_said_is_not_said_again_once_a_human_has_her(store_on_both: Store) -> None:
    store = store_on_both

    def taken(uow: UnitOfWork) -> None:
        answer(uow, "passive")
        member = members.resolve(uow, PHONE, "amei", NOON)
        uow.run(_OWNED, member=member)

    store.do(taken)

    assert store.do(lambda uow: answered(uow, HEARD)) is None


async def two_answers(store: Store, desk: Passive) -> OutboxId:
    """Have two answers held for the response; return the one that it carries."""

    def hear(uow: UnitOfWork) -> InboxId:
        [accepted] = inbox.put(uow, [HEARD])
        assert accepted.id is not None
        said = [Outgoing(PHONE, "amei", Text(word), f"reply:{word}") for word in ("好", "明天见")]
        outbox.put(uow, said, lambda _: "phone:amei", inbox_id=accepted.id, hold_s=5)
        return accepted.id

    claimed = await desk.claim(store.do(hear), 0)
    assert claimed is not None
    return claimed[0]


@pytest.mark.parametrize("how", ["delivered", "carried", "release"])
async def test_what_was_held_with_an_answer_may_leave_at_once(store: Store, how: str) -> None:
    writer = Writer(store.database, store.clock)
    await writer.start()
    desk = Passive(writer)
    item = await two_answers(store, desk)
    if how == "carried":
        await desk.carried({item: Receipt()})
    else:
        await (desk.delivered if how == "delivered" else desk.release)(item)
    await writer.stop()

    due = Statement("SELECT status, due_at <= :now FROM outbox ORDER BY id")
    rows = store.do(lambda uow: [tuple(row) for row in uow.run(due, now=micros(NOON))])
    assert rows[1] == ("queued", 1)
    assert rows[0][0] == ("queued" if how == "release" else "sent")


def test_looking_for_it_reads_indexes_only(store: Store) -> None:
    [statement] = store.statements_of(lambda uow: answered(uow, HEARD))
    plan = store.plan(statement, channel="phone", key="m1", since=0)

    assert "SCAN outbox" not in plan
    assert "SCAN inbox" not in plan
