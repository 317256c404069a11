"""The member's page: her cards, with cups drawn."""

from collections.abc import Mapping, Sequence

from bot.features.stamps import service
from bot.features.stamps.service import Book, book
from bot.kernel.feature import MemberPage
from bot.kernel.ids import MemberId
from bot.kernel.work import Toolbox, UnitOfWork

PAGE = "stamps/mine"
LINK_VALID_S = 24 * 3600


def cards_of(uow: UnitOfWork, rules: Book, member: MemberId) -> Sequence[Mapping[str, object]]:
    """Return every card that counts today or that she has something on."""
    today = uow.clock.now().astimezone(rules.zone).date()
    seen = [(card, service.standing_of(uow, card, member)) for card in rules.cards.card]
    return [
        {"card": card, "standing": has, "counts": card.is_valid_on(today)}
        for card, has in seen
        if card.is_valid_on(today) or has.stamps or has.owed or has.coupons
    ]


def _load(
    uow: UnitOfWork, tools: Toolbox, member: MemberId, _query: Mapping[str, str]
) -> Mapping[str, object]:
    return {"cards": cards_of(uow, book(uow, tools), member)}


member_pages = (MemberPage("mine", "stamps/mine.html.j2", _load, title="集杯卡", ask="集杯卡"),)
