"""Mass sends to 10,000 groups and customers: from drafts to tasks at the platform, owner by owner.

The whole house on a fresh SQLite file with `synchronous=FULL`, in front of a fake platform that
counts calls as the real one does (path/90312, 2026-07). Twice: smoothly with the same words for
everybody, and with words of each group's own while answers get lost and the house dies.
"""

import asyncio
import logging
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from random import Random

import structlog

from bench.options import Options
from bench.reporting import Report
from bot.channels.wecom.customer_groups.channel import CUSTOMER_GROUPS
from bot.commons import customers
from bot.commons.mass_send import Matter, tell_customers, tell_group
from bot.features import mass_send
from bot.features.mass_send.choosing import Counter as Counter_
from bot.features.mass_send.choosing import Wish
from bot.kernel import crash
from bot.kernel.abilities import SendQuota
from bot.kernel.capability import Doors
from bot.kernel.customers import Customer, Follower
from bot.kernel.ids import GroupId
from bot.kernel.messages import Text
from bot.kernel.ports import Group
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from tests.kit.customers import customer_groups
from tests.kit.house import HouseUnderTest
from tests.kit.mass_send import FakeMassSend
from tests.kit.platforms import Fault
from tests.kit.rooms import TurnedClock

OWNERS = 4
BITE = 500
CALL = "externalcontact/add_msg_template"
OPEN = Statement("SELECT count(*) FROM mass_targets WHERE status <> 'created'")
STEPS = ("prepared", "claimed", "called", "recorded", "collected", "looked_up")


class Stage:
    """A platform, and houses that come and go in front of it."""

    def __init__(self, folder: Path, platform: FakeMassSend, clock: TurnedClock) -> None:
        self.folder, self.platform, self.clock = folder, platform, clock
        self.rounds = 0

    def house(self) -> HouseUnderTest:
        """Return a house on what the last one has left."""
        door = customer_groups(self.platform, self.clock, self.folder)
        return HouseUnderTest(self.folder, [mass_send.feature], clock=self.clock, doors=[door])

    async def draft(self, groups: Sequence[Group], words: str) -> None:
        """Let a room write to all groups."""
        async with self.house() as built:
            for start in range(0, len(groups), BITE):
                bite = groups[start : start + BITE]
                await built.house.writer.do(lambda uow: _tell(uow, built, bite, words))  # noqa: B023 - awaited here

    async def live(self, *, most_rounds: int) -> bool:
        """Let a house work, a round each quarter of a minute; True when everything is made."""
        async with self.house() as built:
            for _ in range(most_rounds):
                self.rounds += 1
                self.clock.tick(seconds=16)
                await built.house.engine.settle()
                if await built.house.writer.look(lambda uow: uow.run(OPEN)[0][0]) == 0:
                    return True
        return False


def _tell(uow: UnitOfWork, built: HouseUnderTest, groups: Sequence[Group], words: str) -> None:
    for group in groups:
        said = (Text(words.format(group=group.name)),)
        doors = built.tools.use(Doors)
        tell_group(uow, doors, group, said, key=f"bench:{group.id}", why="bench")


def make_groups(count: int) -> list[Group]:
    """Return groups of a few owners."""
    return [
        Group(
            GroupId(f"vip-{n:06}"),
            f"穿搭 {n} 群",
            CUSTOMER_GROUPS,
            f"wr{n:06}",
            f"owner{n % OWNERS}",
        )
        for n in range(count)
    ]


def run(options: Options, report: Report) -> None:
    """Make tasks for 10,000 groups and customers; then for 300 with trouble, each its own words."""
    silent = structlog.make_filtering_bound_logger(logging.CRITICAL)
    structlog.configure(wrapper_class=silent)  # deaths are wanted here
    asyncio.run(_smooth(report, 10_000, "早安"))
    asyncio.run(_to_customers(report, 10_000))
    if options.long:
        asyncio.run(_smooth(report, 10_000, "{group}早安", "own words: "))
    asyncio.run(_rough(report, 2_000 if options.long else 300, options.seed))


async def _smooth(report: Report, count: int, words: str, what: str = "") -> None:
    clock = TurnedClock()
    with tempfile.TemporaryDirectory() as name:
        async with FakeMassSend(now=lambda: clock.now().timestamp()) as platform:
            stage = Stage(Path(name), platform, clock)
            began = time.perf_counter()
            await stage.draft(make_groups(count), words)
            drafted = time.perf_counter()
            assert await stage.live(most_rounds=20)
            report.figure(f"{what}{count} groups drafted", drafted - began, "s")
            report.at_most(
                f"{count} groups in tasks, s", time.perf_counter() - drafted, 10, unit="s"
            )
            _judge(report, platform, count, what)


async def _to_customers(report: Report, count: int) -> None:
    """Choose among customers of four colleagues, draft, and make the tasks."""
    clock = TurnedClock()
    with tempfile.TemporaryDirectory() as name:
        async with FakeMassSend(now=lambda: clock.now().timestamp()) as platform:
            stage = Stage(Path(name), platform, clock)
            began = time.perf_counter()
            async with stage.house() as built:
                await built.house.writer.do(partial(_befriend, count=count))
                befriended = time.perf_counter()
                await built.house.writer.do(partial(_choose_and_tell, tools=built.tools))
            drafted = time.perf_counter()
            assert await stage.live(most_rounds=20)
            what = f"{count} customers"
            report.figure(f"{what} known", befriended - began, "s")
            report.at_most(f"{what} chosen and drafted", drafted - befriended, 5, unit="s")
            report.at_most(f"{what} in tasks", time.perf_counter() - drafted, 10, unit="s")
            _judge(report, platform, count, "customers: ")


def _befriend(uow: UnitOfWork, count: int) -> None:
    for number in range(count):
        follower = Follower(f"owner{number % OWNERS}", uow.clock.now())
        customers.keep(uow, CUSTOMER_GROUPS, [Customer(f"wm{number:06}", "", "", [follower])])


def _choose_and_tell(uow: UnitOfWork, tools: Toolbox) -> None:
    wish = Wish(list(customers.colleagues(uow, CUSTOMER_GROUPS)))
    matter = Matter("早安")
    counter = Counter_(CUSTOMER_GROUPS, SendQuota.ONE_PER_DAY)
    chosen = counter.choose(uow, tools, wish, [matter.digest]).chosen
    whom = [(one.identity, one.colleague) for one in chosen]
    tell_customers(uow, CUSTOMER_GROUPS, whom, [matter], key="bench", why="bench")


async def _rough(report: Report, count: int, seed: int) -> None:
    clock, chance = TurnedClock(), Random(seed)  # noqa: S311 - faults, repeatable
    with tempfile.TemporaryDirectory() as name:
        async with FakeMassSend(now=lambda: clock.now().timestamp()) as platform:
            stage = Stage(Path(name), platform, clock)
            await stage.draft(make_groups(count), "{group}早安")
            deaths = 0
            while not await _short_life(stage, chance):
                deaths += 1
                assert deaths < 2_000
            report.figure("rough: lives", deaths + 1)
            report.figure("rough: rounds of the clock", stage.rounds)
            _judge(report, platform, count, "rough: ")


async def _short_life(stage: Stage, chance: Random) -> bool:
    """Let a house live until it dies at some step, while one answer in ten gets lost."""
    where, left = f"mass_send.{chance.choice(STEPS)}", [chance.randint(1, 40)]

    def step(here: str) -> None:
        if here == where:
            left[0] -= 1
            if left[0] <= 0:
                raise RuntimeError(here)

    lost = [Fault(drop=True, taken=True), Fault(status=502, raw=b"<html>"), Fault(errcode=-1)]
    faults = [chance.choice(lost) if chance.random() < 0.1 else None for _ in range(50)]
    stage.platform.faults[CALL].clear()
    stage.platform.faults[CALL].extend(fault or Fault() for fault in faults)
    usual, crash.step = crash.step, step  # type: ignore[assignment]  # the tests do the same
    try:
        return await stage.live(most_rounds=12)
    finally:
        crash.step = usual


def _judge(report: Report, platform: FakeMassSend, count: int, what: str = "") -> None:
    asked = Counter(platform.asked_for())
    minutes = max(_per_minute(platform), default=0)
    report.figure(f"{what}tasks", len(platform.tasks))
    report.figure(f"{what}calls", len(platform.calls))
    report.figure(f"{what}calls refused", len(platform.refused))
    report.at_most(f"{what}tasks in one minute", minutes, 10_000, unit="calls")
    report.at_most(f"{what}groups without a task", count - len(asked), 0, unit="groups")
    duplicates = sum(times - 1 for times in asked.values())
    report.at_most(f"{what}duplicates", duplicates, 0, unit="groups")


def _per_minute(platform: FakeMassSend) -> list[int]:
    return list(Counter(int(task.at // 60) for task in platform.tasks.values()).values())
