"""The member's page: all badges, with progress, and each as a picture to keep."""

from collections.abc import Mapping

from bot.commons import members, pictures
from bot.features.badges import replies, service
from bot.features.badges.book import book
from bot.features.badges.service import Grant
from bot.kernel.community import Community
from bot.kernel.console import Download
from bot.kernel.feature import MemberPage
from bot.kernel.ids import MemberId
from bot.kernel.ports import Words
from bot.kernel.work import Toolbox, UnitOfWork

PAGE = "badges/mine"
LINK_VALID_S = 24 * 3600


def _load(
    uow: UnitOfWork, tools: Toolbox, member: MemberId, _query: Mapping[str, str]
) -> Mapping[str, object]:
    return replies.shown(uow, book(uow, tools), member)


def certificate(uow: UnitOfWork, tools: Toolbox, grant: Grant) -> pictures.Certificate:
    """Return a badge as a picture."""
    badge = book(uow, tools).badges.of(grant.code)
    facts = {"badge": badge, "count": len(grant.evidence)}
    return pictures.Certificate(
        brand=tools.use(Community).name,
        title=badge.title if badge else grant.title,
        words=tools.use(Words)("badges/evidence.txt.j2", **facts).strip(),
        day=grant.day,
        name=members.display_name(uow, grant.member) or "",
        number=f"No. {grant.id}",
    )


def _give(uow: UnitOfWork, tools: Toolbox, member: MemberId, number: int) -> Download | None:
    """Return one of her badges as a picture; None for what is not hers."""
    grant = service.grant(uow, number)
    if grant is None or grant.member != member or grant.is_revoked:
        return None
    return pictures.download(certificate(uow, tools, grant), f"badge-{grant.code}.png")


member_pages = (
    MemberPage("mine", "badges/mine.html.j2", _load, title="我的勋章", ask="我的勋章", files=_give),
)
