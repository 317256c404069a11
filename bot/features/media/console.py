"""The operators' page of what members have sent, and its figures in the metrics."""

from collections.abc import Mapping, Sequence

from bot.commons import media, members
from bot.features.media.rules import FETCH
from bot.kernel.abilities import Errands
from bot.kernel.community import Community
from bot.kernel.console import Aisle, Download, Page, number_in
from bot.kernel.errors import Refusal
from bot.kernel.feature import Metric
from bot.kernel.files import PICTURES, FileStore
from bot.kernel.ports import Words
from bot.kernel.work import Toolbox, UnitOfWork

_ON_A_PAGE = 30
_UNITS = ((1024 * 1024, "MB"), (1024, "KB"))


class NothingToRetry(Refusal):
    """It came meanwhile, or is not there any more."""

    template = "media/nothing_to_retry.txt.j2"


def _load(uow: UnitOfWork, tools: Toolbox, query: Mapping[str, str]) -> Mapping[str, object]:
    troubled = query.get("show") == "troubled"
    before = number_in(query.get("before", ""))
    refs = media.recent(uow, troubled=troubled, before=before, limit=_ON_A_PAGE + 1)
    shown = refs[:_ON_A_PAGE]
    return {
        "troubled": troubled,
        "before": before,
        "waiting": int(media.count_waiting(uow)),
        "items": [_item(uow, tools, ref) for ref in shown],
        "older": shown[-1].id if len(refs) > _ON_A_PAGE else None,
    }


def _item(uow: UnitOfWork, tools: Toolbox, ref: media.Ref) -> Mapping[str, object]:
    zone, file = tools.use(Community).zone, ref.file
    return {
        "id": ref.id,
        "at": ref.at.astimezone(zone).strftime("%m-%d %H:%M"),
        "until": ref.expires_at.astimezone(zone).strftime("%m-%d %H:%M"),
        **_sender(uow, ref),
        "channel": ref.channel,
        "kind": ref.kind.value,
        "name": ref.name,
        "quoted": ref.quoted,
        "status": ref.status.value,
        "reason": ref.reason,
        "type": file.content_type if file else "",
        "size": _size(file.bytes) if file else "",
        "pixels": f"{file.width} × {file.height}" if file and file.width else "",
        "is_picture": file is not None and file.content_type in PICTURES,
    }


def _sender(uow: UnitOfWork, ref: media.Ref) -> Mapping[str, object]:
    member = members.find(uow, ref.channel, ref.sender) if ref.sender else None
    name = "" if member is None else members.display_name(uow, member) or ""
    return {"member": member, "who": name}


def _size(size: int) -> str:
    for unit, name in _UNITS:
        if size >= unit:
            return f"{size / unit:.1f} {name}"
    return f"{size} B"


def _retry(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], _who: str) -> str:
    item = number_in(form.get("item", ""))
    if item is None or not media.again(uow, item):
        raise NothingToRetry(f"ref {item}")
    tools.use(Errands).soon(uow, FETCH)
    return tools.use(Words)("media/retried.txt.j2")


def _give(uow: UnitOfWork, tools: Toolbox, item: int) -> Download | None:
    ref = media.one(uow, item)
    return media.download(tools.use(FileStore), ref) if ref else None


pages: Sequence[Page] = (
    Page(
        "media",
        "收到的文件",
        "media/media.html.j2",
        _load,
        {"retry": _retry},
        files=_give,
        aisle=Aisle.RECEPTION,
    ),
)
metrics = (
    Metric(
        "media_waiting",
        "Files that members sent and that are not fetched yet",
        media.count_waiting,
        "待取回的图片和文件",
    ),
    Metric(
        "media_not_kept_last_24h",
        "Files of the last 24 hours that could not be kept",
        media.count_failed,
        "24 小时内没收下的图片和文件",
    ),
)
