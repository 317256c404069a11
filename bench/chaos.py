"""Kills the real bot at every step and at random, many times, then audits every book.

With `--rush` a hundred members want one of twenty meanwhile.
"""

import asyncio
import random
import tempfile
import time
from collections import Counter
from pathlib import Path

from bench.options import Options
from bench.reporting import Report
from bench.servers import database
from tests.kit.chaos import STEPS, Chaos
from tests.kit.crowds import GOODS_STEPS, Rush, rush_hour

SHORT_KILLS, LONG_KILLS = 20, 200
_LEASE_S = 60.0


def run(options: Options, report: Report) -> None:
    """Kill `options.kills` times on SQLite, or on PostgreSQL under two replicas."""
    kills = options.kills or (LONG_KILLS if options.long else SHORT_KILLS)
    report.name += ("-rush" if options.rush else "") + ("-postgres" if options.postgres else "")
    if options.rush:
        _rushes(kills, options, report)
        return
    with tempfile.TemporaryDirectory(prefix="bot-chaos-") as folder, database(options) as url:
        place = url or f"sqlite:///{folder}/bot.sqlite3"
        asyncio.run(_proof(Path(folder), place, kills, options, report))


async def _proof(folder: Path, url: str, kills: int, options: Options, report: Report) -> None:
    dice = random.Random(options.seed)  # noqa: S311 - repeatable on purpose
    replicas = 2 if options.postgres else 1
    began = time.monotonic()
    async with Chaos(folder, url, replicas=replicas, seed=options.seed) as chaos:
        for number in range(kills):
            if dice.random() < 0.6:
                step = STEPS[number % len(STEPS)]
                await chaos.kill_at(step, times=dice.randint(1, 12))
            else:
                await chaos.kill_after(dice.uniform(-0.6, 1.6), slow=dice.random() < 0.03)
            if number % 20 == 19:
                report.say(f"{number + 1} kills, {len(chaos.postman.messages)} messages")
        # a message that a dead replica was sending waits until nobody can be sending it
        await chaos.calm(within_s=3 * _LEASE_S if options.postgres else 60)
        wrong = chaos.audit()
        messages = chaos.postman.messages
        report.figure("kills", sum(chaos.kills.values()))
        report.figure("kills by place", dict(sorted(chaos.kills.items())))
        report.figure("messages", len(messages))
        report.figure("acknowledged", sum(one.acknowledged for one in messages))
        report.figure("delivered", len(chaos.platform.delivered))
        report.figure("twins dropped by the platform", len(chaos.platform.twins))
        report.figure("seconds", round(time.monotonic() - began, 1))
        report.figures["wrong"] = [sentence[:500] for sentence in wrong]
        report.at_most("broken promises", len(wrong), 0, unit="")
        for sentence in wrong[:20]:
            report.say(sentence[:300])


def _rushes(kills: int, options: Options, report: Report) -> None:
    """Let a hundred want one of twenty, again and again until so many bots have died."""
    began, rounds, said = time.monotonic(), 0, 0
    died: Counter[str] = Counter()
    wrong: list[str] = []
    while sum(died.values()) < kills:
        rounds += 1
        with tempfile.TemporaryDirectory(prefix="bot-rush-") as folder, database(options) as url:
            place = url or f"sqlite:///{folder}/bot.sqlite3"
            replicas, seed = 2 if options.postgres else 1, options.seed + rounds
            rush = Rush(Path(folder), place, people=100, replicas=replicas, seed=seed)
            wrong += asyncio.run(_rush(rush))
        died += Counter({step: times for step, times in rush.kills.items() if "." in step})
        said += len(rush.postman.messages)
        report.say(f"{rounds} rounds, {sum(died.values())} kills, {len(wrong)} broken promises")
    report.figure("rounds", rounds)
    report.figure("kills by place", dict(sorted(died.items())))
    report.figure("messages", said)
    report.figure("seconds", round(time.monotonic() - began, 1))
    report.figures["wrong"] = [sentence[:500] for sentence in wrong]
    report.at_most("broken promises", len(wrong), 0, unit="")
    for sentence in wrong[:20]:
        report.say(sentence[:300])


async def _rush(rush: Rush) -> list[str]:
    claim, more = list(GOODS_STEPS), list(STEPS)
    rush.dice.shuffle(claim)
    rush.dice.shuffle(more)
    async with rush:
        await rush_hour(rush, claim=claim, more=more)
        # a message that a dead replica was sending waits until nobody can be sending it
        await rush.calm(within_s=3 * _LEASE_S)
        return rush.audit()
