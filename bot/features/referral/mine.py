"""The members' pages: one's own code to show, and the page that a friend opens by it."""

from collections.abc import Mapping

from bot.commons import pictures
from bot.features.referral import replies, service, supply
from bot.kernel.community import Community
from bot.kernel.console import Download
from bot.kernel.feature import MemberPage
from bot.kernel.ids import MemberId
from bot.kernel.messages import Reply
from bot.kernel.ports import Words
from bot.kernel.work import Toolbox, UnitOfWork

PAGE = "referral/mine"
LINK_VALID_S = 24 * 3600
_CODE_CHARS = 40


def _load(
    uow: UnitOfWork, tools: Toolbox, member: MemberId, query: Mapping[str, str]
) -> Mapping[str, object]:
    del query
    return replies.standing(uow, tools, member)


def _welcome(
    uow: UnitOfWork, tools: Toolbox, member: MemberId, query: Mapping[str, str]
) -> Mapping[str, object]:
    code = query.get("code", "")[:_CODE_CHARS]
    owner = service.owner_of(uow, code)
    return {
        "code": code,
        "is_code": owner is not None,
        "is_own": owner == member,
        **replies.said(supply.at_hand(uow, tools)),
    }


def _bind(uow: UnitOfWork, tools: Toolbox, member: MemberId, form: Mapping[str, str]) -> Reply:
    code = form.get("code", "")[:_CODE_CHARS]
    return replies.bind(uow, tools, member, code, uow.clock.now(), in_group=False)


def _code(uow: UnitOfWork, tools: Toolbox, member: MemberId, form: Mapping[str, str]) -> Reply:
    del form
    return Reply("referral/code.txt.j2", {"code": replies.code_for(uow, tools, member)})


def _give(uow: UnitOfWork, tools: Toolbox, member: MemberId, number: int) -> Download | None:
    """Return the code to scan."""
    code, brand = service.known_code(uow, member), tools.use(Community).name
    if number != 1 or not code or supply.at_hand(uow, tools).terms is None:
        return None
    title = tools.use(Words)("referral/sheet.txt.j2", part="title", code=code)
    note = tools.use(Words)("referral/sheet.txt.j2", part="note", code=code)
    sheet = pictures.QrSheet(brand, title, replies.address(tools, code), note=note)
    return pictures.download(sheet, "yaoqing.png")


member_pages = (
    MemberPage(
        "mine",
        "referral/mine.html.j2",
        _load,
        title="邀请",
        acts={"bind": _bind, "code": _code},
        ask="邀请",
        files=_give,
    ),
    MemberPage(
        "welcome",
        "referral/welcome.html.j2",
        _welcome,
        title="朋友的邀请",
        acts={"bind": _bind},
        ask="邀请",
        listed=False,
    ),
)
