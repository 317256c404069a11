"""Which service level a case has."""

from bot.commons import cases, duty, members
from bot.commons.clocks.rules import HIGH_VALUE_TAG, level_kind
from bot.kernel.work import Toolbox, UnitOfWork


def level_of(uow: UnitOfWork, tools: Toolbox, case: cases.Case) -> duty.Level:
    """Return the service level that a case has now: by what it is about, and whose it is."""
    tier = members.tier_of(uow, case.member)
    is_valued = HIGH_VALUE_TAG in members.tags_of(uow, case.member)
    return level_by(duty.rota(uow, tools), case.kind, case.severity, tier, is_valued=is_valued)


def level_by(
    book: duty.Rota, kind: cases.Kind, severity: int, tier: str, *, is_valued: bool
) -> duty.Level:
    """Return the service level of a case that is about this, of such a member."""
    return book.level(level_kind(kind, severity), tier, high_value=is_valued)


def level_named(uow: UnitOfWork, tools: Toolbox, name: str, case: cases.Case) -> duty.Level:
    """Return the level of a clock that runs; where the file has it no more, the case's of now."""
    levels = duty.rota(uow, tools).roster.all_levels
    return next((one for one in levels if one.name == name), None) or level_of(uow, tools, case)
