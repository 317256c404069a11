"""A whole check-in: accepted, handled, points written, answer queued and delivered.

Ours is the whole program on SQLite, delivering to a platform on loopback; it is measured from
the first callback sent until the last answer has arrived there. All members are known and have
checked in the day before. WeRoBot keeps a streak in its
default session and answers in the response; nonebot2 keeps it through its ORM plugin
and answers in the response, in plain mode because its adapter can't decrypt.
"""

import time
from concurrent.futures import ThreadPoolExecutor

from bench import servers
from bench.accept import WEROBOT
from bench.load import Mail, Style, blast, build, text
from bench.options import Options
from bench.reporting import Report, middle
from bot.storage.db import Database
from bot.storage.migrate import upgrade

NONEBOT = (
    "nonebot2[fastapi,aiohttp]==2.5.0",
    "nonebot-adapter-wxmp==0.1.8",
    "nonebot-plugin-orm[sqlite]==0.8.4",
    "setuptools<81",
)
_PATIENCE_S = 120.0
_DAY_S = 86_400


def run(options: Options, report: Report) -> None:
    """Measure in turn; each of our rounds begins with an empty database."""
    if options.postgres:
        _two_replicas(options, report)
        return
    rounds = options.rounds or (5 if options.long else 3)
    many = 4500  # twice this is what the platform lets a corp send in a minute (path/90312)
    werobot = servers.environment("werobot", *WEROBOT)
    nonebot = servers.environment("nonebot", *NONEBOT)
    found: dict[str, list[float]] = {"ours": []}
    for number in range(rounds):
        found["ours"].append(_ours(many))
        if werobot:
            found.setdefault("werobot", []).append(_werobot(werobot, many // 3))
        if nonebot:
            found.setdefault("nonebot2", []).append(_nonebot(nonebot, many // 10))
        said = ", ".join(f"{name} {rates[-1]:.0f}" for name, rates in found.items())
        report.say(f"round {number + 1}, per s: {said}")
    for name, rates in found.items():
        report.figure(f"{name} per_s", round(middle(rates)))
    for name, floor, aim in (("werobot", 3, 6), ("nonebot2", 8, 15)):
        if name in found:
            pairs = zip(found["ours"], found[name], strict=True)
            report.at_least(f"ours / {name}", middle([a / b for a, b in pairs]), floor, aim)


def _ours(many: int) -> float:
    mail = _mail("trip-ours", servers.DOOR, many)
    with servers.folder("trip") as folder, servers.Platform(folder) as platform:
        server = servers.ours(folder, platform.url)
        with servers.running(server):
            yesterday = blast(server.port, mail, many=many)
            _arrive(platform, yesterday.ok)
            began = time.monotonic()
            result = blast(server.port, mail, many=many, skip=many)
            # what was refused, the platform would bring again later
            _arrive(platform, yesterday.ok + result.ok)
            return result.ok / (platform.last_at() - began)


def _two_replicas(options: Options, report: Report) -> None:
    """Let two replicas on PostgreSQL share a day's check-ins; both share a core."""
    report.name += "-postgres"
    many = 4500
    mail = _mail("trip-replicas", servers.DOOR, many)
    with (
        servers.database(options) as url,
        servers.folder("trip") as folder,
        servers.Platform(folder) as platform,
        ThreadPoolExecutor(2) as hands,
    ):
        empty = Database(url)
        upgrade(empty)
        empty.close()
        replicas = [servers.ours(folder, platform.url, database=url, name=name) for name in "ab"]
        with servers.running(*replicas):

            def day(skip: int) -> int:
                halves = [(replicas[0], skip), (replicas[1], skip + many // 2)]
                sent = [
                    hands.submit(blast, server.port, mail, many=many // 2, skip=start)
                    for server, start in halves
                ]
                return sum(one.result().ok for one in sent)

            yesterday = day(0)
            _arrive(platform, yesterday)
            began = time.monotonic()
            today = day(many)
            _arrive(platform, yesterday + today)
            report.figure("check-ins", yesterday + today)
            report.figure("per_s", round(today / (platform.last_at() - began)))


def _mail(name: str, path: str, many: int, style: Style = Style.APP) -> Mail:
    """Write check-ins of yesterday, one for each member, and then as many of today."""
    today = int(time.time())
    return build(
        name,
        path,
        text("打卡"),
        2 * many,
        members=many,
        style=style,
        sent_at=lambda index: today - _DAY_S * (index < many),
    )


def _arrive(platform: servers.Platform, many: int) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while platform.taken() < many:
        assert time.monotonic() < deadline, f"{platform.taken()} of {many} arrived"
        time.sleep(0.05)
    assert platform.taken() == many


def _werobot(python: str, many: int) -> float:
    mail = _mail("trip-werobot", "/", many, style=Style.ACCOUNT)
    return _peer(python, "werobot_peer.py", mail, many)


def _nonebot(python: str, many: int) -> float:
    mail = _mail("trip-nonebot", "/wxmp/revice/bench", many, style=Style.PLAIN)
    return _peer(python, "nonebot_peer.py", mail, many)


def _peer(python: str, script: str, mail: Mail, many: int) -> float:
    with servers.folder("trip-peer") as folder:
        server = servers.peer(python, script, folder, VARIANT="session", FOLDER=str(folder))
        with servers.running(server):
            blast(server.port, mail, many=many)
            result = blast(server.port, mail, many=many, skip=many)
            assert result.ok == many, result
            return result.per_s
