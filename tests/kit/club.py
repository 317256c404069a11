"""Members who check in and make days up, an operator, and a clock."""

from collections.abc import Mapping
from datetime import date, timedelta

from bot.commons import points
from bot.commons.checkins.rules import CheckinSettings, Streak
from bot.commons.checkins.service import streak_of
from bot.features import checkin, makeups
from bot.kernel.abilities import Errands
from bot.kernel.capability import Doors
from bot.kernel.community import Community
from bot.kernel.errors import Refusal
from bot.kernel.feature import Feature
from bot.kernel.messages import Reply
from bot.kernel.work import UnitOfWork
from tests.kit.house import CAPABILITY
from tests.kit.rooms import Store
from tests.kit.talk import CHANNEL, Talk

MONDAY = date(2026, 8, 24)
"""Today, when a test begins."""
DAY = timedelta(days=1)
ROOMS = (checkin.feature, makeups.feature)


class NoErrands:
    """Nobody draws here."""

    def soon(self, _uow: UnitOfWork, _name: str) -> None:
        pass


class Club(Talk):
    """Both rooms with settings of a test's own."""

    def __init__(self, store: Store, **settings: object) -> None:
        super().__init__(store, ROOMS, Community("拾光衣橱"))
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
        [job] = [job for job in makeups.feature.jobs if job.name == name]
        while self.store.do(lambda uow: job.run(uow, self.tools)):
            pass

    def operates(self, action: str, **form: str) -> str:
        """Let an operator press a button of the page of amnesties."""
        [page] = makeups.feature.pages
        try:
            return self.store.do(lambda uow: page.actions[action](uow, self.tools, form, "lin"))
        except Refusal as refused:
            return "✗ " + self.words(refused.template, **refused.words)

    def console(self, **query: str) -> str:
        """Return what an operator sees there."""
        [page] = makeups.feature.pages
        shown = self.store.do(lambda uow: page.load(uow, self.tools, query))
        return self.words(page.template, csrf_field="", **shown)

    def page(self, who: str, **query: str) -> str:
        """Return what a member sees of her month."""
        return self._shown(checkin.feature, who, query)

    def days(self, who: str, **query: str) -> str:
        """Return what a member sees of the days that she can make up."""
        return self._shown(makeups.feature, who, query)

    def _shown(self, room: Feature, who: str, query: Mapping[str, str]) -> str:
        [page], her = room.member_pages, self.member(who)
        shown = self.store.do(lambda uow: page.load(uow, self.tools, her, query))
        return self.words(page.template, csrf_field="", here="/m/here", told=False, **shown)

    def makes_up(self, who: str, day: str) -> str:
        """Let a member send the form of a day."""
        [page], her = makeups.feature.member_pages, self.member(who)

        def run(uow: UnitOfWork) -> Reply:
            try:
                with uow.attempt():
                    return page.acts["make-up"](uow, self.tools, her, {"day": day})
            except Refusal as refused:
                return Reply(refused.template, refused.words)

        reply = self.store.do(run)
        return self.words(reply.template, **reply.data)
