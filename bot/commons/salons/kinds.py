"""Where a salon and those who come to it may stand."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

FIRST_NUMBER = 100
"""A salon is called by its id and this: 101, 102, …; nobody brings so many people."""


class State(StrEnum):
    """Where a salon stands."""

    OPEN = "open"
    OVER = "over"
    CANCELLED = "cancelled"
    WITHDRAWN = "withdrawn"
    """Its file is gone and nobody had signed up."""


class Wave(IntEnum):
    """How far the invitations are."""

    NOT_BEGUN = 0
    FIRST = 1
    """Those who are told before the others are being told."""
    PAUSE = 2
    """They have been told, the others not yet."""
    GENERAL = 3
    DONE = 4


class Place(StrEnum):
    """Where a member stands at a salon."""

    IN = "in"
    WAITING = "waiting"
    OUT = "out"
    """She cancelled."""
    DOOR = "door"
    """She came without having signed up."""


class News(StrEnum):
    """What a member has not been told yet of her turn in the line."""

    NOTHING = ""
    PROMOTED = "promoted"
    TOO_MANY = "too_many"
    """It is her turn, but not for so many."""
    ASKED = "asked"
    """She was told so."""


class Consent(StrEnum):
    """What a member answered who was asked to be named as a host."""

    ASKED = "asked"
    GIVEN = "given"
    REFUSED = "refused"


class Told(StrEnum):
    """What everybody of a salon is told."""

    REMINDER = "reminder"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    NEWS = "news"
    FEEDBACK = "feedback"
    """It is over: how was it?"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is kept of a salon that is over: counts, no names."""

    signed_up: int
    heads: int
    came: int
    """Heads, with guests and those who had not signed up."""
    stayed_away: int
    """Members with a place who neither came nor cancelled."""
    waiting: int
