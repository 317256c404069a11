"""Reads `config.toml`: all mistakes at once, each with its line."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import get_args, get_origin

from pydantic import BaseModel

from bot.config.agreement import disagreements
from bot.config.models import Config
from bot.config.values import Surroundings
from bot.kernel.checking import Source, check, decode, describe, parse_toml, unknown_key
from bot.kernel.errors import ConfigError, FileProblem, Problem

_HOUSE = ("community", "server", "database", "paths")
_FAMILIES = frozenset({"group_robot"})
"""Channels of which there may be several, each with a name."""


def load(
    path: Path,
    *,
    environ: Mapping[str, str],
    sections: Mapping[str, type[BaseModel]],
    demo: bool = False,
    working_folder: Path | None = None,
) -> Config:
    """Read the configuration at `path`.

    Relative paths in it start at the folder of the file. The demo's file is part of the
    program, so with `demo` they start at the working folder instead; the demo may also hold
    literal secrets.

    Args:
        path: the TOML file.
        environ: the environment, for `env:NAME`.
        sections: name of a section → settings of the room that it belongs to.
        demo: read the file as the demo's.
        working_folder: instead of the process's own.

    Raises:
        ConfigError: everything that is wrong with it.
    """
    try:
        source = parse_toml(str(path), _read(path))
    except FileProblem as exc:
        raise ConfigError(exc.problems) from None
    around = _around(path, environ, demo=demo)
    if demo and working_folder:
        around = replace(around, base=working_folder)
    return _Reading(source, around).config(sections)


def load_sound(
    path: Path,
    *,
    environ: Mapping[str, str],
    sections: Mapping[str, type[BaseModel]],
    demo: bool = False,
) -> tuple[Config, Sequence[Problem]]:
    """Read what can be examined of a configuration: without the channels that have mistakes.

    Where there is a mistake anywhere, groups, people and the rooms' settings are left out, too.

    Returns:
        The configuration, and everything that is wrong with the file.

    Raises:
        ConfigError: the house itself cannot be read.
    """
    try:
        return load(path, environ=environ, sections=sections, demo=demo), ()
    except ConfigError as exc:
        problems = exc.problems
    try:
        source = parse_toml(str(path), _read(path))
    except FileProblem as exc:
        raise ConfigError(exc.problems) from None
    around = _around(path, environ, demo=demo)
    house = {name: source.data[name] for name in _HOUSE if name in source.data}
    doors: dict[str, object] = {}

    def read(channels: Mapping[str, object]) -> Config:
        data = house | {"channels": channels}
        return _Reading(replace(source, data=data), around).config({})

    try:
        read({})
    except ConfigError:
        raise ConfigError(problems) from None
    for each in _doors(source.data.get("channels")):
        with suppress(ConfigError):
            read(each)
            doors = _joined(doors, each)
    return read(doors), problems


def _doors(channels: object) -> Iterator[Mapping[str, object]]:
    """Yield each channel alone, as it stands below `channels`."""
    for name, written in (channels if isinstance(channels, Mapping) else {}).items():
        if name in _FAMILIES and isinstance(written, Mapping):
            yield from ({name: {one: table}} for one, table in written.items())
        else:
            yield {name: written}


def _joined(doors: Mapping[str, object], more: Mapping[str, object]) -> dict[str, object]:
    """Return channels with one more, which may be of a family that is there."""
    [(name, written)] = more.items()
    there = doors.get(name)
    if isinstance(there, Mapping) and isinstance(written, Mapping):
        written = {**there, **written}
    return {**doors, name: written}


def _around(path: Path, environ: Mapping[str, str], *, demo: bool) -> Surroundings:
    base = Path.cwd() if demo else path.absolute().parent
    return Surroundings(environ, base, demo, lambda name: find_spec(name) is not None)


def _read(path: Path) -> str:
    try:
        return decode(str(path), path.read_bytes())
    except OSError as exc:
        hint = "copy config.example.toml to start with" if not path.exists() else ""
        message = f"cannot read the configuration: {exc.strerror}"
        raise ConfigError([Problem(str(path), 1, "missing-file", message, hint)]) from None


class _Reading:
    """One reading of one file; collects what is wrong."""

    def __init__(self, source: Source, around: Surroundings) -> None:
        self._source = source
        self._around = {"around": around}
        self._problems: list[Problem] = []

    def config(self, sections: Mapping[str, type[BaseModel]]) -> Config:
        own = [name for name in Config.model_fields if name != "features"]
        for name in self._source.data:
            if name not in own and name not in sections:
                known = [*own, *sections]
                self._problems.append(unknown_key(self._source, (name,), known))
        read = {name: self._section(name) for name in own}
        features = {name: self._check(model, name) for name, model in sections.items()}
        self._problems += disagreements(self._source)
        if self._problems:
            raise ConfigError(sorted(set(self._problems)))
        return Config.model_validate({**read, "features": features})

    def _section(self, name: str) -> object:
        kind = Config.model_fields[name].annotation
        if get_origin(kind) is tuple:
            return self._entries(name, get_args(kind)[0])
        if not isinstance(kind, type) or not issubclass(kind, BaseModel):
            raise TypeError(f"Config.{name} is neither a table nor a list of tables")
        return self._check(kind, name)

    def _entries(self, name: str, model: type[BaseModel]) -> object:
        written = self._source.data.get(name, [])
        if not isinstance(written, list):
            message = f"{name}: found {describe(written)}, allowed: [[{name}]] tables"
            self._problems.append(self._source.problem((name,), "wrong-type", message))
            return ()
        return tuple(self._look(model, each, (name, n)) for n, each in enumerate(written))

    def _check(self, model: type[BaseModel], name: str) -> BaseModel | None:
        return self._look(model, self._source.data.get(name, {}), (name,))

    def _look(
        self, model: type[BaseModel], data: object, at: tuple[str | int, ...]
    ) -> BaseModel | None:
        found, problems = check(model, data, self._source, at, self._around)
        self._problems += problems
        return found
