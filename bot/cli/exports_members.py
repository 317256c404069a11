"""`bot export members`."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO
from zoneinfo import ZoneInfo

import typer

from bot.cli.common import OUTSIDE_FAILED, WRONG_USAGE, ConfigOption, config_of, fail, opened
from bot.commons import members
from bot.commons.importing import MEMBER_COLUMNS, member_rows
from bot.commons.sheets import Format, write
from bot.kernel.clock import SystemClock
from bot.kernel.work import UnitOfWork
from bot.storage.db import Database

_BITE = 500


def export_members(
    config: ConfigOption = None,
    *,
    out: Annotated[Path | None, typer.Option(help="a file instead of stdout")] = None,
    form: Annotated[Format, typer.Option("--format", help="how it is written")] = Format.CSV,
) -> None:
    """Write all members as a table: the columns of the import, tier and lifecycle."""
    if form is Format.XLSX and out is None:
        fail(WRONG_USAGE, "a workbook goes into a file: add --out members.xlsx")
    zone = config_of(config).community.as_community().zone
    database = opened(config)
    try:
        with _opened(out) as file:
            write(file, form, MEMBER_COLUMNS, _rows(database, zone))
    except OSError as exc:
        fail(OUTSIDE_FAILED, f"{out or 'stdout'}: cannot write: {exc.strerror}")


@contextmanager
def _opened(out: Path | None) -> Iterator[BinaryIO]:
    if out is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)  # it is about people
    with os.fdopen(descriptor, "wb") as file:
        yield file


def _rows(database: Database, zone: ZoneInfo) -> Iterator[Mapping[str, str]]:
    """Read all members, a bite at a time: nobody waits for us, and we keep nothing open."""
    after = 0
    while True:
        with database.reading() as connection:
            uow = UnitOfWork(connection, SystemClock())
            who = members.all_members(uow, after=after, most=_BITE)
            rows = list(member_rows(uow, who, zone))
        if not who:
            return
        yield from rows
        after = who[-1]
