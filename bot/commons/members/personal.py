"""What is kept about a member herself, and how it is forgotten."""

from collections.abc import Sequence

from bot.kernel.ids import MemberId
from bot.kernel.privacy import PersonalData, Record, run_all
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant

_MEMBER = Statement("SELECT display_name, created_at, joined_at FROM members WHERE id = :member")
_IDENTITIES = Statement(
    "SELECT channel, identity, display_name, created_at FROM identities"
    " WHERE member_id = :member ORDER BY id"
)


def _export(uow: UnitOfWork, member: MemberId) -> Sequence[Record]:
    about: list[Record] = [
        {
            "display_name": name,
            "created_at": instant(created_at).isoformat(),
            "joined_at": instant(joined_at).isoformat(),
        }
        for name, created_at, joined_at in uow.run(_MEMBER, member=member)
    ]
    about += [
        {
            "channel": channel,
            "identity": identity,
            "display_name": name,
            "created_at": instant(created_at).isoformat(),
        }
        for channel, identity, name, created_at in uow.run(_IDENTITIES, member=member)
    ]
    return about


personal = (
    PersonalData(
        title="账号",
        purpose="认出你、叫对你的名字",
        kept="直到你删除数据",
        tables=("members", "identities"),
        export=_export,
        erase=run_all(
            "DELETE FROM identities WHERE member_id = :member",
            "DELETE FROM members WHERE id = :member",
        ),
    ),
)
