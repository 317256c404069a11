"""The operators' pages: what is on the shelf and who claimed it; handing over at the counter."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time

from bot.commons import audit, claims, members
from bot.commons.audience import KnownAudience
from bot.commons.claims import ClaimView, GoodsView
from bot.commons.content import Pen, Shelf
from bot.commons.coupons import Kinds
from bot.features.mall import clubs, filing, inviting, replies
from bot.features.mall.making import matter_in, text_in
from bot.features.mall.mine import MALL
from bot.features.mall.rules import MallSettings
from bot.kernel.community import Community, Tiers
from bot.kernel.console import Aisle, Download, Page, number_in
from bot.kernel.feature import Metric
from bot.kernel.ports import Groups, Links, Words
from bot.kernel.sheets import csv_file
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import integer, micros

_MOST = 50
_WHY_CHARS, _TITLE_CHARS = 200, 40
_COLUMNS = ("claim", "goods", "member", "points", "state", "sent_at", "until", "closed_at", "by")
_TODAY = 1
"""The number of today's file."""
_WAITING = Statement("SELECT COUNT(*) FROM mall_claims WHERE state IN ('held', 'got')")


def _load(uow: UnitOfWork, tools: Toolbox, query: Mapping[str, str]) -> Mapping[str, object]:
    asked = number_in(query.get("goods", ""))
    found = [goods for goods in claims.all_goods(uow, most=_MOST) if asked in {None, goods.id}]
    table = tools.use(Shelf).at_hand(uow.clock.now()).library.table(Kinds)
    kinds = [kind.name for kind in table.coupon] if table else []
    return {
        "shelf": [_row(uow, tools, goods, kinds, with_claims=asked is not None) for goods in found],
        "kinds": kinds,
        "clubs": clubs.strangers(uow, tools),
        "group_url": tools.use(Links).for_group(MALL),
        "is_one": asked is not None,
        "title_chars": _TITLE_CHARS,
    }


def _row(
    uow: UnitOfWork, tools: Toolbox, goods: GoodsView, kinds: list[str], *, with_claims: bool
) -> Mapping[str, object]:
    zone, now = tools.use(Community).zone, uow.clock.now()
    return {
        "goods": goods,
        "opens_at": goods.open_for_others.astimezone(zone),
        "closes_at": goods.closes_at.astimezone(zone) if goods.closes_at else None,
        "early_at": goods.early_at.astimezone(zone) if goods.early_at else None,
        "is_coming": goods.open_for_others > now,
        "is_over": goods.closes_at is not None and goods.closes_at <= now,
        "has_no_kind": bool(goods.coupon) and goods.coupon not in kinds,
        "claims": [_claim(uow, tools, one) for one in claims.of_goods(uow, goods.id, most=200)]
        if with_claims
        else None,
    }


def _claim(uow: UnitOfWork, tools: Toolbox, claim: ClaimView) -> Mapping[str, object]:
    zone = tools.use(Community).zone
    closed = claim.closed_at.astimezone(zone) if claim.closed_at else None
    name = members.display_name(uow, claim.member) or ""
    about = {"member": claim.member, "name": name, "closed": closed}
    return {**replies.claim_words(tools, claim), **about}


def _sheet(uow: UnitOfWork, tools: Toolbox, number: int) -> Download | None:
    """Return all claims on goods as CSV."""
    goods = claims.one(uow, number)
    return _csv(uow, tools, claims.of_goods(uow, number), f"goods-{number}") if goods else None


def _csv(uow: UnitOfWork, tools: Toolbox, claims: Sequence[ClaimView], name: str) -> Download:
    zone = tools.use(Community).zone
    rows: list[list[object]] = []
    for claim in claims:
        times = [claim.sent_at, claim.until, claim.closed_at]
        local = [at.astimezone(zone).isoformat() if at else "" for at in times]
        who = members.display_name(uow, claim.member) or f"member:{claim.member}"
        about = [claim.title, who, claim.points, claim.state.value]
        rows.append([claim.id, *about, *local, claim.closed_by])
    return csv_file(name, _COLUMNS, rows)


def _make(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    """Write the file of new goods; from there it goes like one that was written by hand."""
    title = text_in(form, "title", _TITLE_CHARS)
    known = KnownAudience(tools.use(Tiers), [*map(str, tools.use(Groups).by_id)])
    matter = matter_in(form, title, tools.use(Community).zone, known)
    pen = tools.use(Pen)
    taken = [goods.path for goods in claims.all_goods(uow, most=10_000)]
    path = pen.free_path("goods", title, taken)
    pen.write(pen.draft(path, matter, form.get("body", "").replace("\r\n", "\n") or title))
    audit.record(uow, who, "mall.made", path)
    return tools.use(Words)("mall/said.txt.j2", what="made", title=path)


def _stop(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    why = text_in(form, "why", _WHY_CHARS)
    title = filing.stop(uow, number_in(form.get("goods", "")) or 0, who=who, why=why)
    return tools.use(Words)("mall/said.txt.j2", what="stopped", title=title)


def _resume(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    title = filing.resume(uow, number_in(form.get("goods", "")) or 0, who=who)
    return tools.use(Words)("mall/said.txt.j2", what="resumed", title=title)


def _cancel(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    number, why = number_in(form.get("claim", "")) or 0, text_in(form, "why", _WHY_CHARS)
    claim = claims.cancel(uow, number, by=who, why=why)
    inviting.tell_cancelled(uow, tools, claim, why)
    return tools.use(Words)("mall/said.txt.j2", what="cancelled", title=claim.title)


# ── at the counter ──────────────────────────────────────────────────────────────────────


def _load_counter(
    uow: UnitOfWork, tools: Toolbox, query: Mapping[str, str]
) -> Mapping[str, object]:
    said, found, trouble = query.get("code", "").strip()[:60], None, ""
    if said:
        try:
            found = _claim(uow, tools, claims.find(uow, said))
        except claims.NotEnded as refused:
            trouble = tools.use(Words)(refused.template, **refused.words)
    return {
        "said": said,
        "found": found,
        "trouble": trouble,
        "waiting": [_claim(uow, tools, one) for one in claims.waiting(uow, most=_MOST)],
        "today": [_claim(uow, tools, one) for one in claims.handed(uow, _since(uow, tools))],
        "file": _TODAY,
        "minutes": tools.use(MallSettings).undo_minutes,
    }


def _since(uow: UnitOfWork, tools: Toolbox) -> int:
    """Return the beginning of today."""
    community = tools.use(Community)
    today = community.day_of(uow.clock.now())
    return micros(datetime.combine(today, time(), community.zone))


def _today(uow: UnitOfWork, tools: Toolbox, number: int) -> Download | None:
    """Return what was handed over today as CSV."""
    if number != _TODAY:
        return None
    return _csv(uow, tools, claims.handed(uow, _since(uow, tools), most=10_000), "handed-over")


def _hand(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    claim = claims.hand_over(uow, form.get("code", ""), by=who)
    return tools.use(Words)("mall/said.txt.j2", what="handed", title=claim.title)


def _take_back(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    number, why = number_in(form.get("claim", "")) or 0, text_in(form, "why", _WHY_CHARS)
    minutes = tools.use(MallSettings).undo_minutes
    claim = claims.take_back(uow, number, by=who, why=why, within_minutes=minutes)
    return tools.use(Words)("mall/said.txt.j2", what="taken_back", title=claim.title)


def _count_waiting(uow: UnitOfWork) -> float:
    return float(integer(uow.run(_WAITING)[0][0]))


pages = (
    Page(
        "mall",
        "积分商城",
        "mall/mall.html.j2",
        _load,
        {"make": _make, "stop": _stop, "resume": _resume, "cancel": _cancel},
        files=_sheet,
        aisle=Aisle.BENEFITS,
    ),
    Page(
        "handover",
        "交货",
        "mall/handover.html.j2",
        _load_counter,
        {"hand": _hand, "take-back": _take_back},
        files=_today,
        aisle=Aisle.TODAY,
        advisors=True,
    ),
)
metrics = (
    Metric(
        "mall_claims_waiting",
        "Claims that wait to be handed over",
        _count_waiting,
        "待交货",
        waits_on="handover",
    ),
)
