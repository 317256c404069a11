"""`bot export members`: the columns of the import, tier and lifecycle."""

from collections.abc import Iterator

from bot.commons import members
from bot.commons.importing import MEMBER_COLUMNS, member_rows
from bot.kernel.exporting import Asked, Cell, Export
from bot.kernel.work import UnitOfWork

_BITE = 500


def _rows(uow: UnitOfWork, asked: Asked) -> Iterator[tuple[Cell, ...]]:
    after = 0
    while who := members.all_members(uow, after=after, most=_BITE):
        for row in member_rows(uow, who, asked.community.zone):
            yield tuple(row[name] for name in MEMBER_COLUMNS)
        after = who[-1]


exports = (Export("members", tuple(MEMBER_COLUMNS), _rows),)
