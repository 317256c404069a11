"""What is kept about a member as a customer of colleagues, and how she is forgotten for good."""

from collections.abc import Sequence

from bot.commons.groups import remember
from bot.kernel.ids import MemberId
from bot.kernel.privacy import PersonalData, Record
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant

NAMES_OF_HER = (
    "SELECT identity FROM identities WHERE member_id = :member UNION"
    " SELECT k.value FROM person_keys k JOIN identities i ON i.id = k.identity_id"
    " WHERE i.member_id = :member AND k.kind = 'external_userid'"
)
"""What channels call a member, and what 客户联系 calls her by."""
_NAMES = Statement(NAMES_OF_HER)
_EXPORT = Statement(
    f"SELECT name, tags, since FROM friendships WHERE identity IN ({NAMES_OF_HER}) ORDER BY since"
)
_FORGET = Statement("DELETE FROM friendships WHERE identity = :identity")


def names_of(uow: UnitOfWork, member: MemberId) -> Sequence[str]:
    """Return every name by which a member may be a customer."""
    return [str(name) for (name,) in uow.run(_NAMES, member=member)]


def _export(uow: UnitOfWork, member: MemberId) -> Sequence[Record]:
    return [
        {"name": name, "tags": tags, "since": instant(since).isoformat()}
        for name, tags, since in uow.run(_EXPORT, member=member)
    ]


def _erase(uow: UnitOfWork, member: MemberId) -> None:
    for name in names_of(uow, member):
        remember(uow, name)
        uow.run(_FORGET, identity=name)


personal = (
    PersonalData(
        title="同事的客户",
        purpose="知道你是哪位同事的好友，群发时只由一位同事发给你",
        kept="你们是好友期间。你删除数据后不再记录你",
        tables=("friendships",),
        export=_export,
        erase=_erase,
    ),
)
