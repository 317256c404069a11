"""`bot import`: orders, members, products and comments out of tables of other systems."""

import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from sqlalchemy.exc import OperationalError

from bot import app as roof
from bot.cli.common import (
    FOUND_PROBLEMS,
    OUTSIDE_FAILED,
    ConfigOption,
    bring_up_to_date,
    complain,
    config_of,
    do,
    fail,
)
from bot.commons import sheets
from bot.commons.detection import Detector, read_own
from bot.commons.importing import (
    Bite,
    CommentsIn,
    Import,
    Intake,
    MembersIn,
    OrdersIn,
    Outcome,
    ProductsIn,
    run,
)
from bot.commons.learning import classifier
from bot.commons.ratings import sorting
from bot.commons.ratings.sorting import Sorter
from bot.config import Config
from bot.kernel.work import UnitOfWork
from bot.storage.db import Database

_SHOW_EVERY = 1_000
_TRIES = 5
_REST_S = 0.1


class What(StrEnum):
    """What can be imported."""

    ORDERS = "orders"
    MEMBERS = "members"
    PRODUCTS = "products"
    COMMENTS = "comments"


_INTAKES: Mapping[What, Callable[[ZoneInfo], Intake]] = {
    What.ORDERS: OrdersIn,
    What.MEMBERS: MembersIn,
    What.PRODUCTS: ProductsIn,
}


def import_command(
    what: Annotated[What, typer.Argument(help="what the rows are")],
    file: Annotated[Path, typer.Argument(help="CSV, JSON lines or XLSX, by the ending")],
    config: ConfigOption = None,
    mapping: Annotated[
        Path | None, typer.Option(help="TOML file that renames foreign columns")
    ] = None,
) -> None:
    """Take in orders, members, products or comments; the same file again changes nothing.

    The bot may be running.
    """
    settings = config_of(config)
    renaming = sheets.read_renaming(mapping) if mapping else sheets.Renaming()
    intake = _intake(what, settings)
    coming = Import(str(file), intake, sheets.read(file, renaming))
    coming.check_header(renaming)
    database = roof.open_database(settings)
    bring_up_to_date(database)
    counts: Counter[Outcome] = Counter()
    try:
        _take(coming, database, counts)
    except KeyboardInterrupt:
        typer.echo("interrupted: what is in stays; run it again to go on", err=True)
        _tell(coming, counts)
        raise typer.Exit(FOUND_PROBLEMS) from None
    _tell(coming, counts)
    if counts[Outcome.REFUSED]:
        raise typer.Exit(FOUND_PROBLEMS)


def _intake(what: What, settings: Config) -> Intake:
    zone = settings.community.as_community().zone
    if what is not What.COMMENTS:
        return _INTAKES[what](zone)
    paths = settings.paths
    detector = Detector(read_own(paths.content), classifier(paths.data))
    words = sorting.read_own(paths.content)
    return CommentsIn(zone, Sorter(detector, sorting.Classifier(words)))


def _take(coming: Import, database: Database, counts: Counter[Outcome]) -> None:
    is_watched, shown = sys.stderr.isatty(), 0
    for bite in run(coming, lambda use_case: _politely(database, use_case)):
        complain(bite.refused)
        counts.update(bite.counts)
        if is_watched and counts.total() - shown >= _SHOW_EVERY:
            shown = counts.total()
            typer.echo(f"\r{shown} rows", nl=False, err=True)
    if shown:
        typer.echo("\r", nl=False, err=True)


def _politely(database: Database, use_case: Callable[[UnitOfWork], Bite]) -> Bite:
    """Take a bite, and leave SQLite's one writer to the bot for as long again.

    Without the rest a member's message waited up to 1.6 s, with it 0.2 s.
    """
    began = time.monotonic()
    bite = _patiently(database, use_case)
    if database.is_sqlite:
        time.sleep(min(time.monotonic() - began, _REST_S))
    return bite


def _patiently(database: Database, use_case: Callable[[UnitOfWork], Bite]) -> Bite:
    """Take a bite; on SQLite the running bot may be writing for longer than we wait."""
    for _ in range(_TRIES - 1):
        try:
            return do(database, use_case)
        except OperationalError as exc:
            if "locked" not in str(exc.orig):
                raise
    try:
        return do(database, use_case)
    except OperationalError as exc:
        said = str(exc.orig).strip().splitlines()[0]
        hint = "what is in stays; run it again, or stop the bot meanwhile"
        fail(OUTSIDE_FAILED, f"database: {said}; {hint}")


def _tell(coming: Import, counts: Counter[Outcome]) -> None:
    for note in coming.sheet.notes:
        typer.echo(f"{coming.path}: {note}", err=True)
    if coming.ignored:
        typer.echo(f"ignored columns: {', '.join(coming.ignored)}", err=True)
    typer.echo(
        f"imported {counts[Outcome.NEW]}, updated {counts[Outcome.UPDATED]},"
        f" unchanged {counts[Outcome.UNCHANGED]}, refused {counts[Outcome.REFUSED]}"
    )
