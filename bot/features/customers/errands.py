"""Asks the platform who is whose friend: everybody now and then, one who changed at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import structlog

from bot.commons import customers
from bot.features.customers.rules import READ, CustomersSettings
from bot.kernel import crash
from bot.kernel.abilities import Abilities
from bot.kernel.customers import Customer, CustomerBook, NoCustomer, PlaceLost
from bot.kernel.errors import Undeliverable
from bot.kernel.feature import Errand
from bot.kernel.ids import ChannelName
from bot.kernel.ports import Work
from bot.kernel.work import Toolbox

log = structlog.get_logger(__name__)

_AT_ONCE = 100
"""Colleagues of one listing, as many as `CustomerBook.page` takes."""


async def read(work: Work, tools: Toolbox) -> None:
    """Make what we know equal to the platform.

    How far a full reading is, is on disk after each hundred colleagues: whoever runs this next
    goes on from there.
    """
    abilities = tools.use(Abilities)
    book, channel = abilities.one(CustomerBook), abilities.home(CustomerBook)
    if book is None or channel is None:
        return
    every_h = tools.use(CustomersSettings).read_every_h
    reader = _Reader(work, book, channel)
    if (at := await work.do(partial(customers.under_way, every_h=every_h))) is not None:
        await reader.read_all(at)
    await reader.read_due()


@dataclass(frozen=True, slots=True)
class _Reader:
    work: Work
    book: CustomerBook
    channel: ChannelName

    async def read_all(self, at: customers.Round) -> None:
        left = sorted(who for who in set(await self.book.colleagues()) if who > at.after)
        for start in range(0, len(left), _AT_ONCE):
            hundred = left[start : start + _AT_ONCE]
            await self._read_hundred(at, hundred)
            await self.work.do(partial(customers.turn, at=at, after=hundred[-1]))
            crash.step("customers.turned")
        await self.work.do(partial(customers.end_round, channel=self.channel, at=at))
        log.info("customers.read", round=at.number, colleagues=len(left))

    async def _read_hundred(self, at: customers.Round, colleagues: Sequence[str]) -> None:
        """Read the customers of some colleagues; begun anew, once, when the place is lost."""
        try:
            await self._list(at, colleagues)
        except PlaceLost:
            await self._list(at, colleagues)

    async def _list(self, at: customers.Round, colleagues: Sequence[str]) -> None:
        place, more = "", True
        while more:
            page = await self.book.page(colleagues, place)
            crash.step("customers.listed")
            found = page.customers
            keep = partial(customers.keep, channel=self.channel, customers=found, number=at.number)
            await self.work.do(keep)
            place, more = page.place, bool(page.place)

    async def read_due(self) -> None:
        while identity := await self.work.look(partial(customers.next_due, channel=self.channel)):
            await self._read_one(identity)

    async def _read_one(self, identity: str) -> None:
        try:
            found = await self.book.customer(identity)
        except NoCustomer:
            found = Customer(identity, "")
        except Undeliverable as exc:
            if exc.channel_off:
                raise
            log.warning("customers.refused", code=exc.code)
            found = None
        crash.step("customers.asked")
        if found is not None and found.identity == identity:
            replace = partial(customers.replace, channel=self.channel, customer=found)
            await self.work.do(replace)
        await self.work.do(partial(customers.leave, channel=self.channel, identity=identity))


errands = (Errand(READ, read, every_s=600),)
