"""Asks the platform who stands behind the names of colleagues."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import structlog

from bot.features.colleagues import service
from bot.kernel.abilities import Abilities, ColleagueLookup, NamesColleagues
from bot.kernel.errors import PlatformError, Undeliverable, is_everybodys
from bot.kernel.feature import Errand
from bot.kernel.ids import ChannelName
from bot.kernel.ports import Work
from bot.kernel.work import Toolbox

log = structlog.get_logger(__name__)

_QUESTIONS = 20
"""So many questions to a platform in one run; the rest a minute later."""
_IN_A_ROW = 3
"""So many names that fail one after the other are no trouble of theirs."""


async def ask(work: Work, tools: Toolbox) -> None:
    """Ask about everybody new; a platform that does not permit it is asked again tomorrow."""
    abilities = tools.use(Abilities)
    for home, lookup in abilities.of(ColleagueLookup).items():
        for channel in abilities.of(NamesColleagues):
            if channel != home:
                await _Questions(work, channel, home, lookup).ask()
        return  # one company, one app that knows it


@dataclass(frozen=True, slots=True)
class _Questions:
    """What is asked about the names of one channel."""

    work: Work
    channel: ChannelName
    home: ChannelName
    lookup: ColleagueLookup

    async def ask(self) -> None:
        for _ in range(_QUESTIONS):
            if not (names := await self._waiting()):
                return
            try:
                await self._ask_all(names)
            except Undeliverable as exc:
                log.warning("colleagues.not_permitted", channel=self.channel, code=exc.code)
                await self._later(await self._waiting())
                return

    async def _waiting(self) -> Sequence[str]:
        waiting = partial(service.waiting, channel=self.channel, most=self.lookup.most)
        return await self.work.look(waiting)

    async def _ask_all(self, names: Sequence[str]) -> None:
        """Ask about all of them at once; a name that makes the platform err is found by halves.

        It is asked about again tomorrow. Where nobody's answer shows that the platform is well,
        the error is the platform's own.
        """
        heaps, suspects, is_well = [names], list[str](), False
        while heaps:
            some = heaps.pop()
            try:
                told = await self.lookup.userids(some)
            except PlatformError as exc:
                if is_everybodys(exc):
                    raise
                if len(some) > 1:
                    heaps += [some[len(some) // 2 :], some[: len(some) // 2]]
                    continue
                suspects += some
                if len(suspects) == _IN_A_ROW or not (heaps or is_well):
                    raise
                continue
            await self._later(suspects)
            suspects, is_well = [], True
            for name in some:
                await self._keep(name, told.get(name, ""))
        await self._later(suspects)

    async def _keep(self, name: str, userid: str) -> None:
        keep = partial(
            service.keep, channel=self.channel, identity=name, userid=userid, home=self.home
        )
        await self.work.do(keep)

    async def _later(self, names: Sequence[str]) -> None:
        if names:
            await self.work.do(partial(service.later, channel=self.channel, names=names))


errands = (Errand("colleagues.ask", ask, every_s=60),)
