"""The badges as they stand in the file now."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.commons import coupons
from bot.commons.content import Shelf
from bot.features.badges.matter import Badges
from bot.kernel.community import Community
from bot.kernel.errors import Problem
from bot.kernel.work import Toolbox, UnitOfWork

FILE = "badges.toml"


@dataclass(frozen=True, slots=True)
class Book:
    """What the file says."""

    badges: Badges
    kinds: coupons.Kinds
    problems: tuple[Problem, ...]
    is_whole: bool
    """False while a mistake keeps the file from being read, or that of the coupons."""
    zone: ZoneInfo


def book(uow: UnitOfWork, tools: Toolbox) -> Book:
    """Return the badges as they were read last."""
    library = tools.use(Shelf).at_hand(uow.clock.now()).library
    badges = library.table(Badges)
    absent = {FILE, coupons.FILE} - library.tables.keys()
    return Book(
        badges or Badges(),
        library.table(coupons.Kinds) or coupons.Kinds(),
        library.problems_of(FILE),
        is_whole=library.broken.isdisjoint(absent),
        zone=tools.use(Community).zone,
    )
