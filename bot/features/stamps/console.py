"""The operators' page of cup cards: how they run, a member's card, stamping by hand, taking off."""

import secrets
from collections.abc import Iterator, Mapping

from bot.commons import audit, members
from bot.commons.rowforms import Field, RowForm, Sort
from bot.features.stamps import service
from bot.features.stamps.mine import cards_of
from bot.features.stamps.service import FILE, book
from bot.kernel.community import Community
from bot.kernel.console import Aisle, Page, number_in
from bot.kernel.errors import Refusal
from bot.kernel.exporting import Asked, Cell, Export
from bot.kernel.feature import Metric
from bot.kernel.ids import MemberId
from bot.kernel.ports import Words
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import instant, integer

_FOUND, _LINES, _BITE = 20, 100, 1000
_MOST_BY_HAND = 20
_CARD = RowForm(
    "stamps",
    FILE,
    "card",
    (
        Field("name"),
        Field("title"),
        Field("words"),
        Field("cups", Sort.NUMBER),
        Field("coupon"),
        Field("categories", Sort.WORDS),
        Field("skus", Sort.WORDS),
        Field("only", Sort.WORDS),
        Field("most_per_order", Sort.NUMBER),
        Field("valid_from", Sort.DATE),
        Field("valid_until", Sort.DATE),
    ),
)
_WHY_CHARS, _KEY_CHARS = 200, 32
_COUNTS = Statement(
    "SELECT card, COUNT(DISTINCT member_id), SUM(cups) FROM stamps"
    " WHERE card <> '' GROUP BY card ORDER BY card"
)
_STATES = Statement("SELECT card, state, COUNT(*) FROM stamp_coupons GROUP BY card, state")
_OWED = Statement("SELECT COUNT(*) FROM stamp_coupons WHERE state = 'owed'")
_ALL = Statement(
    "SELECT id, card, member_id, order_id, cups, first_cups, made_by, at FROM stamps"
    " WHERE id > :after AND card <> '' ORDER BY id LIMIT :most"
)


class BadForm(Refusal):
    """A field of an operator's form is wrong; nothing was written."""

    template = "stamps/bad_form.txt.j2"


def _load(uow: UnitOfWork, tools: Toolbox, query: Mapping[str, str]) -> Mapping[str, object]:
    rules = book(uow, tools)
    asked = query.get("q", "").strip()[:100]
    found = members.look_for(uow, asked, most=_FOUND + 1) if asked else []
    number = number_in(query.get("member", ""))
    if number is None and len(found) == 1:
        number = found[0]
    is_there = number is not None and members.exists(uow, MemberId(number))
    states = {(str(card), str(state)): integer(count) for card, state, count in uow.run(_STATES)}
    return {
        "rules": rules,
        "edit": _CARD.load(tools, query),
        "counts": {
            str(card): {"people": integer(people), "cups": int(str(cups))}
            for card, people, cups in uow.run(_COUNTS)
        },
        "states": states,
        "q": asked,
        "found": [_called(uow, member) for member in found[:_FOUND]],
        "is_cut": len(found) > _FOUND,
        "one": _one(uow, tools, MemberId(number)) if number is not None and is_there else None,
        "most": _MOST_BY_HAND,
        "form_key": secrets.token_hex(8),
    }


def _called(uow: UnitOfWork, member: MemberId) -> dict[str, object]:
    return {"member": member, "name": members.display_name(uow, member) or ""}


def _one(uow: UnitOfWork, tools: Toolbox, member: MemberId) -> Mapping[str, object]:
    zone = tools.use(Community).zone
    return {
        **_called(uow, member),
        "cards": cards_of(uow, book(uow, tools), member),
        "lines": [
            {"stamp": each, "at": each.at.astimezone(zone)}
            for each in service.stamps_of(uow, member, most=_LINES)
        ],
    }


def _stamp(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    rules, why = book(uow, tools), _why(form)
    card = rules.cards.of(form.get("card", ""))
    member = MemberId(number_in(form.get("member", "")) or 0)
    cups = number_in(form.get("cups", "").strip())
    if card is None or cups is None or cups > _MOST_BY_HAND:
        raise BadForm("card or cups", why="no_card" if card is None else "cups", most=_MOST_BY_HAND)
    if not members.exists(uow, member) or members.erasure_due_at(uow, member):
        raise BadForm("nobody", why="nobody", most=0)
    key = f"{card.name}:hand:{form.get('form_key', '')[:_KEY_CHARS]}:{member}"
    if service.by_hand(uow, rules, card, member, cups, key=key, who=who):
        audit.record(uow, who, "stamps.by_hand", f"{card.name} {cups}: {why}", member=member)
    has = service.standing_of(uow, card, member)
    return tools.use(Words)("stamps/stamped.txt.j2", card=card, standing=has)


def _take_off(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    rules, why = book(uow, tools), _why(form)
    stamp = service.stamp(uow, number_in(form.get("stamp", "")) or 0)
    if stamp is None or not service.take_off(uow, rules, stamp, 0, who=who, why=why):
        raise BadForm("no such stamp", why="gone", most=0)
    return tools.use(Words)("stamps/taken_off.txt.j2", cups=stamp.cups)


def _why(form: Mapping[str, str]) -> str:
    if why := " ".join(form.get("why", "").split())[:_WHY_CHARS]:
        return why
    raise BadForm("no reason", why="no_reason", most=0)


def _rows(uow: UnitOfWork, asked: Asked) -> Iterator[tuple[Cell, ...]]:
    after, zone = 0, asked.community.zone
    while rows := uow.run(_ALL, after=after, most=_BITE):
        for number, card, member, order, cups, first, who, at in rows:
            name = members.called(uow, MemberId(integer(member)))
            source = f"order {order}" if order else f"hand {who}"
            when = instant(at).astimezone(zone).isoformat()
            yield (integer(number), when, str(card), name, source, integer(cups), integer(first))
        after = integer(rows[-1][0])


def _owed(uow: UnitOfWork) -> float:
    return integer(uow.run(_OWED)[0][0])


pages = (
    Page(
        "stamps",
        "集杯卡",
        "stamps/stamps.html.j2",
        _load,
        {"stamp": _stamp, "take-off": _take_off, **_CARD.actions},
        aisle=Aisle.BENEFITS,
    ),
)
exports = (
    Export("stamps", ("stamp_id", "at", "card", "member", "source", "cups", "first_cups"), _rows),
)
metrics = (
    Metric(
        "stamp_coupons_owed",
        "Coupons of cup cards that were used and whose stamps were taken off",
        _owed,
        title="集杯卡欠着的券",
    ),
)
