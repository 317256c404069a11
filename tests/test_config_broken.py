"""Whatever stands in the configuration: a problem with a file and a line, never a traceback."""

import json
import tomllib
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from bot import app as roof
from bot.commons.content import check
from bot.config import load
from bot.kernel.errors import ConfigError, Problem
from tests.kit.rooms import NOON
from tests.test_config import ENVIRON, ROOT

EXAMPLE = tomllib.loads((ROOT / "config.example.toml").read_text("utf-8"))
WRONG: tuple[Any, ...] = (
    *(
        -1,
        0,
        10**30,
        1.5,
        float("nan"),
        float("inf"),
        True,
        "",
        "\u202e<b>",
        "env:",
        "x" * 5000,
        "a\0b",
    ),
    *([], [[]], [{}], {}, {"a": {"b": 1}}, [1, "a"]),
)
SECTIONS = roof.settings_sections()


def places(at: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    inner = at.items() if isinstance(at, dict) else enumerate(at) if isinstance(at, list) else ()
    for key, value in inner:
        yield (*path, key)
        yield from places(value, (*path, key))


def toml(value: object) -> str:
    """Return a value in TOML, tables in one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, float):
        return repr(value)
    return json.dumps(value)


def changed(path: tuple[str | int, ...], value: object) -> dict[str, Any]:
    data = deepcopy(EXAMPLE)
    place: Any = data
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return data


def problems_of(file: Path) -> list[Problem]:
    """Return what is wrong; what can be loaded can be built and checked, too."""
    try:
        config = load(file, environ=ENVIRON, sections=SECTIONS)
        known = roof.known_to_schedules(config)
        check(config.paths.content, config.paths.schedules, known, now=NOON)
        roof.menu_file(config).draft()
    except ConfigError as error:
        return list(error.problems)
    return []


@pytest.mark.parametrize("path", list(places(EXAMPLE)), ids=lambda path: ".".join(map(str, path)))
def test_a_wrong_value_anywhere_is_named_by_file_and_line(
    tmp_path: Path, path: tuple[str | int, ...]
) -> None:
    file = tmp_path / "config.toml"
    for value in WRONG:
        said = changed(path, value).items()
        file.write_text("\n".join(f"{key} = {toml(inner)}" for key, inner in said), "utf-8")
        lines = len(file.read_text("utf-8").splitlines())
        for problem in problems_of(file):
            assert str(problem.path).endswith("config.toml")
            assert 1 <= problem.line <= lines, (value, problem)
            assert len(problem.message) < 400, (value, problem)


def test_an_empty_section_of_a_channel_says_what_is_missing(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    for name in ("wecom_app", "aibot", "kefu", "customer_groups", "mp"):
        file.write_text(f'[community]\nname = "a"\n[channels.{name}]\n', "utf-8")
        with pytest.raises(ConfigError) as caught:
            load(file, environ=ENVIRON, sections=SECTIONS)
        assert {problem.line for problem in caught.value.problems} == {3}, name
