"""Reads 2,000 customer groups of 200 people from a platform whose callbacks get lost.

The house is whole and its database a SQLite file; the platform serves on loopback in the same
process, so that memory and seconds are of both. First everything is read for the first time;
then people come and go and a tenth of the callbacks is lost; then one full reading must make the
registry equal to the platform.
"""

import asyncio
import os
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from typing_extensions import override

from bench import servers
from bench.options import Options
from bench.reporting import Report
from bot.channels.wecom.customer_groups.channel import CUSTOMER_GROUPS
from bot.channels.wecom.customer_groups.events import read_event
from bot.kernel import logs
from tests.kit.customers import FakeCustomers, chat, customer
from tests.kit.groups import GROUPS, PEOPLE, Stage, kept_person, truth_of
from tests.kit.house import HouseUnderTest
from tests.kit.rooms import TurnedClock

COUNT, PEOPLE_EACH, HAPPENINGS, LOST = 2_000, 200, 2_000, 0.1
_TOGETHER = 50


class RealClock(TurnedClock):
    """Goes like any clock."""

    @override
    def now(self) -> datetime:
        return datetime.now(UTC)


def run(options: Options, report: Report) -> None:
    """Fill a platform, read it, let people come and go, read it again and compare."""
    with Path(os.devnull).open("w") as nowhere:
        logs.configure("info", "json", nowhere)
        asyncio.run(_run(options, report))


async def _run(options: Options, report: Report) -> None:
    dice = random.Random(options.seed)  # noqa: S311 - repeatable on purpose
    clock = RealClock()
    fake = FakeCustomers(now=lambda: clock.now().timestamp(), keeps_past=False)
    async with fake as platform:
        fill(platform)
        with servers.folder("groups") as folder:
            stage = Stage(folder, platform, clock)
            async with _measured(report, platform, "first reading"), stage.house() as house:
                await house.house.engine.settle()
            async with stage.house() as house:
                heard = await _live(house, platform, dice)
                report.figure("callbacks", HAPPENINGS)
                report.figure("callbacks lost", HAPPENINGS - heard)
                await asyncio.sleep(5.5)  # answers may be of before an event until then
                async with _measured(report, platform, "full reading"):
                    await stage.reconcile(house)
                different = await _different(house, platform)
    report.at_most("groups that differ from the platform", different, 0, unit="groups")


def fill(platform: FakeCustomers) -> None:
    """Open the groups, each with its people."""
    for number in range(COUNT):
        platform.opens(number, name=f"穿搭 {number} 群")
        platform.joins(number, *(customer(number * 1_000 + n) for n in range(PEOPLE_EACH - 1)))


async def _live(house: HouseUnderTest, platform: FakeCustomers, dice: random.Random) -> int:
    """Let people come and go; return how many callbacks arrived."""
    arrived = 0
    for start in range(0, HAPPENINGS, _TOGETHER):
        told = [_happens(platform, start + n, dice) for n in range(_TOGETHER)]
        heard = [one for one in told if dice.random() >= LOST]
        dice.shuffle(heard)
        arrived += len(heard)
        updates = [read_event(CUSTOMER_GROUPS, one) for one in heard]
        await house.house.inbox.accept(updates)
        await house.house.engine.settle()
    return arrived


def _happens(platform: FakeCustomers, turn: int, dice: random.Random) -> str:
    number = dice.randrange(COUNT)
    group = platform.chats[chat(number)]
    if group.dismissed_at is not None or turn % 100 == 0:
        return platform.opens(COUNT + turn)
    if turn % 50 == 1:
        return platform.dismisses(number)
    if dice.random() < 0.5:
        return platform.leaves(number, dice.choice([*group.people][1:]), removed=True)
    return platform.joins(number, customer(10_000_000 + turn), inviter="lihua", scene=1)


@asynccontextmanager
async def _measured(report: Report, platform: FakeCustomers, what: str) -> AsyncIterator[None]:
    before, began, calls = _resident_mib(), time.monotonic(), len(platform.calls)
    peak = before

    async def watch() -> None:
        nonlocal peak
        while True:
            peak = max(peak, _resident_mib())
            await asyncio.sleep(0.02)

    watching = asyncio.create_task(watch())
    try:
        yield
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
    report.figure(f"{what}: seconds", round(time.monotonic() - began, 1), "s")
    report.figure(f"{what}: API calls", len(platform.calls) - calls)
    report.figure(f"{what}: peak memory growth", round(peak - before, 1), "MiB")


def _resident_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


async def _different(house: HouseUnderTest, platform: FakeCustomers) -> int:
    """Return how many groups are not as the platform has them."""
    rows = await house.house.writer.look(lambda uow: uow.run(GROUPS))
    there = {one.chat_id: one for one in platform.chats.values() if one.dismissed_at is None}
    different = len({str(row[0]) for row in rows} ^ there.keys())
    for name, *rest in rows:
        people = await house.house.writer.look(lambda uow: uow.run(PEOPLE, chat=name))  # noqa: B023 - awaited here
        ours = (*rest, tuple(kept_person(row) for row in people))
        different += str(name) in there and ours != truth_of(there[str(name)])
    return different
