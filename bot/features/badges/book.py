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
    broken = {each.path for each in library.problems if not each.warning}
    absent = {FILE, coupons.FILE} - library.tables.keys()
    problems = tuple(each for each in library.problems if each.path == f"{library.root}/{FILE}")
    return Book(
        badges or Badges(),
        library.table(coupons.Kinds) or coupons.Kinds(),
        problems,
        is_whole=broken.isdisjoint(f"{library.root}/{name}" for name in absent),
        zone=tools.use(Community).zone,
    )
