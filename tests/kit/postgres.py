"""A PostgreSQL server of our own for a test session: private, temporary, on loopback.

Flushing stays on, as it is in operation. A machine without the server skips these tests;
under CI that is a failure, so that nobody loses them without noticing.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from bot.app.tables import declare_all
from bot.storage.db import Database
from bot.storage.migrate import upgrade

_USER = "bot"
_START_S = 20.0
_RUNNING = pytest.StashKey["Cluster"]()
_PLACES = ("/usr/lib/postgresql/*/bin", "/usr/local/pgsql/bin", "/opt/homebrew/opt/postgresql*/bin")

_END_OTHERS = (
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
_SHAPE = (
    "SELECT (SELECT version_num FROM alembic_version),"
    " (SELECT max(oid) FROM pg_class), (SELECT count(*) FROM pg_class),"
    " (SELECT count(*) FROM pg_attribute WHERE NOT attisdropped), (SELECT max(oid) FROM pg_proc)"
)
_TABLES = (
    "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
)
_BEGIN_AT_ONE = (
    "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)"
    " FROM pg_sequences WHERE last_value IS NOT NULL"
)


class Cluster:
    """A running server. It ends with `stop`, or with the process that started it."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self._folder = Path(tempfile.mkdtemp(prefix="bot-postgres-"))
        self._port = free_port()
        self._numbers = count(1)
        self._server: subprocess.Popen[bytes] | None = None
        self.template = ""
        self._spare: list[str] = []

    def start(self) -> None:
        """Create the cluster and wait until it answers."""
        if os.getuid() == 0:
            shutil.chown(self._folder, "postgres", "postgres")
        data = self._folder / "data"
        setup = ["-D", str(data), "-U", _USER, "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]
        subprocess.run(self._as_nobody("initdb", *setup), check=True, capture_output=True)
        options = ["-c", "listen_addresses=127.0.0.1", "-c", "shared_buffers=32MB"]
        place = ["-D", str(data), "-p", str(self._port), "-k", str(self._folder)]
        command = self._as_nobody("postgres", *place, *options, dies_with_us=True)
        with (self._folder / "log").open("wb") as log:
            self._server = subprocess.Popen(command, stdout=log, stderr=log)
        self._wait()

    def stop(self) -> None:
        """Stop the server, if it runs, and forget its files."""
        if self._server:
            self._server.send_signal(signal.SIGINT)  # "fast": ends open sessions
            self._server.wait(_START_S)
        shutil.rmtree(self._folder, ignore_errors=True)

    def url(self, database: str) -> str:
        """Return the address of a database."""
        return f"postgresql://{_USER}@127.0.0.1:{self._port}/{database}"

    def create(self, template: str = "template1") -> str:
        """Create a database like `template`; return its address."""
        name = f"test_{next(self._numbers)}"
        self._command("CREATE DATABASE {} TEMPLATE {}", name, template)
        return self.url(name)

    def drop(self, url: str) -> None:
        """Drop a database, whoever still uses it."""
        self._command("DROP DATABASE {} WITH (FORCE)", url.rpartition("/")[2])

    def lend(self, template: str) -> str:
        """Return the address of a database like `template`, which may have served before."""
        return self._spare.pop() if self._spare else self.create(template)

    def take_back(self, url: str, template: str) -> None:
        """Empty a database for the next who asks; one of another shape by now is dropped.

        To empty a few tables takes a fraction of the time that a new database takes.
        """
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(_END_OTHERS)
            is_as_it_was = connection.execute(_SHAPE).fetchone() == self._shape(template)
            if is_as_it_was:
                _empty(connection)
        if is_as_it_was:
            self._spare.append(url)
        else:
            self.drop(url)

    @cache  # noqa: B019 - one cluster lives as long as its session
    def _shape(self, template: str) -> object:
        with psycopg.connect(self.url(template)) as connection:
            return connection.execute(_SHAPE).fetchone()

    def _command(self, command: str, *names: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL(command).format(*map(sql.Identifier, names)))

    def _as_nobody(
        self, program: str, *arguments: str, dies_with_us: bool = False
    ) -> Sequence[str]:
        """Return a command line that is not root's, because PostgreSQL refuses root."""
        command = [str(self._programs / program), *arguments]
        if os.getuid() != 0:
            return command
        ends = ["--pdeathsig=INT"] if dies_with_us else []
        user = ["--reuid=postgres", "--regid=postgres", "--init-groups"]
        return ["setpriv", *user, *ends, "--", *command]

    def _wait(self) -> None:
        deadline = time.monotonic() + _START_S
        while True:
            try:
                psycopg.connect(self.url("postgres")).close()
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
            else:
                return


def _empty(connection: psycopg.Connection) -> None:
    """Leave no row in any table and begin every number at one."""
    tables = [sql.Identifier(name) for (name,) in connection.execute(_TABLES)]
    ask = sql.SQL("(SELECT {} WHERE EXISTS (SELECT FROM {}))")
    asked = [ask.format(sql.Literal(table.as_string()), table) for table in tables]
    used = connection.execute(sql.SQL(" UNION ALL ").join(asked)).fetchall()
    connection.execute("SET session_replication_role = replica")  # in any order
    for (name,) in used:
        connection.execute(sql.SQL("DELETE FROM {}").format(sql.SQL(name)))
    connection.execute(_BEGIN_AT_ONE)


def find_programs() -> Path | None:
    """Return the folder of the newest server on this machine."""
    found = shutil.which("postgres")
    folders = [Path(found).resolve().parent] if found else []
    for place in _PLACES:
        folders += sorted(Path("/").glob(place.lstrip("/")), reverse=True)
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def cluster(pytestconfig: pytest.Config) -> Cluster:
    """Offer a server for the whole session: one, however many folders import this."""
    running = pytestconfig.stash.get(_RUNNING, None)
    if running:
        return running
    programs = find_programs()
    if programs is None:
        reason = "no PostgreSQL server on this machine (package postgresql)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    server = pytestconfig.stash[_RUNNING] = Cluster(programs)
    pytestconfig.add_cleanup(server.stop)
    server.start()
    return server


@pytest.fixture(scope="session")
def template(cluster: Cluster) -> str:
    """Offer the name of a database with the newest schema and no rows, to be copied."""
    if not cluster.template:
        url = cluster.create()
        declare_all()
        database = Database(url)
        upgrade(database)
        database.close()
        cluster.template = url.rpartition("/")[2]
    return cluster.template


@pytest.fixture
def empty_postgres(cluster: Cluster) -> Iterator[str]:
    """Offer the address of a database without any table."""
    url = cluster.create()
    yield url
    cluster.drop(url)


@pytest.fixture
def postgres(cluster: Cluster, template: str) -> Iterator[str]:
    """Offer the address of a fresh database with the newest schema."""
    url = cluster.lend(template)
    yield url
    cluster.take_back(url, template)
