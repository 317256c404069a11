"""A shop whose advisor can be booked, from a file, and members who book."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from bot.commons import members
from bot.commons.content import Forms, Pen, Shelf
from bot.commons.notices import Notices
from bot.features import bookings
from bot.features.bookings import reads
from bot.features.bookings.matter import ServiceMatter
from bot.features.bookings.reads import BookingView
from bot.kernel.capability import Capability, Chat, Doors
from bot.kernel.community import Advisor, Advisors, Community, Tiers
from bot.kernel.errors import Refusal
from bot.kernel.messages import Reply
from bot.kernel.ports import Groups, LastHeard
from bot.kernel.privacy import PersonalRegistry
from bot.kernel.work import UnitOfWork
from tests.kit.desk import KNOWN, Desk
from tests.kit.rooms import Store
from tests.kit.talk import CHANNEL, Talk

FORMS = Forms({"services": ServiceMatter}, {})
HEAD = 'kind = "interactive"\nstage = "consideration"\n'
TIDY = (
    'title = "私人衣橱整理"\nadvisor = "LiSi"\nduration_minutes = 90\n'
    'weekly = { "周六" = ["10:00", "14:00"], wed = ["19:00"] }\ndays_off = ["2026-09-05"]\n'
)
"""The tests begin on Monday, 24 August 2026, at noon."""
ROOMS = [bookings.feature]


class Village(Talk):
    """Members, an advisor, and files of what can be booked."""

    def __init__(self, store: Store, desk: Desk) -> None:
        advisors = Advisors((Advisor("lisi", "李顾问"),))
        super().__init__(store, ROOMS, Community("拾光衣橱"), Notices(), Groups(), advisors)
        self.desk = desk
        self._looks = 0.0
        known = replace(KNOWN, tiers=("时光挚友",))
        shelf = Shelf(desk.content, desk.schedules, known, forms=FORMS, monotonic=self._seconds)
        self.tools.add(Shelf, shelf)
        self.tools.add(Pen, Pen(desk.content, FORMS))
        self.tools.add(LastHeard, lambda _uow, _channel, _identity: None)
        can = Capability((Chat.COLLEAGUE, Chat.CUSTOMER), "")
        self.tools.add(Doors, Doors({CHANNEL: can}))

    def _seconds(self) -> float:
        self._looks += 10
        return self._looks

    def offers(self, matter: str = TIDY, name: str = "tidy", body: str = "来帮你理衣橱。") -> None:
        """Let an operator write a file, and the clock find it."""
        self.desk.post(f"services/{name}.md", body, matter, HEAD)
        self.runs("bookings.files")

    def runs(self, name: str) -> None:
        [job] = [job for job in bookings.feature.jobs if job.name == name]
        more: bool | None = True
        while more:
            if job.before is not None:
                self.store.do(lambda uow: job.before(uow, self.tools))  # type: ignore[misc]  # it is
            more = self.store.do(lambda uow: self._run(uow, job.run))

    def _run(self, uow: UnitOfWork, run: object) -> bool | None:
        assert callable(run)
        more = run(uow, self.tools)
        self.outgoing += uow.outgoing
        return bool(more)

    def waits(self, **how_long: float) -> None:
        self.store.clock.tick(**how_long)
        for name in ("bookings.remind", "bookings.advisors", "bookings.forget"):
            self.runs(name)

    def to(self, who: str) -> list[str]:
        return [str(getattr(o.part, "text", "")) for o in self.outgoing if o.recipient == who]

    def booking(self, number: int = 1) -> BookingView:
        found = self.store.do(lambda uow: reads.get(uow, number))
        assert found is not None
        return found

    def tier(self, who: str, tier: str) -> None:
        her, tiers = self.member(who), Tiers((tier,))
        with self.store.unit() as uow:
            members.set_tier(uow, her, tier, reason="老客", who="lin", tiers=tiers)

    def forgets(self, who: str) -> None:
        her = self.member(who)
        registry = PersonalRegistry(bookings.feature.personal)
        self.store.do(lambda uow: registry.erase(uow, her))

    def sends_form(self, who: str, act: str, form: Mapping[str, str]) -> str:
        [page], her = bookings.feature.member_pages, self.member(who)
        try:
            reply = self.store.do(lambda uow: page.acts[act](uow, self.tools, her, form))
        except Refusal as refused:
            reply = Reply(refused.template, refused.words)
        return self.words(reply.template, **reply.data)

    def member_page(self, who: str, **query: str) -> str:
        [page], her = bookings.feature.member_pages, self.member(who)
        shown = self.store.do(lambda uow: page.load(uow, self.tools, her, query))
        return self.words(
            page.template, csrf_field="", here="/m/bookings/mine", told=False, **shown
        )

    def operates(self, action: str, **form: str) -> str:
        try:
            return self.store.do(lambda uow: self._act(uow, action, form))
        except Refusal as refused:
            return "✗ " + self.words(refused.template, **refused.words)

    def _act(self, uow: UnitOfWork, action: str, form: Mapping[str, str]) -> str:
        [page] = bookings.feature.pages
        said = page.actions[action](uow, self.tools, form, "lin")
        self.outgoing += uow.outgoing
        return said

    def page(self, **query: str) -> str:
        [page] = bookings.feature.pages
        shown = self.store.do(lambda uow: page.load(uow, self.tools, query))
        return self.words(page.template, csrf_field="", **shown)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def village(store: Store, desk: Desk) -> Village:
    return Village(store, desk)
