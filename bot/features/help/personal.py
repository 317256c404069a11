"""How a member's traces in this room leave with her."""

from collections.abc import Sequence

from bot.kernel.ids import MemberId
from bot.kernel.merging import by_key, later
from bot.kernel.privacy import PersonalData, Record, run_all
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant

_TOLD = Statement("SELECT what, at FROM help_told WHERE member_id = :member ORDER BY what")


def _export(uow: UnitOfWork, member: MemberId) -> Sequence[Record]:
    return [
        {"told": what, "at": instant(at).isoformat()} for what, at in uow.run(_TOLD, member=member)
    ]


personal = (
    PersonalData(
        title="欢迎与求助",
        purpose="不重复打扰你",
        kept="直到你删除数据",
        tables=("help_told",),
        export=_export,
        erase=run_all("DELETE FROM help_told WHERE member_id = :member"),
        movers=(by_key("help_told", ["what"], ["at"], later("at")),),
    ),
)
