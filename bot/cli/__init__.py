"""The commands of `bot`, one short function each.

Exit codes: 0 done, 1 the work found problems, 2 wrong usage or configuration, 3 an outside
system failed. Problems go to stderr, one line each.
"""

import sys
from collections.abc import Sequence

import typer
from sqlalchemy.exc import OperationalError

from bot.cli.common import OUTSIDE_FAILED, WRONG_USAGE, complain, fail
from bot.cli.detecting import detect
from bot.cli.detector import detector
from bot.cli.doctor import doctor
from bot.cli.export import export
from bot.cli.importing import import_command
from bot.cli.looking import check, migrate_command
from bot.cli.parked import parked
from bot.cli.running import demo, run
from bot.cli.users import user
from bot.kernel.errors import BotError, CannotStore, FileProblem

cli = typer.Typer(
    name="bot",
    help="Runs a community on WeCom and WeChat: check-ins, scheduled posts, answers.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
cli.command()(run)
cli.command()(demo)
cli.command()(check)
cli.command()(doctor)
cli.command(name="import")(import_command)
cli.command()(export)
cli.command()(detect)
cli.command(name="migrate")(migrate_command)
cli.add_typer(user, name="user")
cli.add_typer(parked, name="parked")
cli.add_typer(detector, name="detector")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command; nobody but a developer ever sees a traceback.

    Args:
        arguments: what follows `bot`; the command line's own by default.
    """
    try:
        cli(args=arguments)
    except FileProblem as exc:
        complain(exc.problems)
        sys.exit(WRONG_USAGE)
    except CannotStore as exc:
        fail(OUTSIDE_FAILED, f"database: {exc}")
    except OperationalError as exc:
        fail(OUTSIDE_FAILED, f"database: {str(exc.orig).strip().splitlines()[0]}")
    except BotError as exc:
        fail(OUTSIDE_FAILED, str(exc))
