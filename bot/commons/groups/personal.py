"""What the registry keeps about a member, and how it forgets her for good.

She is found by the names that any channel has for her: 微信客服 names a customer as her groups
do, the company's app names a colleague likewise.
"""

from collections.abc import Sequence

from bot.commons.groups.erased import remember
from bot.kernel.ids import MemberId
from bot.kernel.privacy import PersonalData, Record
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant

_NAMES = Statement("SELECT DISTINCT identity FROM identities WHERE member_id = :member")
_STAYS = Statement(
    "SELECT g.name, m.joined_at, m.scene, CASE m.inviter WHEN '' THEN 0 ELSE 1 END, m.state,"
    " m.nickname, m.name, m.union_id, m.left_at, m.left_how FROM group_members m"
    " JOIN customer_groups g ON g.chat_id = m.chat_id"
    " WHERE m.identity IN (SELECT identity FROM identities WHERE member_id = :member)"
    " ORDER BY m.id"
)
_COLUMNS = (
    *("group", "joined_at", "scene", "was_invited", "state", "nickname", "name", "union_id"),
    *("left_at", "left_how"),
)
_FORGET = (
    Statement("DELETE FROM group_members WHERE identity = :identity"),
    Statement("UPDATE group_members SET inviter = '' WHERE inviter = :identity"),
    Statement(
        "UPDATE outbox SET payload = '', recipient = '', lane = '', note = '', error = NULL,"
        " status = CASE status WHEN 'sent' THEN status ELSE 'dropped' END"
        " WHERE channel = 'customer_groups' AND recipient = :identity"
    ),
)


def _export(uow: UnitOfWork, member: MemberId) -> Sequence[Record]:
    return [
        {
            name: instant(value).isoformat() if name.endswith("_at") and value else value
            for name, value in zip(_COLUMNS, row, strict=True)
        }
        for row in uow.run(_STAYS, member=member)
    ]


def _erase(uow: UnitOfWork, member: MemberId) -> None:
    for (name,) in uow.run(_NAMES, member=member):
        remember(uow, str(name))
        for statement in _FORGET:
            uow.run(statement, identity=name)


personal = (
    PersonalData(
        title="客户群",
        purpose="知道群里有谁、怎么进来的，方便照顾和统计",
        kept="你在群里期间；退群后保留一段时间（默认 365 天）。你删除数据后不再记录你",
        tables=("group_members",),
        export=_export,
        erase=_erase,
    ),
)
