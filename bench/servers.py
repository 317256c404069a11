"""Starts what is measured, on the server's core, and stops it for good afterwards."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

from bench.load import AES_KEY, AGENT, CORP, LOAD_CORE, SERVER_CORE, TOKEN, on_core
from bench.options import Options
from bench.reporting import BUILD
from tests.kit.postgres import Cluster, find_programs, free_port

ROOT = Path(__file__).parents[1]
PEERS = Path(__file__).parent / "peers"
DOOR = "/callback/wecom_app"
_READY_S = 30.0
_CONFIG = """
[community]
name = "拾光衣橱"
timezone = "Asia/Shanghai"
[server]
port = {port}
[database]
url = "{database}"
[paths]
content = "content"
schedules = "schedules"
[channels.wecom_app]
api_base = "{api}"
corp_id = "{corp}"
agent_id = {agent}
secret = "env:BENCH_TOKEN"
token = "env:BENCH_TOKEN"
encoding_aes_key = "env:BENCH_AES_KEY"
[log]
level = "info"
format = "json"
"""


class Server:
    """A process that listens on `port`."""

    def __init__(
        self,
        command: Sequence[str],
        port: int,
        folder: Path,
        *,
        core: int = SERVER_CORE,
        environment: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        probe: str = "/",
    ) -> None:
        self.port = port
        self.folder = folder
        self._command = [*command]
        self._core = core
        self._environment = os.environ | {"PORT": str(port)} | dict(environment or {})
        self._cwd = cwd or folder
        self._probe = probe
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> float:
        """Start it; return the seconds until it answered."""
        began = time.perf_counter()
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=self._cwd,
                env=self._environment,
                stdout=log,
                stderr=log,
                preexec_fn=on_core(self._core),  # noqa: PLW1509 - before any thread
            )
        while not self._answers():
            if self._process.poll() is not None or time.perf_counter() - began > _READY_S:
                words = (self.folder / "server.log").read_text("utf-8", "replace")
                raise SystemExit(f"bench: {self._command} did not start:\n{words[-2000:]}")
            time.sleep(0.005)
        return time.perf_counter() - began

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{self._probe}", timeout=5):
                return True
        except urllib.error.HTTPError as exc:
            return exc.code != 503
        except OSError:
            return False

    def freeze(self) -> None:
        """Let it stand still while another is measured."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        os.kill(self.pid, signal.SIGCONT)

    def kill(self) -> None:
        """End it without any goodbye."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.kill()
            self._process.wait()

    def resident_mib(self) -> float:
        """Return the memory that it holds, in MiB."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

    def cpu_s(self) -> float:
        """Return the seconds of CPU that it has used."""
        words = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def running(*servers: Server) -> Iterator[None]:
    """Run servers for a while."""
    try:
        for server in servers:
            server.start()
        yield
    finally:
        for server in servers:
            server.kill()


@contextmanager
def folder(name: str) -> Iterator[Path]:
    """Offer an empty folder on the disk of the project, not in memory."""
    place = BUILD / "run" / name
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    yield place
    shutil.rmtree(place, ignore_errors=True)


@contextmanager
def database(options: Options) -> Iterator[str]:
    """Offer a new database on a server of our own; an empty address means SQLite."""
    if not options.postgres:
        yield ""
        return
    programs = find_programs()
    if programs is None:
        raise SystemExit("bench: no PostgreSQL server on this machine (package postgresql)")
    cluster = Cluster(programs)
    cluster.start()
    try:
        yield cluster.create()
    finally:
        cluster.stop()


def ours(
    place: Path,
    api: str = "http://127.0.0.1:9",
    *,
    database: str = "",
    name: str = "bot",
    probe: str = "/readyz",
    core: int = SERVER_CORE,
) -> Server:
    """Return our own program, as an operator would run it, logs and metrics on."""
    port = free_port()
    for paths in ("content", "schedules"):
        (place / paths).mkdir(exist_ok=True)
    url = database or f"sqlite:///{place}/bot.sqlite3"
    config = place / f"{name}.toml"
    config.write_text(
        _CONFIG.format(port=port, database=url, api=api, corp=CORP, agent=AGENT), "utf-8"
    )
    secrets = {"BENCH_TOKEN": TOKEN, "BENCH_AES_KEY": AES_KEY}
    command = [sys.executable, "-m", "bot", "run", "--config", str(config)]
    return Server(command, port, place, environment=secrets, cwd=ROOT, probe=probe, core=core)


def peer(
    python: str, script: str, place: Path, *, core: int = SERVER_CORE, **environment: str
) -> Server:
    """Return a script of `bench/peers` under some Python."""
    words = {"TOKEN": TOKEN, "AES_KEY": AES_KEY, "CORP": CORP, "PYTHONPATH": ""}
    command = [python, str(PEERS / script)]
    return Server(command, free_port(), place, environment=words | environment, core=core)


def environment(name: str, *packages: str) -> str | None:
    """Return the Python of a peer's own environment, made when first needed; None without."""
    place = BUILD / "peers" / name
    python = place / "bin" / "python"
    wanted = json.dumps(packages)
    stamp = place / "packages.json"
    if stamp.exists() and stamp.read_text("utf-8") == wanted:
        return str(python)
    shutil.rmtree(place, ignore_errors=True)
    try:
        subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*install, *packages], check=True)
    except subprocess.CalledProcessError as exc:
        print(f"bench: the peer {name} is left out, it can't be installed: {exc}")
        return None
    stamp.write_text(wanted, "utf-8")
    return str(python)


class Platform:
    """The fake platform of the load core: takes messages, counts them, nothing else."""

    def __init__(self, place: Path) -> None:
        self._server = peer(sys.executable, "sink.py", place, core=LOAD_CORE)
        self.url = f"http://127.0.0.1:{self._server.port}"

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.kill()

    def taken(self) -> int:
        """Return how many messages it has taken."""
        return int(self._ask("count"))

    def last_at(self) -> float:
        """Return when it took the last one, on the monotonic clock of the machine."""
        return float(self._ask("last"))

    def _ask(self, what: str) -> bytes:
        with urllib.request.urlopen(f"{self.url}/{what}", timeout=5) as answer:  # noqa: S310 - loopback
            return bytes(answer.read())
