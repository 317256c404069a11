"""Writes down what was done to people."""

from collections.abc import Sequence

from bot.kernel.ids import MemberId
from bot.kernel.merging import by_id
from bot.kernel.privacy import PersonalData, Record, run_all
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant, micros

_RECORD = Statement(
    "INSERT INTO audit (at, who, what, why, member_id) VALUES (:at, :who, :what, :why, :member)"
)
_OF_MEMBER = Statement("SELECT at, who, what, why FROM audit WHERE member_id = :member ORDER BY id")


def record(
    uow: UnitOfWork, who: str, what: str, why: str, *, member: MemberId | None = None
) -> None:
    """Write down one deed; it stands or falls with what the unit of work does.

    Args:
        uow: the unit of work of the deed.
        who: an operator's name, `member` for herself, `bot` for a job.
        what: room and deed, for example `points.reversed`.
        why: the reason as given; never a member's words.
        member: to whom it was done.
    """
    at = micros(uow.clock.now())
    uow.run(_RECORD, at=at, who=who, what=what, why=why, member=member)


def _export(uow: UnitOfWork, member: MemberId) -> Sequence[Record]:
    return [
        {"at": instant(at).isoformat(), "who": who, "what": what, "why": why}
        for at, who, what, why in uow.run(_OF_MEMBER, member=member)
    ]


personal = (
    PersonalData(
        title="操作记录",
        purpose="查得到谁在什么时候动过你的数据",
        kept="一直保留；你删除数据后不再能看出是你",
        tables=("audit",),
        export=_export,
        erase=run_all("UPDATE audit SET member_id = NULL, why = '' WHERE member_id = :member"),
        movers=(by_id("audit"),),
    ),
)
