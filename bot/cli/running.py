"""The commands that run a house: `bot run`, `bot demo`."""

import asyncio
import fcntl
import gc
import importlib.util
import os
import signal
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from shutil import rmtree
from typing import Annotated, Any

import typer

from bot import app as roof
from bot.channels import simulator
from bot.cli.common import (
    FOUND_PROBLEMS,
    OUTSIDE_FAILED,
    ROLES,
    WRONG_USAGE,
    ConfigOption,
    bring_up_to_date,
    config_of,
    do,
    fail,
)
from bot.commons import accounts, sheets
from bot.commons.importing import Import, ProductsIn
from bot.config import Config, is_loopback
from bot.kernel import logs
from bot.storage import migrate
from bot.storage.db import Database


def run(
    config: ConfigOption = None,
    roles: Annotated[str, typer.Option(help="web,worker,scheduler: what this process does")] = (
        "web,worker,scheduler"
    ),
) -> None:
    """Run the bot until it is told to stop (SIGTERM, Ctrl-C)."""
    settings = config_of(config)
    chosen = frozenset(part.strip() for part in roles.split(",") if part.strip())
    if not chosen or chosen - ROLES:
        fail(WRONG_USAGE, f"--roles takes {', '.join(sorted(ROLES))}; found {roles!r}")
    database = roof.open_database(settings)
    if database.is_sqlite and chosen != ROLES:
        fail(WRONG_USAGE, "on SQLite one process does everything: leave --roles out")
    logs.configure(settings.log.level, settings.log.format)
    with _only_one(database):
        bring_up_to_date(database)
        _refuse_known_password(settings, database)
        database.close()  # the house opens its own
        _run(_serve(roof.build(settings), chosen))


def _refuse_known_password(settings: Config, database: Database) -> None:
    """Open no house to others whose console opens with the demo's password."""
    alone = is_loopback(settings.server.host) and not settings.server.public_url
    if alone and not settings.has_real_channel:
        return
    if not (known := do(database, accounts.demo_accounts)):
        return
    advice = "\n".join(
        f"    bot user password {name}, or bot user add NAME and bot user disable {name}"
        for name in known
    )
    fail(
        FOUND_PROBLEMS,
        "this database was a demo's: everybody knows the password of the account"
        f" {' and of '.join(known)}.\n{advice}",
    )


def demo(
    config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            metavar="FILE",
            help="a community of your own instead of the demo's, with the simulator alone",
            show_default=False,
        ),
    ] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="another port than 8080")
    ] = None,
    data: Annotated[Path | None, typer.Option(help="where the demo keeps its data")] = None,
    *,
    reset: Annotated[bool, typer.Option("--reset", help="start over")] = False,
) -> None:
    """Run the example community with the simulator: no accounts, no services."""
    settings = _demo_settings(config or roof.DEMO_CONFIG, port, data)
    database = roof.open_database(settings)
    logs.configure("warning", settings.log.format)
    with _only_one(database):
        if reset:
            _remove(database)
            rmtree(roof.files_folder(settings), ignore_errors=True)
        fresh = bring_up_to_date(database) is migrate.State.EMPTY
        database.close()
        application = roof.build(settings)
        if fresh and application.simulator is not None:
            simulator.begin_history(application.clock, application.simulator.zone)
        _run(_serve(application, ROLES, _Demo(application, is_example=config is None)))


def _demo_settings(config: Path, port: int | None, data: Path | None) -> Config:
    """Read what the demo runs: it has an account with a known password, and may be started over."""
    settings = roof.read_config(config)
    if settings.has_real_channel or not settings.channels.simulator.enabled:
        fail(WRONG_USAGE, f"{config}: a demo has the simulator and no real channel; see bot run")
    server = settings.server
    alone = is_loopback(server.host) and not server.public_url and not server.proxies
    if not (alone and roof.open_database(settings).is_sqlite):
        fail(WRONG_USAGE, f"{config}: a demo listens on this machine alone and keeps SQLite")
    changes: dict[str, Any] = {}
    if port is not None:
        changes["server"] = settings.server.model_copy(update={"port": port})
    if data is not None:
        url = f"sqlite:///{(data / 'demo.sqlite3').absolute()}"
        secret = type(settings.database.url)(url)
        changes["database"] = settings.database.model_copy(update={"url": secret})
        changes["paths"] = settings.paths.model_copy(update={"data": data})
    return settings.model_copy(update=changes)


_PRODUCTS = roof.DEMO_CONFIG.with_name("demo_products.csv")


@dataclass(slots=True)
class _Demo:
    """What a demo does before it opens its door, and what it tells then."""

    application: roof.App
    is_example: bool
    password: str | None = None

    async def furnish(self) -> None:
        """Make the accounts, tell what there is to buy, let the members say their lines, once."""
        house, stage = self.application.house, self.application.simulator
        self.password = await house.writer.do(accounts.ensure_demo)
        if stage is not None:
            await simulator.seed(stage, house.inbox.accept, house.travel())
        if self.is_example:  # behind the history, or it would be days old
            await self._stock()

    async def _stock(self) -> None:
        """Take in what the example shop has; told at each start, it is never out of date."""
        intake = ProductsIn(self.application.config.community.as_community().zone)
        coming = Import(_PRODUCTS.name, intake, sheets.read(_PRODUCTS, sheets.Renaming()))
        for rows in coming.bites():
            await self.application.house.writer.do(partial(coming.take, rows=rows))

    def welcome(self, port: int) -> None:
        """Tell where to look."""
        config = self.application.config
        console = _signing_in(accounts.DEMO_NAME, self.password)
        desk = _signing_in(accounts.DEMO_ADVISOR, self.password)
        base = f"http://{config.server.host}:{port}"
        typer.echo(
            f"\n{config.community.name} 已经开门：\n"
            f"  聊天（模拟器）  {base}/simulator/\n"
            f"  运营后台        {base}/console/   {console}\n"
            f"  顾问工作台      {base}/desk/      {desk}\n"
            "  停止：Ctrl-C    重新开始：make demo RESET=1\n",
        )


def _signing_in(name: str, password: str | None) -> str:
    return f"账号 {name}  密码 {password}" if password else "用你自己的账号登录"


async def _serve(application: roof.App, roles: frozenset[str], demo: _Demo | None = None) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    server = await application.start(roles, demo.furnish if demo else None)
    _collect_seldom()
    try:
        if demo is not None and server is not None:
            demo.welcome(server.port)
        await stop.wait()
    finally:
        if application.simulator is not None:
            await application.simulator.stop()  # an open page would hold the server up
        if server is not None:
            await server.stop()
        await application.stop()


def _collect_seldom() -> None:
    """Leave what the start has made out of the collector's rounds, and make them rarer.

    Messages make next to no cycles; looking for them took a twentieth of the time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def _run(coroutine: Coroutine[Any, Any, None]) -> None:
    """Run on uvloop where the extra `speed` is installed, else on asyncio's own loop."""
    fast = importlib.util.find_spec("uvloop")
    new_loop = importlib.import_module("uvloop").new_event_loop if fast else None
    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(coroutine)


@contextmanager
def _only_one(database: Database) -> Iterator[None]:
    """Hold the lock of an SQLite database: a second bot on it would send everything twice."""
    name = database.url.database
    os.umask(0o077)  # what members wrote is nobody else's on this machine
    if not database.is_sqlite or not name:
        yield
        return
    with Path(f"{name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            fail(OUTSIDE_FAILED, f"another bot is running on {name}; stop it first")
        yield


def _remove(database: Database) -> None:
    for ending in ("", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            os.unlink(f"{database.url.database}{ending}")  # noqa: PTH108
