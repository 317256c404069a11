"""A member's rights for whoever can't talk to the bot: a page; and what the link hands over."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import BinaryIO

from bot.commons import members
from bot.features.privacy import service
from bot.features.privacy.rules import LINK_VALID_S, PrivacySettings, in_parts
from bot.kernel.community import Community
from bot.kernel.feature import MemberPage
from bot.kernel.files import FileStore, Packed, Parcel
from bot.kernel.ids import MemberId
from bot.kernel.messages import Reply
from bot.kernel.ports import Words
from bot.kernel.privacy import PersonalRegistry
from bot.kernel.work import Toolbox, UnitOfWork

_MB = 1024 * 1024


def _about(
    _uow: UnitOfWork, _tools: Toolbox, _member: MemberId, _query: Mapping[str, str]
) -> Mapping[str, object]:
    return {"link_minutes": LINK_VALID_S // 60}


def parcels(uow: UnitOfWork, tools: Toolbox, member: MemberId) -> Sequence[Parcel]:
    """Return what a member takes along: everything that is written down, and her files."""
    who = members.current(uow, member)  # the link may be older than a merge
    document = service.export(uow, tools.use(PersonalRegistry), who)
    data = Packed.of_text(
        "data.json", tools.use(Words)("privacy/export.json.j2", document=document)
    )
    sent = [
        Packed(file.path, file.bytes, partial(_open, tools, file.digest))
        for file in tools.use(PersonalRegistry).files(uow, who)
    ]
    part_bytes = tools.use(PrivacySettings).export_part_mb * _MB
    return list(in_parts([data, *sent], part_bytes))


def _open(tools: Toolbox, digest: str) -> BinaryIO:
    return tools.use(FileStore).open(digest)


def _show(
    uow: UnitOfWork, tools: Toolbox, member: MemberId, _query: Mapping[str, str]
) -> Mapping[str, object]:
    due_at = members.erasure_due_at(uow, member)
    return {
        "kept": service.overview(uow, tools.use(PersonalRegistry), member),
        "settings": tools.use(PrivacySettings),
        "due_at": _local(tools, due_at) if due_at else None,
        "second_opinion": tools.use(Community).second_opinion,
    }


def _erase(uow: UnitOfWork, tools: Toolbox, member: MemberId, _form: Mapping[str, str]) -> Reply:
    """Settle the deletion: the page has asked back already."""
    now, registry = uow.clock.now(), tools.use(PersonalRegistry)
    kept = service.overview(uow, registry, member)
    grace_days = tools.use(PrivacySettings).erasure_grace_days
    due_at = service.ask(uow, member, now)
    due_at = due_at or service.confirm(uow, registry, member, now, grace_days=grace_days)
    if due_at is None:
        return Reply("privacy/page_erased.txt.j2", {"kept": kept})
    return Reply("privacy/page_due.txt.j2", {"due_at": _local(tools, due_at)})


def _keep(uow: UnitOfWork, _tools: Toolbox, member: MemberId, _form: Mapping[str, str]) -> Reply:
    service.cancel(uow, member)
    return Reply("privacy/cancelled.txt.j2")


def _local(tools: Toolbox, at: datetime) -> datetime:
    return at.astimezone(tools.use(Community).zone)


member_pages = (
    MemberPage(
        "mine",
        "privacy/page.html.j2",
        _show,
        title="我的数据",
        acts={"erase": _erase, "keep": _keep},
    ),
    MemberPage(
        "export",
        "privacy/export.html.j2",
        _about,
        title="导出我的数据",
        ask="导出我的数据",
        packs=parcels,
    ),
)
