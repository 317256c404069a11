"""The member's page: what she has, what expires when, and every entry, month by month."""

from collections.abc import Mapping

from bot.commons import points
from bot.features.wallet import service
from bot.features.wallet.rules import after, all_reasons, before, month_in, span
from bot.kernel.community import Community
from bot.kernel.feature import MemberPage, Rooms
from bot.kernel.ids import MemberId
from bot.kernel.work import Toolbox, UnitOfWork

PAGE = "wallet/mine"
_MOST = 500


def reasons_of(tools: Toolbox) -> Mapping[str, str]:
    """Return what reasons are called, in the words of the rooms that book them."""
    return all_reasons(room.reasons for room in tools.use(Rooms))


def _load(
    uow: UnitOfWork, tools: Toolbox, member: MemberId, query: Mapping[str, str]
) -> Mapping[str, object]:
    community, reasons = tools.use(Community), reasons_of(tools)
    this_month = community.day_of(uow.clock.now()).replace(day=1)
    month = month_in(query.get("month", ""), this_month)
    since, until = span(month, community.zone)
    entries = points.entries_of(uow, member, since=since, until=until, most=_MOST)
    return {
        **service.statement(uow, member, community.zone, reasons),
        "month": month,
        "before": before(month),
        "after": None if month == this_month else after(month),
        "lines": service.lines(entries, community.zone, reasons),
        "got": sum(one.points for one in entries if one.points > 0),
        "gone": -sum(one.points for one in entries if one.points < 0),
        "is_cut": len(entries) == _MOST,
        "most": _MOST,
    }


member_pages = (MemberPage("mine", "wallet/mine.html.j2", _load, title="我的积分", ask="我的积分"),)
