"""Use cases of stamps (集杯卡): each order once, refunds take off, what was used is owed.

Nothing is kept as a sum: stamps and coupons are added up, so a card is never of another mind than
its rows.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.commons import audience, audit, coupons, orders
from bot.commons.content import Shelf
from bot.commons.coupons import Kinds
from bot.commons.orders import KeptOrder
from bot.features.stamps.matter import Cards, CupCard
from bot.features.stamps.rules import Cups, Standing, cups_in, standing, still_paid
from bot.kernel.community import Community
from bot.kernel.errors import Problem
from bot.kernel.ids import MemberId
from bot.kernel.ports import Groups
from bot.kernel.work import Row, Statement, Toolbox, UnitOfWork
from bot.storage.columns import instant, integer, micros

FILE = "stamps.toml"
_MOST_COUPONS = 100
_PUT = Statement(
    "INSERT INTO stamps (key, card, member_id, order_id, cups, first_cups, prices_fen, list_fen,"
    " made_by, at) VALUES (:key, :card, :member, :order, :cups, :first, :prices, :list_fen, :who,"
    " :at) ON CONFLICT (key) DO NOTHING RETURNING id"
)
_WAITING = Statement(
    "SELECT id, order_id, member_id FROM stamps WHERE card = '' ORDER BY id LIMIT :most"
)
_DONE = Statement("DELETE FROM stamps WHERE id = :id AND card = '' RETURNING id")
_COLUMNS = "id, card, member_id, cups, first_cups, prices_fen, list_fen, made_by, at FROM stamps"
_OF_ORDER = Statement(f"SELECT {_COLUMNS} WHERE order_id = :order ORDER BY id")
_ONE = Statement(f"SELECT {_COLUMNS} WHERE id = :id")
_OF_MEMBER = Statement(
    f"SELECT {_COLUMNS} WHERE member_id = :member AND card <> '' ORDER BY id DESC LIMIT :most"
)
_LOWER = Statement("UPDATE stamps SET cups = :cups WHERE id = :id AND cups > :cups RETURNING id")
_SUM = Statement(
    "SELECT COALESCE(SUM(cups), 0) FROM stamps WHERE member_id = :member AND card = :card"
)
_COUPONS = Statement(
    "SELECT id, cups, coupon_key, state FROM stamp_coupons"
    " WHERE member_id = :member AND card = :card AND state <> 'revoked' ORDER BY id DESC"
)
_OPEN = Statement(
    "INSERT INTO stamp_coupons (card, member_id, cups, coupon_key, state, untold, at)"
    " VALUES (:card, :member, :cups, :key, 'given', 1, :now)"
)
_MARK = Statement(
    "UPDATE stamp_coupons SET state = :state WHERE id = :id AND state <> :state RETURNING id"
)


@dataclass(frozen=True, slots=True)
class Book:
    """The cards as they stand in the file now."""

    cards: Cards
    kinds: Kinds
    problems: tuple[Problem, ...]
    is_whole: bool
    """False while a mistake keeps the file from being read."""
    groups: Groups
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Stamp:
    """Cups on a card, from one order or by one hand."""

    id: int
    card: str
    member: MemberId
    cups: int
    first_cups: int
    of_order: Cups
    made_by: str
    at: datetime


def book(uow: UnitOfWork, tools: Toolbox) -> Book:
    """Return the cards as they were read last."""
    library = tools.use(Shelf).at_hand(uow.clock.now()).library
    cards = library.table(Cards)
    problems = library.problems_of(FILE)
    return Book(
        cards or Cards(),
        library.table(Kinds) or Kinds(),
        problems,
        cards is not None or all(each.warning for each in problems),
        tools.use(Groups),
        tools.use(Community).zone,
    )


def stamp_order(uow: UnitOfWork, rules: Book, order: KeptOrder, member: MemberId) -> None:
    """Stamp the cups of an order, each once, however often it is told."""
    day = order.paid_at.astimezone(rules.zone).date()
    for card in rules.cards.card:
        cups = cups_in(order.items, card)
        if not cups.prices_fen or not card.is_valid_on(day):
            continue
        if card.only and not audience.includes(uow, card.only, member, rules.groups):
            continue
        _take_turns(uow, member)
        if uow.run(
            _PUT,
            key=f"{card.name}:order:{order.id}",
            card=card.name,
            member=member,
            order=order.id,
            cups=still_paid(cups, order.amount_fen, order.paid_fen),
            first=len(cups.prices_fen),
            prices=",".join(map(str, cups.prices_fen)),
            list_fen=cups.list_fen,
            who="",
            at=micros(order.paid_at),
        ):
            settle(uow, rules, card.name, member)


def wait(uow: UnitOfWork, order: int, member: MemberId) -> None:
    """Let an order wait for cards that can be read."""
    now = micros(uow.clock.now())
    values = {"cups": 0, "first": 0, "prices": "", "list_fen": 0, "who": "", "at": now}
    uow.run(_PUT, key=f"order:{order}", card="", member=member, order=order, **values)


def catch_up(uow: UnitOfWork, rules: Book, *, most: int) -> bool:
    """Stamp the orders that have waited; True when there may be more."""
    waiting = uow.run(_WAITING, most=most) if rules.is_whole else []
    for number, order, member in waiting:
        found = orders.get(uow, integer(order))
        if uow.run(_DONE, id=number) and found is not None:
            stamp_order(uow, rules, found, MemberId(integer(member)))
    return bool(waiting) and len(waiting) == most


def by_hand(
    uow: UnitOfWork, rules: Book, card: CupCard, member: MemberId, cups: int, *, key: str, who: str
) -> bool:
    """Stamp cups by an advisor's hand; False when this form was sent before. The caller audits."""
    _take_turns(uow, member)
    now = micros(uow.clock.now())
    values = {"cups": cups, "first": cups, "prices": "", "list_fen": 0, "who": who, "at": now}
    if not uow.run(_PUT, key=key, card=card.name, member=member, order=None, **values):
        return False
    settle(uow, rules, card.name, member)
    return True


def refund(uow: UnitOfWork, rules: Book, order: int, *, rest_fen: int, paid_fen: int) -> None:
    """Take off the stamps of cups that what is left of an order does not pay any more."""
    for stamp in (_stamp(row) for row in uow.run(_OF_ORDER, order=order)):
        left = still_paid(stamp.of_order, rest_fen, paid_fen)
        take_off(uow, rules, stamp, left, who="bot", why=f"refund of order {order}")


def take_off(uow: UnitOfWork, rules: Book, stamp: Stamp, left: int, *, who: str, why: str) -> bool:
    """Leave only `left` cups of a stamp; False when there are no more. Written to the audit."""
    _take_turns(uow, stamp.member)
    if not uow.run(_LOWER, id=stamp.id, cups=left):
        return False
    words = f"{stamp.card}, stamp {stamp.id}: {left} left: {why}"
    audit.record(uow, who, "stamps.taken_off", words, member=stamp.member)
    settle(uow, rules, stamp.card, stamp.member)
    return True


def settle(uow: UnitOfWork, rules: Book, card: str, member: MemberId) -> None:
    """Let the coupons of a card be what its stamps are worth.

    A coupon uses up as many stamps as the card took when it was given. Too few stamps: coupons
    that nobody used are revoked, the latest first, and used ones are owed.
    """
    stamps = _stamps(uow, member, card)
    standing_ones = uow.run(_COUPONS, member=member, card=card)
    free = stamps - sum(integer(row[1]) for row in standing_ones)
    for number, cups, key, _ in standing_ones:
        if free >= 0:
            break
        if _revoke(uow, str(key)):
            uow.run(_MARK, id=number, state="revoked")
            free += integer(cups)
    _note_debts(uow, member, card, max(-free, 0))
    now_card = rules.cards.of(card)
    if now_card is not None and free >= now_card.cups:
        _give(uow, rules, now_card, member, free // now_card.cups)


def _revoke(uow: UnitOfWork, key: str) -> bool:
    """Take back a coupon that is not used; False when it is."""
    coupon = coupons.revoke(uow, key, by="bot", why="the stamps were taken off")
    return coupon is None or coupon.state is not coupons.State.REDEEMED


def _note_debts(uow: UnitOfWork, member: MemberId, card: str, missing: int) -> None:
    """Mark as owed the used coupons for which stamps are missing, and no others."""
    for number, cups, _, _ in uow.run(_COUPONS, member=member, card=card):
        state = "owed" if missing > 0 else "given"
        missing -= integer(cups)
        if uow.run(_MARK, id=number, state=state):
            what = "stamps.debt" if state == "owed" else "stamps.debt_paid"
            audit.record(uow, "bot", what, f"{card}, coupon {number}", member=member)


def _give(uow: UnitOfWork, rules: Book, card: CupCard, member: MemberId, count: int) -> None:
    kind = rules.kinds.of(card.coupon)
    if kind is None:  # `bot check` says so; the stamps wait for it
        return
    now = uow.clock.now()
    for _ in range(min(count, _MOST_COUPONS)):
        key = f"stamps:{secrets.token_hex(10)}"  # a number could come again after an erasure
        values = {"card": card.name, "member": member, "cups": card.cups, "key": key}
        uow.run(_OPEN, now=micros(now), **values)
        ends = kind.ends(now, rules.zone)
        coupons.issue(uow, member, kind, key=key, reason="stamps", valid_until=ends)


def standing_of(uow: UnitOfWork, card: CupCard, member: MemberId) -> Standing:
    """Return how a card stands for a member."""
    held = uow.run(_COUPONS, member=member, card=card.name)
    used = sum(integer(row[1]) for row in held)
    return standing(_stamps(uow, member, card.name), used, card.cups, len(held))


def _stamps(uow: UnitOfWork, member: MemberId, card: str) -> int:
    return int(str(uow.run(_SUM, member=member, card=card)[0][0]))


def stamp(uow: UnitOfWork, number: int) -> Stamp | None:
    """Return the stamp of that number."""
    rows = uow.run(_ONE, id=number)
    return _stamp(rows[0]) if rows else None


def stamps_of(uow: UnitOfWork, member: MemberId, *, most: int) -> Sequence[Stamp]:
    """Return a member's stamps, the latest first."""
    return [_stamp(row) for row in uow.run(_OF_MEMBER, member=member, most=most)]


def _stamp(row: Row) -> Stamp:
    number, card, member, cups, first, prices, list_fen, made_by, at = row
    listed = tuple(int(each) for each in str(prices).split(",") if each)
    return Stamp(
        integer(number),
        str(card),
        MemberId(integer(member)),
        integer(cups),
        integer(first),
        Cups(listed, integer(list_fen)),
        str(made_by),
        instant(at),
    )


def _take_turns(uow: UnitOfWork, member: MemberId) -> None:
    """Let nobody else settle a card of hers meanwhile."""
    uow.take_turns({f"stamps:{member}"})
