"""How fast callbacks are accepted: on disk, deduplicated, then acknowledged.

Ours is the whole program with logs and metrics on SQLite with `synchronous=FULL`; it gets
messages that need no answer, so that what is measured is accepting. WeRoBot echoes and keeps
nothing; bare aiohttp verifies and decrypts and keeps nothing.
"""

import sys

from bench import servers
from bench.load import Mail, Result, Style, blast, build, sticker, text
from bench.options import Options
from bench.reporting import Report, middle

WEROBOT = ("werobot==1.13.1", "werkzeug<3", "waitress==3.0.2", "cryptography", "setuptools<81")


def run(options: Options, report: Report) -> None:
    """Measure in turn, so that whatever else the machine does hits all alike."""
    rounds = options.rounds or (7 if options.long else 3)
    python = servers.environment("werobot", *WEROBOT)
    with servers.folder("accept") as folder, servers.folder("accept-werobot") as beside:
        our = servers.ours(folder)
        bare = servers.peer(sys.executable, "bare.py", beside)
        peers = {"ours": our, "bare": bare}
        if python:
            peers["werobot"] = servers.peer(python, "werobot_peer.py", beside, VARIANT="echo")
        with servers.running(*peers.values()):
            _measure(peers, rounds, report)


def _measure(peers: dict[str, servers.Server], rounds: int, report: Report) -> None:
    per_round = 12_000
    mail = {
        "ours": build("accept-ours", servers.DOOR, sticker, per_round * rounds + 40_000),
        "bare": build("accept-bare", servers.DOOR, sticker, per_round),
        "werobot": build("accept-werobot", "/", text("打卡"), per_round, style=Style.ACCOUNT),
    }
    for server in peers.values():
        server.freeze()
    found: dict[str, list[Result]] = {name: [] for name in peers}
    cpu: dict[str, list[float]] = {name: [] for name in peers}
    sent = 0
    for _ in range(rounds):
        for name, server in peers.items():
            many = per_round if name == "ours" else per_round // 2
            result, cpu_us = _round(server, mail[name], many, sent if name == "ours" else 0)
            found[name].append(result)
            cpu[name].append(cpu_us)
        sent += per_round
    rates = {name: middle([one.per_s for one in results]) for name, results in found.items()}
    for name, rate in rates.items():
        report.figure(f"{name} per_s", round(rate))
        report.figure(f"{name} CPU", round(middle(cpu[name])), "µs a request")
    report.at_least("ours / bare aiohttp, median of the rounds", _paired(found, "bare"), 0.75)
    if "werobot" in rates:
        report.at_least("ours / werobot", rates["ours"] / rates["werobot"], 1.5, aim=2.5)
    _half_load(peers, rates, mail, sent, report)


def _round(server: servers.Server, mail: Mail, many: int, skip: int) -> tuple[Result, float]:
    """Return what was measured, and the CPU that each request took, in microseconds."""
    server.thaw()
    before = server.cpu_s()
    result = blast(server.port, mail, many=many, skip=skip, warm=many // 10)
    cpu_us = (server.cpu_s() - before) / many * 1e6
    server.freeze()
    assert result.ok == many, result
    return result, cpu_us


def _paired(found: dict[str, list[Result]], peer: str) -> float:
    pairs = zip(found["ours"], found[peer], strict=True)
    return middle([ours.per_s / theirs.per_s for ours, theirs in pairs])


def _half_load(
    peers: dict[str, servers.Server],
    rates: dict[str, float],
    mail: dict[str, Mail],
    sent: int,
    report: Report,
) -> None:
    """Compare p99 when half of what each can do comes in, at random instants."""
    p99: dict[str, list[float]] = {"ours": [], "werobot": []}
    for _ in range(3):
        for name in [name for name in p99 if name in peers]:
            server, rate = peers[name], rates[name] / 2
            many = min(int(rate * 4), 12_000)
            server.thaw()
            skip = sent if name == "ours" else 0
            result = blast(
                server.port, mail[name], many=many, skip=skip, rate=rate, warm=many // 10
            )
            server.freeze()
            p99[name].append(result.p99_ms)
            sent += many if name == "ours" else 0
    for name, values in p99.items():
        report.figure(f"{name} p99 at half capacity", round(middle(values), 2), "ms")
    if p99["werobot"]:
        report.at_most("p99 ours / werobot", middle(p99["ours"]) / middle(p99["werobot"]), 2, aim=1)
