"""The operators' page of members: find her, see and set her tier, tags, orders."""

import io
from collections.abc import Mapping, Sequence
from functools import partial

from bot.commons import members, orders, profiles
from bot.commons.importing import MEMBER_COLUMNS, member_rows
from bot.commons.sheets import Format, write
from bot.features.people import service
from bot.kernel.community import Community, Tiers
from bot.kernel.console import Aisle, Download, Page, number_in
from bot.kernel.feature import Metric
from bot.kernel.ids import MemberId
from bot.kernel.ports import Words
from bot.kernel.work import Toolbox, UnitOfWork

_FOUND = 30
_ORDERS = 10
_MOST_IN_FILE = 20_000
_NONE = "-"
"""In an address: no tier."""


def _load(uow: UnitOfWork, tools: Toolbox, query: Mapping[str, str]) -> Mapping[str, object]:
    asked, tier, tag = (query.get(name, "").strip()[:100] for name in ("q", "tier", "tag"))
    found = _find(uow, asked, tier, tag, number_in(query.get("after", "")) or 0)
    member = _member(query)
    is_there = member is not None and members.exists(uow, member)
    one = _one(uow, tools, member) if member is not None and is_there else None
    tiers = tools.use(Tiers)
    return {
        "q": asked,
        "tier": tier,
        "tag": tag,
        "tiers": [*tiers],
        "tags": members.all_tags(uow),
        "is_asked": bool(asked or tier or tag),
        "found": [_brief(uow, each) for each in found[:_FOUND]],
        "next": found[_FOUND - 1] if len(found) > _FOUND and not asked else None,
        "is_cut": len(found) > _FOUND and bool(asked),
        "one": one,
        "give": _given(query.get("give", ""), tiers) if one else None,
        "file": 2 + tiers.index(tier) if tier in tiers else 1,
        "unclaimed": orders.count_unclaimed(uow),
    }


def _given(word: str, tiers: Tiers) -> str | None:
    """Return the tier that is to be confirmed, empty for none; None when nothing is."""
    if word == _NONE:
        return ""
    return word if word in tiers else None


def _member(form: Mapping[str, str]) -> MemberId | None:
    number = number_in(form.get("member", ""))
    return None if number is None else MemberId(number)


def _find(uow: UnitOfWork, asked: str, tier: str, tag: str, after: int) -> Sequence[MemberId]:
    if asked:
        return service.look_for(uow, asked, most=_FOUND + 1)
    if tier:
        return members.members_with_tier(uow, tier, after=after, most=_FOUND + 1)
    return members.members_with_tag(uow, tag, after=after, most=_FOUND + 1) if tag else []


def _brief(uow: UnitOfWork, member: MemberId) -> Mapping[str, object]:
    return {
        "member": member,
        "name": members.display_name(uow, member) or "",
        "tier": members.tier_of(uow, member),
        "tags": members.tags_of(uow, member),
    }


def _one(uow: UnitOfWork, tools: Toolbox, member: MemberId) -> Mapping[str, object]:
    zone = tools.use(Community).zone
    return {
        **_brief(uow, member),
        "is_leaving": members.erasure_due_at(uow, member) is not None,
        "names": members.identities_of(uow, member),
        "profile": profiles.profile_of(uow, member),
        "history": [
            {
                "when": each.at.astimezone(zone).strftime("%Y-%m-%d %H:%M"),
                "before": each.before,
                "tier": each.tier,
                "who": each.who,
                "why": each.reason,
            }
            for each in members.tier_history(uow, member)
        ],
        "orders": [
            {
                "when": each.paid_at.astimezone(zone).strftime("%Y-%m-%d"),
                "number": f"{each.source} {each.order_id}",
                "yuan": f"{each.amount_fen / 100:.2f}",
                "counts": each.counts,
                "store": each.store,
            }
            for each in [*orders.orders_of(uow, member)][: -_ORDERS - 1 : -1]
        ],
    }


def _set_tier(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    member = _chosen(form)
    tier, why = form.get("tier", ""), form.get("why", "")
    changed = members.set_tier(uow, member, tier, reason=why, who=who, tiers=tools.use(Tiers))
    return _said(uow, tools, member, "tier", tier, changed=changed)


def _tag(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    member, word = _chosen(form), form.get("tag", "")
    changed = members.tag(uow, member, word, who=who)
    return _said(uow, tools, member, "tag", members.tidy_tag(word), changed=changed)


def _untag(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    member, word = _chosen(form), form.get("tag", "")
    changed = members.untag(uow, member, word, who=who)
    return _said(uow, tools, member, "untag", word, changed=changed)


def _chosen(form: Mapping[str, str]) -> MemberId:
    member = _member(form)
    if member is None:
        raise members.NoSuchMember("no number", member="")
    return member


def _said(
    uow: UnitOfWork, tools: Toolbox, member: MemberId, deed: str, word: str, *, changed: bool
) -> str:
    name = members.display_name(uow, member) or ""
    data = {"member": member, "name": name, "deed": deed, "word": word, "changed": changed}
    return tools.use(Words)("people/acted.txt.j2", **data)


def _give(uow: UnitOfWork, tools: Toolbox, number: int) -> Download | None:
    """Return all members as a table, or those of one tier."""
    tiers = tools.use(Tiers)
    if number > len(tiers) + 1:
        return None
    who = (
        members.all_members(uow, most=_MOST_IN_FILE)
        if number == 1
        else members.members_with_tier(uow, tiers[number - 2], most=_MOST_IN_FILE)
    )
    file = io.BytesIO()
    write(file, Format.CSV, MEMBER_COLUMNS, member_rows(uow, who, tools.use(Community).zone))
    return Download("members.csv", "text/csv", partial(io.BytesIO, file.getvalue()))


pages: Sequence[Page] = (
    Page(
        "people",
        "会员",
        "people/people.html.j2",
        _load,
        {"set_tier": _set_tier, "tag": _tag, "untag": _untag},
        files=_give,
        aisle=Aisle.MEMBERS,
        place=1,
    ),
)
metrics = (
    Metric(
        "orders_unclaimed",
        "Orders whose member is not known yet",
        orders.count_unclaimed,
        "还对不上会员的订单",
    ),
)
