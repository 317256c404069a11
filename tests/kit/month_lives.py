"""Members as the oracle of a month knows them: lists of what they did and have, and plain sums."""

from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any

SAID, MADE_UP, GIVEN = "said", "made up", "given"
_TOP = 10


def runs(days: Iterable[date]) -> list[list[date]]:
    """Return the days in rows of days that follow each other."""
    numbered = enumerate(sorted(set(days)))
    return [
        [day for _, day in row]
        for _, row in groupby(numbered, key=lambda pair: pair[1].toordinal() - pair[0])
    ]


def whole(days: Iterable[date], every: int) -> int:
    """Return how often `every` days in a row are in all runs."""
    return sum(len(run) // every for run in runs(days))


def run_of(days: Iterable[date], day: date) -> list[date]:
    """Return the run that a day is in."""
    return next((run for run in runs(days) if day in run), [])


@dataclass
class Lot:
    """Points that came together."""

    ends: date
    points: int
    left: int
    owner: int
    number: int
    """In the order in which they came: of those that end together the first goes first."""


@dataclass
class Deed:
    """Something that may earn badges and rewards."""

    kind: str
    day: date
    owner: int
    ref: str = ""
    undone: bool = False


@dataclass
class Earned:
    """What a rule gave for a deed."""

    rule: str
    deed: Deed
    lot: Lot
    owner: int
    returned: bool = False


@dataclass
class Ballot:
    """A vote that counts."""

    choices: tuple[int, ...]
    at: datetime
    paid: int


@dataclass
class Part:
    """Somebody in a challenge."""

    done: bool = False
    days: int = 0
    won: bool = False


@dataclass
class Life:
    """One member."""

    id: int
    joined: date
    days: dict[date, str] = field(default_factory=dict)
    sent: dict[date, datetime] = field(default_factory=dict)
    booked: dict[date, list[Lot]] = field(default_factory=dict)
    """What days that an operator gave have brought."""
    lots: list[Lot] = field(default_factory=list)
    expired: int = 0
    debt: int = 0
    tokens: int = 0
    makeups: list[date] = field(default_factory=list)
    deeds: list[Deed] = field(default_factory=list)
    earned: list[Earned] = field(default_factory=list)
    badges: set[str] = field(default_factory=set)
    ballots: dict[str, Ballot] = field(default_factory=dict)
    parts: dict[str, Part] = field(default_factory=dict)
    groups: set[str] = field(default_factory=set)
    hidden: bool = False

    @property
    def balance(self) -> int:
        """Her points."""
        return sum(lot.left for lot in self.lots)

    def did(self, kind: str) -> list[Deed]:
        """Return her deeds of a kind that stand."""
        return [deed for deed in self.deeds if deed.kind == kind and not deed.undone]

    def snapshot(self) -> "Life":
        """Return what she is now; deeds, lots and earnings stay the same objects."""
        kept = copy(self)
        for name, value in vars(self).items():
            if isinstance(value, (dict, list, set)):
                setattr(kept, name, copy(value))
        kept.parts = {name: copy(part) for name, part in self.parts.items()}
        kept.ballots = {name: copy(one) for name, one in self.ballots.items()}
        return kept


@dataclass
class Merged:
    """Two members who were made one, as they were before."""

    stays: Life
    goes: Life
    points: int
    """What the one who goes had."""
    lots: list[tuple[date, int]]
    """When they end, and what is left of each."""
    names: dict[str, int]
    ballots: dict[str, Ballot] = field(default_factory=dict)
    parts: dict[str, Part] = field(default_factory=dict)


def parted(now: Any, was: Any, back: Any) -> dict[Any, Any]:
    return {key: was.get(key, now[key]) for key in now if key in was or key not in back}


def settle_lots(lots: list[Lot], balance: int) -> None:
    """Let lots hold a balance: the first to end give, the last to end are filled."""
    over = sum(lot.left for lot in lots) - balance
    for lot in sorted(lots, key=lambda lot: (lot.ends, lot.number), reverse=over < 0):
        given = min(lot.left, over) if over > 0 else max(lot.left - lot.points, over)
        lot.left -= given
        over -= given


def ballots_of(now: Life, kept: "Merged") -> Iterator[tuple[str, Ballot]]:
    """Return the ballots of the one who stayed: her own, or as she changed them meanwhile."""
    for name, ballot in now.ballots.items():
        mine = kept.stays.ballots.get(name)
        if name not in kept.ballots:
            yield name, ballot
        elif ballot != kept.ballots[name]:
            yield name, Ballot(ballot.choices, ballot.at, mine.paid if mine else 0)
        elif mine:
            yield name, mine


def parts_of(now: Life, kept: Merged) -> Iterator[tuple[str, Part]]:
    """Return the challenges of the one who stayed: hers, and what she completed or won since."""
    for name, part in now.parts.items():
        before, mine = kept.parts.get(name), kept.stays.parts.get(name)
        if before is None or (part.done, part.won) != (before.done, before.won):
            yield name, part
        elif mine:
            yield name, mine


def board(days: Mapping[str, int]) -> list[tuple[int, int, set[str]]]:
    """Return who is named: places, figures, members. Ties whole; nobody of the lower half."""
    people = min(len(days), 2 * _TOP + 1)
    most = min(_TOP, (people + 1) // 2)
    shown: list[tuple[int, int, set[str]]] = []
    named = 0
    for figure in sorted(set(days.values()), reverse=True):
        tied = {who for who, value in days.items() if value == figure}
        if not named and len(tied) > _TOP:
            return [(1, figure, set())]
        if named and named + len(tied) > most:
            break
        shown.append((named + 1, figure, tied))
        named += len(tied)
    return shown
