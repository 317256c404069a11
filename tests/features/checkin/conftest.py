"""Members who check in and make days up, an operator, and a clock."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest

from bot.commons import points
from bot.features import checkin
from bot.features.checkin.rules import CheckinSettings, Streak
from bot.features.checkin.service import streak_of
from bot.kernel.abilities import Errands
from bot.kernel.capability import Doors
from bot.kernel.community import Community
from bot.kernel.errors import Refusal
from bot.kernel.messages import Reply
from bot.kernel.work import UnitOfWork
from tests.kit.house import CAPABILITY
from tests.kit.rooms import Store
from tests.kit.talk import CHANNEL, Talk

MONDAY = date(2026, 8, 24)
"""Today, when a test begins."""
DAY = timedelta(days=1)


class NoErrands:
    """Nobody draws here."""

    def soon(self, _uow: UnitOfWork, _name: str) -> None:
        pass


class Club(Talk):
    """The room with settings of a test's own."""

    def __init__(self, store: Store, **settings: object) -> None:
        super().__init__(store, [checkin.feature], Community("拾光衣橱"))
        self.tools.add(CheckinSettings, CheckinSettings.model_validate(settings))
        self.tools.add(Errands, NoErrands())
        self.tools.add(Doors, Doors({CHANNEL: CAPABILITY}))

    def was_there(self, who: str, *days_ago: int) -> None:
        """Let somebody have checked in on these days."""
        now = self.clock.now()
        for days in sorted(days_ago, reverse=True):
            self.says(who, "打卡", at=now - days * DAY)

    def has(self, who: str, amount: int) -> None:
        """Give somebody points."""
        her, key = self.member(who), f"gift:{who}:{self.clock.now()}"
        self.store.do(lambda uow: points.award(uow, her, amount, reason="gift", key=key))

    def balance(self, who: str) -> int:
        her = self.member(who)
        return self.store.do(lambda uow: points.balance(uow, her))

    def streak(self, who: str) -> Streak | None:
        her = self.member(who)
        return self.store.do(lambda uow: streak_of(uow, her))

    def runs(self, name: str) -> None:
        """Let the clock run one job until it has no more to do."""
        [job] = [job for job in checkin.feature.jobs if job.name == name]
        while self.store.do(lambda uow: job.run(uow, self.tools)):
            pass

    def operates(self, action: str, **form: str) -> str:
        """Let an operator press a button of the page of amnesties."""
        page = checkin.feature.pages[1]
        try:
            return self.store.do(lambda uow: page.actions[action](uow, self.tools, form, "lin"))
        except Refusal as refused:
            return "✗ " + self.words(refused.template, **refused.words)

    def console(self, **query: str) -> str:
        """Return what an operator sees there."""
        page = checkin.feature.pages[1]
        shown = self.store.do(lambda uow: page.load(uow, self.tools, query))
        return self.words(page.template, csrf_field="", **shown)

    def page(self, who: str, **query: str) -> str:
        """Return what a member sees."""
        [page], her = checkin.feature.member_pages, self.member(who)
        shown = self.store.do(lambda uow: page.load(uow, self.tools, her, query))
        return self.words(page.template, csrf_field="", here="/m/checkin/mine", told=False, **shown)

    def sends_form(self, who: str, act: str, form: Mapping[str, str]) -> str:
        """Let a member send a form of her page."""
        [page], her = checkin.feature.member_pages, self.member(who)

        def run(uow: UnitOfWork) -> Reply:
            try:
                with uow.attempt():
                    return page.acts[act](uow, self.tools, her, form)
            except Refusal as refused:
                return Reply(refused.template, refused.words)

        reply = self.store.do(run)
        return self.words(reply.template, **reply.data)


@pytest.fixture
def club(store: Store) -> Club:
    return Club(store, makeup_points=20, makeups_a_month=2, makeup_days_back=7)
