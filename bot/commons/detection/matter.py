"""What files of rules take: the house's `rules.toml`, operators' `content/detection.toml`."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictInt,
    field_validator,
    model_validator,
)

from bot.commons.content.lawful import all_differ
from bot.commons.detection.evidence import Label
from bot.commons.detection.patterns import BadPattern, compiled, fill
from bot.kernel.checking import wrong

Family = Literal[
    "verdict",
    "defect",
    "wrong_item",
    "late",
    "attitude",
    "money",
    "legal",
    "counterfeit",
    "sarcasm",
    "request",
    "value",
    "safety",
    "health",
    "system",
    "chat",
    "context",
]
Aspect = Literal[
    "product",
    "delivery",
    "service",
    "price",
    "refund",
    "system",
    "trust",
    "safety",
    "purchase",
    "person",
]
Sign = Literal[
    "late",
    "asked_again",
    "large",
    "many",
    "foreign",
    "repeated",
    "unhelped",
    "unanswered",
    "not_understood",
    "low_rating",
    "open_complaint",
    "promises_broken",
    "rising",
]
"""What is counted instead of found by words: `elapsed.py`, `value.py`, `gather.py`."""
RuleId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=40)]


def _sound(text: str) -> str:
    try:
        ready(text)
    except BadPattern as exc:
        hint = "docs/detection.md says what a pattern may hold"
        raise wrong("bad-pattern", f'"{text[:40]}": {exc}', hint) from None
    return text


Written = Annotated[str, Field(min_length=1, max_length=600), AfterValidator(_sound)]

SHIPPED = Path(__file__).parent / "rules.toml"


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Rule(_Row):
    """`[[rule]]`: words that say something about whether a human is needed."""

    id: RuleId
    family: Family
    pattern: Written | None = None
    patterns: tuple[Written, ...] = ()
    when: Sign | None = None
    """Instead of patterns."""
    weight: Annotated[float, Field(ge=0, le=1)]
    """How sure these words alone are: 0.5 rings, 0.2 goes to the digest, less only adds."""
    label: Label = Label.COMPLAINT
    severity: Annotated[StrictInt, Field(ge=0, le=3)] = 2
    aspect: Aspect = "product"
    reason: Annotated[str, Field(min_length=1, max_length=60)]
    """What an advisor reads on the card."""
    unless: Written | None = None
    """Words anywhere in the message with which the rule does not hold."""
    always: bool = False
    """Guards do not touch it."""
    sure: bool = False
    """The classifier does not lower it, as it never lowers severity 3."""

    @model_validator(mode="after")
    def _says_what(self) -> Self:
        if bool(self.pattern) + bool(self.patterns) + bool(self.when) != 1:
            raise wrong("missing-key", "give one of pattern, patterns, when", key="id")
        return self

    @property
    def written(self) -> tuple[str, ...]:
        """The patterns, as they stand in the file."""
        return self.patterns or ((self.pattern,) if self.pattern else ())


@cache
def ready(text: str) -> re.Pattern[str]:
    """Return a pattern that was written, its lists of words filled in, compiled.

    Raises:
        BadPattern: it is none.
    """
    return compiled(fill(text, lists()))


def says(name: str, text: str) -> bool:
    """Return True when a text holds one of the words of a list."""
    return ready(f"<{name}>").search(text) is not None


class Guard(_Row):
    """`[[guard]]`: words that take the alarm out of a message, or some of it."""

    id: RuleId
    factor: Annotated[float, Field(ge=0, le=1)]
    """By this the weights of its labels' rules are multiplied."""
    labels: frozenset[Label] = frozenset({Label.COMPLAINT})
    patterns: tuple[Written, ...]
    spares: frozenset[Family] = frozenset()
    """Families of rules that it does not touch."""
    calms: bool = False
    """Words before it mean less, too."""
    unless: Written | None = None
    """Words anywhere in the message with which it does not hold."""


class RuleFile(_Row):
    """The rules that come with the house, and the lists of words that patterns name."""

    words: dict[str, str] = {}
    """Each is the inside of a group: `坏|烂|破`, named as `<broken>`."""
    reasons: dict[str, str] = {}
    """What an advisor reads when no rule, but something else rang."""
    rule: tuple[Rule, ...] = ()
    guard: tuple[Guard, ...] = ()

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        all_differ("rule", [each.id for each in self.rule])
        return self


class OwnRules(_Row):
    """The file `content/detection.toml`: rules besides the house's own, or instead of them."""

    off: tuple[RuleId, ...] = ()
    """Rules of the house that do not count here."""
    rule: tuple[Rule, ...] = ()
    """One with the id of a rule of the house stands in its place."""

    @field_validator("off")
    @classmethod
    def _are_known(cls, off: tuple[str, ...]) -> tuple[str, ...]:
        known = {each.id for each in shipped().rule}
        for name in off:
            if name not in known:
                raise wrong("unknown-rule", f'"{name}" is no rule of the house')
        return off

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        all_differ("rule", [each.id for each in self.rule])
        return self


@cache
def _shipped_data() -> Mapping[str, object]:
    return tomllib.loads(SHIPPED.read_text(encoding="utf-8"))


@cache
def lists() -> Mapping[str, str]:
    """Return the lists of words that patterns may name."""
    words = _shipped_data().get("words", {})
    return (
        {str(name): str(inside) for name, inside in words.items()}
        if isinstance(words, dict)
        else {}
    )


@cache
def shipped() -> RuleFile:
    """Return the rules that come with the house."""
    return RuleFile.model_validate(_shipped_data())
