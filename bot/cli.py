"""The commands of `bot`, one short function each.

Exit codes: 0 done, 1 the work found problems, 2 wrong usage or configuration, 3 an outside
system failed. Problems go to stderr, one line each.
"""

import asyncio
import fcntl
import gc
import importlib.util
import json
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import typer
from sqlalchemy.exc import OperationalError

from bot import app as roof
from bot.channels import simulator
from bot.commons import accounts, audit
from bot.commons.content import check as check_files
from bot.config import Config, is_loopback
from bot.kernel import logs
from bot.kernel.clock import SystemClock
from bot.kernel.desk import ParkedMessage, ParkedUpdate, Role, Shelf
from bot.kernel.errors import BotError, CannotStore, ConfigError, FileProblem, Problem, WeakPassword
from bot.kernel.work import UnitOfWork
from bot.pipeline.desk import Desk
from bot.storage import migrate
from bot.storage.db import Database

T = TypeVar("T")

DONE, FOUND_PROBLEMS, WRONG_USAGE, OUTSIDE_FAILED = range(4)
ROLES = frozenset({"web", "worker", "scheduler"})

ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config", metavar="FILE", help="config.toml, then the demo's", show_default=False
    ),
]
Json = Annotated[bool, typer.Option("--json", help="print JSON")]

cli = typer.Typer(
    name="bot",
    help="Runs a community on WeCom and WeChat: check-ins, scheduled posts, answers.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
user = typer.Typer(help="Console accounts.", no_args_is_help=True)
parked = typer.Typer(
    help="Updates and messages that were given up: look, run again, drop.", no_args_is_help=True
)
cli.add_typer(user, name="user")
cli.add_typer(parked, name="parked")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command; nobody but a developer ever sees a traceback.

    Args:
        arguments: what follows `bot`; the command line's own by default.
    """
    try:
        cli(args=arguments)
    except FileProblem as exc:
        _complain(exc.problems)
        sys.exit(WRONG_USAGE)
    except CannotStore as exc:
        _fail(OUTSIDE_FAILED, f"database: {exc}")
    except OperationalError as exc:
        _fail(OUTSIDE_FAILED, f"database: {str(exc.orig).strip().splitlines()[0]}")
    except BotError as exc:
        _fail(OUTSIDE_FAILED, str(exc))


def _complain(problems: Sequence[Problem]) -> None:
    for problem in problems:
        print(problem, file=sys.stderr)  # noqa: T201 - this is what stderr is for


def _fail(code: int, message: str) -> NoReturn:
    print(f"bot: {message}", file=sys.stderr)  # noqa: T201
    sys.exit(code)


def _config(path: Path | None) -> Config:
    default = Path("config.toml")
    chosen = path or (default if default.exists() else roof.DEMO_CONFIG)
    return roof.read_config(chosen)


# ── run ─────────────────────────────────────────────────────────────────────────────────


@cli.command()
def run(
    config: ConfigOption = None,
    roles: Annotated[str, typer.Option(help="web,worker,scheduler: what this process does")] = (
        "web,worker,scheduler"
    ),
) -> None:
    """Run the bot until it is told to stop (SIGTERM, Ctrl-C)."""
    settings = _config(config)
    chosen = frozenset(part.strip() for part in roles.split(",") if part.strip())
    if not chosen or chosen - ROLES:
        _fail(WRONG_USAGE, f"--roles takes {', '.join(sorted(ROLES))}; found {roles!r}")
    database = roof.open_database(settings)
    if database.is_sqlite and chosen != ROLES:
        _fail(WRONG_USAGE, "on SQLite one process does everything: leave --roles out")
    logs.configure(settings.log.level, settings.log.format)
    with _only_one(database):
        _bring_up_to_date(database)
        _refuse_known_password(settings, database)
        _run(_serve(roof.build(settings), chosen))


def _refuse_known_password(settings: Config, database: Database) -> None:
    """Open no house to others whose console opens with the demo's password."""
    alone = is_loopback(settings.server.host) and not settings.server.public_url
    if (alone and not settings.has_real_channel) or not _do(database, accounts.has_demo):
        return
    name = accounts.DEMO_NAME
    _fail(
        FOUND_PROBLEMS,
        f"this database was a demo's: everybody knows the password of the account {name}.\n"
        f"    bot user password {name}, or bot user add NAME and bot user disable {name}",
    )


@cli.command()
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
        fresh = _bring_up_to_date(database) is migrate.State.EMPTY
        application = roof.build(settings)
        if fresh and application.simulator is not None:
            simulator.begin_history(application.clock, application.simulator.zone)
        _run(_serve(application, ROLES, on_start=_welcome))


def _demo_settings(config: Path, port: int | None, data: Path | None) -> Config:
    """Read what the demo runs: it has an account with a known password, and may be started over."""
    settings = roof.read_config(config)
    if settings.has_real_channel or not settings.channels.simulator.enabled:
        _fail(WRONG_USAGE, f"{config}: a demo has the simulator and no real channel; see bot run")
    server = settings.server
    alone = is_loopback(server.host) and not server.public_url and not server.proxies
    if not (alone and roof.open_database(settings).is_sqlite):
        _fail(WRONG_USAGE, f"{config}: a demo listens on this machine alone and keeps SQLite")
    changes: dict[str, Any] = {}
    if port is not None:
        changes["server"] = settings.server.model_copy(update={"port": port})
    if data is not None:
        url = f"sqlite:///{(data / 'demo.sqlite3').absolute()}"
        secret = type(settings.database.url)(url)
        changes["database"] = settings.database.model_copy(update={"url": secret})
        changes["paths"] = settings.paths.model_copy(update={"data": data})
    return settings.model_copy(update=changes)


async def _welcome(application: roof.App, port: int) -> None:
    """Let the demo's members say their lines, once, and tell where to look."""
    house = application.house
    stage = application.simulator
    if stage is not None:
        await simulator.seed(stage, house.inbox.accept, house.travel())
    password = await house.writer.do(accounts.ensure_demo)
    console = f"账号 {accounts.DEMO_NAME}  密码 {password}" if password else "用你自己的账号登录"
    base = f"http://{application.config.server.host}:{port}"
    print(  # noqa: T201
        f"\n{application.config.community.name} 已经开门：\n"
        f"  聊天（模拟器）  {base}/simulator/\n"
        f"  运营后台        {base}/console/   {console}\n"
        "  停止：Ctrl-C    重新开始：make demo RESET=1\n",
        flush=True,
    )


async def _serve(
    application: roof.App,
    roles: frozenset[str],
    on_start: Callable[[roof.App, int], Any] | None = None,
) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    server = await application.start(roles)
    _collect_seldom()
    try:
        if on_start is not None and server is not None:
            await on_start(application, server.port)
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


def _bring_up_to_date(database: Database) -> migrate.State:
    """Migrate SQLite; on PostgreSQL an operator decides when."""
    found = migrate.state(database)
    if database.is_sqlite or found is migrate.State.NEWER:
        return migrate.upgrade(database)
    if found is not migrate.State.CURRENT:
        raise ConfigError(
            [
                Problem(
                    migrate.spoken(database.url),
                    1,
                    "old-database",
                    f"the schema is {found.value}",
                    "run: bot migrate",
                )
            ]
        )
    return found


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
            _fail(OUTSIDE_FAILED, f"another bot is running on {name}; stop it first")
        yield


def _remove(database: Database) -> None:
    for ending in ("", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            os.unlink(f"{database.url.database}{ending}")  # noqa: PTH108


# ── look and mend ───────────────────────────────────────────────────────────────────────


@cli.command()
def check(
    config: ConfigOption = None,
    *,
    strict: Annotated[bool, typer.Option("--strict", help="warnings count as errors")] = False,
    as_json: Json = False,
) -> None:
    """Read configuration, content and schedules; name every problem with file and line."""
    settings = _config(config)
    problems = check_files(
        settings.paths.content,
        settings.paths.schedules,
        roof.known_to_schedules(settings),
        now=datetime.now(UTC),
        auto_ad_mark=settings.content.auto_ad_mark,
    )
    if as_json:
        print(json.dumps([asdict(problem) for problem in problems], ensure_ascii=False))  # noqa: T201
    else:
        _complain(problems)
    errors = sum(not problem.warning for problem in problems)
    warnings = len(problems) - errors
    print(f"{errors} errors, {warnings} warnings", file=sys.stderr)  # noqa: T201
    if errors or (strict and warnings):
        raise typer.Exit(FOUND_PROBLEMS)


@cli.command(name="migrate")
def migrate_command(config: ConfigOption = None) -> None:
    """Bring the database to the newest schema."""
    database = roof.open_database(_config(config))
    found = migrate.upgrade(database)
    print(f"{migrate.spoken(database.url)}: was {found.value}, is current")  # noqa: T201


@user.command(name="add")
def add_user(
    name: str,
    role: Annotated[Role, typer.Option(help="what the account may open")],
    config: ConfigOption = None,
) -> None:
    """Add a console account; the password comes from a prompt, or from stdin."""
    database = roof.open_database(_config(config))
    _bring_up_to_date(database)
    password = _new_password()
    with _refusing():
        _do(database, lambda uow: _add(uow, name, role, password))
    print(f"added {name} ({role.value})")  # noqa: T201


@user.command(name="password")
def change_password(name: str, config: ConfigOption = None) -> None:
    """Give an account a new password, from a prompt or stdin, and end its sessions."""
    database = roof.open_database(_config(config))
    _bring_up_to_date(database)
    password = _new_password()
    with _refusing():
        changed = _do(database, lambda uow: _change(uow, name, password))
    if not changed:
        _fail(WRONG_USAGE, f"there is no account {name}; see bot user list")
    print(f"{name} has a new password; sessions are over")  # noqa: T201


def _change(uow: UnitOfWork, name: str, password: str) -> bool:
    changed = accounts.set_password(uow, name, password)
    if changed:
        audit.record(uow, "cli", "accounts.password", name)
    return changed


@user.command(name="list")
def list_users(config: ConfigOption = None, *, as_json: Json = False) -> None:
    """List the console accounts: role, disabled or not, open sessions."""
    database = roof.open_database(_config(config))
    _bring_up_to_date(database)
    with database.reading() as connection:
        found = accounts.listing(UnitOfWork(connection, SystemClock()))
    if as_json:
        print(json.dumps([asdict(one) for one in found], default=datetime.isoformat))  # noqa: T201
        return
    for one in found:
        state = f"disabled {one.disabled_at:%Y-%m-%d}" if one.disabled_at else "enabled"
        print(f"{one.name}  {one.role.value}  {state}  open sessions {one.open_sessions}")  # noqa: T201
    if not found:
        print("there are no accounts: bot user add NAME --role operator")  # noqa: T201


@user.command(name="disable")
def disable_user(name: str, config: ConfigOption = None) -> None:
    """Close an account and end its sessions at once; `bot user enable` takes it back."""
    database = roof.open_database(_config(config))
    _bring_up_to_date(database)
    with _refusing():
        _do(database, lambda uow: _set_disabled(uow, name, disabled=True))
    print(f"{name} is disabled; sessions are over")  # noqa: T201


@user.command(name="enable")
def enable_user(name: str, config: ConfigOption = None) -> None:
    """Open a disabled account again, with the password that it had."""
    database = roof.open_database(_config(config))
    _bring_up_to_date(database)
    with _refusing():
        _do(database, lambda uow: _set_disabled(uow, name, disabled=False))
    print(f"{name} is enabled")  # noqa: T201


def _set_disabled(uow: UnitOfWork, name: str, *, disabled: bool) -> None:
    (accounts.disable if disabled else accounts.enable)(uow, name)
    audit.record(uow, "cli", "accounts.disabled" if disabled else "accounts.enabled", name)


@contextmanager
def _refusing() -> Iterator[None]:
    """Say what can't be done with an account; bad input is wrong usage."""
    try:
        yield
    except accounts.LastAccount as exc:
        hint = "add another first, or give it a new password: bot user password NAME"
        _fail(FOUND_PROBLEMS, f"{exc}: {hint}")
    except accounts.NoSuchAccount as exc:
        _fail(WRONG_USAGE, f"{exc}; see bot user list")
    except (accounts.AccountExists, accounts.BadAccountName, WeakPassword) as exc:
        _fail(WRONG_USAGE, str(exc))


def _new_password() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\n")


def _add(uow: UnitOfWork, name: str, role: Role, password: str) -> None:
    accounts.add(uow, name, role, password)
    audit.record(uow, "cli", "accounts.added", f"{name} as {role.value}")


@parked.command(name="list")
def list_parked(
    config: ConfigOption = None,
    *,
    dropped: Annotated[bool, typer.Option("--dropped", help="what was dropped instead")] = False,
    as_json: Json = False,
) -> None:
    """List updates and messages that were given up, newest first."""
    shelf = Shelf.DROPPED if dropped else Shelf.PARKED
    database = roof.open_database(_config(config))
    _bring_up_to_date(database)
    desk = Desk([])
    with database.reading() as connection:
        uow = UnitOfWork(connection, SystemClock())
        books: dict[str, Sequence[ParkedUpdate | ParkedMessage]] = {
            "inbox": desk.inbox_shelf(uow, shelf),
            "outbox": desk.outbox_shelf(uow, shelf),
        }
    if as_json:
        rows = {name: [asdict(item) for item in items] for name, items in books.items()}
        print(json.dumps(rows, ensure_ascii=False, default=str))  # noqa: T201
        return
    for name, items in books.items():
        for item in items:
            reason = (item.error.strip().splitlines() or [""])[-1]
            print(f"{name} {item.id}  {item.channel}  tries {item.tries}  {reason}")  # noqa: T201
    if not any(books.values()):
        print("nothing is parked")  # noqa: T201


@parked.command()
def retry(book: str, item: int, config: ConfigOption = None) -> None:
    """Run one again: `bot parked retry inbox 12`."""
    _mend(book, item, "retry", config)


@parked.command()
def drop(book: str, item: int, config: ConfigOption = None) -> None:
    """Decide that one needs nothing more: `bot parked drop outbox 7`."""
    _mend(book, item, "drop", config)


@parked.command()
def restore(book: str, item: int, config: ConfigOption = None) -> None:
    """Take back a drop: `bot parked restore outbox 7`."""
    _mend(book, item, "restore", config)


def _mend(book: str, item: int, verb: str, config: Path | None) -> None:
    change = getattr(Desk([]), f"{verb}_{book}", None) if book in {"inbox", "outbox"} else None
    if change is None:
        _fail(WRONG_USAGE, f"the book is inbox or outbox; found {book!r}")
    database = roof.open_database(_config(config))
    _bring_up_to_date(database)
    if not _do(database, lambda uow: change(uow, item, "cli")):
        why = f"is not in a state for {verb}, or was erased"
        _fail(FOUND_PROBLEMS, f"{book} {item} {why}: see bot parked list")
    print(f"{book} {item}: {verb} done; a running bot takes it up within a second")  # noqa: T201


def _do(database: Database, use_case: Callable[[UnitOfWork], T]) -> T:
    """Run a use case beside a running bot; its sweeper finds what became due."""
    with database.writing() as connection:
        uow = UnitOfWork(connection, SystemClock())
        result = use_case(uow)
        if "session" in uow.__dict__:
            uow.session.flush()
        return result
