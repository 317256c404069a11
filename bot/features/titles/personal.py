"""How a member's titles and proposals leave with her."""

from collections.abc import Callable, Sequence

from bot.kernel.ids import MemberId
from bot.kernel.merging import by_id
from bot.kernel.privacy import PersonalData, Record, run_all
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant

_TITLES = Statement(
    "SELECT name, since, until, ended_at IS NOT NULL FROM titles_held WHERE member_id = :member"
    " ORDER BY id"
)
_PROPOSALS = Statement(
    "SELECT words, at, state, reply FROM proposals WHERE member_id = :member ORDER BY id"
)


def _rows(
    statement: Statement, names: tuple[str, ...]
) -> Callable[[UnitOfWork, MemberId], Sequence[Record]]:
    def export(uow: UnitOfWork, member: MemberId) -> Sequence[Record]:
        rows = [dict(zip(names, row, strict=True)) for row in uow.run(statement, member=member)]
        return [
            row | {name: instant(row[name]).isoformat() for name in ("at", "since") if name in row}
            for row in rows
        ]

    return export


personal = (
    PersonalData(
        title="头衔",
        purpose="记下你有什么头衔、到哪天",
        kept="直到你删除数据",
        tables=("titles_held",),
        export=_rows(_TITLES, ("title", "since", "until", "ended")),
        erase=run_all("DELETE FROM titles_held WHERE member_id = :member"),
        movers=(by_id("titles_held"),),
    ),
    PersonalData(
        title="活动提议",
        purpose="收下你提议的活动，给你回复",
        kept="直到你删除数据",
        tables=("proposals",),
        export=_rows(_PROPOSALS, ("words", "at", "state", "reply")),
        erase=run_all("DELETE FROM proposals WHERE member_id = :member"),
        movers=(by_id("proposals"),),
    ),
)
