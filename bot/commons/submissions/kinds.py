"""Where a submission and its pictures stand, how its author is named, why it is not accepted."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where a submission stands."""

    DRAFT = "draft"
    WAITING = "waiting"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    """Given up before it was sent, or nothing of it could be taken."""


class PictureState(StrEnum):
    """Where a picture stands."""

    COMING = "coming"
    """It is being fetched or looked at."""
    KEPT = "kept"
    REFUSED = "refused"
    GONE = "gone"
    """It was kept, and let go of."""


class Credit(StrEnum):
    """How the author is named."""

    ANONYMOUS = "anonymous"
    NICKNAME = "nickname"
    NAME = "name"
    """By a name that she wrote for this submission."""


class Reason(StrEnum):
    """Why a submission is not accepted; each has kind words of its own."""

    BLURRED = "blurred"
    OFF_TOPIC = "off_topic"
    ADVERTISING = "advertising"
    CONTACT = "contact"
    NOT_HERS = "not_hers"
    OTHERS_SEEN = "others_seen"
    TWICE = "twice"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Wish:
    """What she chose for one of her submissions."""

    number: int
    public: bool
    credit: Credit = Credit.ANONYMOUS
    name: str = ""
