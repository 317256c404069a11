"""The advisors' page 核销: whose coupon it is, what it takes off, taken, and undone."""

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import timedelta

from bot.commons import coupons, members
from bot.commons.coupons import Coupon, CouponRefused, CouponSettings
from bot.commons.sheets import BadCell
from bot.commons.sheets.cells import fen
from bot.features.vouchers.rules import code_in
from bot.kernel.community import Community
from bot.kernel.console import Aisle, Download, Page
from bot.kernel.errors import Refusal
from bot.kernel.ports import Words
from bot.kernel.sheets import csv_file
from bot.kernel.work import Toolbox, UnitOfWork

_MOST = 1000
_MOST_FEN = 100_000_000
_CHARS = 60
_TODAY = 1
"""The number of today's file."""
_INSTANT = timedelta(microseconds=1)
_COLUMNS = ("at", "code", "title", "member", "order", "store", "off_yuan", "by")


class BadForm(Refusal):
    """A field of the form is wrong; nothing was written."""

    template = "vouchers/bad_form.txt.j2"


def _load(uow: UnitOfWork, tools: Toolbox, query: Mapping[str, str]) -> Mapping[str, object]:
    said, found, trouble, is_unknown = code_in(query.get("code", "")), None, "", False
    if said:
        try:
            coupon = coupons.usable(uow, said, zone=tools.use(Community).zone)
            found = _shown(uow, tools, coupon)
        except CouponRefused as refused:
            trouble = tools.use(Words)(refused.template, **refused.words).strip()
            is_unknown = refused.why is coupons.Why.UNKNOWN
    today = [_shown(uow, tools, one) for one in _today(uow, tools)]
    return {
        "said": said,
        "found": found,
        "trouble": trouble,
        "is_unknown": is_unknown,
        "today": today,
        "sums": _sums(_today(uow, tools)),
        "file": _TODAY,
        "minutes": tools.use(CouponSettings).undo_minutes,
    }


def _shown(uow: UnitOfWork, tools: Toolbox, coupon: Coupon) -> Mapping[str, object]:
    zone = tools.use(Community).zone
    return {
        "coupon": coupon,
        "member": coupon.member,
        "name": members.display_name(uow, coupon.member) or "",
        "last": (coupon.valid_until - _INSTANT).astimezone(zone).date(),
        "closed": coupon.closed_at.astimezone(zone) if coupon.closed_at else None,
    }


def _today(uow: UnitOfWork, tools: Toolbox) -> Sequence[Coupon]:
    """Return what was redeemed today, the latest first."""
    day_of = tools.use(Community).day_of
    today = day_of(uow.clock.now())
    found = coupons.recent(uow, most=_MOST, redeemed=True)
    return [one for one in found if one.closed_at and day_of(one.closed_at) == today]


def _sums(found: Sequence[Coupon]) -> Sequence[tuple[str, int, int]]:
    """Return who has taken how many, and what they took off together; all of them first."""
    total: dict[str, list[int]] = {"": [0, 0]}
    for one in found:
        for who in ("", one.closed_by):
            each = total.setdefault(who, [0, 0])
            each[0] += 1
            each[1] += one.off_fen
    return [(who, count, off) for who, (count, off) in total.items()]


def _sheet(uow: UnitOfWork, tools: Toolbox, number: int) -> Download | None:
    if number != _TODAY:
        return None
    zone = tools.use(Community).zone
    rows: list[list[object]] = []
    for one in _today(uow, tools):
        at = one.closed_at.astimezone(zone).isoformat() if one.closed_at else ""
        name = members.display_name(uow, one.member) or f"member:{one.member}"
        words = [one.title, name, one.order_ref, one.store]
        rows.append([at, one.code, *words, f"{one.off_fen / 100:.2f}", one.closed_by])
    return csv_file("redeemed", _COLUMNS, rows)


def _redeem(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    spend = _amount(form.get("amount", ""))
    coupon = coupons.redeem(
        uow,
        code_in(form.get("code", "")),
        by=who,
        order_ref=_short(form, "order"),
        spend_fen=spend,
        zone=tools.use(Community).zone,
        store=_short(form, "store"),
    )
    words = {"what": "redeemed", "coupon": coupon, "left_fen": spend - coupon.off_fen}
    return tools.use(Words)("vouchers/said.txt.j2", **words)


def _amount(said: str) -> int:
    written = unicodedata.normalize("NFKC", said).strip().removesuffix("元").strip()
    try:
        amount = fen("amount", written) if written else 0
    except BadCell as exc:
        raise BadForm("amount", field="amount") from exc
    if not 0 < amount <= _MOST_FEN:
        raise BadForm("amount", field="amount")
    return amount


def _short(form: Mapping[str, str], field: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", form.get(field, "")).split())[:_CHARS]


def reason_in(form: Mapping[str, str]) -> str:
    """Return why somebody does something.

    Raises:
        BadForm: she did not say.
    """
    if why := " ".join(form.get("why", "").split())[:200]:
        return why
    raise BadForm("why", field="why")


def _undo(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    minutes, why = tools.use(CouponSettings).undo_minutes, reason_in(form)
    code = code_in(form.get("code", ""))
    coupon = coupons.unredeem(uow, code, by=who, why=why, within_minutes=minutes)
    return tools.use(Words)("vouchers/said.txt.j2", what="undone", coupon=coupon, left_fen=0)


pages = (
    Page(
        "redeem",
        "核销",
        "vouchers/redeem.html.j2",
        _load,
        {"redeem": _redeem, "undo": _undo},
        files=_sheet,
        aisle=Aisle.TODAY,
        advisors=True,
    ),
)
