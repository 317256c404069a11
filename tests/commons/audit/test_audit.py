from bot.commons import audit, members
from bot.kernel.ids import ChannelName
from bot.kernel.work import Statement
from tests.kit.rooms import NOON, Store


def test_an_erased_member_can_not_be_found_in_the_audit_but_the_deed_can(store: Store) -> None:
    (own,) = audit.personal
    amei = store.do(lambda uow: members.resolve(uow, ChannelName("kefu"), "amei", NOON))
    store.do(lambda uow: audit.record(uow, "lisi", "points.reversed", "阿美打错了", member=amei))

    exported = store.do(lambda uow: own.export(uow, amei))
    store.do(lambda uow: own.erase(uow, amei))

    assert exported[0]["what"] == "points.reversed"
    assert exported[0]["at"] == "2026-08-24T04:00:00+00:00"
    left = store.do(lambda uow: uow.run(Statement("SELECT who, what, why, member_id FROM audit")))
    assert left == [("lisi", "points.reversed", "", None)]
