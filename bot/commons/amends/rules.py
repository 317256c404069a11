"""What may be given for a case, and what it takes: pure arithmetic."""

from dataclasses import dataclass
from enum import StrEnum

from bot.commons.amends.matter import What

REASON_CHARS = 200
MOST_FEN = 100_000_000
_FEN_PER_YUAN = 100


class State(StrEnum):
    """Where an amends stands."""

    WAITING = "waiting"
    """For a supervisor."""
    GIVEN = "given"
    DENIED = "denied"
    EXPIRED = "expired"
    """No supervisor has said anything in time."""
    WITHDRAWN = "withdrawn"
    """She who wished it does not any more."""
    UNDONE = "undone"


class Takes(StrEnum):
    """What it takes to give something."""

    NOTHING = "nothing"
    """An advisor gives it by herself."""
    SUPERVISOR = "supervisor"
    NEVER = "never"
    """Nobody may."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that may be given."""

    name: str
    title: str
    what: What
    worth_fen: int
    """0 where the amount is said with each one."""
    coupon: str


@dataclass(frozen=True, slots=True)
class Range:
    """What a case may get: for the advisor who has it."""

    tier: str
    alone_fen: int
    most_fen: int
    used_fen: int
    """What the case has got, or waits for a supervisor."""
    month_left_fen: int
    """What is left this month of what the advisor gives by herself."""
    points_per_yuan: int
    offers: tuple[Offer, ...]

    @property
    def left_alone_fen(self) -> int:
        """How much more she gives by herself."""
        return max(0, min(self.alone_fen - self.used_fen, self.month_left_fen, self.left_fen))

    @property
    def left_fen(self) -> int:
        """How much more the case may get at all."""
        return max(0, self.most_fen - self.used_fen)

    def takes(self, worth_fen: int) -> Takes:
        """Return what it takes to give something of this worth."""
        if worth_fen > self.left_fen:
            return Takes.NEVER
        return Takes.NOTHING if worth_fen <= self.left_alone_fen else Takes.SUPERVISOR

    def of(self, name: str) -> Offer | None:
        """Return the offer of that name."""
        return next((one for one in self.offers if one.name == name), None)


def worth_of_points(points: int, points_per_yuan: int) -> int:
    """Return what points cost, in fen; fractions count as a whole."""
    return -(-points * _FEN_PER_YUAN // points_per_yuan)
