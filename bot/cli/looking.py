"""The commands that look before something runs: `bot check`, `bot migrate`."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from bot import app as roof
from bot.cli.common import (
    FOUND_PROBLEMS,
    ConfigOption,
    Json,
    complain,
    config_of,
)
from bot.commons.content import check as check_files
from bot.storage import migrate


def check(
    config: ConfigOption = None,
    *,
    strict: Annotated[bool, typer.Option("--strict", help="warnings count as errors")] = False,
    as_json: Json = False,
) -> None:
    """Read configuration, content and schedules; name every problem with file and line."""
    settings = config_of(config)
    problems = [
        *check_files(
            settings.paths.content,
            settings.paths.schedules,
            roof.known_to_schedules(settings),
            now=datetime.now(UTC),
            forms=roof.forms_of_rooms(),
            auto_ad_mark=settings.content.auto_ad_mark,
        ),
        *roof.menu_file(settings).draft().problems,
    ]
    if as_json:
        typer.echo(json.dumps([asdict(problem) for problem in problems], ensure_ascii=False))
    else:
        complain(problems)
    errors = sum(not problem.warning for problem in problems)
    warnings = len(problems) - errors
    typer.echo(f"{errors} errors, {warnings} warnings", err=True)
    if errors or (strict and warnings):
        raise typer.Exit(FOUND_PROBLEMS)


def migrate_command(config: ConfigOption = None) -> None:
    """Bring the database to the newest schema."""
    database = roof.open_database(config_of(config))
    found = migrate.upgrade(database)
    typer.echo(f"{migrate.spoken(database.url)}: was {found.value}, is current")
