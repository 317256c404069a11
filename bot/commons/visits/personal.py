"""What is kept of a member's visits to her pages, and how it is forgotten."""

from collections.abc import Sequence

from bot.kernel.ids import MemberId
from bot.kernel.merging import Fields, by_id, by_key
from bot.kernel.privacy import PersonalData, Record, run_all
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant

_SESSIONS = Statement(
    "SELECT came_by, opened_at, used_at FROM member_sessions WHERE member_id = :member"
    " ORDER BY opened_at"
)
_ACTS = Statement("SELECT at, words FROM page_acts WHERE member_id = :member ORDER BY at")
_CONSENTS = Statement(
    "SELECT at, channel, wording FROM page_consents WHERE member_id = :member ORDER BY id"
)
_LINKS = Statement("SELECT until FROM opened_links WHERE member_id = :member ORDER BY until")


def _export(uow: UnitOfWork, member: MemberId) -> Sequence[Record]:
    return [
        *(
            {"agreed_at": _iso(at), "channel": channel, "wording": wording}
            for at, channel, wording in uow.run(_CONSENTS, member=member)
        ),
        *(
            {"came_by": came_by, "opened_at": _iso(opened_at), "used_at": _iso(used_at)}
            for came_by, opened_at, used_at in uow.run(_SESSIONS, member=member)
        ),
        *(
            {"opened_link_until": _iso(until)}  # once it is over, nothing is kept of it
            for (until,) in uow.run(_LINKS, member=member)
        ),
        *({"at": _iso(at), "told": words} for at, words in uow.run(_ACTS, member=member)),
    ]


def _first(was: Fields, _gone: Fields) -> Fields:
    return was


def _iso(value: object) -> str:
    return instant(value).isoformat()


personal = (
    PersonalData(
        title="会员页",
        purpose="在微信里认出你、同一次点击只算一次、记下你同意过什么",
        kept="登录最长 7 天，点击结果 1 天；同意记录直到你删除数据",
        tables=("member_sessions", "opened_links", "page_acts", "page_consents"),
        export=_export,
        erase=run_all(
            "DELETE FROM member_sessions WHERE member_id = :member",
            "DELETE FROM opened_links WHERE member_id = :member",
            "DELETE FROM page_acts WHERE member_id = :member",
            "DELETE FROM page_consents WHERE member_id = :member",
        ),
        movers=(
            by_id("member_sessions", key="secret_hash"),
            by_id("opened_links", key="token_hash"),
            by_key("page_acts", ("key",), ("words", "refused", "at"), _first),
            by_id("page_consents"),
        ),
    ),
)
