"""How a member's bookings leave with her: her time is free again, and the advisor is told."""

from collections.abc import Sequence

from bot.kernel.ids import MemberId
from bot.kernel.merging import Mover
from bot.kernel.privacy import PersonalData, Record, run_all
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant, integer

_MINE = Statement(
    "SELECT title, starts_at, state, address FROM bookings WHERE member_id = :member"
    " ORDER BY starts_at"
)
_IDS = Statement("SELECT id, service_id, state FROM bookings WHERE member_id = :member ORDER BY id")
_GIVE = Statement("UPDATE bookings SET member_id = :to WHERE id = :id AND member_id = :member")
_OFF = Statement(
    "UPDATE bookings SET state = 'cancelled', address = '', news = 'cancelled',"
    " changes = changes + 1, closed_by = 'merged' WHERE id = :id"
)
_FREE = Statement("DELETE FROM booked_quarters WHERE booking_id = :id")


def _export(uow: UnitOfWork, member: MemberId) -> Sequence[Record]:
    return [
        {"title": title, "at": instant(at).isoformat(), "state": state, "address": address}
        for title, at, state, address in uow.run(_MINE, member=member)
    ]


def _move(uow: UnitOfWork, goes: MemberId, stays: MemberId) -> object:
    """Of two bookings of one service the one who stays keeps hers; the other's time is free."""
    booked = "booked"
    hers = {row[1] for row in uow.run(_IDS, member=stays) if row[2] == booked}
    moved = []
    for number, service, state in uow.run(_IDS, member=goes):
        if state == booked and service in hers:
            uow.run(_OFF, id=number)
            uow.run(_FREE, id=number)
        uow.run(_GIVE, id=number, member=goes, to=stays)
        moved.append(integer(number))
    return moved


def _back(uow: UnitOfWork, goes: MemberId, stays: MemberId, moved: list[int]) -> None:
    for number in moved:
        uow.run(_GIVE, id=number, member=stays, to=goes)


personal = (
    PersonalData(
        title="预约",
        purpose="记下你约了什么、什么时候、要不要上门",
        kept="直到你删除数据；上门地址在结束几天后就删掉",
        tables=("bookings",),
        export=_export,
        erase=run_all(
            "DELETE FROM booked_quarters WHERE booking_id IN"
            " (SELECT id FROM bookings WHERE member_id = :member AND state = 'booked')",
            "UPDATE bookings SET state = 'cancelled', news = 'cancelled', changes = changes + 1"
            " WHERE member_id = :member AND state = 'booked'",
            "UPDATE bookings SET member_id = NULL, address = '' WHERE member_id = :member",
        ),
        movers=(Mover(("bookings",), _move, _back),),
    ),
)
