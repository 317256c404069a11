"""How a poll is counted and what it decides. Arithmetic only."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from bot.kernel.words import number_said

FIRST_NUMBER = 100
"""A poll is called by its id and this: 101, 102, …; no option has such a number."""
PERCENT = 100
_SEPARATORS = re.compile(r"[\s,，、。.;；/+＋和与&跟]+|(?:第|号|个|选项?|投|我)")


class PollSettings(BaseModel):
    """The section `[polls]` of the configuration."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    count_after_s: int = Field(default=120, ge=0, le=3600)
    """So long after its end a poll is counted: what was sent in time may arrive late."""


class State(StrEnum):
    """Where a poll stands."""

    OPEN = "open"
    """Members vote, or will when it opens."""
    REFUNDING = "refunding"
    """It is counted and missed its goal; the points go back."""
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    """Its file is gone, or an operator called it off."""


class Verdict(StrEnum):
    """What a poll decided."""

    DECIDED = "decided"
    TIED = "tied"
    """Equally many, and the poll said that then none wins."""
    NO_QUORUM = "no_quorum"
    NO_GOAL = "no_goal"
    NOBODY = "nobody"
    CALLED_OFF = "called_off"


@dataclass(frozen=True, slots=True)
class Vote:
    """A ballot as it is counted."""

    choices: tuple[int, ...]
    at: datetime
    paid: int = 0


@dataclass(frozen=True, slots=True)
class Terms:
    """What was said beforehand of how a poll decides."""

    options: int
    quorum: int = 0
    tie: str = "all"
    goal_points: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a poll."""

    verdict: Verdict
    counts: tuple[int, ...]
    """Ballots for each option, in order."""
    winners: tuple[int, ...]
    """Numbers of the options, from 1."""
    voters: int
    paid: int


def count(votes: Sequence[Vote], options: int) -> tuple[int, ...]:
    """Return the ballots for each option."""
    tally = [0] * options
    for vote in votes:
        for choice in vote.choices:
            tally[choice - 1] += 1
    return tuple(tally)


def decide(votes: Sequence[Vote], terms: Terms) -> Outcome:
    """Count ballots and say what they decide by the terms that were said beforehand."""
    counts = count(votes, terms.options)
    paid = sum(vote.paid for vote in votes)
    most = max(counts, default=0)
    leading = tuple(n for n, ballots in enumerate(counts, 1) if ballots == most and most)
    verdict, winners = Verdict.DECIDED, leading
    if not votes:
        verdict, winners = Verdict.NOBODY, ()
    elif terms.goal_points is not None and paid < terms.goal_points:
        verdict, winners = Verdict.NO_GOAL, ()
    elif len(votes) < terms.quorum:
        verdict, winners = Verdict.NO_QUORUM, ()
    elif len(leading) > 1 and terms.tie == "none":
        verdict, winners = Verdict.TIED, ()
    elif len(leading) > 1 and terms.tie == "first":
        winners = (_first_to_reach(votes, leading),)
    return Outcome(verdict, counts, winners, len(votes), paid)


def _first_to_reach(votes: Sequence[Vote], leading: Sequence[int]) -> int:
    """Return the option whose last ballot came first; of equal instants the lower number."""
    last = {n: max(vote.at for vote in votes if n in vote.choices) for n in leading}
    return min(leading, key=lambda n: (last[n], n))


def shares(counts: Sequence[int], voters: int) -> list[int]:
    """Return each option's ballots in percent of the voters, rounded half up."""
    return [(2 * PERCENT * each + voters) // (2 * voters) if voters else 0 for each in counts]


def is_open(opens_at: datetime, closes_at: datetime | None, at: datetime) -> bool:
    """Return True when a vote sent at `at` counts; the closing instant itself is too late."""
    return opens_at <= at and (closes_at is None or at < closes_at)


def is_due(closes_at: datetime, now: datetime, settings: PollSettings) -> bool:
    """Return True when a poll is to be counted."""
    return now >= closes_at + timedelta(seconds=settings.count_after_s)


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody typed behind 投票: numbers, or else words of an option."""

    numbers: tuple[int, ...]
    words: str = ""


def said_in(argument: str) -> Said:
    """Return what is meant by `2`, `1、3`, `二`, `101 2` or the words of an option."""
    folded = unicodedata.normalize("NFKC", argument).strip()
    words = _SEPARATORS.sub(" ", folded).split()
    numbers = tuple(number for word in words if (number := number_said(word)) is not None)
    return Said(numbers) if words and len(numbers) == len(words) else Said((), folded)


def option_named(words: str, options: Sequence[str]) -> int | None:
    """Return the number of the option that is meant by words; None when it is not clear."""
    wanted = _bare(words)
    texts = [_bare(option) for option in options]
    if wanted in texts:
        return texts.index(wanted) + 1
    near = [n for n, text in enumerate(texts, 1) if wanted and (wanted in text or text in wanted)]
    return near[0] if len(near) == 1 else None


def _bare(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in folded if unicodedata.category(char)[0] in "LN")


def split_poll(said: Said, open_polls: Mapping[int, int]) -> tuple[int | None, Said]:
    """Return the poll that is meant, by its id, and the rest of what was said.

    Args:
        said: what was typed.
        open_polls: ids of the polls in question, by the numbers they are called by.
    """
    if said.numbers and said.numbers[0] in open_polls:
        return open_polls[said.numbers[0]], Said(said.numbers[1:])
    if said.numbers and said.numbers[0] > FIRST_NUMBER:
        return None, said
    only = next(iter(open_polls.values())) if len(open_polls) == 1 else None
    return only, said
