"""Grants badges as soon as a deed earns them."""

from collections.abc import Mapping, Sequence

from bot.features.badges import rounds, service
from bot.features.badges.book import book
from bot.kernel.events import DeedDone, Event
from bot.kernel.feature import Listener
from bot.kernel.work import Toolbox, UnitOfWork


def hear(uow: UnitOfWork, event: DeedDone, tools: Toolbox) -> None:
    """Look whether a deed earns badges; while they can't be read, let them look later."""
    rules = book(uow, tools)
    if rules.is_whole:
        service.look(uow, rules, event.member, [event.kind], tells=True)
    else:
        rounds.begin_anew(uow)


listeners: Mapping[type[Event], Sequence[Listener]] = {DeedDone: (hear,)}
