"""A month of a community as a list of acts: what members send, when it arrives, what operators do.

Made from a seed. Nothing here knows what the bot makes of it.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import count
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
WAVES = (time(0, 5), time(9, 0), time(13, 0), time(22, 1), time(22, 30))
"""When messages arrive and the clock of the house strikes, by the clocks on the wall."""
ENDS_AT = time(22)
"""When polls end: a minute before a wave."""
_LAST_INSTANT = timedelta(microseconds=1)


class Kind(StrEnum):
    """What happens."""

    CHECK_IN = "打卡"
    MAKE_UP = "确认补签"
    VOTE = "投票"
    JOIN = "参加"
    HIDE = "退出排行榜"
    SHOW = "加入排行榜"
    ASK_ERASURE = "删除我的数据"
    ERASE = "确认删除"
    GIVE_DAY = "amnesty"
    TAKE_DAY = "amnesty undone"
    MERGE = "merge"
    PART = "merge undone"


OPERATORS = frozenset({Kind.GIVE_DAY, Kind.TAKE_DAY, Kind.MERGE, Kind.PART})


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that somebody does."""

    kind: Kind
    at: datetime
    """When it was sent."""
    who: str = ""
    key: str = ""
    """The platform's: the same twice is one message that came twice."""
    group: str = ""
    day: date | None = None
    """To be made up, given or taken back."""
    poll: str = ""
    choices: tuple[int, ...] = ()
    other: str = ""
    """Whom she turns out to be."""


@dataclass(slots=True)
class Wave:
    """What arrives together; then the clock strikes."""

    at: datetime
    acts: list[Act] = field(default_factory=list)

    @property
    def parts(self) -> Sequence[Sequence[Act]]:
        """What is heard one after the other: operators, groups, and what is said in private."""
        by_operators = [act for act in self.acts if act.kind in OPERATORS]
        said = [act for act in self.acts if act.kind not in OPERATORS]
        in_groups = [act for act in said if act.group]
        return by_operators, in_groups, [act for act in said if not act.group]


@dataclass(frozen=True)
class Poll:
    """A vote as its file says it."""

    name: str
    opens: date
    closes: date
    options: int = 4
    most: int = 1
    price: int = 0
    goal: int = 0
    quorum: int = 0


@dataclass(frozen=True)
class Challenge:
    """A challenge as its file says it."""

    name: str
    first: date
    last: date
    needed: int
    points: int
    made_up: bool = False
    auto: bool = False
    prize: int = 0
    """Points of whoever came on most days."""


@dataclass(frozen=True)
class Terms:
    """What was promised beforehand; the files are written from it, and so is the oracle."""

    zone: str = "Asia/Shanghai"
    first: date = date(2026, 12, 10)
    days: int = 36
    grace_minutes: int = 0
    base: int = 5
    bonus: int = 10
    bonus_every: int = 7
    makeup_price: int = 8
    makeups_a_month: int = 2
    makeup_days_back: int = 7
    token_every: int = 6
    tokens_at_most: int = 1
    expire_months: int = 1
    daily: int = 2
    daily_most_a_week: int = 9
    keen: int = 1
    keen_most_a_day: int = 3
    run: int = 20
    run_days: int = 3
    ballot: int = 4
    ballot_times: int = 2
    completed: int = 30
    double_weekdays: tuple[int, ...] = (2, 5)
    double_factor: int = 2
    triple_days: tuple[int, ...] = (1, 16, 20)
    triple_factor: int = 3

    def day(self, number: int) -> date:
        """Return the day of that number, from 0."""
        return self.first + number * DAY

    @property
    def polls(self) -> tuple[Poll, ...]:
        """All votes: free, with a goal that is missed, priced, with a quorum that is missed."""
        return (
            Poll("free", self.day(3), self.day(16)),
            Poll("goal", self.day(5), self.day(19), price=6, goal=1_000_000),
            Poll("many", self.day(8), self.day(30), most=2, price=4),
            Poll("quorum", self.day(12), self.day(33), price=3, quorum=1_000_000),
        )

    @property
    def challenges(self) -> tuple[Challenge, ...]:
        """All challenges: one to join, one for everybody, with a winner."""
        return (
            Challenge("ask", self.day(2), self.day(25), needed=10, points=50),
            Challenge(
                *("auto", self.day(14), self.day(21), 5, 25), made_up=True, auto=True, prize=15
            ),
        )

    def local(self, day: date, at: time) -> datetime:
        """Return the instant at which clocks on the wall show that."""
        return datetime.combine(day, at, ZoneInfo(self.zone))


class Plan:
    """Invents what happens."""

    def __init__(self, terms: Terms, *, groups: int, members: int, seed: int) -> None:
        self.terms = terms
        self._dice = random.Random(seed)  # noqa: S311 - repeatable on purpose
        self._keys = count(1)
        self.groups = [f"g{number}" for number in range(groups)]
        self.people = {
            f"{group}m{number}": group for group in self.groups for number in range(members)
        }
        self.waves = [
            Wave(terms.local(terms.day(day), at)) for day in range(terms.days) for at in WAVES
        ]
        self._per_day = len(WAVES)
        self._busy: dict[str, str] = {}
        self._plan_operators()
        for who, group in self.people.items():
            self._plan_member(who, group)
        for wave in self.waves:
            _let_leave_alone(wave)
        later = {act.other for wave in self.waves for act in wave.acts if act.other}
        first = self.waves[0]
        first.acts = [act for act in first.acts if act.who not in later]

    def _wave(self, day: int, of_day: int) -> int:
        return min(day * self._per_day + of_day, len(self.waves) - 1)

    def _send(self, on: int, of_day: int, kind: Kind, who: str, **more: object) -> None:
        """Let it be sent before a wave, and arrive with it, or late, or twice."""
        number = self._wave(on, of_day)
        at = self._sent(number)
        act = Act(kind, at, who, f"k{next(self._keys)}", **more)  # type: ignore[arg-type]  # a builder
        late = self._dice.choice((1, 2, 4, 9)) if self._dice.random() < 0.06 else 0
        self._arrives(number + late, act)
        if self._dice.random() < 0.06:
            self._arrives(number + late + self._dice.randint(0, 7), act)

    def _arrives(self, number: int, act: Act) -> None:
        if number < len(self.waves):
            self.waves[number].acts.append(act)

    def _sent(self, number: int) -> datetime:
        """Return an instant between the wave before and this one; edges are likelier."""
        now = self.waves[number].at
        before = self.waves[number - 1].at if number else now - timedelta(minutes=5)
        edges = [
            edge
            for edge in self._edges(now)
            if before.timestamp() < edge.timestamp() <= now.timestamp()
        ]
        if edges and self._dice.random() < 0.3:
            return self._dice.choice(edges)
        span = now.timestamp() - before.timestamp()
        passed = timedelta(seconds=round(self._dice.uniform(0, span), 3))
        return (now.astimezone(ZoneInfo("UTC")) - passed).astimezone(now.tzinfo)

    def _edges(self, now: datetime) -> Iterator[datetime]:
        """Return midnights and the ends of polls, and the last instants before."""
        grace = timedelta(minutes=self.terms.grace_minutes)
        for edge in (time(), ENDS_AT):
            at = self.terms.local(now.date(), edge) + (grace if edge == time() else timedelta())
            yield at
            yield at - _LAST_INSTANT

    def _plan_member(self, who: str, group: str) -> None:
        dice, zeal = self._dice, self._dice.choice((0.3, 0.6, 0.85, 0.97))
        leaves = who == self._leaver or dice.random() < 0.08
        erased = dice.randint(6, 30) if leaves else None
        joins = dice.randint(0, 12) if dice.random() < 0.6 else None
        hides = dice.randint(4, 20) if dice.random() < 0.2 else None
        if who in self._busy:
            erased = hides = None
        for day in range(self.terms.days):
            if day == erased:
                number = self._wave(day, 2)
                for kind in (Kind.ASK_ERASURE, Kind.ERASE):
                    act = Act(kind, self.waves[number].at, who, f"k{next(self._keys)}")
                    self._arrives(number, act)
            if day == joins:
                self._send(day, 1, Kind.JOIN, who)
            if day == hides:
                self._send(day, 2, Kind.HIDE, who)
            if hides is not None and day == hides + 10:
                self._send(day, 2, Kind.SHOW, who)
            self._plan_day(who, group, day, zeal)

    def _plan_day(self, who: str, group: str, day: int, zeal: float) -> None:
        dice = self._dice
        if dice.random() < zeal:
            of_day = dice.choice((0, 1, 2, 2, 3, 4, self._per_day))
            self._send(day, of_day, Kind.CHECK_IN, who, group=group if dice.random() < 0.6 else "")
        if dice.random() < 0.08:
            self._send(day, dice.choice((1, 3)), Kind.CHECK_IN, who)
        if dice.random() < 0.05 and who not in self._busy:
            missed = self.terms.day(day) - dice.choice((-1, 0, 1, 1, 2, 3, 5, 8)) * DAY
            self._send(day, 2, Kind.MAKE_UP, who, day=missed)
        for poll in self.terms.polls:
            self._plan_ballot(who, day, poll)

    def _plan_ballot(self, who: str, day: int, poll: Poll) -> None:
        first, last = (poll.opens - self.terms.first).days, (poll.closes - self.terms.first).days
        is_last = day == last
        if not first <= day <= last or self._dice.random() > (0.25 if is_last else 0.06):
            return
        chosen = self._dice.sample(range(1, poll.options + 1), self._dice.randint(1, poll.most))
        self._send(day, 3, Kind.VOTE, who, poll=poll.name, choices=tuple(sorted(chosen)))

    def _plan_operators(self) -> None:
        """An outage that is made good and one that is not after all; people who are one person."""
        plan = (
            (9, Kind.GIVE_DAY, 7),
            (17, Kind.GIVE_DAY, 15),
            (20, Kind.TAKE_DAY, 15),
        )
        for day, kind, given in plan:
            number = self._wave(day, 1)
            act = Act(kind, self.waves[number].at, day=self.terms.day(given))
            self._arrives(number, act)
        *people, self._leaver = self.people
        for number in range(max(3, len(people) // 12)):
            one, other = self._dice.sample([who for who in people if who not in self._busy], 2)
            self._busy |= {one: other, other: one}
            day, lasts = self._dice.choice(((4, 3), (10, 2), (11, 4), (22, 5)))
            if number % 3 != 2:
                self._plan_merge(one, other, day, lasts)
            else:  # they stay one, from between what was given and what is taken back
                self._plan_merge(one, other, 18, None)

    def _plan_merge(self, one: str, other: str, day: int, lasts: int | None) -> None:
        """Let one come before the other, so that it is clear who stays."""
        self._arrives(0, Act(Kind.SHOW, self.waves[0].at, one, f"k{next(self._keys)}"))
        merged = self._wave(day, 1)
        self._arrives(merged, Act(Kind.MERGE, self.waves[merged].at, one, other=other))
        if lasts is not None:
            parted = self._wave(day + lasts, 1)
            self._arrives(parted, Act(Kind.PART, self.waves[parted].at, one, other=other))


def _let_leave_alone(wave: Wave) -> None:
    """Let nobody say anything beside that she wants to be erased: it would be erased, or not."""
    leaving = {act.who for act in wave.acts if act.kind is Kind.ERASE}
    last = (Kind.ASK_ERASURE, Kind.ERASE)
    wave.acts = [act for act in wave.acts if act.who not in leaving or act.kind in last]
