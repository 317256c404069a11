"""Cases, whoever cares for them, and their clocks, on a real database; no platform."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from typing import TypeVar
from zoneinfo import ZoneInfo

from bot.commons import cases, clocks, duty, members, reception
from bot.commons.cases import Case, Ending, Kind
from bot.commons.content import Forms, Shelf
from bot.commons.duty import OpenCases
from bot.commons.notices import Notices
from bot.features import care, roster
from bot.features import clocks as room
from bot.kernel.clock import Clock
from bot.kernel.community import Advisor, Advisors, Community, Tiers
from bot.kernel.events import CaseEscalated, ClockWarned, Event
from bot.kernel.feature import Job
from bot.kernel.ids import ChannelName, GroupId, MemberId
from bot.kernel.messages import Outgoing
from bot.kernel.ports import Group, Groups, Links, Mailbox, Words
from bot.kernel.reception import Duty
from bot.kernel.work import Toolbox, UnitOfWork
from bot.pipeline.afterwards import Post
from tests.kit.desk import KNOWN, Desk
from tests.kit.rooms import Store
from tests.kit.talk import PlainLinks, renderer

T = TypeVar("T")
PHONE = ChannelName("phone")
JOBS = (*care.feature.jobs, *roster.feature.jobs, *room.feature.jobs)
STAFF = Group(GroupId("staff"), "运营群", ChannelName("robot"), "r1")
ADVISORS = Advisors(
    (
        Advisor("LiSi", "李顾问", ("complaint", "group_purchase")),
        Advisor("wangwu", "王顾问", ("complaint", "group_purchase")),
        Advisor("chen", "陈顾问", ("complaint", "group_purchase")),
        Advisor("zhao", "赵店长"),
    )
)
ROSTER = """
operations = ["group:staff"]
phone = "021-5555 0137"
[hours]
daily = ["09:30-12:00", "13:30-21:30"]
sunday = []
[calendar]
closed = [2026-08-26]
[[advisor]]
userid = "lisi"
deputy = "chen"
[[advisor]]
userid = "zhao"
role = "supervisor"
"""
"""The tests begin on Monday, 24 August 2026; the Wednesday of that week is a holiday."""


class Ward:
    """Members in need, advisors, and a clock that tests turn."""

    rooms = (care.feature, room.feature, roster.feature)

    def __init__(self, store: Store, desk: Desk, text: str = ROSTER) -> None:
        self.store = store
        self.desk = desk
        self.events: list[Event] = []
        self.outgoing: list[Outgoing] = []
        self._looks = 0.0
        self._keys = count(1)
        self.words = renderer(*(one.name for one in self.rooms))
        self.tools = Toolbox(
            *(one.settings() for one in self.rooms),
            Community("拾光衣橱"),
            Notices(),
            Groups.of([STAFF]),
            ADVISORS,
            OpenCases(cases.load),
            Tiers(("时光挚友",)),
        )
        self.tools.add(Words, self.words)
        self.tools.add(Links, PlainLinks())
        self.tools.add(Mailbox, Post())
        known = replace(KNOWN, advisors=[one.userid for one in ADVISORS])
        forms = Forms(tables={duty.FILE: duty.Roster})
        shelf = Shelf(desk.content, desk.schedules, known, forms=forms, monotonic=self._seconds)
        self.tools.add(Shelf, shelf)
        self.write(text)

    def _seconds(self) -> float:
        self._looks += 10
        return self._looks

    def write(self, text: str) -> None:
        """Let an operator write the roster, and the clock find it."""
        self.desk.write(duty.FILE, text)
        self.tools.use(Shelf).look(self.clock.now())

    @property
    def clock(self) -> Clock:
        return self.store.clock

    def at(self, wall: str) -> datetime:
        """Turn the clock to a local time of August 2026, `24 10:00`, and return it."""
        self.store.clock.at = moment(wall)
        return self.store.clock.at

    def do(self, use_case: Callable[[UnitOfWork], T]) -> T:
        """Run a use case, and tell the rooms what it published, as the house does."""
        with self.store.unit() as uow:
            result = use_case(uow)
            for event in uow.events:
                for one in self.rooms:
                    for listener in one.listeners.get(type(event), ()):
                        listener(uow, event, self.tools)
            self.events += uow.events
            self.outgoing += uow.outgoing
        return result

    def member(self, who: str) -> MemberId:
        return self.do(lambda uow: members.resolve(uow, PHONE, who, self.clock.now()))

    def opens(
        self,
        who: str,
        kind: Kind = Kind.HUMAN,
        severity: int = 1,
        *,
        at: datetime | None = None,
        words: str = "",
    ) -> int:
        """Let somebody be in need, in words or without; return the number of her case."""
        concern = cases.Concern(
            self.member(who),
            kind,
            severity,
            ["a reason"],
            at or self.clock.now(),
            PHONE,
            "",
            who,
            key=f"m{next(self._keys)}",
            words=words,
        )
        self.do(lambda uow: reception.hand_over(uow, self.tools, concern))
        found = self.do(lambda uow: cases.open_of(uow, concern.member))
        assert found is not None
        return found.id

    def case(self, number: int) -> Case:
        found = self.do(lambda uow: cases.get(uow, number))
        assert found is not None
        return found

    def assign(self, number: int, advisor: str) -> None:
        self.do(lambda uow: cases.assign(uow, number, advisor, who="bot", why="routed"))

    def accepts(self, number: int, advisor: str = "") -> None:
        who = advisor or self.case(number).advisor
        self.do(lambda uow: cases.accept(uow, number, who))

    def answers(self, number: int, advisor: str = "", *, at: datetime | None = None) -> None:
        who, when = advisor or self.case(number).advisor, at or self.clock.now()
        self.do(lambda uow: cases.answered(uow, number, who, when))

    def writes(self, number: int, *, at: datetime | None = None) -> None:
        """Let the member of a case write again."""
        member, when = self.case(number).member, at or self.clock.now()
        self.do(lambda uow: cases.heard(uow, member, when))

    def resolves(self, number: int) -> None:
        self.do(lambda uow: cases.resolve(uow, number, who="lisi", code=Ending.SOLVED))

    def promises(self, number: int, due_at: datetime, what: str = "callback") -> int:
        return self.do(
            lambda uow: cases.promise(
                uow, cases.get(uow, number) or self.case(number), what=what, who="x", due_at=due_at
            )
        )

    def goes(self, advisor: str) -> None:
        """Let an advisor go home, and nobody notice."""
        self.store.do(lambda uow: duty.say(uow, advisor, Duty.OFF, who=advisor))

    def says(self, advisor: str, word: Duty) -> None:
        """Let an advisor say whether she is there, and the roster notice it."""
        self.do(lambda uow: duty.say(uow, advisor, word, who=advisor))
        self.do(lambda uow: duty.refresh(uow, self.tools))

    def sweeps(self, jobs: Sequence[Job] = JOBS) -> None:
        """Let all jobs of the rooms run to their end."""
        for job in jobs:
            while self.do(partial(_run, job, self.tools)):
                pass

    def next_due(self) -> datetime | None:
        """Return when something happens next."""
        now = self.clock.now()
        found = [self.do(partial(_next, job, self.tools, now)) for job in JOBS]
        return min((at for at in found if at is not None), default=None)

    def travels(self, to: datetime) -> None:
        """Go forward in time as the simulator does: everything due on the way, in order."""
        self.sweeps()
        while (stop := self.next_due()) and stop < to:
            self.store.clock.at = stop
            self.sweeps()
        self.store.clock.at = to
        self.sweeps()

    def waits(self, **how_long: float) -> None:
        """Go forward by `timedelta(**how_long)`."""
        self.travels(self.clock.now() + timedelta(**how_long))

    def clocks(self, number: int) -> dict[str, clocks.Clock]:
        """Return the clocks of a case that have not stopped, by name."""
        found = self.do(lambda uow: clocks.running_of(uow, number))
        return {one.name: one for one in found}

    def due(self, number: int, name: str) -> str:
        """Return when a clock is due, as it stands on the wall."""
        return wall(self.clocks(number)[name].marks.due_at)

    def steps(self, number: int, *whats: str) -> list[str]:
        """Return what was done with a case, its words only; with `whats` only those."""
        found = self.do(lambda uow: cases.steps_of(uow, number))
        return [f"{one.what} {one.words}" for one in found if not whats or one.what in whats]

    def escalated(self) -> list[tuple[str, str, str]]:
        """Return whom the ladder told: timer, step, who."""
        found = [one for one in self.events if isinstance(one, CaseEscalated)]
        return [(str(one.timer), str(one.rung), one.to) for one in found]

    def warned(self) -> list[tuple[str, int]]:
        """Return the warnings: timer, per cent."""
        found = [one for one in self.events if isinstance(one, ClockWarned)]
        return [(str(one.timer), one.percent) for one in found]


def _run(job: Job, tools: Toolbox, uow: UnitOfWork) -> bool | None:
    return job.run(uow, tools)


def _next(job: Job, tools: Toolbox, after: datetime, uow: UnitOfWork) -> datetime | None:
    return job.next_due(uow, tools, after) if job.next_due else None


def moment(words: str) -> datetime:
    """Return the instant of a local time in August 2026: `24 10:00`, `24 10:00:01`."""
    return datetime.fromisoformat(f"2026-08-{words.replace(' ', 'T')}+08:00").astimezone(UTC)


def wall(at: datetime) -> str:
    """Return an instant as it stands on the wall: `24 10:00:00`."""
    return at.astimezone(ZoneInfo("Asia/Shanghai")).strftime("%d %H:%M:%S")
