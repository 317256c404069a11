"""`bot detect`: what the detector says of messages, for measuring and for other programs."""

import json
import math
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from bot.cli.common import FOUND_PROBLEMS, WRONG_USAGE, ConfigOption, complain, config_of, fail
from bot.commons.detection import Detector, Finding, OwnRules, Role, Turn, read_own
from bot.commons.learning.model import Weights
from bot.commons.learning.versions import classifier
from bot.kernel.checking import describe
from bot.kernel.errors import Problem

_ROLES: Mapping[object, Role] = {
    **{role.value: role for role in Role},
    "bot": Role.AGENT,
    "assistant": Role.AGENT,
    "advisor": Role.AGENT,
}


class _BadLine(ValueError):
    """A line that is no message; says what is wrong with which field."""


def detect(
    config: ConfigOption = None,
    *,
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help="JSON lines on stdin, an answer to each on stdout")
    ] = False,
) -> None:
    """Say how surely a human is needed for each message.

    Reads {"id","text"} or {"id","turns":[{"role","text"}]}, role user, agent or other.
    Without a configuration the rules and the classifier of the house count alone.
    """
    if not jsonl:
        fail(WRONG_USAGE, "bot detect reads JSON lines: bot detect --jsonl < messages.jsonl")
    own, weights = _own(config)
    detector = Detector(own, weights)
    bad = 0
    for number, line in enumerate(sys.stdin.buffer, 1):
        if not line.strip():
            continue
        try:
            key, turns = _read(line)
        except _BadLine as exc:
            complain([Problem("stdin", number, "bad-line", str(exc))])
            bad += 1
            continue
        _tell(key, detector.detect(turns))
    if bad:
        raise typer.Exit(FOUND_PROBLEMS)


def _own(config: Path | None) -> tuple[OwnRules | None, Weights | None]:
    if config is None and not Path("config.toml").exists():
        return None, classifier(None)
    paths = config_of(config).paths
    return read_own(paths.content), classifier(paths.data)


def _tell(key: str | float, finding: Finding) -> None:
    answer = {
        "id": key,
        "escalate_score": round(finding.score, 4),
        "reasons": list(finding.reasons),
        "label": finding.label.value,
    }
    try:
        line = json.dumps(answer, ensure_ascii=False).encode()
    except UnicodeEncodeError:  # half a character in the id
        line = json.dumps(answer).encode()
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


def _read(line: bytes) -> tuple[str | float, Sequence[Turn]]:
    try:
        found: object = json.loads(line.decode("utf-8-sig"), parse_constant=_no_json)
    except UnicodeDecodeError:
        raise _BadLine("not UTF-8") from None
    except (ValueError, RecursionError) as exc:
        raise _BadLine(f"not JSON: {exc}") from None
    if not isinstance(found, dict):
        raise _BadLine(f"found {describe(found)}, allowed: an object with id and text or turns")
    key = found.get("id")
    if not isinstance(key, (str, int, float)) or isinstance(key, bool):
        raise _BadLine("id: a text or a number is missing")
    if isinstance(key, float) and not math.isfinite(key):
        raise _BadLine("id: too large a number")
    if ("text" in found) == ("turns" in found):
        raise _BadLine("text, turns: give one of them")
    if "text" in found:
        return key, [Turn(Role.USER, _words(found["text"], "text"))]
    return key, _turns(found["turns"])


def _no_json(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number in JSON")


def _turns(found: object) -> Sequence[Turn]:
    if not isinstance(found, list) or not found:
        raise _BadLine("turns: a list with at least one turn is missing")
    return [_turn(each, f"turns[{place}]") for place, each in enumerate(found, 1)]


def _turn(found: object, where: str) -> Turn:
    if not isinstance(found, dict):
        raise _BadLine(f"{where}: found {describe(found)}, allowed: an object with role and text")
    said = found.get("role")
    role = _ROLES.get(said) if isinstance(said, str) else None
    if role is None:
        raise _BadLine(f"{where}.role: found {describe(said)}, allowed: user, agent, other")
    return Turn(role, _words(found.get("text"), f"{where}.text"))


def _words(found: object, where: str) -> str:
    if not isinstance(found, str):
        raise _BadLine(f"{where}: found {describe(found)}, allowed: a text")
    return found
