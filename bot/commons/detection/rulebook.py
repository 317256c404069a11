"""The rules, ready to be compared with messages."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.commons.detection.evidence import Hit
from bot.commons.detection.matter import OwnRules, Rule, ready, shipped

_SHOWN_CHARS = 24


@dataclass(frozen=True, slots=True)
class Ready:
    """A rule with its compiled patterns."""

    rule: Rule
    patterns: Sequence[re.Pattern[str]]
    exception: re.Pattern[str] | None

    def hit(self, text: str) -> Hit | None:
        """Return what the rule finds in a normalised text."""
        for pattern in self.patterns:
            if found := pattern.search(text):
                if self.exception is not None and self.exception.search(text):
                    return None
                return _hit(self.rule, 1.0, found[0])
        return None


def _hit(rule: Rule, strength: float, words: str = "") -> Hit:
    return Hit(
        rule.id,
        rule.family,
        rule.label,
        rule.weight * strength,
        rule.severity,
        rule.aspect,
        rule.reason,
        words[:_SHOWN_CHARS],
        rule.always,
        rule.sure,
    )


class Rulebook:
    """The house's rules with the operators' changes."""

    def __init__(self, own: OwnRules | None = None) -> None:
        own = own or OwnRules()
        house = shipped()
        rules = {each.id: each for each in house.rule if each.id not in own.off}
        rules |= {each.id: each for each in own.rule}
        self._ready = tuple(_ready(rule for rule in rules.values() if rule.when is None))
        self._counted = tuple(rule for rule in rules.values() if rule.when is not None)
        self.reasons = house.reasons

    def hits(self, text: str) -> list[Hit]:
        """Return the rules that hold in a normalised text."""
        return [hit for ready in self._ready if (hit := ready.hit(text)) is not None]

    def counted(self, signs: Mapping[str, float]) -> list[Hit]:
        """Return the rules that hold by what was counted, each sign 0 to 1."""
        return [
            _hit(rule, signs[rule.when])
            for rule in self._counted
            if rule.when is not None and signs.get(rule.when)
        ]


def _ready(rules: Iterable[Rule]) -> Iterator[Ready]:
    for rule in rules:
        exception = ready(rule.unless) if rule.unless else None
        yield Ready(rule, [ready(text) for text in rule.written], exception)
