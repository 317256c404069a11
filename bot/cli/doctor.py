"""`bot doctor`: asks each door whether it works, and says what to mend where."""

import asyncio
import json
from collections.abc import Sequence

import typer

from bot import app as roof
from bot.app.doctor import examine
from bot.cli.common import (
    FOUND_PROBLEMS,
    OUTSIDE_FAILED,
    WRONG_USAGE,
    ConfigOption,
    Json,
    chosen_config,
    complain,
)
from bot.kernel.checking import Source, decode, parse_toml
from bot.kernel.checkup import HOUSE, Examined, Level
from bot.kernel.errors import Problem

_BAD = frozenset({Level.WARNING, Level.PROBLEM, Level.OUTSIDE})


def doctor(config: ConfigOption = None, *, as_json: Json = False) -> None:
    """Ask each configured door for a token, permissions, callbacks; send and change nothing.

    A door whose section has a mistake is named with it, and the others are examined.
    """
    path = chosen_config(config)
    settings, mistakes = roof.read_sound_config(path)
    found = asyncio.run(examine(settings, roof.make_words()))
    source = parse_toml(str(path), decode(str(path), path.read_bytes()))
    if as_json:
        rows = [*map(_mistake, mistakes), *(_row(one, source) for one in found)]
        typer.echo(json.dumps(rows, ensure_ascii=False))
    else:
        complain(mistakes)
        _tell(found, source)
    count = {level: sum(one.finding.level is level for one in found) for level in Level}
    count[Level.PROBLEM] += len(mistakes)
    typer.echo(
        f"{count[Level.PROBLEM]} problems, {count[Level.WARNING]} warnings,"
        f" {count[Level.OUTSIDE]} not found out because another system failed",
        err=True,
    )
    if mistakes:
        raise typer.Exit(WRONG_USAGE)
    if count[Level.OUTSIDE]:
        raise typer.Exit(OUTSIDE_FAILED)
    if count[Level.PROBLEM]:
        raise typer.Exit(FOUND_PROBLEMS)


def _tell(found: Sequence[Examined], source: Source) -> None:
    """Print what works to stdout, and what does not to stderr, in the order of the doors."""
    for one in found:
        if one.finding.level in _BAD:
            complain([_problem(one, source)])
        else:
            line = f"{one.finding.level:4}  {one.door}: [{one.finding.check}] {one.finding.message}"
            typer.echo(line)


def _problem(one: Examined, source: Source) -> Problem:
    finding = one.finding
    return source.problem(
        one.at,
        finding.check,
        f"{one.door}: {finding.message}",
        finding.hint,
        warning=finding.level is Level.WARNING,
    )


def _mistake(problem: Problem) -> dict[str, str | int]:
    """Return a mistake in the file itself; whatever has one was not examined."""
    return {
        "door": HOUSE,
        "check": problem.rule,
        "level": Level.PROBLEM.value,
        "message": problem.message,
        "hint": problem.hint,
        "path": problem.path,
        "line": problem.line,
    }


def _row(one: Examined, source: Source) -> dict[str, str | int]:
    finding = one.finding
    return {
        "door": one.door,
        "check": finding.check,
        "level": finding.level.value,
        "message": finding.message,
        "hint": finding.hint,
        "path": source.path,
        "line": source.line_of(one.at),
    }
