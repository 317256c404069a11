"""What the two books keep about a member, and how they forget it."""

from bot.kernel.ids import MemberId
from bot.kernel.merging import by_id
from bot.kernel.privacy import PersonalData, Record
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant

_MINE = "(SELECT channel, identity FROM identities WHERE member_id = :member)"
_HEARD = Statement(
    f"SELECT channel, kind, sent_at, payload FROM inbox WHERE (channel, sender) IN {_MINE}"
    " ORDER BY id"
)
_SAID = Statement(
    "SELECT channel, why, created_at, payload FROM outbox"
    f" WHERE member_id = :member OR (channel, recipient) IN {_MINE}"
    " ORDER BY id"
)
_NAMES = Statement("SELECT identity FROM identities WHERE member_id = :member")
# What nobody sent tells of others: who joined a group, who became whose customer. What waits is
# forgotten as soon as it was heard, and may be about somebody else.
_FORGET_MENTIONS = Statement(
    "UPDATE inbox SET payload = '', conversation = '', error = NULL,"
    " status = CASE status WHEN 'parked' THEN 'dropped' ELSE status END"
    " WHERE sender IS NULL AND status <> 'waiting' AND payload LIKE :mention ESCAPE '!'"
)
# The keys stay: without them a late repeat of an old callback would count as new.
_FORGET_HEARD = Statement(
    "UPDATE inbox SET payload = '', sender = NULL, conversation = '', error = NULL,"
    " status = CASE status WHEN 'waiting' THEN 'dropped' WHEN 'parked' THEN 'dropped'"
    f" ELSE status END WHERE (channel, sender) IN {_MINE}"
)
_FORGET_SAID = Statement(
    "UPDATE outbox SET payload = '', recipient = '', lane = '', platform_id = '', handle = '',"
    " note = '', error = NULL, member_id = NULL, status = CASE status WHEN 'sent' THEN status"
    f" ELSE 'dropped' END WHERE member_id = :member OR (channel, recipient) IN {_MINE}"
)


def _export(uow: UnitOfWork, member: MemberId) -> list[Record]:
    return [
        {
            "direction": direction,
            "channel": row[0],
            "what": row[1],
            "at": instant(row[2]),
            "data": row[3],
        }
        for direction, statement in (("in", _HEARD), ("out", _SAID))
        for row in uow.run(statement, member=member)
    ]


def _erase(uow: UnitOfWork, member: MemberId) -> None:
    uow.run(_FORGET_HEARD, member=member)
    uow.run(_FORGET_SAID, member=member)
    for (name,) in uow.run(_NAMES, member=member):
        uow.run(_FORGET_MENTIONS, mention=f"%{_literally(str(name))}%")


def _literally(name: str) -> str:
    return "".join(f"!{sign}" if sign in "!%_" else sign for sign in name)


personal = (
    PersonalData(
        title="收发的消息",
        purpose="不丢消息、不重复回复，出错时可以重试",
        kept="处理完后保留一段时间（默认 90 天），到期自动删除",
        tables=("inbox", "outbox"),
        export=_export,
        erase=_erase,
        movers=(by_id("outbox"),),  # what came in and went out goes by the identity
        named=(("inbox", "sender"), ("outbox", "recipient")),
    ),
)
