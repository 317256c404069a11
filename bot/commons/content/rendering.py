"""Turns the words of a content file into the words that are sent.

Operators may use a small part of Jinja: the names in `NAMES`, conditions, loops over a list
written out in the text, a few filters, and includes of other content files. What could reach
into the program, or grow without end, is refused when the file is read; the sandbox is the
second lock on the same door.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date as calendar_date
from functools import lru_cache

from jinja2 import DictLoader, StrictUndefined, Template, TemplateSyntaxError, nodes
from jinja2.exceptions import SecurityError, TemplateError
from jinja2.filters import FILTERS
from jinja2.sandbox import ImmutableSandboxedEnvironment
from typing_extensions import override

from bot.commons.content.files import ContentFile
from bot.kernel.checking import describe
from bot.kernel.errors import ContentError, Problem
from bot.kernel.messages import Image, Part, Text

NAMES = ("community", "group", "date", "weekday", "title", "called")
"""What a content file may speak of."""
EVERYBODY, SOMEBODY = "大家好", "你好"
"""What `called` is in a group, and to her who has not said what she wants to be called."""
WHOEVER = "\ue000"
"""What `called` is in words that are made once for many: each reads her own instead."""

RENDERED_MAX_BYTES = 64 * 1024

_ATTRIBUTES = {
    "date": ("year", "month", "day"),
    "loop": ("index", "index0", "first", "last", "length"),
}
_FILTERS = ("default", "first", "join", "last", "length", "lower", "trim", "truncate", "upper")
_HARMLESS = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.Getattr,
    nodes.Filter,
    nodes.Test,
    nodes.If,
    nodes.For,
    nodes.Include,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.CondExpr,
    nodes.Concat,
    nodes.Add,
    nodes.Sub,
    nodes.Neg,
    nodes.Mod,
    nodes.List,
    nodes.Tuple,
    nodes.Keyword,
)
_TAGS_ALONE = re.compile(
    r"(?:\s*(?:\{%[-+]?\s*(?:if|elif|else|endif|for|endfor)\b(?:(?!%\}).)*%\}|\{#(?:(?!#\}).)*#\}))+"
)
_WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class Day:
    """A date that prints as people write it, 8月24日."""

    year: int
    month: int
    day: int

    @override
    def __str__(self) -> str:
        return f"{self.month}月{self.day}日"


def names_for(
    community: str, group: str, day: calendar_date, *, called: str = EVERYBODY
) -> dict[str, object]:
    """Return what a content file may speak of; its own title is added when it is rendered."""
    return {
        "called": called,
        "community": community,
        "group": group,
        "date": Day(day.year, day.month, day.day),
        "weekday": f"星期{_WEEKDAYS[day.weekday()]}",
    }


def _environment() -> ImmutableSandboxedEnvironment:
    made = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
    )
    made.globals.clear()
    made.filters = {name: FILTERS[name] for name in _FILTERS}
    return made


_ENVIRONMENT = _environment()


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in a template: its line, counted from the first of the template, and why."""

    line: int
    rule: str
    message: str
    hint: str = ""


@dataclass(slots=True)
class Anatomy:
    """What a template is made of."""

    fixed_bytes: int = 0
    """UTF-8 bytes that are sent whatever the names stand for, includes left out."""
    includes: list[tuple[str, int]] = field(default_factory=list)
    """Path and line of each include."""
    groups: list[int] = field(default_factory=list)
    """Lines that speak of the group, so that the words differ from group to group."""
    findings: list[Finding] = field(default_factory=list)


def is_template(text: str) -> bool:
    """Return True when `text` is more than plain words."""
    return "{{" in text or "{%" in text or "{#" in text


def dissect(text: str, more_names: Collection[str] = ()) -> Anatomy:
    """Return what `text` is made of and what is wrong with it.

    Args:
        text: the template.
        more_names: what it may speak of besides `NAMES`.
    """
    if not is_template(text):
        return Anatomy(len(text.encode()))
    found = Anatomy()
    try:
        tree = _ENVIRONMENT.parse(_prepared(text))
    except TemplateSyntaxError as exc:
        found.findings.append(Finding(exc.lineno, "syntax", exc.message or "not a template"))
        return found
    except RecursionError:
        found.findings.append(Finding(1, "syntax", "nested too deeply"))
        return found
    _Walk(found, _loop_names(tree), more_names).visit(tree)
    return found


def _prepared(text: str) -> str:
    """Return `text` so that a line of tags alone leaves no line, and no other line is joined.

    Jinja drops the line end behind every tag; a writer expects it to stay behind
    `{% endif %}` at the end of a sentence, and behind an include.
    """
    return "\n".join(
        f"{line[:-2]}+{line[-2:]}" if _keeps_its_end(line) else line for line in text.split("\n")
    )


def _keeps_its_end(line: str) -> bool:
    ends = line.endswith(("%}", "#}")) and line[-3:-2] not in ("-", "+")
    return ends and not _TAGS_ALONE.fullmatch(line)


def _loop_names(tree: nodes.Template) -> set[str]:
    return {name.name for name in tree.find_all(nodes.Name) if name.ctx == "store"}


class _Walk:
    """Looks at every node of one template."""

    def __init__(self, found: Anatomy, loop_names: set[str], more_names: Collection[str]) -> None:
        self._found = found
        self._spoken_of = (*NAMES, *more_names)
        self._known = {*self._spoken_of, *loop_names, *({"loop"} if loop_names else ())}

    def visit(self, node: nodes.Node, *, always: bool = True) -> None:
        """Look at `node` and what is in it; `always` unless a condition or loop is around it."""
        if not isinstance(node, _HARMLESS):
            self._say(node, "unsafe-template", f"{type(node).__name__} is not allowed here")
            return
        if isinstance(node, nodes.TemplateData):
            self._found.fixed_bytes += len(node.data.encode()) if always else 0
        elif isinstance(node, nodes.Name):
            self._name(node)
        elif isinstance(node, nodes.Getattr):
            self._attribute(node)
        elif isinstance(node, nodes.Filter):
            self._filter(node)
        elif isinstance(node, nodes.Mod) and not isinstance(node.left, nodes.Getattr):
            self._say(node, "unsafe-template", "% is only for numbers such as date.day")
        elif isinstance(node, nodes.For):
            self._loop(node)
        elif isinstance(node, nodes.Include):
            self._include(node)
        for child in node.iter_child_nodes():
            self.visit(child, always=always and not isinstance(node, (nodes.For, nodes.If)))

    def _say(self, node: nodes.Node, rule: str, message: str, hint: str = "") -> None:
        self._found.findings.append(Finding(node.lineno, rule, message, hint))

    def _name(self, node: nodes.Name) -> None:
        if node.name == "group":
            self._found.groups.append(node.lineno)
        if node.name not in self._known:
            hint = f"known names: {', '.join(self._spoken_of)}"
            self._say(node, "undefined-variable", f"{describe(node.name)} is not defined", hint)

    def _attribute(self, node: nodes.Getattr) -> None:
        owner = node.node.name if isinstance(node.node, nodes.Name) else ""
        if node.attr in _ATTRIBUTES.get(owner, ()):
            return
        rule = "unsafe-template" if node.attr.startswith("_") else "undefined-variable"
        known = ", ".join(f"date.{name}" for name in _ATTRIBUTES["date"])
        self._say(node, rule, f"there is no .{node.attr[:40]} here", f"known: {known}")

    def _filter(self, node: nodes.Filter) -> None:
        if node.name not in _FILTERS:
            rule = "unsafe-template" if node.name in FILTERS else "undefined-variable"
            hint = f"allowed filters: {', '.join(_FILTERS)}"
            self._say(node, rule, f"the filter {describe(node.name)} is not allowed", hint)

    def _loop(self, node: nodes.For) -> None:
        if node.recursive or not isinstance(node.iter, (nodes.List, nodes.Tuple)):
            self._say(node, "unsafe-template", "a loop runs over a list written out: [1, 2]")
        if any(node.find_all(nodes.For)):
            self._say(node, "unsafe-template", "a loop inside a loop is not allowed")
        if any(node.find_all(nodes.Include)):
            self._say(node, "unsafe-template", "an include inside a loop is not allowed")

    def _include(self, node: nodes.Include) -> None:
        if isinstance(node.template, nodes.Const) and isinstance(node.template.value, str):
            self._found.includes.append((node.template.value, node.lineno))
        else:
            self._say(node, "unsafe-template", "an include names one file, in quotes")


@lru_cache(maxsize=4096)
def _compiled(text: str, snippets: tuple[tuple[str, str], ...]) -> Template:
    """Return the compiled template; the same words are compiled once."""
    if not snippets:
        return _ENVIRONMENT.from_string(_prepared(text))
    loader = DictLoader({path: _prepared(words) for path, words in snippets})
    return _ENVIRONMENT.overlay(loader=loader).from_string(_prepared(text))


def render(content: ContentFile, variant: str = "", /, **names: object) -> str:
    """Return the words of a content file, those of `variant` where the file has it.

    Raises:
        ContentError: the file cannot be rendered with these names, or grows too long.
    """
    chosen = next((v for v in content.variants if v.name == variant), None)
    text, snippets = (chosen or content).body, (chosen or content).snippets
    if not is_template(text):
        return text
    names.setdefault("title", content.title)
    try:
        return _collect(_compiled(text, snippets), names).strip()
    except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError) as exc:
        raise ContentError([_failed(content, exc)]) from exc


def render_words(text: str, /, **names: object) -> str:
    """Return words of a table with these names put in; `dissect` has found nothing wrong.

    Raises:
        ValueError: they can't be rendered with these names, or grow too long.
    """
    if not is_template(text):
        return text
    try:
        return _collect(_compiled(text, ()), names).strip()
    except (TemplateError, ArithmeticError, LookupError, TypeError) as exc:
        raise ValueError(str(exc)) from exc


def _collect(template: Template, names: dict[str, object]) -> str:
    pieces: list[str] = []
    size_bytes = 0
    for piece in template.generate(names):
        size_bytes += len(piece.encode())
        if size_bytes > RENDERED_MAX_BYTES:
            raise _TooLong(f"more than {RENDERED_MAX_BYTES} bytes when rendered")
        pieces.append(piece)
    return "".join(pieces)


class _TooLong(ValueError):
    pass


_RULES = {_TooLong: "too-long", SecurityError: "unsafe-template"}


def _failed(content: ContentFile, exc: Exception) -> Problem:
    rule = _RULES.get(type(exc), "undefined-variable")
    return Problem(content.path, content.body_line, rule, str(exc)[:200])


def parts_of(words: str, media: tuple[str, ...], alt: str) -> list[Part]:
    """Return what a file is sent as: its words, then its pictures."""
    pictures: list[Part] = [Image(path=path, alt=alt) for path in media]
    return [Text(words), *pictures] if words or not pictures else pictures


def speaks_of_group(file: ContentFile) -> bool:
    """Return False when a file certainly reads the same in every group."""
    return "group" in file.body or any("group" in text for _, text in file.snippets)
