"""The rules as they stand in the files now, and what judging by them needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from bot.commons import coupons, deeds, profiles
from bot.commons.content import Library, Shelf
from bot.commons.deeds import Deed
from bot.features.rewards.lunar import lunar_of
from bot.features.rewards.matter import Double, Rewards, Rule
from bot.features.rewards.rules import Born, doubles_of, is_birthday
from bot.kernel.community import Community
from bot.kernel.errors import Problem
from bot.kernel.ids import MemberId
from bot.kernel.ports import CheckinDays, Groups
from bot.kernel.work import Toolbox, UnitOfWork

FILE = "rewards.toml"


@dataclass(frozen=True, slots=True)
class Book:
    """What the file says."""

    rewards: Rewards
    kinds: coupons.Kinds
    problems: tuple[Problem, ...]
    """Of this file."""
    keeps_deeds: bool
    is_whole: bool
    """False while a mistake keeps the file from being read, or that of the coupons."""
    groups: Groups
    days: CheckinDays
    zone: ZoneInfo

    def doubles(self, uow: UnitOfWork, rule: Rule, deed: Deed) -> Sequence[Double]:
        """Return the double days that count for a deed."""
        mine = self.rewards.double
        needs_birthday = any(each.birthday for each in mine)
        birthday = needs_birthday and has_birthday(uow, deed)
        return doubles_of(rule, mine, deed.day, birthday=birthday)


def has_birthday(uow: UnitOfWork, deed: Deed) -> bool:
    """Return True when a deed counts for a birthday of who did it."""
    profile = profiles.profile_of(uow, MemberId(deed.member))
    return is_birthday(Born(profile.birthday, profile.lunar_birthday), deed.day, lunar_of)


_read: "WeakKeyDictionary[Toolbox, tuple[Library, Book]]" = WeakKeyDictionary()


def book(uow: UnitOfWork, tools: Toolbox) -> Book:
    """Return the rules as they were read last; the same object while nothing changed."""
    library = tools.use(Shelf).at_hand(uow.clock.now()).library
    known, made = _read.get(tools, (None, None))
    if made is None or known is not library:
        made = _of(library, tools)
        _read[tools] = (library, made)
    return made


def _of(library: Library, tools: Toolbox) -> Book:
    rewards = library.table(Rewards)
    broken, present = library.broken, library.tables.keys()
    absent = {FILE, coupons.FILE} - present
    return Book(
        rewards or Rewards(),
        library.table(coupons.Kinds) or coupons.Kinds(),
        library.problems_of(FILE),
        keeps_deeds=not (present | broken).isdisjoint(deeds.FILES),
        is_whole=broken.isdisjoint(absent),
        groups=tools.use(Groups),
        days=tools.use(CheckinDays),
        zone=tools.use(Community).zone,
    )
