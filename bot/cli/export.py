"""`bot export WHAT`: a room's sheet as CSV, JSON lines or XLSX."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bot import app as roof
from bot.cli.common import (
    OUTSIDE_FAILED,
    WRONG_USAGE,
    ConfigOption,
    bring_up_to_date,
    config_of,
    fail,
)
from bot.commons.sheets import Format, whole, write
from bot.kernel.clock import SystemClock
from bot.kernel.exporting import Asked, Export
from bot.kernel.work import UnitOfWork

AsOf = Annotated[datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], metavar="DATE")]
Since = Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], metavar="DATE")]
Until = Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], metavar="DATE")]


def export(
    what: Annotated[str, typer.Argument(help="ledger, …; a wrong one lists them all")],
    config: ConfigOption = None,
    *,
    out: Annotated[Path | None, typer.Option("--out", help="a file instead of stdout")] = None,
    form: Annotated[Format, typer.Option("--format")] = Format.CSV,
    as_of: AsOf = None,
    since: Since = None,
    until: Until = None,
) -> None:
    """Write data of a room as CSV (to stdout), JSON lines or XLSX."""
    sheet = _sheet_of(what)
    days = {"as_of": as_of, "since": since, "until": until}
    for name, day in days.items():
        if day is not None and name not in sheet.takes:
            option = {"as_of": "--as-of", "since": "--from", "until": "--to"}[name]
            fail(WRONG_USAGE, f"export {what} takes no {option}")
    if form is Format.XLSX and out is None:
        fail(WRONG_USAGE, "xlsx needs --out FILE")
    settings = config_of(config)
    database = roof.open_database(settings)
    bring_up_to_date(database)
    asked = Asked(
        settings.community.as_community(),
        **{name: day.date() if day else None for name, day in days.items()},
    )
    with database.reading() as connection:
        found = sheet.rows(UnitOfWork(connection, SystemClock()), asked)
        rows = (dict(zip(sheet.columns, row, strict=True)) for row in found)
        try:
            with whole(out) as file:
                write(file, form, sheet.columns, rows)
        except OSError as exc:
            fail(OUTSIDE_FAILED, f"{out or 'stdout'}: {exc.strerror}")


def _sheet_of(what: str) -> Export:
    known = {sheet.name: sheet for room in roof.FEATURES for sheet in room.exports}
    if what not in known:
        fail(WRONG_USAGE, f"no export {what!r}; there are: {', '.join(sorted(known))}")
    return known[what]
