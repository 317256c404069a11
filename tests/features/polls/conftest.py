"""A community with a content folder, in which polls come from files and members vote."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from bot.commons import points
from bot.commons.content import Pen, Shelf
from bot.commons.notices import Notices
from bot.features import polls
from bot.features.polls import reads
from bot.features.polls.reads import PollView
from bot.kernel.community import Community, Tiers
from bot.kernel.errors import Refusal
from bot.kernel.messages import Reply, Tap, Update, UpdateKind
from bot.kernel.ports import Groups, LastHeard
from bot.kernel.work import UnitOfWork
from tests.kit.desk import KNOWN, Desk
from tests.kit.rooms import Store
from tests.kit.talk import CHANNEL, Talk

HEAD = 'kind = "interactive"\nstage = "consideration"\n'
TIERS = Tiers(("常客", "时光挚友"))
STYLES = 'title = "明年春天进什么"\noptions = ["新中式", "美拉德", "学院", "极简"]\n'
ENDS = "closes_at = 2026-08-25T22:00:00+08:00\n"
"""34 hours after the tests begin."""


class Village(Talk):
    """Members who talk to the room, operators who write its files, and a clock."""

    def __init__(self, store: Store, desk: Desk) -> None:
        super().__init__(store, [polls.feature], Community("拾光衣橱"), Groups(), Notices())
        self.desk = desk
        known = replace(KNOWN, tiers=TIERS)
        self.tools.add(Shelf, Shelf(desk.content, desk.schedules, known, monotonic=self._seconds))
        self.tools.add(Pen, Pen(desk.content))
        self.tools.add(LastHeard, lambda _uow, _channel, _identity: None)
        self._looks = 0.0
        self._taps = 0

    def _seconds(self) -> float:
        self._looks += 10
        return self._looks

    def writes(self, matter: str = STYLES + ENDS, body: str = "选一个。", name: str = "a") -> None:
        """Let an operator write a file, and the clock find it."""
        self.desk.post(f"polls/{name}.md", body, matter, HEAD)
        self.runs("polls.files")

    def runs(self, name: str) -> None:
        """Let the clock run one job until it has no more to do."""
        [job] = [job for job in polls.feature.jobs if job.name == name]
        more: bool | None = True
        while more:
            with self.store.unit() as uow:
                if job.before is not None:
                    job.before(uow, self.tools)
            more = self.store.do(lambda uow: self._run(uow, job.run))

    def _run(self, uow: UnitOfWork, run: object) -> bool | None:
        assert callable(run)
        more = run(uow, self.tools)
        self.outgoing += uow.outgoing
        return bool(more)

    def waits(self, **how_long: float) -> None:
        """Let time pass, and what falls due happen."""
        self.store.clock.tick(**how_long)
        self.runs("polls.count")

    def presses(self, who: str, poll: int, *chosen: str) -> list[str]:
        """Let somebody press the button of a card."""
        self._taps += 1
        tap = Tap(f"poll:{poll}", "card", chosen)
        return self.hears(self.update(who, tap, f"tap-{self._taps}"))

    def update(self, who: str, tap: Tap, key: str) -> Update:
        now = self.clock.now()
        return Update(CHANNEL, key, UpdateKind.TAP, who, now, who, tap=tap)

    def has(self, who: str, amount: int) -> None:
        """Give somebody points."""
        her = self.member(who)
        key = f"gift:{who}:{self.clock.now()}"
        with self.store.unit() as uow:
            points.award(uow, her, amount, reason="gift", key=key)

    def balance(self, who: str) -> int:
        her = self.member(who)
        return self.store.do(lambda uow: points.balance(uow, her))

    def poll(self, number: int = 1) -> PollView:
        found = self.store.do(lambda uow: reads.poll(uow, number))
        assert found is not None
        return found

    def counts(self, number: int = 1) -> list[int]:
        """Return the ballots of each option, from the ballots themselves."""
        votes = self.store.do(lambda uow: reads.votes(uow, number))
        options = self.poll(number).options
        return [sum(option.number in vote.choices for vote in votes) for option in options]

    def operates(self, action: str, **form: str) -> str:
        """Let an operator press a button of the page."""
        [page] = polls.feature.pages
        try:
            return self.store.do(lambda uow: page.actions[action](uow, self.tools, form, "lin"))
        except Refusal as refused:
            return "✗ " + self.words(refused.template, **refused.words)

    def page(self) -> str:
        """Return what an operator sees."""
        [page] = polls.feature.pages
        shown = self.store.do(lambda uow: page.load(uow, self.tools, {}))
        return self.words(page.template, csrf_field="", **shown)

    def member_page(self, who: str, **query: str) -> str:
        """Return what a member sees."""
        [page], her = polls.feature.member_pages, self.member(who)
        shown = self.store.do(lambda uow: page.load(uow, self.tools, her, query))
        return self.words(page.template, csrf_field="", here="/m/polls/vote", told=False, **shown)

    def sends_form(self, who: str, form: Mapping[str, str]) -> str:
        """Let a member send the form of her page."""
        [page], her = polls.feature.member_pages, self.member(who)
        try:
            reply = self.store.do(lambda uow: page.acts["vote"](uow, self.tools, her, form))
        except Refusal as refused:
            reply = Reply(refused.template, refused.words)
        return self.words(reply.template, **reply.data)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def village(store: Store, desk: Desk) -> Village:
    return Village(store, desk)
