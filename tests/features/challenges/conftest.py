"""A community with challenges from files, members who check in, an operator and a clock."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from typing_extensions import override

from bot.commons import coupons, points
from bot.commons.checkins.rules import CheckinSettings
from bot.commons.content import Forms, Pen, Shelf
from bot.commons.coupons import Coupon, Kinds
from bot.commons.notices import Notices
from bot.features import challenges, checkin, makeups, photos
from bot.features.challenges import reads, service, windows
from bot.features.challenges.matter import ChallengeMatter
from bot.features.challenges.reads import Part, View
from bot.kernel.abilities import Errands
from bot.kernel.community import Community
from bot.kernel.errors import Refusal
from bot.kernel.events import CheckedIn, Event
from bot.kernel.messages import Reply, Update
from bot.kernel.ports import CheckinDays, Groups, LastHeard
from bot.kernel.work import Statement, UnitOfWork
from tests.kit.desk import KNOWN, Desk
from tests.kit.rooms import Store
from tests.kit.talk import Talk

HEAD = 'kind = "interactive"\nstage = "consideration"\n'
WEEK = 'title = "早起一周"\nstarts_on = 2026-08-24\nends_on = 2026-08-30\ndays_needed = 5\n'
"""From today on, when a test begins."""
GIFT = "[reward]\npoints = 50\n"
KINDS = """[[coupon]]
name = "card"
title = "季度穿搭VIP卡"
percent_off = 10
valid_days = 5
"""
FORMS = Forms({"challenges": ChallengeMatter}, {"coupons.toml": Kinds})
DAY = timedelta(days=1)


class NoErrands:
    """Nobody looks here."""

    def soon(self, _uow: UnitOfWork, _name: str) -> None:
        pass


class Arena(Talk):
    """The rooms around a challenge, with the events between them."""

    def __init__(self, store: Store, desk: Desk) -> None:
        super().__init__(
            store,
            [checkin.feature, makeups.feature, challenges.feature, photos.feature],
            Community("拾光衣橱"),
            Groups(),
            Notices(),
        )
        self.desk = desk
        shelf = Shelf(desk.content, desk.schedules, KNOWN, forms=FORMS, monotonic=self._seconds)
        self.tools.add(Shelf, shelf)
        self.tools.add(Pen, Pen(desk.content, FORMS))
        self.tools.add(LastHeard, lambda _uow, _channel, _identity: None)
        self.tools.add(CheckinDays, makeups.days_of)
        self.tools.add(Errands, NoErrands())
        self.tools.add(CheckinSettings, CheckinSettings(makeup_points=1, makeups_a_month=31))
        self._looks = 0.0

    def _seconds(self) -> float:
        self._looks += 10
        return self._looks

    def writes(self, matter: str = WEEK, name: str = "a", body: str = "一起早起。") -> None:
        """Let an operator write a file, and the clock find it."""
        self.desk.post(f"challenges/{name}.md", body, matter, HEAD)
        self.runs("challenges.files")

    def runs(self, name: str) -> None:
        """Let the clock run one job until it has no more to do."""
        [job] = [job for job in challenges.feature.jobs if job.name == name]
        more: bool | None = True
        while more:
            with self.store.unit() as uow:
                if job.before is not None:
                    job.before(uow, self.tools)
            more = self._do(lambda uow: job.run(uow, self.tools))
        windows.forget(self.tools)

    def _do(self, act: object) -> bool:
        assert callable(act)
        with self.store.unit() as uow:
            more = act(uow)
            self.events += uow.events
        return bool(more)

    @override
    def hears(self, update: Update) -> list[str]:
        before = len(self.events)
        said = super().hears(update)
        for event in self.events[before:]:
            self.tells(event)
        return said

    def does_and_tells(self, act: Callable[[UnitOfWork], object]) -> None:
        """Do something, and let the room hear what came of it."""
        before = len(self.events)
        self._do(act)
        for event in self.events[before:]:
            self.tells(event)

    def tells(self, event: Event) -> None:
        """Let the room hear what another has published."""
        for listener in challenges.feature.listeners.get(type(event), ()):
            self._do(lambda uow, hear=listener: hear(uow, event, self.tools))

    def comes(self, who: str, *offsets: int) -> None:
        """Let somebody check in so many days from today, in this order."""
        for days in offsets:
            self.says(who, "打卡", at=self.clock.now() + days * DAY)

    def daily(self, who: str, days: int) -> None:
        """Let days pass on which somebody checks in."""
        for _ in range(days):
            self.says(who, "打卡")
            self.store.clock.tick(days=1)

    def ends(self, **how_long: float) -> None:
        """Let time pass, and what falls due happen."""
        self.store.clock.tick(**how_long)
        self.runs("challenges.settle")

    def balance(self, who: str) -> int:
        her = self.member(who)
        return self.store.do(lambda uow: points.balance(uow, her))

    def rewards(self, who: str) -> list[int]:
        """Return what challenges gave and took, in points."""
        her = self.member(who)
        lines = self.store.do(lambda uow: points.latest(uow, her, 99))
        return [line.points for line in lines if line.reason == "challenge"]

    def coupons(self, who: str) -> list[Coupon]:
        her = self.member(who)
        return [*self.store.do(lambda uow: coupons.of_member(uow, her, most=9))]

    def part(self, who: str, challenge: int = 1) -> Part | None:
        her = self.member(who)
        return self.store.do(lambda uow: reads.part_of(uow, challenge, her))

    def view(self, challenge: int = 1) -> View:
        found = self.store.do(lambda uow: reads.one(uow, challenge))
        assert found is not None
        return found

    def finishers(self, challenge: int = 1) -> set[int]:
        return {one.member for one in self.store.do(lambda uow: reads.completed(uow, challenge))}

    def letters(self) -> list[str]:
        """Return what members were to be told, by its key."""
        rows = self.store.do(lambda uow: uow.run(Statement("SELECT key FROM letters ORDER BY id")))
        return [str(row[0]) for row in rows]

    def notices(self) -> str:
        rows = self.store.do(lambda uow: uow.run(Statement("SELECT text FROM notices ORDER BY 1")))
        return "\n".join(str(row[0]) for row in rows)

    def operates(self, action: str, **form: str) -> str:
        """Let an operator press a button of the page."""
        [page] = challenges.feature.pages

        def act(uow: UnitOfWork) -> str:
            with uow.attempt():
                return page.actions[action](uow, self.tools, form, "lin")

        try:
            return self.store.do(act)
        except Refusal as refused:
            return "✗ " + self.words(refused.template, **refused.words)

    def console(self, **query: str) -> str:
        """Return what an operator sees."""
        [page] = challenges.feature.pages
        shown = self.store.do(lambda uow: page.load(uow, self.tools, query))
        return self.words(page.template, csrf_field="", **shown)

    def page(self, who: str, **query: str) -> str:
        """Return what a member sees."""
        [page], her = challenges.feature.member_pages, self.member(who)
        shown = self.store.do(lambda uow: page.load(uow, self.tools, her, query))
        return self.words(page.template, csrf_field="", here="/m/challenges/mine", **shown)

    def joins_by_form(self, who: str, form: Mapping[str, str]) -> str:
        """Let a member send the form of her page."""
        [page], her = challenges.feature.member_pages, self.member(who)
        try:
            reply = self.store.do(lambda uow: page.acts["join"](uow, self.tools, her, form))
        except Refusal as refused:
            reply = Reply(refused.template, refused.words)
        return self.words(reply.template, **reply.data)

    def counts_again(self, who: str, at: datetime) -> None:
        """Let a day of hers be heard of once more."""
        her, day = self.member(who), at.date()
        self.tells(CheckedIn(her, day, 1))
        self._do(lambda uow: service.heard(uow, self.tools, her, day))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def arena(store: Store, desk: Desk) -> Arena:
    return Arena(store, desk)
