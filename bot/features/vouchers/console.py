"""The operators' page of coupons: their kinds and what became of them; issue and take back."""

from collections.abc import Mapping, Sequence

from bot.commons import audience, coupons, members
from bot.commons.audience import KnownAudience
from bot.commons.content import Shelf
from bot.commons.coupons import Count, Kind, Kinds
from bot.commons.rowforms import Field, RowForm, Sort
from bot.features.vouchers import granting, redeem
from bot.features.vouchers.granting import Batch, NotIssued, Wish
from bot.features.vouchers.redeem import reason_in
from bot.features.vouchers.rules import code_in, period_in
from bot.kernel.community import Community, Tiers
from bot.kernel.console import Aisle, Page, number_in
from bot.kernel.feature import Metric
from bot.kernel.ports import Groups, Words
from bot.kernel.work import Toolbox, UnitOfWork

_FILE = "/coupons.toml"
_BATCHES = 20
_STATES = tuple(coupons.State)
_KIND = RowForm(
    "coupons",
    coupons.FILE,
    "coupon",
    (
        Field("name"),
        Field("title"),
        Field("face_fen", Sort.YUAN),
        Field("percent_off", Sort.NUMBER),
        Field("minimum_fen", Sort.YUAN),
        Field("valid_days", Sort.NUMBER),
        Field("valid_until", Sort.DATE),
        Field("stackable", Sort.CHECK),
        Field("transferable", Sort.CHECK),
        Field("stores"),
    ),
)


def _load(uow: UnitOfWork, tools: Toolbox, query: Mapping[str, str]) -> Mapping[str, object]:
    library = tools.use(Shelf).at_hand(uow.clock.now()).library
    kinds = _kinds(uow, tools)
    asked, trouble = None, ""
    if query.get("kind"):
        try:
            asked = _asked(uow, tools, query)
        except NotIssued as refused:
            trouble = tools.use(Words)(refused.template, **refused.words).strip()
    return {
        "kinds": kinds,
        "edit": _KIND.load(tools, query),
        "problems": [one for one in library.problems if one.path.endswith(_FILE)],
        "bars": _bars(coupons.counts(uow)),
        "batches": [_batch(tools, one) for one in granting.latest(uow, most=_BATCHES)],
        "asked": asked,
        "trouble": trouble,
        "said": {name: query.get(name, "") for name in ("kind", "to", "member", "period")},
        "period": period_in("", tools.use(Community).day_of(uow.clock.now())),
    }


def _kinds(uow: UnitOfWork, tools: Toolbox) -> Sequence[Kind]:
    table = tools.use(Shelf).at_hand(uow.clock.now()).library.table(Kinds)
    return table.coupon if table else ()


def _bars(counts: Sequence[Count]) -> Sequence[Mapping[str, object]]:
    """Return each kind with how many of it are usable, redeemed, revoked, expired."""
    bars: dict[str, dict[str, object]] = {}
    for one in counts:
        bar = bars.setdefault(one.kind, {"title": one.title, "all": 0, "off_fen": 0})
        bar[one.state.name.lower()] = _of(bar, one.state.name.lower()) + one.count
        bar["all"] = _of(bar, "all") + one.count
        bar["off_fen"] = _of(bar, "off_fen") + one.off_fen
    empty = {state.name.lower(): 0 for state in _STATES}
    return [{"kind": kind, **empty, **bar} for kind, bar in bars.items()]


def _of(bar: Mapping[str, object], name: str) -> int:
    return int(str(bar.get(name, 0)))


def _batch(tools: Toolbox, batch: Batch) -> Mapping[str, object]:
    zone = tools.use(Community).zone
    return {"batch": batch, "at": batch.at.astimezone(zone)}


def _asked(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str]) -> Mapping[str, object]:
    """Return what a form would issue to whom, for the question whether that is meant."""
    kind, period = _kind(uow, tools, form), _period(uow, tools, form)
    if said := form.get("member", "").strip():
        member = granting.find_member(uow, said)
        name = members.display_name(uow, member) or ""
        return {"kind": kind, "period": period, "one": {"member": member, "name": name}, "count": 1}
    words = _words(tools, form)
    count = granting.count(uow, words, tools.use(Groups))
    if not count:
        raise NotIssued("empty")
    return {"kind": kind, "period": period, "one": None, "count": count, "words": words}


def _kind(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str]) -> Kind:
    name = form.get("kind", "")
    found = [kind for kind in _kinds(uow, tools) if kind.name == name]
    if not found:
        raise NotIssued("no_kind", said=name[:40])
    if found[0].ends(uow.clock.now(), tools.use(Community).zone) <= uow.clock.now():
        raise NotIssued("over", said=found[0].title)
    return found[0]


def _period(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str]) -> str:
    today = tools.use(Community).day_of(uow.clock.now())
    period = period_in(form.get("period", ""), today)
    if period is None:
        raise NotIssued("period", said=form.get("period", "")[:40])
    return period


def _words(tools: Toolbox, form: Mapping[str, str]) -> Sequence[str]:
    """Return audience words that are checked as those of a file are; single members go alone."""
    known = KnownAudience(tools.use(Tiers), [*map(str, tools.use(Groups).by_id)])
    words = form.get("to", "").split()
    if not words:
        raise NotIssued("nobody_named")
    for word in words:
        if word.startswith("member:") or audience.wrong_with(word, known):
            raise NotIssued("word", said=word[:40])
    return words


def _issue(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    asked, why = _asked(uow, tools, form), reason_in(form)
    tells = bool(form.get("tells"))
    wish = Wish(_kind(uow, tools, form), _period(uow, tools, form), why, tells)
    said = tools.use(Words)
    if form.get("member", "").strip():
        member = granting.find_member(uow, form["member"].strip())
        coupon, is_new = granting.issue_one(uow, tools, member, wish, who=who)
        what = "issued_one" if is_new else "has_it"
        return said("vouchers/said.txt.j2", what=what, coupon=coupon, left_fen=0)
    if form.get("count") != str(asked["count"]):
        raise NotIssued("changed", said=str(asked["count"]))
    granting.begin(uow, wish, _words(tools, form), tools.use(Community).zone, who=who)
    return said("vouchers/said.txt.j2", what="begun", coupon=None, left_fen=0)


def _revoke(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    number = number_in(form.get("batch", "")) or 0
    granting.revoke(uow, number, who=who, why=reason_in(form))
    return tools.use(Words)("vouchers/said.txt.j2", what="revoking", coupon=None, left_fen=0)


def _revoke_one(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    zone, why = tools.use(Community).zone, reason_in(form)
    coupon = coupons.usable(uow, code_in(form.get("code", "")), zone=zone)
    coupons.revoke(uow, coupon.key, by=who, why=why)
    return tools.use(Words)("vouchers/said.txt.j2", what="revoked", coupon=coupon, left_fen=0)


def _count_usable(uow: UnitOfWork) -> float:
    return float(sum(one.count for one in coupons.counts(uow) if one.state is coupons.State.USABLE))


def _count_redeemed(uow: UnitOfWork) -> float:
    found = [one for one in coupons.counts(uow) if one.state is coupons.State.REDEEMED]
    return float(sum(one.count for one in found))


pages = (
    Page(
        "coupons",
        "优惠券",
        "vouchers/coupons.html.j2",
        _load,
        {"issue": _issue, "revoke": _revoke, "revoke-one": _revoke_one, **_KIND.actions},
        aisle=Aisle.BENEFITS,
    ),
    *redeem.pages,
)
metrics = (
    Metric("coupons_usable", "Coupons that can be used", _count_usable, "能用的券"),
    Metric("coupons_redeemed", "Coupons that were used", _count_redeemed, "用掉的券"),
)
