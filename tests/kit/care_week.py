"""A week in which members write and advisors work, on the real house and a platform with bad days.

Advisors are people: they see what is theirs only while they are at work, and act after a while.
Processes die without goodbye. What was really seen, by whom and when, is kept by the platform.
"""

import asyncio
import heapq
import random
import shutil
import threading
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Self

from typing_extensions import override

from bot import app as roof
from bot.commons import cases, duty, members, outreach, staff
from bot.commons.content import Shelf
from bot.commons.duty import AbsenceKind
from bot.commons.outreach import Letter, Purpose
from bot.kernel.community import Advisor, Advisors, Tiers
from bot.kernel.errors import Ambiguous, CannotStore, PauseScope, Refusal, RetryLater
from bot.kernel.ids import ChannelName, GroupId
from bot.kernel.messages import (
    Media,
    Outgoing,
    Receipt,
    Text,
    Update,
    UpdateKind,
    Voice,
)
from bot.kernel.ports import Group, Groups
from bot.kernel.reception import Duty
from bot.kernel.work import Statement, UnitOfWork
from bot.pipeline.engine.embedded import EmbeddedEngine
from bot.pipeline.engine.procrastinate import ProcrastinateEngine
from bot.pipeline.housekeeping import retention
from bot.storage.columns import integer
from bot.storage.db import Database
from tests.kit import care_week_plan as plans
from tests.kit.care_week_plan import NEEDS_A_HUMAN, ON_CALL, STAFF, Manner, Person, Plan, Talk, Want
from tests.kit.desk import KNOWN, Desk
from tests.kit.house import PHONE, ROOT, HouseUnderTest, Phone
from tests.kit.rooms import TurnedClock
from tests.kit.workshop import QUICK

_NAMES = (
    "privacy handoff care clocks cards desk amends satisfaction review weekly roster identity"
    " checkin opinion feedback guide faq help"
)
ROOMS = [room for room in roof.FEATURES if room.name in _NAMES.split()]
_TICK = timedelta(microseconds=20)
_MINUTE = timedelta(minutes=1)
_NIGHT_STEP = timedelta(minutes=15)
_OPS = Group(GroupId("staff"), "运营群", PHONE, "ops")
_TWINS_S = 1800.0
_KEPT_DAYS = 30
_REPLIES = (
    "好的，那我等等",
    "嗯，照片发你了",
    "什么时候能处理好",
    "行，麻烦你了",
    "地址没变，还是原来那个",
)
_OPEN = Statement(
    "SELECT id, times_opened, state, advisor, since, kind, severity, channel, identity, in_group"
    " FROM cases WHERE state IN ('new', 'assigned', 'accepted', 'waiting') ORDER BY id"
)
_CASES_OF = Statement(
    "SELECT count(*) FROM cases c JOIN identities i ON i.member_id = c.member_id"
    " WHERE i.identity = :who AND c.state IN ('new', 'assigned', 'accepted', 'waiting')"
)


class RunningClock(TurnedClock):
    """No two readings are the same, so that what happened can be put in order."""

    def __init__(self, at: datetime) -> None:
        super().__init__(at)
        self._lock = threading.Lock()

    @override
    def now(self) -> datetime:
        with self._lock:
            self.at += _TICK
            return self.at

    def reach(self, at: datetime) -> None:
        """Go forward to an instant, never back."""
        with self._lock:
            self.at = max(self.at, at)


@dataclass(frozen=True)
class Got:
    """What somebody has seen on her phone."""

    at: datetime
    outgoing: Outgoing


@dataclass
class Platform:
    """Where messages arrive. It has bad days, and knows a twin for half an hour."""

    clock: RunningClock
    dice: random.Random
    is_rough: bool = True
    got: list[Got] = field(default_factory=list)
    twins: int = 0
    doubled: list[str] = field(default_factory=list)
    """Keys of what somebody has seen twice."""
    troubles: int = 0
    _known: dict[str, datetime] = field(default_factory=dict)

    def take(self, outgoing: Outgoing, doubt_since: datetime | None) -> None:
        """Let a message arrive, unless it has."""
        now = self.clock.now()
        before = self._known.get(outgoing.key)
        if before is not None:
            is_known = doubt_since and (now - before).total_seconds() <= _TWINS_S
            self.twins += bool(is_known)
            self.doubled += [] if is_known else [outgoing.key]
            return
        self._known[outgoing.key] = now
        self.got.append(Got(now, outgoing))

    def trouble(self) -> Exception | None:
        """Return what goes wrong this time."""
        if not self.is_rough or self.dice.random() > 0.06:
            return None
        self.troubles += 1
        busy = {"after_s": 60, "scope": PauseScope.CHANNEL, "uncounted": True, "code": 45009}
        return self.dice.choices(
            (
                RetryLater("asked for patience", **busy),  # type: ignore[arg-type]  # as above
                RetryLater("busy", after_s=5, code=-1),
                RetryLater("the token is old", after_s=1, code=42001),
                Ambiguous("no answer in time"),
            ),
            (1, 4, 3, 6),
        )[0]


class Line(Phone):
    """The door of one process to the platform."""

    def __init__(self, platform: Platform) -> None:
        super().__init__(drops_twins_s=_TWINS_S)
        self.platform = platform
        self.hangs = False
        """True when the process dies before it hears the platform's answers."""
        self._numbers = count(1)

    @override
    async def send(self, outgoing: Outgoing, *, doubt_since: datetime | None) -> Receipt:
        await asyncio.sleep(0)
        arrives = self.platform.dice.random() < 0.5
        if self.hangs:
            if arrives:
                self.platform.take(outgoing, doubt_since)
            await asyncio.Event().wait()
        trouble = self.platform.trouble()
        if trouble is None or (arrives and isinstance(trouble, Ambiguous)):
            self.platform.take(outgoing, doubt_since)
        if trouble is not None:
            raise trouble
        number = f"p{id(self)}-{next(self._numbers)}"
        return Receipt(platform_id=number, handle=f"h-{number}")


@dataclass(frozen=True)
class Held:
    """A case as an advisor finds it."""

    id: int
    times: int
    state: str
    advisor: str
    since: int
    kind: str
    severity: int
    channel: str
    identity: str
    in_group: str

    @property
    def is_grave(self) -> bool:
        """True for what can't wait until the shop opens."""
        return self.kind == "safety" or self.severity >= 3


@dataclass(frozen=True)
class Promised:
    """What an advisor means to do."""

    number: int
    who: str
    does_at: datetime | None
    """None for something that she will forget."""


Act = Callable[[], Awaitable[None]]


class CareWeek:
    """The shop, its people and its bad luck."""

    def __init__(
        self, folder: Path, plan: Plan, *, url: str = "", kills: int = 0, step_minutes: int = 1
    ) -> None:
        self.plan = plan
        self.step = step_minutes * _MINUTE
        """How often the clock of the house strikes."""
        self._patience = self.step + 3 * _MINUTE
        self.folder, self.url = folder, url
        self.dice = random.Random(plan.seed + 1)  # noqa: S311 - repeatable on purpose
        self.clock = RunningClock(plan.begins_at)
        self.platform = Platform(self.clock, random.Random(plan.seed + 2))  # noqa: S311 - likewise
        self.houses: list[HouseUnderTest] = []
        self.acknowledged: dict[str, datetime] = {}
        """By key, when what a member wrote was accepted for the first time."""
        self.stops: list[datetime] = []
        self.swept: list[datetime] = []
        """When the jobs had run, and no advisor had done anything since."""
        self.killed = 0
        self.missed: list[Talk] = []
        """Who needed a human, and was not understood at once."""
        self.trouble: list[str] = []
        self._desk = Desk(folder)
        self._desk.write(duty.FILE, plans.roster())
        shutil.copytree(ROOT / "content" / "faq", self._desk.content / "faq")
        self._looks = 0.0
        self._numbers = count(1)
        self._calendar: list[tuple[datetime, int, Act]] = []
        self._arriving: list[Update] = []
        self._minds: dict[tuple[object, ...], tuple[datetime, str]] = {}
        self._promises: list[Promised] = []
        spread = plan.days * 24 * 60
        self._kill_at = {self.dice.randrange(8 * 60, spread) for _ in range(kills)}
        self._fill_calendar()

    # ── the house ───────────────────────────────────────────────────────────────────────

    async def __aenter__(self) -> Self:
        for _ in range(2 if self.url else 1):
            self.houses.append(await self._open())
        await self._house.house.writer.do(self._know_everybody)
        return self

    async def __aexit__(self, *_: object) -> None:
        for house in self.houses:
            await house.__aexit__()

    @property
    def _house(self) -> HouseUnderTest:
        return self.dice.choice(self.houses)

    async def _open(self) -> HouseUnderTest:
        engine = ProcrastinateEngine.on(Database(self.url), QUICK) if self.url else EmbeddedEngine
        house = HouseUnderTest(
            self.folder,
            ROOMS,
            Line(self.platform),
            url=self.url,
            make_engine=engine,
            clock=self.clock,
            jobs=[retention(_KEPT_DAYS)],
        )
        tools = house.tools
        people = [Advisor(one.userid, one.name, one.skills, one.tiers) for one in STAFF]
        tools.add(Advisors, Advisors(people))
        tools.add(Tiers, Tiers(plans.TIERS))
        tools.add(Groups, Groups.of([_OPS]))
        known = replace(
            KNOWN, advisors=[one.userid for one in STAFF], tiers=plans.TIERS, groups=(_OPS.id,)
        )
        forms = roof.forms_of_rooms()
        content, schedules = self._desk.content, self._desk.schedules
        tools.add(Shelf, Shelf(content, schedules, known, forms=forms, monotonic=self._seconds))
        problems = tools.use(Shelf).look(self.clock.now()).library.problems
        assert problems == (), problems
        return await house.__aenter__()

    def _seconds(self) -> float:
        self._looks += 1
        return self._looks

    def _know_everybody(self, uow: UnitOfWork) -> None:
        for who, tier in self.plan.tiers.items():
            member = members.resolve(uow, PHONE, who, uow.clock.now())
            if tier:
                tiers = Tiers(plans.TIERS)
                members.set_tier(uow, member, tier, reason="名单", who="import", tiers=tiers)

    async def _dies(self, house: HouseUnderTest) -> None:
        """End a process without goodbye, and start another in its place."""
        self.killed += 1
        await house.house.engine.stop(0)
        await house.house.writer.stop()
        house.database.close()
        self.houses[self.houses.index(house)] = await self._open()

    # ── time ────────────────────────────────────────────────────────────────────────────

    def _at(self, at: datetime, act: Act) -> None:
        heapq.heappush(self._calendar, (at, next(self._numbers), act))

    def _fill_calendar(self) -> None:
        for talk in self.plan.found:
            self._at(talk.at, self._begins(talk))
        for one in STAFF:
            self._fate(one)
        for day in range(self.plan.first_day, self.plan.first_day + self.plan.days):
            for hour in (10.1, 14.5, 20.3):
                self._at(plans.local(day, hour), self._wishes(f"{day}:{hour}"))

    def _fate(self, one: Person) -> None:
        if one.sick is not None:
            since, until = one.sick
            values = {"why": "发烧", "who": "linda"}

            def ill(uow: UnitOfWork) -> object:
                return duty.enter_absence(uow, one.userid, AbsenceKind.SICK, since, until, **values)

            self._at(since, self._does(ill))
        if one.leaves_at is not None:
            left_at = one.leaves_at
            people = Advisors([Advisor(each.userid, each.name) for each in STAFF])
            self._at(left_at, self._does(lambda uow: staff.left(uow, people, one.userid, left_at)))
        for at, word in zip(one.away or (), (Duty.AWAY, Duty.ON), strict=False):
            if at < self.plan.begins_at:
                continue

            def says(uow: UnitOfWork, word: Duty = word) -> None:
                duty.say(uow, one.userid, word, who=one.userid)

            self._at(at, self._does(says))

    async def live(self) -> None:
        """Live through the days."""
        now = self.plan.begins_at
        while now < self.plan.ends_at:
            now = self._next_stop(now)
            self.clock.reach(now)
            await self._stop(now)
        self.platform.is_rough = False
        for _ in range(15):
            now += _MINUTE
            self.clock.reach(now)
            await self._stop(now, is_over=True)

    def _next_stop(self, now: datetime) -> datetime:
        """Return when the clock strikes next: seldom while nobody is up."""
        if plans.is_open(now) or self._minds or self._arriving:
            return now + self.step
        coming = self._calendar[0][0] if self._calendar else self.plan.ends_at
        if coming < now + _NIGHT_STEP:
            return max(now + self.step, coming.replace(second=0, microsecond=0) + _MINUTE)
        return now + _NIGHT_STEP

    async def _stop(self, now: datetime, *, is_over: bool = False) -> None:
        self.stops.append(now)
        while self._calendar and self._calendar[0][0] <= now:
            _, _, act = heapq.heappop(self._calendar)
            if not is_over:
                await act()
        minute = int((now - self.plan.begins_at) / _MINUTE)
        if any(each <= minute for each in self._kill_at) and self._arriving:
            self._kill_at.remove(min(self._kill_at))
            await self._arrive_and_die()
        else:
            await self._arrive()
        await self._settle()
        for house in self.houses:
            await house.house.clockwork.run_all()
        await self._settle()
        self.swept.append(self.clock.now())
        if not is_over:
            await self._staff(now)
            await self._settle()
        for seconds in (6, 12):  # what the platform refused is tried again
            self.clock.reach(now + timedelta(seconds=seconds))
            await self._settle()

    async def _settle(self) -> None:
        for house in self.houses:
            await house.house.engine.settle()

    # ── members ─────────────────────────────────────────────────────────────────────────

    def _begins(self, talk: Talk) -> Act:
        async def act() -> None:
            is_picture = talk.want is Want.PICTURE
            kind = UpdateKind.IMAGE if is_picture else UpdateKind.TEXT
            self._writes(talk.who, talk.words, at=talk.at, group=talk.group, kind=kind)
            if talk.want in NEEDS_A_HUMAN:
                self._at(talk.at + self._patience, self._insists(talk, 0))
                if self.dice.random() < 0.08:
                    asks_at = talk.at + 11 * _MINUTE
                    self._at(asks_at, self._says(talk.who, "谁在处理", asks_at, talk.group))

        return act

    def _insists(self, talk: Talk, times: int) -> Act:
        async def act() -> None:
            rows = await self._house.house.writer.look(lambda uow: uow.run(_CASES_OF, who=talk.who))
            if integer(rows[0][0]) or await self._ended_since(talk):
                return
            if times == 0:
                self.missed.append(talk)
            if times < len(talk.louder):
                now = self.clock.now()
                self._writes(talk.who, talk.louder[times], at=now, group=talk.group)
                self._at(now + self._patience, self._insists(talk, times + 1))

        return act

    async def _ended_since(self, talk: Talk) -> bool:
        statement = Statement(
            "SELECT count(*) FROM cases c JOIN identities i ON i.member_id = c.member_id"
            " WHERE i.identity = :who AND c.ended_at > :since"
        )
        since = int(talk.at.timestamp() * 1e6)
        look = self._house.house.writer.look
        rows = await look(lambda uow: uow.run(statement, who=talk.who, since=since))
        return integer(rows[0][0]) > 0

    def _says(self, who: str, words: str, at: datetime, group: str = "") -> Act:
        async def act() -> None:
            self._writes(who, words, at=at, group=group)

        return act

    def _writes(
        self,
        who: str,
        words: str,
        *,
        at: datetime,
        group: str = "",
        kind: UpdateKind = UpdateKind.TEXT,
    ) -> None:
        update = Update(
            channel=PHONE,
            key=f"w{next(self._numbers)}",
            kind=kind,
            conversation=f"phone:{group}:{who}" if group else f"phone:{who}",
            at=at,
            sender=who,
            text=words,
            group=group or None,
            media=(Media("m-1"),) if kind is UpdateKind.IMAGE else (),
        )
        self._arriving.append(update)

    async def _arrive(self) -> None:
        coming, self._arriving = self._arriving, []
        again = [each for each in coming if self.dice.random() < 0.03]
        for update in coming:
            try:
                await self._house.house.inbox.accept([update])
                self.acknowledged.setdefault(update.key, self.clock.now())
            except CannotStore:
                again.append(update)
        self._arriving += again  # the platform brings some twice

    async def _arrive_and_die(self) -> None:
        """Let a process die while it takes messages, works on them, and sends answers."""
        house = self._house
        assert isinstance(house.phone, Line)
        house.phone.hangs = self.dice.random() < 0.7
        coming, self._arriving = self._arriving, []
        tasks = [asyncio.create_task(house.house.inbox.accept([each])) for each in coming]
        await asyncio.sleep(self.dice.random() * 0.03)
        await self._dies(house)
        for task, update in zip(tasks, coming, strict=True):
            task.cancel()
            with suppress(asyncio.CancelledError, CannotStore):
                await task
                self.acknowledged.setdefault(update.key, self.clock.now())
                continue
            self._arriving.append(update)  # nobody has said that it was taken

    # ── the bot's wishes ────────────────────────────────────────────────────────────────

    def _wishes(self, name: str) -> Act:
        """Let the bot want to sell something, and to say good morning."""

        async def act() -> None:
            everybody = sorted(self.plan.tiers)
            many = max(4, len(everybody) // 12)
            tools = self._house.tools
            offered, greeted = (self.dice.sample(everybody, many) for _ in range(2))

            def push(uow: UnitOfWork) -> None:
                for who in offered:
                    letter = Letter(f"offer:{name}:{who}", "上新", Purpose.OFFER, part=Text("上新"))
                    member = members.find(uow, PHONE, who)
                    if member is not None:
                        outreach.tell(uow, tools, member, letter)
                for who in greeted:
                    uow.send(Outgoing(PHONE, who, Text("早安"), f"morning:{name}:{who}"))

            await self._do(push)

        return act

    # ── advisors ────────────────────────────────────────────────────────────────────────

    def _does(self, use_case: Callable[[UnitOfWork], object]) -> Act:
        async def act() -> None:
            await self._do(use_case)

        return act

    async def _do(self, use_case: Callable[[UnitOfWork], object]) -> None:
        with suppress(Refusal):
            await self._house.house.writer.do(use_case)

    async def _staff(self, now: datetime) -> None:
        rows = await self._house.house.writer.look(lambda uow: uow.run(_OPEN))
        held = [_held(row) for row in rows]
        still: dict[tuple[object, ...], tuple[datetime, str]] = {}
        for case in held:
            one = _whose(case, now)
            if one is None:
                continue
            mark = (one.userid, case.id, case.times, case.state, case.since)
            mind = self._minds.get(mark) or self._makes_up_her_mind(one, case, now)
            if mind is None:
                continue
            if mind[0] > now:
                still[mark] = mind
            else:
                await self._acts(one, case, mind[1], held, now)
        self._minds = still
        await self._keep_promises(now)

    def _makes_up_her_mind(
        self, one: Person, case: Held, now: datetime
    ) -> tuple[datetime, str] | None:
        """Return what she will do with a case, and when; None when she does nothing."""
        dice, slow = self.dice, 6 if one.manner is Manner.SLOW else 1
        match case.state:
            case "new" | "assigned":
                if one.manner is Manner.DEAF:
                    return None
                minutes = dice.uniform(0.3, 4) * slow
                what = "transfer" if dice.random() < 0.05 and not case.is_grave else "accept"
            case "accepted":
                minutes, what = dice.uniform(0.5, 5) * slow, "answer"
            case _:
                minutes, what = dice.uniform(25, 120), "resolve"
        return now + minutes * _MINUTE, what

    async def _acts(
        self, one: Person, case: Held, what: str, held: Sequence[Held], now: datetime
    ) -> None:
        match what:
            case "accept":
                await self._do(lambda uow: cases.accept(uow, case.id, one.userid))
            case "transfer":
                await self._transfers(one, case, held, now)
            case "answer":
                await self._answers(one, case, now)
            case _:
                code = self.dice.choice((cases.Ending.SOLVED, cases.Ending.ANSWERED))
                await self._do(lambda uow: cases.resolve(uow, case.id, who=one.userid, code=code))
                if self.dice.random() < 0.07:
                    words = "还是不行，太差了，我要退款"
                    at = now + self.dice.uniform(30, 1800) * _MINUTE
                    self._at(at, self._says(case.identity, words, at, case.in_group))

    async def _transfers(
        self, one: Person, case: Held, held: Sequence[Held], now: datetime
    ) -> None:
        def has_room(other: Person) -> bool:
            has = sum(each.advisor == other.userid for each in held)
            return other is not one and plans.takes(other, now) and has < other.capacity

        others = [other.userid for other in STAFF if has_room(other)]
        if others:
            to = self.dice.choice(others)
            await self._do(
                lambda uow: cases.assign(uow, case.id, to, who=one.userid, why="transferred")
            )

    async def _answers(self, one: Person, case: Held, now: datetime) -> None:
        key = f"human:{next(self._numbers)}"
        due_at, numbers = self._means_to_promise(one, now), list[int]()

        def answer(uow: UnitOfWork) -> None:
            cases.answered(uow, case.id, one.userid, uow.clock.now())
            said = Text(f"{one.name}：你好，我来看")
            name, who = ChannelName(case.channel), case.identity
            uow.send(Outgoing(name, who, said, key, voice=Voice.HUMAN))
            found = cases.get(uow, case.id)
            if due_at is not None and found is not None:
                values = {"what": "查物流", "who": one.userid, "due_at": due_at}
                numbers.append(cases.promise(uow, found, **values))  # type: ignore[arg-type]  # as above

        await self._do(answer)
        if due_at is not None and numbers:
            forgets = self.dice.random() < 0.2
            does_at = due_at - self.dice.uniform(10, 60) * _MINUTE
            self._promises.append(Promised(numbers[-1], one.userid, None if forgets else does_at))
        if self.dice.random() < 0.5:
            at = now + self.dice.uniform(1, 40) * _MINUTE
            words = self.dice.choice(_REPLIES)
            self._at(at, self._says(case.identity, words, at, case.in_group))

    def _means_to_promise(self, one: Person, now: datetime) -> datetime | None:
        """Return by when she promises something: a time at which she works."""
        if self.dice.random() > 0.15:
            return None
        tries = (now + self.dice.uniform(90, 36 * 60) * _MINUTE for _ in range(30))
        good = (at for at in tries if plans.works(one, at) and plans.works(one, at - 70 * _MINUTE))
        return next(good, None)

    async def _keep_promises(self, now: datetime) -> None:
        later: list[Promised] = []
        for each in self._promises:
            if each.does_at is None or each.does_at > now:
                later.append(each)
            elif plans.works(plans.PEOPLE[each.who], now):
                await self._do(
                    lambda uow, each=each: cases.end(uow, each.number, who=each.who, is_kept=True)  # type: ignore[misc]
                )
            else:
                later.append(each)
        self._promises = later


def _whose(case: Held, now: datetime) -> Person | None:
    """Return who looks at a case now: its advisor at work, or whoever has the phone at night."""
    one = plans.PEOPLE.get(case.advisor)
    if one is not None and plans.works(one, now):
        return one
    on_call = plans.PEOPLE[ON_CALL]
    is_hers = case.state in {"new", "assigned"} or one is on_call
    return on_call if case.is_grave and is_hers else None


def _held(row: Sequence[object]) -> Held:
    number, times, state, advisor, since, kind, severity, channel, identity, group = row
    return Held(
        integer(number),
        integer(times),
        str(state),
        str(advisor),
        integer(since),
        str(kind),
        integer(severity),
        str(channel),
        str(identity),
        str(group),
    )
