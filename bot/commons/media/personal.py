"""What members have sent, and how it leaves."""

import re
from collections.abc import Sequence

from bot.commons.media.service import QUOTED_FROM
from bot.kernel.files import download_name
from bot.kernel.ids import MemberId
from bot.kernel.privacy import PersonalData, PersonalFile, Record, run_all
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant, integer

_MINE = "(SELECT channel, identity FROM identities WHERE member_id = :member)"
_SENT = Statement(
    "SELECT r.at, r.place, r.channel, r.kind, r.name, r.status, f.digest, f.content_type, f.bytes,"
    " f.width, f.height FROM media_refs r LEFT JOIN media_files f ON f.digest = r.digest"
    f" WHERE (r.channel, r.sender) IN {_MINE} ORDER BY r.id"
)
_FILES = Statement(
    "SELECT r.name, f.digest, f.content_type, f.bytes"
    " FROM media_refs r JOIN media_files f ON f.digest = r.digest"
    f" WHERE (r.channel, r.sender) IN {_MINE} ORDER BY r.id"
)
_DIGEST_CHARS = 12
_NO_NAME = re.compile(r'[<>:"|?*]')  # what Windows allows in no name
_FIELDS = ("channel", "kind", "name", "status", "sha256", "type", "bytes", "width", "height")


def files_of(uow: UnitOfWork, member: MemberId) -> Sequence[PersonalFile]:
    """Return the files that a member sent and that were kept, each once."""
    found: dict[str, PersonalFile] = {}
    for name, digest, content_type, size in uow.run(_FILES, member=member):
        path = _path(str(name), str(digest), str(content_type))
        found.setdefault(str(digest), PersonalFile(path, str(digest), integer(size)))
    return list(found.values())


def _path(name: str, digest: str, content_type: str) -> str:
    called = download_name(name, content_type, "file")
    return f"files/{digest[:_DIGEST_CHARS]}-{_NO_NAME.sub('_', called)}"


def _sent(uow: UnitOfWork, member: MemberId) -> Sequence[Record]:
    paths = {file.digest: file.path for file in files_of(uow, member)}
    records = [
        {
            "at": instant(at).isoformat(),
            "quoted": integer(place) >= QUOTED_FROM,
            **dict(zip(_FIELDS, rest, strict=True)),
        }
        for at, place, *rest in uow.run(_SENT, member=member)
    ]
    return [{**record, "file": paths.get(str(record["sha256"]))} for record in records]


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
        files=files_of,
    ),
)
