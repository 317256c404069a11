"""Arithmetic of stamps: which cups of an order are paid, and how a card stands."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.commons.orders import Item
from bot.features.stamps.matter import CupCard

_MOST_OF_AN_ITEM = 1000


@dataclass(frozen=True, slots=True)
class Cups:
    """The cups of an order, as they are listed."""

    prices_fen: tuple[int, ...]
    """Of each cup, the cheapest first."""
    list_fen: int
    """What all items of the order cost as listed; 0 where no prices are told."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a card stands for a member; never less than nothing on it."""

    stamps: int
    """On the card now."""
    cups: int
    """So many bring a coupon."""
    owed: int
    """Stamps that are missing for a coupon which she has used; the next ones pay it."""
    coupons: int
    """That she got with this card, and that stand."""


def cups_in(items: Sequence[Item], card: CupCard) -> Cups:
    """Return the cups of an order that a card counts.

    A cup that costs nothing beside items that cost something was given for free.
    """
    counts = [(item, max(0, min(item.quantity, _MOST_OF_AN_ITEM))) for item in items]
    list_fen = sum(item.price_fen * count for item, count in counts)
    prices = sorted(
        item.price_fen
        for item, count in counts
        for _ in range(count)
        if _is_cup(item, card) and (item.price_fen > 0 or not list_fen)
    )
    return Cups(tuple(prices[: card.most_per_order]), list_fen)


def _is_cup(item: Item, card: CupCard) -> bool:
    return item.sku in card.skus or item.category in card.categories


def still_paid(cups: Cups, rest_fen: int, paid_fen: int) -> int:
    """Return how many cups are paid by what is left of an order after refunds.

    What is left pays cups first, the cheapest first: nobody loses a stamp for a cake that she gave
    back. Where no prices are told, all cups cost the same.
    """
    count = len(cups.prices_fen)
    if rest_fen <= 0 or paid_fen <= 0:
        return 0
    if rest_fen >= paid_fen:
        return count
    if not cups.list_fen:
        return -(-count * rest_fen // paid_fen)
    worth, kept = rest_fen * cups.list_fen // paid_fen, 0
    for price in cups.prices_fen:
        worth -= price
        if worth < 0:
            break
        kept += 1
    return kept


def standing(stamps: int, used: int, cups: int, coupons: int) -> Standing:
    """Return how a card stands.

    Args:
        stamps: all that count.
        used: those that the coupons have used up.
        cups: so many bring a coupon.
        coupons: that stand.
    """
    free = stamps - used
    return Standing(max(free, 0), cups, max(-free, 0), coupons)
