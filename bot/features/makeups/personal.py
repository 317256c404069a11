"""How days that were made up, or given, leave with a member."""

from collections.abc import Sequence

from bot.kernel.ids import MemberId
from bot.kernel.merging import Fields, by_id, by_key
from bot.kernel.privacy import PersonalData, Record, rows_of, run_all
from bot.kernel.work import UnitOfWork

_makeups = rows_of("makeups", {"day": "day", "made_on": "made_on", "points": "points"})
_tokens = rows_of("makeup_tokens", {"earned_on": "earned_on", "used_for": "used_for"})


def _export_makeups(uow: UnitOfWork, member: MemberId) -> Sequence[Record]:
    return [*_makeups(uow, member), *_tokens(uow, member)]


def _dearer(hers: Fields, gone: Fields) -> Fields:
    """Return one of two rows about the same day: the one that more points belong to."""
    return max(hers, gone, key=lambda row: row["points"])


def _both(hers: Fields, gone: Fields) -> Fields:
    """Return what both were given for one day: it is taken back from her who is one now."""
    points, key = hers["points"] + gone["points"], f"{hers['key']} {gone['key']}"
    return {**hers, "points": points, "key": key}


personal = (
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
        movers=(
            by_key("makeups", ["day"], ["made_on", "points", "at"], _dearer),
            by_id("makeup_tokens"),
        ),
    ),
    PersonalData(
        title="店里补发的打卡",
        purpose="系统出故障时补给你的日子，好在补错时收回",
        kept="直到你删除数据",
        tables=("amnesty_days",),
        export=rows_of("amnesty_days", {"day": "day", "points": "points"}),
        erase=run_all("DELETE FROM amnesty_days WHERE member_id = :member"),
        movers=(by_key("amnesty_days", ["amnesty_id", "day"], ["points", "key"], _both),),
    ),
)
