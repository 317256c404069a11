"""A week of a shop: 2,000 conversations, 12 advisors, and everything that goes wrong.

With `--cost`: what it costs a message that it is judged, in a group and in private.
"""

import asyncio
import logging
import tempfile
import time
from pathlib import Path

import structlog

from bench.options import Options
from bench.reporting import Report, middle
from bench.servers import database
from bot import app as roof
from bot.kernel.messages import Update
from bot.storage.db import Database
from bot.storage.migrate import upgrade
from tests.kit.care_week import CareWeek
from tests.kit.care_week_audit import audit
from tests.kit.care_week_plan import Plan
from tests.kit.house import HouseUnderTest

SHORT, LONG = (200, 3), (2000, 7)
"""Conversations, and days."""
SHORT_KILLS, LONG_KILLS = 10, 60
_STEP_POSTGRES = 5
"""Minutes: two replicas take ten times as long to come to rest."""
_THURSDAY = 3
_IN_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own in it; disks are not measured
_MESSAGES, _TOGETHER = 600, 50
_ROUNDS = 5
_WHEN = ("今天", "昨天晚上", "周末", "刚才", "早上", "出门前", "中午", "下雨的时候")
_WHAT = (
    "地铁上好挤",
    "去看了个展",
    "吃了碗牛肉面",
    "翻出三件旧毛衣",
    "我家猫睡在围巾上",
    "看到有人穿同款风衣",
    "在咖啡馆坐了一下午",
    "陪妈妈逛街去了",
)
_OTHERS = frozenset({"privacy", "identity", "checkin", "feedback", "help"})
_CARE = frozenset({"handoff", "care", "clocks", "cards", "roster"})


def run(options: Options, report: Report) -> None:
    """Live through the week and read all books, or measure what judging costs."""
    quiet = structlog.make_filtering_bound_logger(logging.ERROR)
    structlog.configure(wrapper_class=quiet)
    if options.cost:
        report.name += "-cost"
        asyncio.run(_costs(options, report))
        return
    report.name += "-postgres" if options.postgres else ""
    talks, days = LONG if options.long else SHORT
    kills = options.kills or (LONG_KILLS if options.long else SHORT_KILLS)
    first = 0 if options.long else _THURSDAY
    plan = Plan(talks, first_day=first, days=days, seed=options.seed)
    with (
        tempfile.TemporaryDirectory(prefix="bot-care-", dir=_memory()) as folder,
        database(options) as url,
    ):
        step_minutes = _STEP_POSTGRES if options.postgres else 1
        place = Path(folder)
        week = CareWeek(place, plan, url=_made(url), kills=kills, step_minutes=step_minutes)
        asyncio.run(_live(week, report))


def _memory() -> Path | None:
    return _IN_MEMORY if _IN_MEMORY.is_dir() else None


def _made(url: str) -> str:
    if url:
        empty = Database(url)
        upgrade(empty)
        empty.close()
    return url


async def _live(week: CareWeek, report: Report) -> None:
    began = time.monotonic()
    async with week:
        await week.live()
        books = await audit(week)
        wrong = books.wrong()
        for name, value in books.figures().items():
            report.figure(name, value)
    report.figure("seconds", round(time.monotonic() - began, 1))
    report.figures["wrong"] = [sentence[:500] for sentence in wrong[:200]]
    report.at_most("broken promises", len(wrong), 0, unit="")
    for sentence in wrong[:40]:
        report.say(sentence[:300])


# ── what judging costs ──────────────────────────────────────────────────────────────────


async def _costs(options: Options, report: Report) -> None:
    """Send the same chatter to a house with care and to one without, in turn."""
    without = [room for room in roof.FEATURES if room.name in _OTHERS]
    both = [room for room in roof.FEATURES if room.name in _OTHERS | _CARE]
    for name, group in (("group", "vip-1"), ("private", "")):
        micros: dict[str, list[float]] = {"with": [], "without": []}
        for number in range(options.rounds or _ROUNDS):
            for kind, rooms in (("with", both), ("without", without)):
                with tempfile.TemporaryDirectory(prefix="bot-care-", dir=_memory()) as folder:
                    house = HouseUnderTest(Path(folder), rooms)
                    micros[kind].append(await _micros_each(house, group, f"{number}"))
        pairs = zip(micros["with"], micros["without"], strict=True)
        for kind, found in micros.items():
            report.figure(f"{name}: {kind} care", round(middle(found)), "µs of a core")
        ratio = middle([one / other for one, other in pairs])
        report.figure(f"{name}: with care / without", round(ratio, 2), "×")


async def _micros_each(house: HouseUnderTest, group: str, name: str) -> float:
    where = {"group": group, "conversation": group} if group else {}

    def chatter(number: int) -> Update:
        new = chr(ord("一") + 7 * number)  # what was seen before is remembered
        words = f"{_WHEN[number // 7 % len(_WHEN)]}{_WHAT[number // 40 % len(_WHAT)]}，记{new}"
        return house.update(f"m{number % 40}", words, key=f"{name}:{number}", **where)

    async with house:
        await _hear(house, [chatter(number) for number in range(_TOGETHER)])  # all are known now
        began = time.process_time()
        for start in range(_TOGETHER, _TOGETHER + _MESSAGES, _TOGETHER):
            await _hear(house, [chatter(start + each) for each in range(_TOGETHER)])
            house.clock.tick(seconds=30)
        each_s = (time.process_time() - began) / _MESSAGES
        assert await house.ask("SELECT count(*) FROM cases") == [(0,)], "chatter needs nobody"
    return each_s * 1e6


async def _hear(house: HouseUnderTest, said: list[Update]) -> None:
    await house.house.inbox.accept(said)
    await house.house.engine.settle()
