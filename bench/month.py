"""A month of 200 groups of 50 active members, against an oracle that knows only what they did."""

import asyncio
import logging
import tempfile
import time
from pathlib import Path

import structlog

from bench.options import Options
from bench.reporting import Report
from tests.kit.month import Month
from tests.kit.month_acts import WAVES, Plan, Terms

SHORT, LONG = (10, 20), (200, 50)
"""Groups, and members of each."""
_LOOKS_EVERY_DAYS = 7
_IN_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own in it; disks are not measured


def run(options: Options, report: Report) -> None:
    """Live through the month and count the figures that differ."""
    quiet = structlog.make_filtering_bound_logger(logging.WARNING)
    structlog.configure(wrapper_class=quiet)
    groups, members = LONG if options.long else SHORT
    plan = Plan(Terms(), groups=groups, members=members, seed=options.seed)
    place = _IN_MEMORY if _IN_MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="bot-month-", dir=place) as folder:
        asyncio.run(_live(Path(folder), plan, report))


async def _live(folder: Path, plan: Plan, report: Report) -> None:
    month, began = Month(folder, plan), time.monotonic()
    wrong: list[str] = []
    looks = 0
    async with month.house:
        await month.begin()
        for number, wave in enumerate(plan.waves, 1):
            await month.live(wave)
            day, is_evening = divmod(number, len(WAVES))
            if (not is_evening and not day % _LOOKS_EVERY_DAYS) or number == len(plan.waves):
                wrong += await month.differences()
                looks += 1
                report.say(f"day {day}: {month.messages:,} messages, {len(wrong)} differences")
    report.figure("groups", len(plan.groups))
    report.figure("members", len(plan.people))
    report.figure("days", plan.terms.days)
    report.figure("messages", month.messages)
    report.figure("figures compared", month.compared)
    report.figure("evenings at which all were compared", looks)
    report.figure("seconds", round(time.monotonic() - began, 1))
    report.figures["wrong"] = [sentence[:500] for sentence in wrong[:100]]
    report.at_most("figures that differ", len(wrong), 0, unit="")
    for sentence in wrong[:20]:
        report.say(sentence[:300])
