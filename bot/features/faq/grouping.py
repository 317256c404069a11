"""Puts questions together that ask the same in other words. No database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from bot.commons.answers import Folding

_ALIKE = 0.5
"""From this share of common characters and pairs on two questions are one (Jaccard)."""
_EXAMPLES = 4
_MOST_GROUPS = 200


@dataclass(slots=True)
class Group:
    """Questions that ask the same."""

    said: str
    """As it was said last."""
    at: datetime
    count: int
    examples: list[str]
    terms: frozenset[str]


def grouped(said: Iterable[tuple[str, datetime]], folding: Folding) -> Sequence[Group]:
    """Return what was said in groups, the most frequent first.

    Args:
        said: words and when, the latest first.
        folding: how words are compared.
    """
    groups: list[Group] = []
    exact: dict[frozenset[str], Group] = {}
    for words, at in said:
        terms = _terms(folding.units(words))
        group = exact.get(terms) or next((one for one in groups if _alike(one.terms, terms)), None)
        if group is None:
            if len(groups) >= _MOST_GROUPS:
                continue
            group = Group(words, at, 0, [], terms)
            groups.append(group)
        exact.setdefault(terms, group)
        group.count += 1
        if words not in group.examples and len(group.examples) < _EXAMPLES:
            group.examples.append(words)
    return sorted(groups, key=lambda one: (-one.count, -one.at.timestamp(), one.said))


def _terms(units: Sequence[str]) -> frozenset[str]:
    pairs = (f"{left}{right}" for left, right in pairwise(units))
    return frozenset((*units, *pairs))


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one) and len(one & other) >= _ALIKE * len(one | other)
