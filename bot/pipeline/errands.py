"""Runs the rooms' errands.

Each is a book without pages, so that it is due, rests, fails and is told of like any book that
is fetched (`fetching.py`).
"""

from collections.abc import Mapping, Sequence

from typing_extensions import override

from bot.kernel.abilities import Errands
from bot.kernel.feature import Errand
from bot.kernel.ids import ChannelName
from bot.kernel.ports import Fetcher, Page, Work
from bot.kernel.work import Toolbox, UnitOfWork
from bot.pipeline import fetching
from bot.pipeline.alarm import ERRAND

_DONE = Page((), cursor="", more=False)


class _OneErrand(Fetcher):
    """Looks into the one book of an errand by running it."""

    hint_lives_s = 0.0

    def __init__(self, errand: Errand, work: Work, tools: Toolbox) -> None:
        self.books = (errand.name,)
        self.poll_every_s = errand.every_s
        self._errand = errand
        self._work = work
        self._tools = tools

    @override
    async def fetch(self, book: str, cursor: str, hint: str) -> Page:
        again_s = await self._errand.run(self._work, self._tools)
        every_s = self._errand.every_s
        self.poll_every_s = every_s if again_s is None else min(again_s, every_s)
        return _DONE


class Messenger(Errands):
    """Makes errands due."""

    @override
    def soon(self, uow: UnitOfWork, name: str) -> None:
        fetching.poke(uow, _channel(name), name)


def fetchers(
    errands: Sequence[Errand], work: Work, tools: Toolbox
) -> Mapping[ChannelName, Fetcher]:
    """Return what runs the errands, each as a channel of its own."""
    return {_channel(errand.name): _OneErrand(errand, work, tools) for errand in errands}


def _channel(name: str) -> ChannelName:
    return ChannelName(f"{ERRAND}{name}")
