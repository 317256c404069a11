"""A shop with three advisors, a roster in a file, and the room of the roster."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bot.commons import duty
from bot.commons.content import Forms, Shelf
from bot.commons.duty import OpenCases, Standing
from bot.commons.notices import Notices
from bot.features import roster
from bot.features.roster.week import Week
from bot.kernel.community import Advisor, Advisors, Community
from bot.kernel.errors import Refusal
from bot.kernel.ports import Groups
from tests.kit.desk import KNOWN, Desk
from tests.kit.rooms import Store
from tests.kit.talk import Talk

ADVISORS = Advisors(
    (
        Advisor("LiSi", "李顾问", ("complaint", "styling"), ("时光挚友",)),
        Advisor("wangwu", "王顾问", ("complaint",)),
        Advisor("zhao", "赵店长"),
    )
)
ROSTER = """
[hours]
daily = ["09:30-12:00", "13:30-21:30"]
sunday = ["10:00-18:00"]
[[advisor]]
userid = "lisi"
deputy = "wangwu"
[advisor.shifts]
monday = ["09:30-12:00"]
tuesday = ["09:30-12:00", "13:30-18:00"]
[[advisor]]
userid = "wangwu"
capacity = 3
skills = ["group_purchase"]
guides_newcomers = true
[[advisor]]
userid = "zhao"
role = "supervisor"
[advisor.shifts]
monday = ["08:00-23:00"]
"""
"""The tests begin on Monday, 24 August 2026, at 12:00."""


class Floor(Talk):
    """The advisors on a real database."""

    def __init__(self, store: Store, desk: Desk, text: str = ROSTER) -> None:
        super().__init__(
            store, [roster.feature], Community("拾光衣橱"), Notices(), Groups(), ADVISORS
        )
        self.desk = desk
        self._looks = 0.0
        self.cases: dict[str, int] = {}
        known = replace(KNOWN, advisors=[one.userid for one in ADVISORS])
        forms = Forms(tables={duty.FILE: duty.Roster})
        shelf = Shelf(desk.content, desk.schedules, known, forms=forms, monotonic=self._seconds)
        self.tools.add(Shelf, shelf)
        self.tools.add(OpenCases, OpenCases(lambda _uow: self.cases))
        self.write(text)

    def _seconds(self) -> float:
        self._looks += 10
        return self._looks

    def write(self, text: str) -> None:
        """Let an operator write the file, and the clock find it."""
        self.desk.write(duty.FILE, text)
        self.tools.use(Shelf).look(self.clock.now())

    def at(self, wall: str) -> datetime:
        """Turn the clock to a local time, and return it."""
        self.store.clock.at = moment(wall)
        return self.store.clock.at

    def standing(self) -> dict[str, Standing]:
        now = self.clock.now()
        found = self.store.do(lambda uow: duty.standing(uow, self.tools, now))
        return {one.configured: one for one in found}

    def on_duty(self) -> dict[str, str]:
        """Return of each advisor why she is not on duty, empty when she is."""
        return {name: one.why_not or "" for name, one in self.standing().items()}

    def runs(self, name: str) -> None:
        """Let the clock run one job."""
        [job] = [job for job in roster.feature.jobs if job.name == name]
        self.store.do(lambda uow: job.run(uow, self.tools))

    def week(self) -> Week:
        """Return the week that is shown."""
        shown = self.page()["week"]
        assert isinstance(shown, Week)
        return shown

    def operates(self, action: str, **form: str) -> str:
        """Let an operator press a button."""
        [page] = roster.feature.pages
        try:
            return self.store.do(lambda uow: page.actions[action](uow, self.tools, form, "lin"))
        except Refusal as refused:
            return "✗ " + self.words(refused.template, **refused.words)

    def page(self, **query: str) -> Mapping[str, object]:
        """Return what the page is filled with."""
        [page] = roster.feature.pages
        return self.store.do(lambda uow: page.load(uow, self.tools, query))

    def console(self, **query: str) -> str:
        """Return what an operator sees."""
        [page] = roster.feature.pages
        return self.words(page.template, csrf_field="", **self.page(**query))


def moment(wall: str) -> datetime:
    """Return the instant of a local time in Shanghai."""
    return datetime.fromisoformat(f"{wall}+08:00")
