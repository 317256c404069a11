"""How a member's check-ins leave with her."""

from collections.abc import Sequence

from bot.features.checkin.merging import movers
from bot.kernel.ids import MemberId
from bot.kernel.privacy import PersonalData, Record, rows_of, run_all
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant

_DAYS = Statement("SELECT day, at FROM checkins WHERE member_id = :member ORDER BY day")


def _export(uow: UnitOfWork, member: MemberId) -> Sequence[Record]:
    """Return the days; the streak is only a sum of them."""
    return [
        {"day": day, "at": instant(at).isoformat()} for day, at in uow.run(_DAYS, member=member)
    ]


_makeups = rows_of("makeups", {"day": "day", "made_on": "made_on", "points": "points"})
_tokens = rows_of("makeup_tokens", {"earned_on": "earned_on", "used_for": "used_for"})


def _export_makeups(uow: UnitOfWork, member: MemberId) -> Sequence[Record]:
    return [*_makeups(uow, member), *_tokens(uow, member)]


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
        movers=movers[:1],
    ),
    PersonalData(
        title="补签",
        purpose="记下你补过哪天、花了什么、还有几张补签卡",
        kept="直到你删除数据",
        tables=("makeups", "makeup_tokens"),
        export=_export_makeups,
        erase=run_all(
            "DELETE FROM makeups WHERE member_id = :member",
            "DELETE FROM makeup_tokens WHERE member_id = :member",
        ),
        movers=movers[1:3],
    ),
    PersonalData(
        title="店里补发的打卡",
        purpose="系统出故障时补给你的日子，好在补错时收回",
        kept="直到你删除数据",
        tables=("amnesty_days",),
        export=rows_of("amnesty_days", {"day": "day", "points": "points"}),
        erase=run_all("DELETE FROM amnesty_days WHERE member_id = :member"),
        movers=movers[3:],
    ),
)
