"""The calls for entries (征集) that stand in `content/calls/`."""

from collections.abc import Sequence
from datetime import datetime

from bot.commons.content import Shelf
from bot.commons.vetting import WordsTable
from bot.features.ugc.intake import Call
from bot.features.ugc.matter import CallMatter
from bot.kernel.clock import with_zone
from bot.kernel.community import Community
from bot.kernel.work import Toolbox, UnitOfWork

NO_WORDS = WordsTable()


def all_calls(uow: UnitOfWork, tools: Toolbox) -> Sequence[Call]:
    """Return all calls, the one that ends first in front."""
    zone = tools.use(Community).zone
    library = tools.use(Shelf).at_hand(uow.clock.now()).library
    found = [
        Call(
            file.path,
            file.title,
            file.body,
            matter.winners,
            matter.most_each,
            with_zone(matter.opens_at, zone) if matter.opens_at else None,
            with_zone(matter.closes_at, zone),
        )
        for file, matter in library.with_matter(CallMatter)
    ]
    return sorted(found, key=lambda call: (call.closes_at, call.path))


def open_calls(uow: UnitOfWork, tools: Toolbox, at: datetime) -> Sequence[Call]:
    """Return the calls that take entries sent at `at`."""
    return [call for call in all_calls(uow, tools) if call.is_open(at)]


def find(uow: UnitOfWork, tools: Toolbox, path: str) -> Call | None:
    """Return the call of a path; None when its file is gone or broken."""
    return next((call for call in all_calls(uow, tools) if call.path == path), None)


def words(uow: UnitOfWork, tools: Toolbox) -> WordsTable:
    """Return the words that operators want to be shown."""
    return tools.use(Shelf).at_hand(uow.clock.now()).library.table(WordsTable) or NO_WORDS
