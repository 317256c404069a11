"""What members have sent, and how it leaves."""

from collections.abc import Sequence

from bot.kernel.ids import MemberId
from bot.kernel.privacy import PersonalData, Record, run_all
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant

_MINE = "(SELECT channel, identity FROM identities WHERE member_id = :member)"
_SENT = Statement(
    "SELECT r.at, r.channel, r.kind, r.name, r.status, f.digest, f.content_type, f.bytes,"
    " f.width, f.height FROM media_refs r LEFT JOIN media_files f ON f.digest = r.digest"
    f" WHERE (r.channel, r.sender) IN {_MINE} ORDER BY r.id"
)
_FIELDS = ("channel", "kind", "name", "status", "sha256", "type", "bytes", "width", "height")


def _sent(uow: UnitOfWork, member: MemberId) -> Sequence[Record]:
    return [
        {"at": instant(at).isoformat(), **dict(zip(_FIELDS, rest, strict=True))}
        for at, *rest in uow.run(_SENT, member=member)
    ]


personal = (
    PersonalData(
        title="你发来的图片和文件",
        purpose="让运营看得到你发来的内容，不会因为平台过期而丢失",
        kept="到设定的保留天数为止；你删除数据时一并删除，别人也发过的同一个文件除外",
        tables=("media_refs", "media_files"),
        export=_sent,
        # files that nobody else sent are removed from the disk by the errand `media.sweep`
        erase=run_all(f"DELETE FROM media_refs WHERE (channel, sender) IN {_MINE}"),
        named=(("media_refs", "sender"),),
    ),
)
