"""The page behind the link: a file with everything that is kept about a member."""

from collections.abc import Mapping

from bot.commons import members
from bot.features.privacy import service
from bot.kernel.feature import MemberPage
from bot.kernel.ids import MemberId
from bot.kernel.privacy import PersonalRegistry
from bot.kernel.work import Toolbox, UnitOfWork


def _load(
    uow: UnitOfWork, tools: Toolbox, member: MemberId, _query: Mapping[str, str]
) -> Mapping[str, object]:
    who = members.current(uow, member)  # the link may be older than a merge
    return {"document": service.export(uow, tools.use(PersonalRegistry), who)}


member_pages = (
    MemberPage(
        "export",
        "privacy/export.json.j2",
        _load,
        title="导出我的数据",
        ask="导出我的数据",
        download=True,
    ),
)
