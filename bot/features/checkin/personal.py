"""How a member's check-ins leave with her."""

from collections.abc import Sequence

from bot.commons.checkins import mover
from bot.kernel.ids import MemberId
from bot.kernel.privacy import PersonalData, Record, run_all
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant

_DAYS = Statement("SELECT day, at FROM checkins WHERE member_id = :member ORDER BY day")


def _export(uow: UnitOfWork, member: MemberId) -> Sequence[Record]:
    """Return the days; the streak is only a sum of them."""
    return [
        {"day": day, "at": instant(at).isoformat()} for day, at in uow.run(_DAYS, member=member)
    ]


personal = (
    PersonalData(
        title="打卡",
        purpose="记下你哪天来过、连续了几天",
        kept="直到你删除数据",
        tables=("checkins", "streaks"),
        export=_export,
        erase=run_all(
            "DELETE FROM checkins WHERE member_id = :member",
            "DELETE FROM streaks WHERE member_id = :member",
        ),
        movers=(mover,),
    ),
)
