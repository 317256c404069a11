"""How long it takes to plan a mass send: choose, render, write unique rows and messages.

A fresh SQLite file with `synchronous=FULL`, the whole house but the platform: the planner
works in bites, each a unit of work that is committed before the next. Sending is left out.
"""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.options import Options
from bench.reporting import Report
from bot.commons.content import Known, Shelf
from bot.commons.notices import Notices
from bot.features import posts
from bot.kernel.capability import Doors
from bot.kernel.clock import ShiftedClock, SystemClock
from bot.kernel.community import Community
from bot.kernel.ids import ChannelName, GroupId
from bot.kernel.messages import Outgoing
from bot.kernel.ports import CronReader, Group, Groups, Words
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.pipeline import outbox
from bot.pipeline.render import Renderer
from bot.pipeline.scheduler import Crons
from bot.storage.db import Database
from bot.storage.migrate import upgrade
from bot.storage.writer import Writer

ROOT = Path(__file__).parents[1]
PLATFORM = ChannelName("platform")
COUNT = Statement("SELECT count(DISTINCT key), count(*) FROM outbox")
BODY = "{{ group }}的朋友们，{{ date }} {{ weekday }}好。" + "把厚度放在脱得掉的地方。\n" * 12
SCHEDULE = """
name = "mass"
at = {at}
content = "posts"
late_at_most_s = 600000
audience = ["all_groups"]
"""


def write_files(folder: Path, at: datetime) -> None:
    """Write a schedule that fires at `at`, and a few files to choose from."""
    for name in ("content/posts", "schedules"):
        (folder / name).mkdir(parents=True)
    for number in range(20):
        head = '+++\nkind = "knowledge"\nstage = "awareness"\n+++\n'
        (folder / f"content/posts/{number:02}.md").write_text(f"{head}{number} {BODY}", "utf-8")
    (folder / "schedules/mass.toml").write_text(SCHEDULE.format(at=at.isoformat()), "utf-8")


def make_tools(folder: Path, count: int) -> Toolbox:
    """Return the toolbox of a community with so many groups."""
    groups = [
        Group(GroupId(f"vip-{n:06}"), f"穿搭 {n} 群", PLATFORM, f"wr{n}") for n in range(count)
    ]
    ids = [group.id for group in groups]
    known = Known(ids, ids, "Asia/Shanghai", Crons())
    tools = Toolbox(Community("拾光衣橱"), Notices(), Groups.of(groups))
    tools.add(Words, Renderer({"posts": ROOT / "bot" / "features" / "posts" / "templates"}))
    tools.add(CronReader, Crons())
    tools.add(Doors, Doors({}))
    tools.add(Shelf, Shelf(folder / "content", folder / "schedules", known))
    return tools


def settle(uow: UnitOfWork) -> None:
    """Queue what a unit of work sends, as the dispatch does."""
    outbox.put(uow, uow.outgoing, lane)


def lane(outgoing: Outgoing) -> str:
    """Return a lane of its own for each group."""
    return f"{outgoing.channel}:{outgoing.recipient}"


async def measure(count: int) -> tuple[float, float, float]:
    """Return the seconds of the whole plan, on the CPU, and of the longest unit of work."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clock = ShiftedClock(SystemClock())
        at = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
        write_files(folder, at)
        database = Database(f"sqlite:///{folder / 'bot.sqlite3'}")
        upgrade(database)
        writer = Writer(database, clock, settle)
        await writer.start()
        tools = make_tools(folder, count)
        plan = posts.feature.jobs[0].run
        await writer.do(lambda uow: plan(uow, tools))  # the schedule is seen for the first time
        clock.move_to(at)
        took = await run_out(lambda: writer.do(lambda uow: plan(uow, tools)))
        rows = await writer.look(lambda uow: uow.run(COUNT))
        await writer.stop()
        database.close()
    assert [tuple(row) for row in rows] == [(count, count)]
    return took


async def run_out(bite: Callable[[], Awaitable[object]]) -> tuple[float, float, float]:
    """Run bites until there is nothing left; return their seconds as `measure` does."""
    longest, begin, cpu_begin, more = 0.0, time.perf_counter(), time.process_time(), True
    while more:
        started = time.perf_counter()
        more = bool(await bite())
        longest = max(longest, time.perf_counter() - started)
    return time.perf_counter() - begin, time.process_time() - cpu_begin, longest


def run(options: Options, report: Report) -> None:
    """Plan for ten thousand groups and for ten times as many."""
    per_row: list[float] = []
    for count in (10_000, 100_000):
        rounds = options.rounds or (3 if count <= 20_000 else 1)
        whole, cpu, longest = min(asyncio.run(measure(count)) for _ in range(rounds))
        per_row.append(cpu / count)
        report.figure(f"{count} groups: CPU", round(cpu, 2), "s")
        report.figure(f"{count} groups: longest unit of work", round(longest, 2), "s")
        if count == 10_000:
            report.at_most("10000 groups, s", whole, 1, unit="s")
        else:
            report.figure(f"{count} groups", round(whole, 2), "s")
    report.at_most("CPU of a row among 100,000 / among 10,000", per_row[1] / per_row[0], 1.3)
