"""The operators' page of referrals: who brought whom, how it stands, what was refused and why."""

from collections.abc import Mapping, Sequence

from bot.commons import members
from bot.features.referral import granting, reads, replies, supply
from bot.features.referral.reads import Referral
from bot.features.referral.rules import State
from bot.kernel.community import Community
from bot.kernel.console import Aisle, Page, number_in
from bot.kernel.errors import Refusal
from bot.kernel.feature import Metric
from bot.kernel.ids import MemberId
from bot.kernel.ports import Words
from bot.kernel.sheets import sheet_of
from bot.kernel.work import Toolbox, UnitOfWork

_MOST = 200
_WHY_CHARS = 200
_COLUMNS = ("referral", "friend", "referrer", "state", "why", "at", "order", "paid_at")


class BadForm(Refusal):
    """No reason was given; nothing was written."""

    template = "referral/bad_form.txt.j2"


def _load(uow: UnitOfWork, tools: Toolbox, query: Mapping[str, str]) -> Mapping[str, object]:
    del query
    zone, terms = tools.use(Community).zone, supply.at_hand(uow, tools)
    rows = [
        {
            "it": one,
            "friend": _name(uow, one.friend),
            "referrer": _name(uow, one.referrer),
            "at": one.at.astimezone(zone),
            "due_at": one.due_at.astimezone(zone) if one.due_at else None,
        }
        for one in reads.recent(uow, most=_MOST)
    ]
    refused = [
        {
            "friend": _name(uow, one.friend),
            "referrer": _name(uow, one.referrer),
            "why": one.why.value,
            "at": one.at.astimezone(zone),
        }
        for one in reads.refusals(uow, most=_MOST)
    ]
    counts = reads.counts(uow)
    return {
        "rows": rows,
        "refused": refused,
        "counts": {state.value: count for state, count in counts.items()},
        "most": max(counts.values()) or 1,
        "whys": {why.value: count for why, count in reads.whys(uow).items()},
        "missing": terms.missing,
        "csv": _sheet([row["it"] for row in rows]),  # type: ignore[misc]  # as made above
        "why_chars": _WHY_CHARS,
        **replies.said(terms),
    }


def _name(uow: UnitOfWork, member: MemberId | None) -> str:
    if member is None:
        return ""
    return members.display_name(uow, member) or f"#{member}"


def _sheet(rows: Sequence[Referral]) -> str:
    lines: list[list[object]] = []
    for one in rows:
        cells = (one.id, one.friend, one.referrer, one.state.value, one.why, one.at.isoformat())
        paid = one.paid_at.isoformat() if one.paid_at else ""
        lines.append([cell or "" for cell in (*cells, one.order, paid)])
    return sheet_of(_COLUMNS, lines)


def _void(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    why = form.get("why", "").strip()
    if not 0 < len(why) <= _WHY_CHARS:
        raise BadForm("why")
    found = granting.void(uow, number_in(form.get("referral", "")) or 0, who=who, why=why)
    return tools.use(Words)("referral/voided.txt.j2", number=found.id)


def _granted(uow: UnitOfWork) -> float:
    return float(reads.counts(uow)[State.GRANTED])


pages = (
    Page(
        "referral",
        "邀请",
        "referral/referrals.html.j2",
        _load,
        {"void": _void},
        aisle=Aisle.BENEFITS,
    ),
)
metrics = (
    Metric("referrals_granted", "Friends whose first order was rewarded", _granted, "邀请成功"),
)
