"""Twice what we can take, a fifth of it repeats, and a SIGKILL in the middle.

The capacity is what a closed loop of whole check-ins gets accepted. Then an open loop brings
twice that, at random instants; the bot is killed half-way, started again, and gets the second
half. At the end it is left alone until everything is handled, and its books are compared with
what it has acknowledged.
"""

import threading
import time
from collections import Counter
from pathlib import Path

from bench import servers
from bench.load import Mail, Result, blast, build, text
from bench.options import Options
from bench.reporting import Report
from bot.commons.points.books import books_balance
from bot.kernel.clock import SystemClock
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.db import Database

_PATIENCE_S = 240.0
_CONNECTIONS = 1000  # a platform opens more while it waits
_KEYS = Statement("SELECT key, status FROM inbox")
_OPEN = Statement(
    "SELECT (SELECT count(*) FROM inbox WHERE status = 'waiting')"
    " + (SELECT count(*) FROM outbox WHERE status IN ('queued', 'sending'))"
)
_ANSWERS = Statement("SELECT count(DISTINCT key), count(*) FROM outbox")
_CHECKINS = Statement(
    "SELECT i.identity, count(*) FROM checkins c JOIN identities i ON i.member_id = c.member_id"
    " GROUP BY i.identity"
)


def run(options: Options, report: Report) -> None:
    """Find the capacity, overload, kill, go on, audit."""
    seconds = 20.0 if options.long else 8.0
    capacity = _capacity()
    report.figure("capacity of accepting check-ins per_s", round(capacity))
    rate = 2 * capacity
    mail = build("overload", servers.DOOR, text("打卡"), int(rate * seconds * 1.1), repeats=0.2)
    with servers.folder("overload") as folder, servers.Platform(folder) as platform:
        server = servers.ours(folder, platform.url)
        half = int(rate * seconds / 2)
        first, second = folder / "first", folder / "second"
        server.start()
        try:
            killer = threading.Timer(seconds / 2 - 0.3, server.kill)
            killer.start()
            before = blast(
                server.port,
                mail,
                many=half,
                rate=rate,
                seconds=60,
                connections=_CONNECTIONS,
                outcome=first,
            )
            killer.join()
            server.kill()
            report.figure("seconds to start again", round(server.start(), 2))
            after = blast(
                server.port,
                mail,
                many=half,
                skip=half,
                rate=rate,
                seconds=60,
                connections=_CONNECTIONS,
                outcome=second,
            )
            database = Database(f"sqlite:///{folder}/bot.sqlite3")
            _settle(database)
            server.kill()
            _judge(report, before, after, mail, (first, second), half=half, database=database)
            database.close()
        finally:
            server.kill()


def _capacity() -> float:
    mail = build("overload-capacity", servers.DOOR, text("打卡"), 6_000)
    with servers.folder("overload-capacity") as folder, servers.Platform(folder) as platform:
        server = servers.ours(folder, platform.url)
        with servers.running(server):
            return blast(server.port, mail, many=6_000, warm=500).per_s


def _settle(database: Database) -> None:
    """Wait until everything is handled; how long answers take to leave is the platform's rule."""
    deadline = time.monotonic() + _PATIENCE_S
    waiting = Statement("SELECT count(*) FROM inbox WHERE status = 'waiting'")
    while True:
        with database.reading() as connection:
            if connection.run(waiting, {})[0][0] == 0:
                return
        assert time.monotonic() < deadline, "the inbox does not become empty"
        time.sleep(0.5)


def _judge(
    report: Report,
    before: Result,
    after: Result,
    mail: Mail,
    outcomes: tuple[Path, Path],
    *,
    half: int,
    database: Database,
) -> None:
    for name, result in (("before", before), ("after", after)):
        report.figure(f"{name} the kill: acknowledged", result.ok)
        report.figure(f"{name} the kill: refused with 503", result.errors)
        unanswered = len(mail.keys[:half]) - result.ok - result.refused - result.errors
        report.figure(f"{name} the kill: no answer", unanswered)
        report.figure(f"{name} the kill: p50", result.p50_ms, "ms")
        report.at_most(f"{name} the kill: p99 of the answers, ms", result.p99_ms, 1000, unit="ms")
    acknowledged = {
        str(mail.keys[index])
        for outcome in outcomes
        for index, hundred in enumerate(outcome.read_bytes())
        if hundred == 2
    }
    with database.reading() as connection:
        uow = UnitOfWork(connection, SystemClock())
        stored = Counter(str(key) for key, _ in uow.run(_KEYS))
        statuses = Counter(str(status) for _, status in uow.run(_KEYS))
        checkins = {str(who): int(str(times)) for who, times in uow.run(_CHECKINS)}
        distinct, answers = uow.run(_ANSWERS)[0]
        books = books_balance(uow)
    report.figure("updates on disk", sum(stored.values()))
    report.at_most("acknowledged but missing", len(acknowledged - stored.keys()), 0, unit="")
    twice = sum(times > 1 for times in checkins.values())
    report.at_most("effects twice", twice, 0, unit="")
    report.at_most("updates not done", len(stored) - statuses["done"], 0, unit="")
    report.at_most("answers missing", len(stored) - int(str(distinct)), 0, unit="")
    report.at_most("answers twice", int(str(answers)) - int(str(distinct)), 0, unit="")
    senders = {who for key, who in zip(mail.keys, mail.senders, strict=True) if str(key) in stored}
    report.at_most("members without their check-in", len(senders - checkins.keys()), 0, unit="")
    report.at_most("mistakes in the ledger", len(books), 0, unit="")
