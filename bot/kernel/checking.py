"""Checks what operators write, and says every mistake with its line. No I/O.

A model's own complaints become `Problem`s in words for the person who wrote the file.
What a secret field was given is never repeated.
"""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from types import NoneType
from typing import Any, TypeGuard, TypeVar, get_args

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from bot.kernel.errors import FileProblem, Problem
from bot.kernel.lines import Lines

M = TypeVar("M", bound=BaseModel)
Trail = tuple[str | int, ...]

_NUMBER_WITH_UNIT = re.compile(r"\s*-?\d+(?:\.\d+)?\s*(?P<unit>[^\W\d_]*)\s*")
_LINE_WITH_UNIT = re.compile(r"=\s*\d+(?:\.\d+)?\s*[^\W\d_]+")
_CHINESE_MARK = re.compile("[“”‘’，＝：［］｛｝]")
_QUOTED = re.compile(r'"[^"]*"|#.*')
_NO_UNIT = "write the number alone, without quotes or unit; the unit stands in the key's name"

_ALLOWED = {
    "int": "a whole number",
    "float": "a number",
    "string": "text in quotes",
    "bool": "true or false",
    "list": "a list",
    "tuple": "a list",
    "model": "a table",
    "dict": "a table",
    "date": "a date, YYYY-MM-DD",
    "datetime": "an instant, YYYY-MM-DDTHH:MM:SS+08:00",
    "time": "a time of day, HH:MM",
    "literal": "{expected}",
    "enum": "{expected}",
    "greater": "more than {gt}",
    "greater_than_equal": "{ge} or more",
    "less": "less than {lt}",
    "less_than_equal": "{le} or less",
    "string_pattern_mismatch": "text that matches {pattern}",
    "string_too_short": "{min_length} characters or more",
    "string_too_long": "{max_length} characters or fewer",
    "too_short": "{min_length} entries or more",
    "too_long": "{max_length} entries or fewer",
}
"""What a key takes, by the name of the model's complaint or the first word of it."""


def wrong(
    rule: str, message: str, hint: str = "", *, key: str = "", at: Trail = ()
) -> PydanticCustomError:
    """Return the error that a validator raises to speak to the operator in its own words.

    A validator of a whole table says with `key`, or `at` for what is deeper inside, which line is
    meant.
    """
    words = {"rule": rule, "message": message, "hint": hint, "at": at or ((key,) if key else ())}
    return PydanticCustomError("operator_file", "{message}", words)


@dataclass(frozen=True, slots=True)
class Source:
    """The data of one file, and where each key of it stands."""

    path: str
    data: Mapping[str, object]
    line_of: Callable[[Sequence[str | int]], int]

    def problem(
        self,
        at: Sequence[str | int],
        rule: str,
        message: str,
        hint: str = "",
        *,
        warning: bool = False,
    ) -> Problem:
        """Return a problem with the key `at`."""
        return Problem(self.path, self.line_of(at), rule, message, hint, warning)


def decode(path: str, raw: bytes) -> str:
    r"""Return the text of a UTF-8 file, without BOM and with plain `\n`.

    Raises:
        FileProblem: it is not UTF-8; the problem says how to make it so.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        line = raw.count(b"\n", 0, exc.start) + 1
        name = _likely_encoding(raw)
        hint = f"save it as UTF-8, or run: iconv -f {name} -t UTF-8 {path} > new-file"
        message = f"not UTF-8 (byte {exc.start + 1}); it looks like {name}"
        raise FileProblem([Problem(path, line, "encoding", message, hint)]) from None
    return text.replace("\r\n", "\n")


def _likely_encoding(raw: bytes) -> str:
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "UTF-16"
    try:
        raw.decode("gb18030")
    except UnicodeDecodeError:
        return "ISO-8859-1"
    return "GB18030"


def parse_toml(path: str, text: str, *, first: int = 1) -> Source:
    """Read a TOML text whose first line is line `first` of the file.

    Raises:
        FileProblem: it is not TOML.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        raise FileProblem([_not_toml(path, text, first, str(exc))]) from None
    except RecursionError:
        raise FileProblem([Problem(path, first, "syntax", "nested too deeply")]) from None
    found: list[Lines] = []

    def line_of(at: Sequence[str | int]) -> int:
        if not found:  # only a file with a mistake pays for its lines
            found.append(Lines(text, first))
        return found[0].of(at)

    return Source(path, data, line_of)


def _not_toml(path: str, text: str, first: int, said: str) -> Problem:
    """Return the problem behind a message of `tomllib`, which ends in "(at line 3, column 7)"."""
    message, _, place = said.partition(" (at ")
    where = re.search(r"line (\d+)", place)
    number = int(where[1]) if where else max(1, len(text.rstrip().splitlines()))
    rule = "bad-date" if "date" in message.lower() else "syntax"
    lines = text.splitlines()
    line = lines[number - 1] if number <= len(lines) else ""
    hint = _NO_UNIT if _LINE_WITH_UNIT.search(line) else ""
    if mark := _CHINESE_MARK.search(_QUOTED.sub("", line)):
        hint = f'{mark[0]} is a Chinese mark: outside of quotes write " , = [ ] as in English'
    return Problem(path, first + number - 1, rule, f"not valid TOML: {message}", hint)


def check(
    model: type[M],
    data: object,
    source: Source,
    at: Trail = (),
    context: Mapping[str, object] | None = None,
) -> tuple[M | None, list[Problem]]:
    """Read `data`, which stands at `at` in `source`, as a `model`; return it or what is wrong."""
    try:
        return model.model_validate(data, context=context), []
    except ValidationError as exc:
        details = exc.errors(include_url=False)
    return None, [_problem(model, detail, source, at) for detail in details]


def _problem(model: type[BaseModel], detail: ErrorDetails, source: Source, at: Trail) -> Problem:
    inside: Trail = tuple(step for step in detail["loc"] if step != "[key]")
    trail = (*at, *inside)
    context: Mapping[str, Any] = detail.get("ctx", {})
    kind = detail["type"]
    if kind == "operator_file":
        message = f"{_dotted(trail)}: {context['message']}" if trail else context["message"]
        return source.problem((*trail, *context["at"]), context["rule"], message, context["hint"])
    if kind == "extra_forbidden":
        return _unknown(_type_at(model, inside[:-1]), source, trail)
    if kind == "missing":
        message = f'"{trail[-1]}" is missing{_where(trail[:-1])}'
        return source.problem(trail, "missing-key", message)
    if kind in ("value_error", "assertion_error"):
        message = f"{_dotted(trail)}: {detail['msg'].partition(', ')[2]}"
        return source.problem(trail, "bad-value", message)
    return _refused(_type_at(model, inside), detail, source, trail)


def _unknown(model: object, source: Source, trail: Trail) -> Problem:
    known = sorted(model.model_fields) if _is_model(model) else []
    return unknown_key(source, trail, known)


def unknown_key(source: Source, trail: Trail, known: Sequence[str]) -> Problem:
    """Return the problem with a key that nobody knows, and the known one it may stand for."""
    near = get_close_matches(str(trail[-1]), known, n=1)
    hint = f'did you mean "{near[0]}"?' if near else f"known keys: {', '.join(known)}"
    message = f'unknown key "{trail[-1]}"{_where(trail[:-1])}'
    return source.problem(trail, "unknown-key", message, hint)


def _refused(kind: object, detail: ErrorDetails, source: Source, trail: Trail) -> Problem:
    """Return the problem with a value of the wrong type, or out of range."""
    complaint, given = detail["type"], detail["input"]
    words = _ALLOWED.get(complaint) or _ALLOWED.get(complaint.split("_")[0]) or detail["msg"]
    allowed = words.format(**detail.get("ctx", {})) if "{" in words else words
    found = "something else" if _holds_secret(kind) else describe(given)
    first = complaint.split("_")[0]
    rule = "wrong-type" if complaint.endswith(("_type", "_parsing", "_from_float")) else "bad-value"
    rule = "bad-date" if first in ("date", "datetime") else rule
    numeric = first in ("int", "float") and isinstance(given, str)
    hint = _NO_UNIT if numeric and _NUMBER_WITH_UNIT.fullmatch(given) else ""
    message = f"{_dotted(trail)}: found {found}, allowed: {allowed}"
    return source.problem(trail, rule, message, hint)


def describe(value: object) -> str:
    """Return a value as an operator would recognise it, cut short."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value[:40]}…"' if len(value) > 40 else f'"{value}"'  # noqa: PLR2004 - half a line
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, (list, tuple)):
        return "a list"
    return str(value)[:40]


def _dotted(trail: Trail) -> str:
    parts = [f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in trail]
    return "".join(parts).lstrip(".")


def _where(trail: Trail) -> str:
    return f" in [{_dotted(trail)}]" if trail else ""


def _is_model(kind: object) -> TypeGuard[type[BaseModel]]:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _type_at(model: object, trail: Trail) -> object:
    """Return the declared type of what stands at `trail` below `model`; None when unknown."""
    kind = model
    for step in trail:
        if _is_model(kind):
            found = kind.model_fields.get(str(step))
            kind = found.annotation if found else None
        else:
            inner = [arg for arg in get_args(kind) if arg not in (NoneType, ...)]
            kind = inner[-1] if inner else None
        choices = [arg for arg in get_args(kind) if arg is not NoneType]
        if len(choices) == 1 and NoneType in get_args(kind):
            kind = choices[0]
    return kind


def _holds_secret(kind: object) -> bool:
    return kind is SecretStr or any(_holds_secret(arg) for arg in get_args(kind))
