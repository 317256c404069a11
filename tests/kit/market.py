"""A shop with a content folder: members do things, buy and give back; rooms hear of it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from pydantic import BaseModel

from bot.commons import coupons, members, orders, points
from bot.commons.content import Forms, Pen, Shelf
from bot.commons.coupons import Kinds
from bot.commons.notices import Notices
from bot.commons.orders import Item, Order, Status
from bot.commons.profiles import Ref
from bot.kernel.community import Community
from bot.kernel.console import Page
from bot.kernel.errors import Refusal
from bot.kernel.events import Event
from bot.kernel.feature import Feature
from bot.kernel.messages import Reply
from bot.kernel.ports import CheckinDays, Groups, LastHeard
from bot.kernel.work import UnitOfWork
from tests.kit.desk import KNOWN, Desk
from tests.kit.rooms import Store
from tests.kit.talk import CHANNEL, Talk

COUPONS = '[[coupon]]\nname = "cup"\ntitle = "一杯券"\nface_fen = 3000\n'


class Market(Talk):
    """Rooms that hear of what members do, on a real database and a real folder."""

    def __init__(self, store: Store, desk: Desk, rooms: Sequence[Feature]) -> None:
        super().__init__(store, rooms, Community("拾光衣橱"), Groups(), Notices())
        self.desk, self.rooms = desk, rooms
        tables: dict[str, type[BaseModel]] = {"coupons.toml": Kinds}
        for room in rooms:
            tables |= room.tables
        forms = Forms(tables=tables)
        self._looks = 0.0
        shelf = Shelf(desk.content, desk.schedules, KNOWN, forms=forms, monotonic=self._seconds)
        self.tools.add(Shelf, shelf)
        self.tools.add(Pen, Pen(desk.content, forms))
        self.tools.add(CheckinDays, lambda _uow, _member, _first, _last: {})
        self.tools.add(LastHeard, lambda _uow, _channel, _identity: None)
        desk.write("coupons.toml", COUPONS)

    def _seconds(self) -> float:
        self._looks += 10
        return self._looks

    def writes(self, name: str, text: str) -> None:
        """Let an operator write a table, and the clock find it."""
        self.desk.write(name, text)
        self.looks()

    def looks(self) -> None:
        self.tools.use(Shelf).look(self.store.clock.now())

    def problems(self) -> list[str]:
        """Return what is wrong with the files, as `bot check` says it."""
        found = self.tools.use(Shelf).look(self.store.clock.now()).library.problems
        return [f"{each.line} {each.rule} {each.message}" for each in found]

    @contextmanager
    def unit(self) -> Iterator[UnitOfWork]:
        """Open a unit of work whose events are heard before its commit, as in the house."""
        with self.store.unit() as uow:
            yield uow
            self.tell_rooms(uow)

    def tell_rooms(self, uow: UnitOfWork) -> None:
        for event in uow.events:  # grows while we walk it
            for room in self.rooms:
                for listener in room.listeners.get(type(event), ()):
                    listener(uow, event, self.tools)
        self.outgoing += uow.outgoing

    def happens(self, event: Event, *, times: int = 1) -> None:
        """Let a room tell a fact, each time in a unit of its own."""
        for _ in range(times):
            with self.unit() as uow:
                uow.publish(event)

    def buys(
        self,
        who: str,
        number: str,
        fen: int,
        *,
        back_fen: int = 0,
        status: Status = Status.PAID,
        at: datetime | None = None,
        items: Sequence[Item] = (),
    ) -> None:
        """Let an order be told as it is now, and the rooms hear of it."""
        self.member(who)
        paid_at = at or self.store.clock.now()
        ref = Ref(CHANNEL, who)
        order = Order("pos", number, ref, paid_at, fen, back_fen, status, items=items)
        with self.unit() as uow:
            orders.record(uow, order)
            orders.tell(uow, most=100)

    def runs(self, name: str) -> None:
        """Let the clock run one job until it has no more to do."""
        [job] = [job for room in self.rooms for job in room.jobs if job.name == name]
        more: bool | None = True
        while more:
            if job.before is not None:
                with self.store.unit() as uow:
                    job.before(uow, self.tools)
            with self.unit() as uow:
                more = job.run(uow, self.tools)

    def balance(self, who: str) -> int:
        her = self.member(who)
        return self.store.do(lambda uow: points.balance(uow, her))

    def standing(self, who: str) -> points.Standing:
        her = self.member(who)
        return self.store.do(lambda uow: points.standing(uow, her))

    def coupons(self, who: str) -> list[coupons.Coupon]:
        her = self.member(who)
        return list(self.store.do(lambda uow: coupons.of_member(uow, her)))

    def books(self) -> list[str]:
        return self.store.do(points.books_balance)

    def tags(self, who: str, tag: str) -> None:
        her = self.member(who)
        with self.store.unit() as uow:
            members.tag(uow, her, tag, who="lin")

    def operates(self, page_name: str, action: str, **form: str) -> str:
        """Let an operator press a button of a page."""
        page = self._page(page_name)
        try:
            with self.unit() as uow, uow.attempt():
                return page.actions[action](uow, self.tools, form, "lin")
        except Refusal as refused:
            return "✗ " + self.words(refused.template, **refused.words)

    def page(self, name: str, /, **query: str) -> str:
        """Return what an operator sees."""
        page = self._page(name)
        shown = self.store.do(lambda uow: page.load(uow, self.tools, query))
        return self.words(page.template, csrf_field="", **shown)

    def _page(self, name: str) -> Page:
        return next(page for room in self.rooms for page in room.pages if page.name == name)

    def member_page(self, room: str, who: str, **query: str) -> str:
        """Return what a member sees."""
        [page] = [page for one in self.rooms if one.name == room for page in one.member_pages]
        her = self.member(who)
        shown: Mapping[str, object] = self.store.do(
            lambda uow: page.load(uow, self.tools, her, query)
        )
        return self.words(page.template, csrf_field="", here=f"/m/{room}/x", told=False, **shown)

    def reply(self, reply: Reply) -> str:
        return self.words(reply.template, **reply.data)
