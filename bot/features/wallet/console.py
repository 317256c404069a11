"""The operators' page of points: a member's ledger, corrections by hand, the books."""

import secrets
from collections.abc import Mapping

from bot.commons import members, points
from bot.commons.points import PointsSettings
from bot.features.wallet import service
from bot.features.wallet.mine import reasons_of
from bot.features.wallet.rules import after, before, month_in, span
from bot.kernel.community import Community
from bot.kernel.console import Aisle, Page, number_in
from bot.kernel.feature import Metric
from bot.kernel.ids import MemberId
from bot.kernel.ports import Words
from bot.kernel.work import Toolbox, UnitOfWork

_FOUND = 20
_ENTRIES = 100
_WRONG = 50
_KEY_CHARS = 32


def _load(uow: UnitOfWork, tools: Toolbox, query: Mapping[str, str]) -> Mapping[str, object]:
    asked = query.get("q", "").strip()[:100]
    found = members.look_for(uow, asked, most=_FOUND + 1) if asked else []
    number = number_in(query.get("member", ""))
    if number is None and len(found) == 1:
        number = found[0]
    chosen = number is not None and members.exists(uow, MemberId(number))
    return {
        "q": asked,
        "found": [_called(uow, member) for member in found[:_FOUND]],
        "is_cut": len(found) > _FOUND,
        "one": _ledger(uow, tools, MemberId(number or 0), query) if chosen else None,
        "books": _books(uow, tools, query) if query.get("books") else None,
        "settings": tools.use(PointsSettings),
        "form_key": secrets.token_hex(8),
    }


def _called(uow: UnitOfWork, member: MemberId) -> Mapping[str, object]:
    return {"member": member, "name": members.display_name(uow, member) or ""}


def _ledger(
    uow: UnitOfWork, tools: Toolbox, member: MemberId, query: Mapping[str, str]
) -> Mapping[str, object]:
    zone, reasons = tools.use(Community).zone, reasons_of(tools)
    older_than = number_in(query.get("before", ""))
    entries = service.last_entries(uow, member, most=_ENTRIES, before=older_than)
    return {
        **_called(uow, member),
        **service.statement(uow, member, zone, reasons),
        "lines": service.lines(entries, zone, reasons),
        "older": entries[-1].id if len(entries) == _ENTRIES else None,
    }


def _books(uow: UnitOfWork, tools: Toolbox, query: Mapping[str, str]) -> Mapping[str, object]:
    community, reasons = tools.use(Community), reasons_of(tools)
    this_month = community.day_of(uow.clock.now()).replace(day=1)
    month = month_in(query.get("month", ""), this_month)
    wrong = points.disagreements(uow)
    totals = points.house_months(uow, *span(month, community.zone))
    return {
        "wrong": wrong[:_WRONG],
        "wrong_count": len(wrong),
        "month": month,
        "before": before(month),
        "after": None if month == this_month else after(month),
        "totals": [
            {"words": reasons.get(one.house, one.house), "given": one.given, "got": one.got}
            for one in totals
        ],
        "houses": {
            reasons.get(house, house): total
            for house, total in sorted(points.house_balances(uow).items())
        },
    }


def _correct(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    member, count = number_in(form.get("member", "")), number_in(form.get("points", "").strip())
    if member is None or count is None:
        raise service.NotCorrected("no_number")
    sign = -1 if form.get("way") == "take" else 1
    key = f"correction:{form.get('form_key', '')[:_KEY_CHARS]}:{member}"
    wish = service.Correction(MemberId(member), sign * count, _reason(form), key)
    booking = service.correct(uow, wish, tools.use(PointsSettings), who=who)
    return tools.use(Words)("wallet/corrected.txt.j2", booking=booking, points=sign * count)


def _undo(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    booking = service.undo(uow, number_in(form.get("entry", "")) or 0, who=who, why=_reason(form))
    return tools.use(Words)("wallet/undone.txt.j2", booking=booking)


def _reason(form: Mapping[str, str]) -> str:
    if why := " ".join(form.get("why", "").split())[:200]:
        return why
    raise service.NotCorrected("no_reason")


def _held(uow: UnitOfWork) -> float:
    return points.totals(uow).held


def _given(uow: UnitOfWork) -> float:
    return points.totals(uow).balance


def _owed(uow: UnitOfWork) -> float:
    return points.totals(uow).debt


pages = (
    Page(
        "points",
        "积分",
        "wallet/ledger.html.j2",
        _load,
        {"correct": _correct, "undo": _undo},
        aisle=Aisle.BENEFITS,
        place=1,
    ),
)
metrics = (
    Metric("points_with_members", "Points that members have", _given, "会员手里的积分"),
    Metric("points_held", "Points that are held for something", _held, "冻结中的积分"),
    Metric("points_owed", "Points that members owe", _owed, "会员欠的积分"),
)
