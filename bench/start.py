"""How long a cold start takes until it is ready, and what the program holds at rest."""

import compileall
import time

from bench import servers
from bench.options import Options
from bench.reporting import Report, middle


def run(options: Options, report: Report) -> None:
    """Start on an empty database and on one that is there, several times."""
    rounds = options.rounds or 5
    compileall.compile_dir(servers.ROOT / "bot", quiet=1)  # as an installer does
    for name, clean in (("first start", True), ("start", False)):
        seconds, memory = [], []
        for _ in range(rounds):
            took, mib = _start(clean=clean)
            seconds.append(took)
            memory.append(mib)
        report.at_most(f"{name} until ready, s", middle(seconds), 1.5, unit="s")
        report.at_most(f"{name}: resident at rest, MiB", middle(memory), 120, unit="MiB")


def _start(*, clean: bool) -> tuple[float, float]:
    with servers.folder("start") as folder:
        if not clean:
            with servers.running(servers.ours(folder)):
                pass
        server = servers.ours(folder)
        with servers.running():
            try:
                took = server.start()
                time.sleep(1.5)
                return took, server.resident_mib()
            finally:
                server.kill()
