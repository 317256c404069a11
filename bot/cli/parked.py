"""`bot parked`: what was given up."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.common import (
    FOUND_PROBLEMS,
    WRONG_USAGE,
    ConfigOption,
    Json,
    do,
    fail,
    opened,
)
from bot.kernel.clock import SystemClock
from bot.kernel.desk import ParkedMessage, ParkedUpdate, Shelf
from bot.kernel.work import UnitOfWork
from bot.pipeline.desk import Desk

parked = typer.Typer(
    help="Updates and messages that were given up: look, run again, drop.", no_args_is_help=True
)


Item = Annotated[int, typer.Argument(min=1, max=2**63 - 1)]


@parked.command(name="list")
def list_parked(
    config: ConfigOption = None,
    *,
    dropped: Annotated[bool, typer.Option("--dropped", help="what was dropped instead")] = False,
    as_json: Json = False,
) -> None:
    """List updates and messages that were given up, newest first."""
    shelf = Shelf.DROPPED if dropped else Shelf.PARKED
    database = opened(config)
    desk = Desk([])
    with database.reading() as connection:
        uow = UnitOfWork(connection, SystemClock())
        books: dict[str, Sequence[ParkedUpdate | ParkedMessage]] = {
            "inbox": desk.inbox_shelf(uow, shelf),
            "outbox": desk.outbox_shelf(uow, shelf),
        }
    if as_json:
        rows = {name: [asdict(item) for item in items] for name, items in books.items()}
        typer.echo(json.dumps(rows, ensure_ascii=False, default=str))
        return
    for name, items in books.items():
        for item in items:
            reason = (item.error.strip().splitlines() or [""])[-1]
            typer.echo(f"{name} {item.id}  {item.channel}  tries {item.tries}  {reason}")
    if not any(books.values()):
        typer.echo("nothing is parked")


@parked.command()
def retry(book: str, item: Item, config: ConfigOption = None) -> None:
    """Run one again: `bot parked retry inbox 12`."""
    _mend(book, item, "retry", config)


@parked.command()
def drop(book: str, item: Item, config: ConfigOption = None) -> None:
    """Decide that one needs nothing more: `bot parked drop outbox 7`."""
    _mend(book, item, "drop", config)


@parked.command()
def restore(book: str, item: Item, config: ConfigOption = None) -> None:
    """Take back a drop: `bot parked restore outbox 7`."""
    _mend(book, item, "restore", config)


def _mend(book: str, item: int, verb: str, config: Path | None) -> None:
    change = getattr(Desk([]), f"{verb}_{book}", None) if book in {"inbox", "outbox"} else None
    if change is None:
        fail(WRONG_USAGE, f"the book is inbox or outbox; found {book!r}")
    database = opened(config)
    if not do(database, lambda uow: change(uow, item, "cli")):
        why = f"is not in a state for {verb}, or was erased"
        fail(FOUND_PROBLEMS, f"{book} {item} {why}: see bot parked list")
    typer.echo(f"{book} {item}: {verb} done; a running bot takes it up within a second")
