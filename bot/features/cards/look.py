"""What a card tells an advisor about a case and its member, gathered from the commons."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.commons import amends, cases, clocks, members, orders, products, reception, views
from bot.features.cards.rules import (
    MESSAGES,
    ORDERS,
    VIEWS,
    age_of,
    short_name,
    short_words,
    tidy,
    yuan,
)
from bot.kernel.community import Community
from bot.kernel.transcript import Speaker, Transcript
from bot.kernel.words import cut_chars
from bot.kernel.work import Toolbox, UnitOfWork

Facts = Mapping[str, object]
_WHY_CHARS = 60


def head_of(uow: UnitOfWork, case: cases.Case) -> Facts:
    """Return who it is and what it is about, for a title."""
    return {
        "name": short_name(members.display_name(uow, case.member) or ""),
        "kind": case.kind.value,
        "severity": case.severity,
        "in_group": bool(case.in_group),
        "times": case.times_opened,
    }


def look(uow: UnitOfWork, tools: Toolbox, case: cases.Case) -> Facts:
    """Return all that stands on a card, as its templates want it."""
    community = tools.use(Community)
    history = members.tier_history(uow, case.member, most=1)
    tier = history[0] if history else None
    return {
        **head_of(uow, case),
        "tier": tier.tier if tier else "",
        "tier_why": tidy(tier.reason) if tier else "",
        "why": cut_chars("；".join(map(tidy, case.reasons)), _WHY_CHARS),
        "messages": _messages(uow, tools, case),
        "views": _views(uow, case),
        "orders": _orders(uow, case, community.zone),
        "promises": _promises(uow, case, community),
        "amends": _amends(uow, tools, case),
        **_due(uow, case, community),
    }


def _due(uow: UnitOfWork, case: cases.Case, community: Community) -> Facts:
    """Return what is due first, and by when."""
    due, now = clocks.due_of(uow, case.id), uow.clock.now()
    return {
        "timer": due.timer.value if due else "",
        "due": reception.when(due.at, now, community) if due else "",
    }


def _messages(uow: UnitOfWork, tools: Toolbox, case: cases.Case) -> Sequence[Facts]:
    """Return what was said last in her 1:1 chats; of what she said in a group no more than a line.

    Of a case that began in a group, what was said before is about something else.
    """
    zone, since = tools.use(Community).zone, case.opened_at if case.in_group else None
    said = tools.use(Transcript).latest(uow, case.member, most=MESSAGES, since=since)
    if case.in_group and not said:
        found = cases.evidence_of(uow, case.id)[-1:]
        return [_message("member", each.at, each.words, each.kind, zone) for each in found]
    return [_message(each.by.value, each.at, each.words, each.kind, zone) for each in said]


def _message(by: str, at: datetime, words: str, kind: str, zone: ZoneInfo) -> Facts:
    said = short_words(words, is_bots=by == Speaker.BOT)
    return {"by": by, "at": f"{at.astimezone(zone):%H:%M}", "words": said, "kind": kind}


def _views(uow: UnitOfWork, case: cases.Case) -> Sequence[Facts]:
    """Return what she looked at last, with what the feed says of it, and how old that is."""
    now, found = uow.clock.now(), []
    for seen in views.latest(uow, case.member, most=VIEWS):
        told = products.find(uow, seen.sku)
        count, unit = age_of(now - told[1]) if told else (0, "")
        found.append(
            {
                "name": short_name(told[0].name if told else seen.sku),
                "is_known": told is not None,
                "stock": told[0].stock if told else None,
                "age": count,
                "unit": unit,
            }
        )
    return found


def _orders(uow: UnitOfWork, case: cases.Case, zone: ZoneInfo) -> Sequence[Facts]:
    """Return her open orders first, the latest first; what counts no more only for want of others.

    An order is open while nobody has told that she has it in her hands.
    """
    known = sorted(orders.orders_of(uow, case.member), key=lambda one: one.paid_at, reverse=True)
    shown = [one for one in known if one.counts] or known
    shown.sort(key=lambda one: one.delivered_at is not None)
    return [
        {
            "day": f"{one.paid_at.astimezone(zone):%m-%d}",
            "yuan": yuan(one.paid_fen),
            "back": yuan(one.back_fen) if one.back_fen else "",
            "is_whole": one.back_fen >= one.paid_fen,
            "is_delivered": one.delivered_at is not None,
            "status": one.status.value,
        }
        for one in shown[:ORDERS]
    ]


def _amends(uow: UnitOfWork, tools: Toolbox, case: cases.Case) -> Facts:
    """Return what she may be given for her trouble, in yuan; nothing where nothing is offered."""
    if case.kind not in {cases.Kind.COMPLAINT, cases.Kind.SAFETY}:
        return {}
    found = amends.range_for(uow, tools, case)
    if not found.offers:
        return {}
    return {"alone": yuan(found.left_alone_fen), "most": yuan(found.left_fen)}


def _promises(uow: UnitOfWork, case: cases.Case, community: Community) -> Sequence[Facts]:
    now = uow.clock.now()
    return [
        {
            "what": one.what if one.what == cases.ANSWER else short_name(one.what),
            "due": reception.when(one.due_at, now, community),
            "is_late": one.due_at < now,
        }
        for one in cases.promises_of(uow, case.id)
        if one.ended_at is None
    ]
