"""What a case can be, and how grave."""

from collections.abc import Mapping
from enum import StrEnum

from bot.commons.detection import Label


class Kind(StrEnum):
    """Why a member needs a human; later ones of the same severity outrank earlier ones."""

    PICTURE = "picture"
    """She sent a picture or file in a 1:1 chat that no room has use for."""
    HUMAN = "human"
    """She asked for one, or was not understood."""
    VALUE = "value"
    """A big purchase is possible."""
    COMPLAINT = "complaint"
    SAFETY = "safety"

    @property
    def rank(self) -> int:
        """Its place: of two kinds the case has the higher one."""
        return list(Kind).index(self)

    @property
    def silences(self) -> bool:
        """True when the bot is silent from then on; a picture waits beside what she asks it."""
        return self is not Kind.PICTURE


_KINDS: Mapping[str, Kind] = {
    Label.HUMAN_REQUEST: Kind.HUMAN,
    Label.HIGH_VALUE: Kind.VALUE,
    Label.SAFETY: Kind.SAFETY,
}


def kind_of(label: str) -> Kind:
    """Return the kind of case that a finding opens; anything else that alerts is a complaint."""
    return _KINDS.get(label, Kind.COMPLAINT)


class State(StrEnum):
    """Where a case stands."""

    NEW = "new"
    """Nobody was asked yet."""
    ASSIGNED = "assigned"
    ACCEPTED = "accepted"
    """A human has taken it, and it is her turn."""
    WAITING = "waiting"
    """A human has answered, and it is the member's turn."""
    RESOLVED = "resolved"
    """The conversation is the bot's again; what the member writes may open it again."""
    CLOSED = "closed"

    @property
    def is_with_humans(self) -> bool:
        """True while the bot is silent."""
        return self not in {State.RESOLVED, State.CLOSED}


class Ending(StrEnum):
    """Why a case has ended; an advisor chooses, or a rule."""

    SOLVED = "solved"
    COMPENSATED = "compensated"
    SOLD = "sold"
    ANSWERED = "answered"
    NOT_OURS = "not_ours"
    """It was not about us."""
    FALSE_ALARM = "false_alarm"
    UNREACHABLE = "unreachable"
    SILENT = "silent"
    """She has not written for so long that the rule returns the conversation."""
    AT_PLATFORM = "at_platform"
    """It was ended in the platform's own app; nobody has said why yet."""
    ERASED = "erased"


class Did(StrEnum):
    """What was done with a case."""

    OPENED = "opened"
    JOINED = "joined"
    ASSIGNED = "assigned"
    ACCEPTED = "accepted"
    TRANSFERRED = "transferred"
    SNOOZED = "snoozed"
    ANSWERED = "answered"
    NOTED = "noted"
    PROMISED = "promised"
    KEPT = "kept"
    BROKEN = "broken"
    WARNED = "warned"
    ESCALATED = "escalated"
    MENDED = "mended"
    """Something of it was lost, and was found again."""
    RESOLVED = "resolved"
    CLOSED = "closed"
    REOPENED = "reopened"
    FOUND_TRUE = "found_true"
    FOUND_FALSE = "found_false"
    """What the detector said was right, was wrong."""
    FOUND_LATE = "found_late"
    """The detector had not found what a human did."""


REOPENS_WITHIN_DAYS = 7
"""What a member writes so soon after a closing belongs to the case that was closed."""
WORDS_CHARS = 500
MOST_EVIDENCE = 100
"""Of one case; what comes after is counted by the case alone."""
GRAVEST = 3
"""A case of this severity is taken as one of safety, whatever it is about."""


def graver(one: Kind, other: Kind) -> Kind:
    """Return the kind that a case has when both were found."""
    return max(one, other, key=lambda kind: kind.rank)


def is_gravest(kind: Kind, severity: int) -> bool:
    """Return True for what can't wait for anything, not for the morning either."""
    return kind is Kind.SAFETY or severity >= GRAVEST
