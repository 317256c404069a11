"""How what a member did leaves with her."""

from collections.abc import Sequence

from bot.kernel.ids import MemberId
from bot.kernel.merging import by_id
from bot.kernel.privacy import PersonalData, Record, run_all
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant

_MINE = Statement(
    "SELECT kind, day, at, amount_fen, undone FROM deeds WHERE member_id = :member ORDER BY id"
)


def _export(uow: UnitOfWork, member: MemberId) -> Sequence[Record]:
    return [
        {
            "deed": kind,
            "day": day,
            "at": instant(at).isoformat(),
            "amount_fen": amount,
            "undone": undone,
        }
        for kind, day, at, amount, undone in uow.run(_MINE, member=member)
    ]


personal = (
    PersonalData(
        title="参与记录",
        purpose="记下你做过什么，好算奖励和勋章，每件只算一次",
        kept="直到你删除数据",
        tables=("deeds",),
        export=_export,
        erase=run_all("DELETE FROM deeds WHERE member_id = :member"),
        movers=(by_id("deeds"),),
    ),
)
