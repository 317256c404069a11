"""How a member's traces in this room leave with her."""

from collections.abc import Sequence

from bot.kernel.ids import MemberId
from bot.kernel.merging import Fields, by_key, later
from bot.kernel.privacy import PersonalData, Record, run_all
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant

_TOLD = Statement("SELECT what, at FROM help_told WHERE member_id = :member ORDER BY what")
_ASKED = Statement(
    "SELECT asked_at, last_asked_at, times, closed_at FROM human_requests WHERE member_id = :member"
)


def _export(uow: UnitOfWork, member: MemberId) -> Sequence[Record]:
    told: list[Record] = [
        {"told": what, "at": instant(at).isoformat()} for what, at in uow.run(_TOLD, member=member)
    ]
    asked: list[Record] = [
        {
            "asked_for_human_at": instant(first).isoformat(),
            "last_asked_at": instant(last).isoformat(),
            "times": times,
            "closed_at": None if closed is None else instant(closed).isoformat(),
        }
        for first, last, times, closed in uow.run(_ASKED, member=member)
    ]
    return [*told, *asked]


def _one_request(hers: Fields, gone: Fields) -> Fields:
    """Return one request of two: whoever still waits waits since her first, unanswered one."""
    waiting = [row for row in (hers, gone) if row["closed_at"] is None]
    if len(waiting) == 1:
        return waiting[0]
    latest = max(hers, gone, key=lambda row: row["last_asked_at"])
    first, times = min(hers["asked_at"], gone["asked_at"]), hers["times"] + gone["times"]
    return {**latest, "asked_at": first, "times": times} if waiting else latest


_REQUEST = ("asked_at", "last_asked_at", "times", "closed_at", "closed_by")

personal = (
    PersonalData(
        title="欢迎与求助",
        purpose="不重复打扰你；你找人工时不会漏掉",
        kept="直到你删除数据",
        tables=("help_told", "human_requests"),
        export=_export,
        erase=run_all(
            "DELETE FROM help_told WHERE member_id = :member",
            "DELETE FROM human_requests WHERE member_id = :member",
        ),
        movers=(
            by_key("help_told", ["what"], ["at"], later("at")),
            by_key("human_requests", [], _REQUEST, _one_request),
        ),
    ),
)
