"""What each type gets today: the file, with what it names looked up."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.commons import content
from bot.commons.content import ContentFile, Shelf
from bot.commons.coupons import Kind, Kinds
from bot.features.recall.matter import FILE, ContentOffer, CouponOffer, Offers
from bot.features.recall.rules import Type
from bot.kernel.community import Community
from bot.kernel.errors import ContentError, Problem
from bot.kernel.messages import Part
from bot.kernel.work import Toolbox, UnitOfWork


@dataclass(frozen=True, slots=True)
class Offer:
    """What a type gets."""

    title: str
    """As operators read it; empty for an advisor's call."""
    text: str
    """Said with it, or what the advisor is to do."""
    kind: Kind | None = None
    """A coupon."""
    parts: Sequence[Part] = ()
    """The words and pictures of a content file."""


@dataclass(frozen=True, slots=True)
class OfferBook:
    """What the file offers, as it was read last."""

    offers: dict[Type, Offer]
    """Without the types for which there is nothing today."""
    named: dict[Type, str]
    """What the file names for them: a coupon, a file."""
    problems: Sequence[Problem]


def offer_book(uow: UnitOfWork, tools: Toolbox) -> OfferBook:
    """Return what there is for each type today."""
    library = tools.use(Shelf).at_hand(uow.clock.now()).library
    table, kinds = library.table(Offers) or Offers(), library.table(Kinds) or Kinds()
    offers: dict[Type, Offer] = {}
    named: dict[Type, str] = {}
    for kind, row in ((Type.PRICE, table.price), (Type.QUALITY, table.quality)):
        if row is not None:
            named[kind] = row.coupon
            if (found := _coupon(uow, tools, row, kinds)) is not None:
                offers[kind] = found
    if table.service is not None:
        named[Type.SERVICE] = ""
        offers[Type.SERVICE] = Offer("", table.service.text)
    if (said := table.unknown) is not None:
        named[Type.UNKNOWN] = said.content
        file = library.files.get(said.content)
        if file is not None and (found := _content(uow, tools, said, file)) is not None:
            offers[Type.UNKNOWN] = found
    return OfferBook(offers, named, library.problems_of(FILE))


def _coupon(uow: UnitOfWork, tools: Toolbox, row: CouponOffer, kinds: Kinds) -> Offer | None:
    """Return a coupon; None where there is no such kind, or its last day is over."""
    kind, now = kinds.of(row.coupon), uow.clock.now()
    if kind is None or kind.ends(now, tools.use(Community).zone) <= now:
        return None
    return Offer(kind.title, row.text, kind)


def _content(uow: UnitOfWork, tools: Toolbox, row: ContentOffer, file: ContentFile) -> Offer | None:
    """Return a file as it reads today; None where it may not go out or can't be sent to one."""
    community = tools.use(Community)
    day = uow.clock.now().astimezone(community.zone).date()
    if not file.may_go_out(day) or content.speaks_of_group(file):
        return None
    try:
        names = content.names_for(community.name, "", day, called=content.WHOEVER)
        words = content.render(file, **names)
    except ContentError:
        return None
    return Offer(file.title, row.text, parts=content.parts_of(words, file.media, file.title))
