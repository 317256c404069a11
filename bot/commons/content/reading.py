"""Reads one content file: encoding, front matter, body. What needs other files comes later."""

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from bot.commons.content.matter import PLAIN, Forms, PostMatter
from bot.commons.content.paths import shown
from bot.commons.content.rendering import Anatomy, dissect
from bot.commons.content.sharing import rewards_sharing
from bot.kernel.checking import Source, Trail, check, decode, parse_toml
from bot.kernel.errors import FileProblem, Problem

FILE_MAX_BYTES = 64 * 1024
TEXT_MAX_BYTES = 2048
"""A text message of an app or a group robot holds so much (path/90236, path/91770, 2026-07)."""

M = TypeVar("M", bound=BaseModel)

_FENCES = ("+++", "---")
_YAML_KEY = re.compile(r"^([A-Za-z_][\w-]*)\s*:")
_YAML_DATE = re.compile(r":\s*\d{4}-\d{2}-\d{2}\s*$")


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of a file that are sent together: the body, or the body of a variant."""

    text: str
    line: int
    anatomy: Anatomy


@dataclass(frozen=True, slots=True)
class Draft:
    """One file by itself. `matter` is None when it has no valid front matter."""

    path: str
    shown: str
    digest: str
    body: Piece
    source: Source
    matter: PostMatter | None = None
    variants: tuple[tuple[str, Piece], ...] = ()
    problems: tuple[Problem, ...] = ()
    is_post: bool = True
    """False without any front matter: words for other files to include."""

    @property
    def pieces(self) -> Sequence[Piece]:
        """Everything in this file that is a template."""
        return (self.body, *(piece for _, piece in self.variants))


def read_draft(file: Path, path: str, shown: str, forms: Forms = PLAIN) -> Draft:
    """Read the file `path` of a content folder; `shown` is its name in problems."""
    try:
        text = _text(file, shown)
    except FileProblem as exc:
        return _broken(path, shown, *exc.problems)
    return read_text(text, path, shown, forms)


def read_text(text: str, path: str, shown: str, forms: Forms = PLAIN) -> Draft:
    """Read what stands, or would stand, in the file `path`."""
    try:
        return _read(text, path, shown, forms)
    except FileProblem as exc:
        return _broken(path, shown, *exc.problems)


def read_table(
    file: Path, place: str, model: type[BaseModel]
) -> tuple[BaseModel | None, Sequence[Problem], Source]:
    """Read a file that is one table of TOML; None when something is wrong with it."""
    try:
        text = _text(file, place)
    except FileProblem as exc:
        return None, exc.problems, Source(place, {}, lambda _: 1)
    return read_table_text(text, place, model)


def read_table_text(
    text: str, shown: str, model: type[BaseModel]
) -> tuple[BaseModel | None, Sequence[Problem], Source]:
    """Read what stands, or would stand, in a file that is one table."""
    try:
        source = parse_toml(shown, text)
    except FileProblem as exc:
        return None, exc.problems, Source(shown, {}, lambda _: 1)
    table, problems = check(model, source.data, source)
    said = {(problem.rule, problem.line) for problem in problems}
    shared = [each for each in _shared(source) if (each.rule, each.line) not in said]
    return (None if shared else table), [*problems, *shared], source


def read_alone(content: Path, name: str, model: type[M]) -> M:
    """Return a table of a content folder where no shelf is at hand; an empty one without the file.

    Raises:
        FileProblem: there is a mistake in it.
    """
    if not (content / name).is_file():
        return model()
    table, problems, _ = read_table(content / name, f"{shown(content)}/{name}", model)
    if not isinstance(table, model):
        raise FileProblem(list(problems))
    return table


def _shared(source: Source) -> Iterator[Problem]:
    """What a table promises may not reward sharing either, whatever room it is of."""
    for at, text in _texts(source.data):
        if (found := rewards_sharing(text)) is not None:
            message = f'"{found.words}" is rewarded, and WeChat closes who rewards sharing'
            hint = "reward a check-in, a submission in this chat or a paid order instead"
            yield source.problem(at, "share-for-reward", message, hint)


def _texts(value: object, at: tuple[str | int, ...] = ()) -> Iterator[tuple[Trail, str]]:
    if isinstance(value, str):
        yield at, value
        return
    inner = value.items() if isinstance(value, Mapping) else ()
    listed = enumerate(value) if isinstance(value, list) else ()
    for key, each in (*inner, *listed):
        yield from _texts(each, (*at, key))


def text_of(file: Path, shown: str, *, kind: str, most_bytes: int) -> str:
    """Return what stands in a file; `shown` is its name, and `kind` what it is, in problems.

    Raises:
        FileProblem: it can't be read, is too long, or is not UTF-8.
    """
    try:
        with file.open("rb") as opened:
            raw = opened.read(most_bytes + 1)
    except OSError as exc:
        message = f"cannot read: {exc.strerror}"
        raise FileProblem([Problem(shown, 1, "missing-file", message)]) from exc
    if len(raw) > most_bytes:
        message = f"a {kind} file holds at most {most_bytes} bytes"
        raise FileProblem([Problem(shown, 1, "too-long", message)])
    return decode(shown, raw)


def _text(file: Path, shown: str) -> str:
    return text_of(file, shown, kind="content", most_bytes=FILE_MAX_BYTES)


def _broken(path: str, shown: str, *problems: Problem) -> Draft:
    empty = Piece("", 1, Anatomy())
    return Draft(path, shown, "", empty, Source(shown, {}, lambda _: 1), problems=problems)


def _read(text: str, path: str, shown: str, forms: Forms) -> Draft:
    digest = hashlib.sha256(text.encode()).hexdigest()
    block, body, line = _split(text, shown)
    if block is None:
        piece = _piece(text, 1)
        found = _template_problems([piece], shown)
        nothing = Source(shown, {}, lambda _: 1)
        return Draft(path, shown, digest, piece, nothing, problems=found, is_post=False)
    source = (
        parse_toml(shown, block, first=2) if text.startswith("+") else _parse_yaml(shown, block)
    )
    model = forms.matter_of(path)
    matter, problems = check(model, source.data, source)
    main = _piece(body, line, model.speaks_of)
    variants = tuple(
        (
            name,
            _piece(variant.body, source.line_of(("variants", name, "body")), model.speaks_of),
        )
        for name, variant in (matter.variants if matter else {}).items()
        if variant.body is not None
    )
    pieces = [main, *(piece for _, piece in variants)]
    found = (*problems, *_template_problems(pieces, shown))
    return Draft(path, shown, digest, main, source, matter, variants, found)


def _split(text: str, shown: str) -> tuple[str | None, str, int]:
    """Return the front matter (None without), the body, and the line that the body begins on."""
    lines = text.split("\n")
    fence = lines[0].rstrip()
    if fence not in _FENCES:
        return None, text, 1
    for number, line in enumerate(lines[1:], 1):
        if line.rstrip() == fence:
            return "\n".join(lines[1:number]), "\n".join(lines[number + 1 :]), number + 2
    message = f"the front matter is not closed by a line {fence}"
    raise FileProblem([Problem(shown, 1, "syntax", message)])


def _piece(text: str, line: int, more_names: Collection[str] = ()) -> Piece:
    stripped = text.lstrip("\n").rstrip()
    blank = len(text) - len(text.lstrip("\n")) if stripped else 0
    return Piece(stripped, line + blank, dissect(stripped, more_names))


def _template_problems(pieces: Sequence[Piece], shown: str) -> tuple[Problem, ...]:
    return tuple(
        Problem(shown, piece.line + found.line - 1, found.rule, found.message, found.hint)
        for piece in pieces
        for found in piece.anatomy.findings
    )


def _parse_yaml(shown: str, block: str) -> Source:
    """Read YAML front matter, which begins on line 2."""
    import yaml  # noqa: PLC0415 - TOML is what most files have
    from frontmatter.default_handlers import YAMLHandler  # noqa: PLC0415 - likewise

    lines = block.split("\n")
    try:
        data = YAMLHandler().load(block) or {}
    except yaml.YAMLError as exc:
        mark = getattr(exc, "problem_mark", None)
        line = mark.line + 2 if mark else 2
        message = f"not valid YAML: {getattr(exc, 'problem', None) or 'cannot be read'}"
        raise FileProblem([Problem(shown, line, "syntax", message)]) from None
    except RecursionError:
        raise FileProblem([Problem(shown, 2, "syntax", "nested too deeply")]) from None
    except ValueError as exc:  # a date such as 2026-02-30
        line = next((n for n, row in enumerate(lines, 2) if _YAML_DATE.search(row)), 2)
        raise FileProblem([Problem(shown, line, "bad-date", f"not a date: {exc}")]) from None
    if not isinstance(data, Mapping):
        message = "the front matter is no table of keys and values"
        raise FileProblem([Problem(shown, 2, "syntax", message)])
    at = {found[1]: n for n, row in enumerate(lines, 2) if (found := _YAML_KEY.match(row))}
    return Source(shown, data, lambda trail: at.get(str(trail[0]), 1) if trail else 1)
