"""`bot detector`: the classifier's versions; how it learns what advisors said."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from bot.cli.common import FOUND_PROBLEMS, WRONG_USAGE, ConfigOption, Json, config_of, fail
from bot.commons.detection import Detector, read_own
from bot.commons.learning import examples
from bot.commons.learning.model import BadWeights
from bot.commons.learning.train import Figures, measure, train
from bot.commons.learning.versions import NothingBefore, Version, Versions
from bot.config import Config
from bot.kernel.clock import SystemClock

detector = typer.Typer(help="The detector's classifier: train, step back.", no_args_is_help=True)

_LOST = "the new model finds less of what is severest ({new:.1%} instead of {old:.1%})"


@detector.command(name="train")
def train_command(
    feedback: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILE]...", help="advisors' feedback as JSON lines"),
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Train a new version from the one in use, and use it unless it lost severity 3.

    Prints the figures before and after on examples that no model is trained on.
    """
    read = config_of(config)
    rows = [example for path in feedback or [] for example in examples.read(path)]
    versions = Versions(read.paths.data)
    with _readable():
        old = versions.current()
    before = _measured(read, old)
    typer.echo(f"before ({_named(old)}): {before.told()}")
    own = read_own(read.paths.content)
    today = SystemClock().now().astimezone(ZoneInfo(read.community.timezone)).date()
    learned = train(old.weights, examples.learned(), rows, rules=Detector(own), day=today)
    after = measure(Detector(own, learned), examples.frozen())
    typer.echo(f"after {len(rows)} lines of feedback: {after.told()}")
    if after.severe_recall < before.severe_recall:
        lost = _LOST.format(new=after.severe_recall, old=before.severe_recall)
        fail(FOUND_PROBLEMS, f"refused: {lost}; {_named(old)} stays in use")
    kept = versions.keep(learned.called({**learned.about, "figures": asdict(after)}))
    typer.echo(f"{_named(kept)} is in use within a minute; bot detector rollback undoes it")


@detector.command(name="rollback")
def rollback_command(config: ConfigOption = None) -> None:
    """Use the version from which the present one was trained."""
    versions = Versions(config_of(config).paths.data)
    with _readable():
        try:
            earlier = versions.rollback()
        except NothingBefore as exc:
            fail(FOUND_PROBLEMS, str(exc))
    typer.echo(f"{_named(earlier)} is in use within a minute")


@detector.command(name="show")
def show_command(config: ConfigOption = None, *, as_json: Json = False) -> None:
    """List the versions and their figures; the one in use is marked."""
    versions = Versions(config_of(config).paths.data)
    found = [_listed(versions, name) for name in versions.names()]
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
        return
    for one in found:
        mark = "*" if one["in_use"] else " "
        typer.echo(f"{mark} {one['name']:8} {one.get('problem') or _told(one)}")


def _listed(versions: Versions, name: str) -> Mapping[str, object]:
    row: dict[str, object] = {"name": name, "in_use": name == versions.current_name()}
    try:
        about = versions.read(name).weights.about
    except BadWeights as exc:
        return {**row, "problem": str(exc)}
    keys = ("version", "trained_on", "examples", "feedback", "before", "figures")
    return {**row, **{key: about[key] for key in keys if key in about}}


def _told(row: Mapping[str, object]) -> str:
    figures = row.get("figures")
    said = f"{row['version']}, {row.get('examples', 0)} examples, {row.get('feedback', 0)} feedback"
    return f"{said}; {Figures(**figures).told()}" if isinstance(figures, dict) else said


def _measured(config: Config, version: Version) -> Figures:
    own = read_own(config.paths.content)
    return measure(Detector(own, version.weights), examples.frozen())


def _named(version: Version) -> str:
    return f"{version.name} ({version.weights.version})"


@contextmanager
def _readable() -> Iterator[None]:
    """Say which file of weights is damaged; the rules work without it."""
    try:
        yield
    except BadWeights as exc:
        hint = "the detector works by its rules; bot detector rollback takes the version before"
        fail(WRONG_USAGE, f"{exc}: {hint}")
