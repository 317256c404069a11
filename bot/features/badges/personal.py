"""How a member's badges leave with her."""

from typing import Any

from bot.kernel.ids import MemberId
from bot.kernel.merging import Fields, Mover, by_key
from bot.kernel.privacy import PersonalData, rows_of, run_all
from bot.kernel.work import Statement, UnitOfWork

_UNTOLD = Statement("SELECT code FROM badge_grants WHERE member_id = :member AND untold = 1")
_SEEN = Statement("UPDATE badge_grants SET untold = 0 WHERE member_id = :member AND code = :code")


def _earlier(hers: Fields, gone: Fields) -> Fields:
    """Return one badge of two: the one that stands, else the earlier."""
    return min(hers, gone, key=lambda row: (row["revoked_at"] is not None, row["at"]))


_grants = by_key(
    "badge_grants",
    ["code"],
    ["title", "day", "at", "evidence", "untold", "revoked_at"],
    _earlier,
    passing=["untold"],
)


def _back(uow: UnitOfWork, goes: MemberId, stays: MemberId, moved: Any) -> None:
    """Let each have her own badges again; who has heard of hers meanwhile hears of none twice."""
    waiting = {code for (code,) in uow.run(_UNTOLD, member=stays)}
    _grants.back(uow, goes, stays, moved)
    for member in (goes, stays):
        for (code,) in uow.run(_UNTOLD, member=member):
            if code not in waiting:
                uow.run(_SEEN, member=member, code=code)


personal = (
    PersonalData(
        title="勋章",
        purpose="记下你得到了哪些勋章",
        kept="直到你删除数据",
        tables=("badge_grants",),
        export=rows_of("badge_grants", {"title": "title", "day": "day", "evidence": "evidence"}),
        erase=run_all("DELETE FROM badge_grants WHERE member_id = :member"),
        movers=(Mover(("badge_grants",), _grants.move, _back),),
    ),
)
