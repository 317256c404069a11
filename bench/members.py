"""What a check-in costs among a million members with ten million check-ins, against a thousand.

Both houses run in this process, one message at a time, in turn: a message is accepted,
handled, answered into memory and written down. The rows of the past are made by SQL.
"""

import asyncio
import os
import random
import time
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection, text

from bench import servers
from bench.options import Options
from bench.reporting import Report, middle
from bot.features import checkin
from bot.kernel import logs
from bot.storage.columns import micros
from tests.kit.house import PHONE, HouseUnderTest

FEW, SHORT, LONG, DAYS = 1_000, 100_000, 1_000_000, 10
_MANY = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count) "
_PAST = (
    "INSERT INTO members (id, created_at, joined_at) SELECT i, :at, :at FROM n",
    f"""INSERT INTO identities (channel, identity, member_id, created_at)
    SELECT '{PHONE}', 'm' || i, i, :at FROM n""",
    """INSERT INTO streaks (member_id, last_day, days, best_days, total_days)
    SELECT i, :yesterday, :days, :days, :days FROM n""",
    "INSERT INTO point_accounts (member_id, balance) SELECT i, 5 * :days FROM n",
)
_DAY = (
    "INSERT INTO checkins (member_id, day, at) SELECT i, :day, :at FROM n",
    """INSERT INTO point_entries (key, debit, credit, points, reason, made_by, at, rest)
    SELECT 'checkin:' || :day || ':' || i, (SELECT id FROM point_accounts
    WHERE house = 'checkin'), (SELECT id FROM point_accounts WHERE member_id = i),
    5, 'checkin', '', :at, 5 FROM n""",
)


def run(options: Options, report: Report) -> None:
    """Fill two databases, then let members of both check in."""
    with Path(os.devnull).open("w") as nowhere:  # lines are made as ever, and thrown away
        logs.configure("info", "json", nowhere)
        asyncio.run(_run(LONG if options.long else SHORT, options, report))


async def _run(many: int, options: Options, report: Report) -> None:
    with servers.folder("members-few") as few, servers.folder("members-many") as lots:
        small, big = HouseUnderTest(few, [checkin.feature]), HouseUnderTest(lots, [checkin.feature])
        began = time.monotonic()
        fill(small, FEW)
        fill(big, many)
        report.say(f"{many:,} members, {many * DAYS:,} check-ins made in {_since(began):.0f} s")
        report.figure("members", many)
        report.figure("database", round(_size_mib(lots)), "MiB")
        async with small, big:
            await _compare(small, big, many, options, report)


async def _compare(
    small: HouseUnderTest, big: HouseUnderTest, many: int, options: Options, report: Report
) -> None:
    dice = random.Random(options.seed)  # noqa: S311 - repeatable on purpose
    took: dict[str, list[float]] = {"few": [], "many": []}
    pairs = zip(
        dice.sample(range(1, FEW + 1), 600), dice.sample(range(1, many + 1), 600), strict=True
    )
    for one, other in pairs:
        took["few"].append(await _check_in(small, one))
        took["many"].append(await _check_in(big, other))
    for name, seconds in took.items():
        warm = sorted(seconds[100:])
        report.figure(f"{name}: p50", round(middle(warm) * 1e3, 2), "ms")
        report.figure(f"{name}: p99", round(warm[len(warm) * 99 // 100] * 1e3, 2), "ms")
    ratio = middle(took["many"][100:]) / middle(took["few"][100:])
    report.at_most(f"check-in among {many:,} / among {FEW:,}", ratio, 1.5)


async def _check_in(house: HouseUnderTest, member: int) -> float:
    update = house.update(f"m{member}", "打卡")
    began = time.perf_counter()
    await house.house.inbox.accept([update])
    await house.house.engine.settle()
    took = time.perf_counter() - began
    said = house.phone.sent[-1]
    assert said.recipient == f"m{member}", said
    assert f"已连续 {DAYS + 1} 天" in said.part.text, said  # type: ignore[union-attr]  # a text
    return took


def fill(house: HouseUnderTest, count: int) -> None:
    """Give `count` members ten days of check-ins each, up to yesterday."""
    now = house.clock.now()
    zone_day = (now + timedelta(hours=8)).date()
    values = {"count": count, "at": micros(now), "days": DAYS}
    with house.database.engine.begin() as connection:
        connection.execute(text("INSERT INTO point_accounts (house) VALUES ('checkin')"))
        yesterday = (zone_day - timedelta(days=1)).isoformat()
        for words in _PAST:
            _insert(connection, words, values | {"yesterday": yesterday})
        for back in range(DAYS, 0, -1):
            day = (zone_day - timedelta(days=back)).isoformat()
            for words in _DAY:
                _insert(connection, words, values | {"day": day})


def _insert(connection: Connection, words: str, values: dict[str, object]) -> None:
    head, select, rest = words.partition(" SELECT ")
    connection.execute(text(f"{head} {_MANY}{select}{rest}"), values)


def _since(began: float) -> float:
    return time.monotonic() - began


def _size_mib(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.glob("bot.sqlite3*")) / 2**20
