"""What all commands share: how they end, what they take, how they reach the database."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, NoReturn, TypeVar

import typer

from bot import app as roof
from bot.config import Config
from bot.kernel.clock import SystemClock
from bot.kernel.errors import ConfigError, Problem
from bot.kernel.work import UnitOfWork
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


def complain(problems: Sequence[Problem]) -> None:
    """Print problems to stderr, one line each."""
    for problem in problems:
        typer.echo(problem, err=True)


def fail(code: int, message: str) -> NoReturn:
    """Say why, and end with an exit code."""
    typer.echo(f"bot: {message}", err=True)
    sys.exit(code)


def chosen_config(path: Path | None) -> Path:
    """Return the configuration that a command is meant to work with."""
    default = Path("config.toml")
    if path or default.exists():
        return path or default
    typer.echo("no config.toml here: this is about the demo's", err=True)
    return roof.DEMO_CONFIG


def config_of(path: Path | None) -> Config:
    """Read the configuration that a command is meant to work with."""
    return roof.read_config(chosen_config(path))


def do(database: Database, use_case: Callable[[UnitOfWork], T]) -> T:
    """Run a use case beside a running bot; its sweeper finds what became due."""
    with database.writing() as connection:
        uow = UnitOfWork(connection, SystemClock())
        result = use_case(uow)
        uow.flush()
        return result


def bring_up_to_date(database: Database) -> migrate.State:
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


def opened(config: Path | None) -> Database:
    """Open the configured database, its schema up to date."""
    database = roof.open_database(config_of(config))
    bring_up_to_date(database)
    return database
