"""Labelled messages: the examples that come with the house, and advisors' feedback as JSON lines.

A line is `{"text": …}` or `{"turns": [{"role", "text"}]}` with `label` and `severity`, or with
`escalate` alone (a human was needed, or was not). `examples/frozen.jsonl` is only measured on.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.commons.detection.evidence import ASKS_FOR_HUMAN, Label, Role, Turn
from bot.kernel.checking import describe
from bot.kernel.errors import FileProblem, Problem

HERE = Path(__file__).parent / "examples"
FROZEN = "frozen.jsonl"
SEVEREST = 3
MOST_LINES = 200_000
MOST_PROBLEMS = 20


@dataclass(frozen=True, slots=True)
class Example:
    """A message or a short dialogue, and what a person says of it."""

    turns: Sequence[Turn]
    escalate: bool
    label: Label | None = None
    severity: int | None = None


class _Bad(ValueError):
    """A line that is no example; says which field is wrong."""


def learned() -> list[Example]:
    """Return the shipped examples that models are trained on."""
    files = sorted(path for path in HERE.glob("*.jsonl") if path.name != FROZEN)
    return [example for path in files for example in read(path)]


def frozen() -> list[Example]:
    """Return the shipped examples that no model is ever trained on."""
    return read(HERE / FROZEN)


def read(path: Path) -> list[Example]:
    """Return the examples in a file of JSON lines.

    Raises:
        FileProblem: it can't be read, or lines in it are no examples; all of them are named.
    """
    try:
        lines = path.read_bytes().splitlines()
    except OSError as exc:
        raise FileProblem([_problem(path, 1, f"can't be read: {exc.strerror}")]) from exc
    if len(lines) > MOST_LINES:
        raise FileProblem([_problem(path, MOST_LINES, f"more than {MOST_LINES:,} lines")])
    found, problems = [], []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            found.append(_example(line))
        except _Bad as exc:
            problems.append(_problem(path, number, str(exc)))
    if problems:
        raise FileProblem(problems[:MOST_PROBLEMS])
    return found


def _problem(path: Path, number: int, message: str) -> Problem:
    hint = '{"text":…} or {"turns":[…]} with "label" and "severity", or with "escalate"'
    return Problem(str(path), number, "bad-example", message, hint)


def _example(line: bytes) -> Example:
    try:
        found: object = json.loads(line)
    except (ValueError, RecursionError) as exc:
        raise _Bad(f"no JSON in UTF-8: {exc}") from None
    if not isinstance(found, dict):
        raise _Bad(f"found {describe(found)}, allowed: an object")
    turns = tuple(_turns(found))
    if not any(turn.role is Role.USER and turn.text.strip() for turn in turns):
        raise _Bad("text, turns: no word of a user")
    return _judged(turns, found)


def _judged(turns: Sequence[Turn], found: dict[str, object]) -> Example:
    name, escalate, severity = (found.get(key) for key in ("label", "escalate", "severity"))
    if severity is not None and severity not in range(SEVEREST + 1):
        raise _Bad(f"severity: found {describe(severity)}, allowed: 0 to {SEVEREST}")
    known = int(severity) if isinstance(severity, int) else None
    if name is None:
        if not isinstance(escalate, bool):
            raise _Bad(f"escalate: found {describe(escalate)}, allowed: true, false, or a label")
        return Example(turns, escalate, None, known)
    if not isinstance(name, str) or name not in set(Label):
        raise _Bad(f"label: found {describe(name)}, allowed: {', '.join(Label)}")
    label = Label(name)
    return Example(turns, label in ASKS_FOR_HUMAN, label, known)


def _turns(found: dict[str, object]) -> Iterator[Turn]:
    if ("text" in found) == ("turns" in found):
        raise _Bad("text, turns: give one of them")
    said = found["turns"] if "turns" in found else [{"role": "user", "text": found["text"]}]
    if not isinstance(said, list):
        raise _Bad(f"turns: found {describe(said)}, allowed: a list")
    for turn in said:
        if not isinstance(turn, dict) or not isinstance(turn.get("text"), str):
            raise _Bad("turns: each has a role and a text")
        role = turn.get("role")
        if not isinstance(role, str) or role not in set(Role):
            raise _Bad(f"role: found {describe(role)}, allowed: {', '.join(Role)}")
        yield Turn(Role(role), turn["text"])
