"""`bot user`: the console's accounts."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
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
from bot.commons import accounts, audit
from bot.kernel.clock import SystemClock
from bot.kernel.desk import Role
from bot.kernel.errors import WeakPassword
from bot.kernel.work import UnitOfWork

user = typer.Typer(help="Console accounts.", no_args_is_help=True)


@user.command(name="add")
def add_user(
    name: str,
    role: Annotated[Role, typer.Option(help="what the account may open")],
    config: ConfigOption = None,
) -> None:
    """Add a console account; the password comes from a prompt, or from stdin."""
    database = opened(config)
    password = _new_password()
    with _refusing():
        do(database, lambda uow: _add(uow, name, role, password))
    typer.echo(f"added {name} ({role.value})")


@user.command(name="password")
def change_password(name: str, config: ConfigOption = None) -> None:
    """Give an account a new password, from a prompt or stdin, and end its sessions."""
    database = opened(config)
    password = _new_password()
    with _refusing():
        changed = do(database, lambda uow: _change(uow, name, password))
    if not changed:
        fail(WRONG_USAGE, f"there is no account {name}; see bot user list")
    typer.echo(f"{name} has a new password; sessions are over")


def _change(uow: UnitOfWork, name: str, password: str) -> bool:
    changed = accounts.set_password(uow, name, password)
    if changed:
        audit.record(uow, "cli", "accounts.password", name)
    return changed


@user.command(name="list")
def list_users(config: ConfigOption = None, *, as_json: Json = False) -> None:
    """List the console accounts: role, disabled or not, open sessions."""
    database = opened(config)
    with database.reading() as connection:
        found = accounts.listing(UnitOfWork(connection, SystemClock()))
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in found], default=datetime.isoformat))
        return
    for one in found:
        state = f"disabled {one.disabled_at:%Y-%m-%d}" if one.disabled_at else "enabled"
        typer.echo(f"{one.name}  {one.role.value}  {state}  open sessions {one.open_sessions}")
    if not found:
        typer.echo("there are no accounts: bot user add NAME --role operator")


@user.command(name="disable")
def disable_user(name: str, config: ConfigOption = None) -> None:
    """Close an account and end its sessions at once; `bot user enable` takes it back."""
    database = opened(config)
    with _refusing():
        do(database, lambda uow: _set_disabled(uow, name, disabled=True))
    typer.echo(f"{name} is disabled; sessions are over")


@user.command(name="enable")
def enable_user(name: str, config: ConfigOption = None) -> None:
    """Open a disabled account again, with the password that it had."""
    database = opened(config)
    with _refusing():
        do(database, lambda uow: _set_disabled(uow, name, disabled=False))
    typer.echo(f"{name} is enabled")


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
        fail(FOUND_PROBLEMS, f"{exc}: {hint}")
    except accounts.NoSuchAccount as exc:
        fail(WRONG_USAGE, f"{exc}; see bot user list")
    except (accounts.AccountExists, accounts.BadAccountName, WeakPassword) as exc:
        fail(WRONG_USAGE, str(exc))


def _new_password() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\n")


def _add(uow: UnitOfWork, name: str, role: Role, password: str) -> None:
    accounts.add(uow, name, role, password)
    audit.record(uow, "cli", "accounts.added", f"{name} as {role.value}")
