"""Grants badges as soon as a deed earns them."""

from collections.abc import Mapping, Sequence

from bot.commons import deeds
from bot.features.badges import rounds, service
from bot.features.badges.book import book
from bot.kernel.events import DeedDone, Event
from bot.kernel.feature import Listener
from bot.kernel.work import Toolbox, UnitOfWork


def hear(uow: UnitOfWork, event: DeedDone, tools: Toolbox) -> None:
    """Look whether a deed earns badges; while they can't be read, let them look later."""
    rules, kept = book(uow, tools), deeds.get(uow, event.deed)
    if event.badge:
        service.give(uow, rules, event)
    if not rules.is_whole:
        rounds.begin_anew(uow)
    elif kept is not None:
        service.look(uow, rules, event.member, kept.deed)


listeners: Mapping[type[Event], Sequence[Listener]] = {DeedDone: (hear,)}
