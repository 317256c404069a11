"""How pictures that show a member leave with her."""

from collections.abc import Sequence

from bot.commons.pictures.service import forget
from bot.kernel.ids import MemberId
from bot.kernel.merging import Fields, by_key
from bot.kernel.privacy import PersonalData, Record
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant, integer

_HERS = (
    " FROM pictures WHERE id IN (SELECT picture_id FROM picture_people WHERE member_id = :member)"
    " OR (channel, recipient) IN (SELECT channel, identity FROM identities"
    " WHERE member_id = :member)"
)
_EXPORT = Statement(f"SELECT created_at, alt, status, digest{_HERS} ORDER BY id")
_FIND = Statement(f"SELECT id, key{_HERS}")


def _export(uow: UnitOfWork, member: MemberId) -> Sequence[Record]:
    return [
        {"at": instant(at).isoformat(), "shows": alt, "status": status, "sha256": digest}
        for at, alt, status, digest in uow.run(_EXPORT, member=member)
    ]


def _erase(uow: UnitOfWork, member: MemberId) -> None:
    for item, key in uow.run(_FIND, member=member):
        forget(uow, integer(item), str(key))


def _either(was: Fields, _gone: Fields) -> Fields:
    return was


personal = (
    PersonalData(
        title="画给你的图片",
        purpose="把日历、海报、榜单画成图片发到聊天里",
        kept="发出后保留设定的天数（默认 30 天）；你删除数据时，有你的图片一并删除",
        tables=("pictures", "picture_people"),
        export=_export,
        erase=_erase,
        movers=(by_key("picture_people", ("picture_id",), (), _either),),
        named=(("pictures", "recipient"),),
    ),
)
