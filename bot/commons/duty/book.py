"""The roster as it holds now."""

from collections.abc import Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from bot.commons.content import Library, Shelf
from bot.commons.duty.levels import Kind, Level, level_for
from bot.commons.duty.matter import FILE, AdvisorRow, Roster
from bot.commons.hours import Hours
from bot.kernel.community import Advisors, Community
from bot.kernel.errors import Problem
from bot.kernel.work import Toolbox, UnitOfWork


@dataclass(frozen=True, slots=True)
class Rota:
    """What `content/duty.toml` and the configuration say together."""

    roster: Roster
    shop: Hours
    """Business time: the hours of the shop."""
    hours: Mapping[str, Hours]
    """Each advisor's, by her userid as configured, in lower case."""
    is_whole: bool = True
    """False while a mistake keeps the file from being read: then the last good one holds."""
    problems: tuple[Problem, ...] = ()

    @property
    def phone(self) -> str:
        """Who answers it takes what can't wait when the shop is closed; empty for none."""
        return self.roster.phone

    @property
    def operations(self) -> tuple[str, ...]:
        """Where the operations group is told, `group:ID`; empty: where other alerts go."""
        return self.roster.operations

    def level(self, kind: Kind, tier: str = "", *, high_value: bool = False) -> Level:
        """Return the service level of a case."""
        return level_for(self.roster.all_levels, kind, tier, high_value=high_value)

    def row(self, userid: str) -> AdvisorRow:
        """Return what the file says of an advisor, by her userid as configured."""
        return self.roster.row_of(userid)


_KEPT: WeakKeyDictionary[Shelf, tuple[Library, Advisors, Rota]] = WeakKeyDictionary()


def rota(uow: UnitOfWork, tools: Toolbox) -> Rota:
    """Return the roster as it was read last; made anew only when a file has changed."""
    shelf, advisors = tools.use(Shelf), tools.use(Advisors)
    library = shelf.at_hand(uow.clock.now()).library
    kept = _KEPT.get(shelf)
    if kept is not None and kept[0] is library and kept[1] is advisors:
        return kept[2]
    is_whole = FILE not in library.broken or library.table(Roster) is not None
    before = kept[2].roster if kept is not None and not is_whole else Roster()
    roster = library.table(Roster) or before
    shop = roster.shop(tools.use(Community).zone)
    names = [one.userid.lower() for one in advisors]
    hours = {name: roster.hours_of(name, shop) for name in names}
    made = Rota(roster, shop, hours, is_whole, library.problems_of(FILE))
    _KEPT[shelf] = (library, advisors, made)
    return made
