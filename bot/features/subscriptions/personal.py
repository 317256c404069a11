"""How a member's consents and notes leave with her."""

from collections.abc import Sequence

from bot.kernel.ids import MemberId
from bot.kernel.merging import by_id, by_key
from bot.kernel.privacy import PersonalData, Record, run_all
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant

_CONSENTS = Statement(
    "SELECT channel, template_id, agreed_at, note_key, withdrawn_at FROM consents"
    " WHERE member_id = :member ORDER BY id"
)
_NOTES = Statement(
    "SELECT channel, used_for, body, status, asked_at, sent_at FROM notes"
    " WHERE member_id = :member ORDER BY id"
)
_GONE = Statement(
    "SELECT channel, left_at FROM gone_followers WHERE member_id = :member ORDER BY channel"
)


def _export(uow: UnitOfWork, member: MemberId) -> Sequence[Record]:
    consents: list[Record] = [
        {
            "channel": channel,
            "agreed_to": template,
            "at": instant(at).isoformat(),
            "used_up": key is not None,
            "taken_back_at": None if back is None else instant(back).isoformat(),
        }
        for channel, template, at, key, back in uow.run(_CONSENTS, member=member)
    ]
    notes: list[Record] = [
        {
            "channel": channel,
            "note": use,
            "words": body,
            "status": status,
            "asked_at": instant(asked).isoformat(),
            "sent_at": None if sent is None else instant(sent).isoformat(),
        }
        for channel, use, body, status, asked, sent in uow.run(_NOTES, member=member)
    ]
    gone: list[Record] = [
        {"channel": channel, "left_at": instant(at).isoformat()}
        for channel, at in uow.run(_GONE, member=member)
    ]
    return [*consents, *notes, *gone]


personal = (
    PersonalData(
        title="订阅与通知",
        purpose="只在你同意时发通知，同意一次发一条；取消关注后不再打扰",
        kept="直到你删除数据",
        tables=("consents", "notes", "gone_followers"),
        export=_export,
        erase=run_all(
            "DELETE FROM consents WHERE member_id = :member",
            "DELETE FROM notes WHERE member_id = :member",
            "DELETE FROM gone_followers WHERE member_id = :member",
        ),
        movers=(
            by_id("consents"),
            by_id("notes"),
            by_key("gone_followers", ("channel",), ("left_at",), lambda was, _gone: was),
        ),
    ),
)
