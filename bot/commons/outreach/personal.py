"""What is kept of writing to members, and how it leaves with them."""

from collections.abc import Sequence

from bot.kernel.ids import MemberId
from bot.kernel.merging import by_id, by_key, earlier
from bot.kernel.privacy import PersonalData, Record, run_all
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant

_LETTERS = Statement(
    "SELECT at, subject, status FROM letters WHERE member_id = :member ORDER BY id"
)
_HUSHES = Statement("SELECT kind, since FROM hushes WHERE member_id = :member ORDER BY kind")


def _export(uow: UnitOfWork, member: MemberId) -> Sequence[Record]:
    return [
        *(
            {"silenced": kind, "since": instant(since).isoformat()}
            for kind, since in uow.run(_HUSHES, member=member)
        ),
        *(
            {"at": instant(at).isoformat(), "subject": subject, "status": status}
            for at, subject, status in uow.run(_LETTERS, member=member)
        ),
    ]


personal = (
    PersonalData(
        title="主动联系",
        purpose="记下我们主动找过你什么事、你不想听什么",
        kept="联系记录和聊天记录一样久；“安静”和“退订”直到你改回来",
        tables=("letters", "hushes"),
        export=_export,
        erase=run_all(
            "DELETE FROM letters WHERE member_id = :member",
            "DELETE FROM hushes WHERE member_id = :member",
        ),
        movers=(by_id("letters"), by_key("hushes", ["kind"], ["since"], earlier("since"))),
    ),
)
