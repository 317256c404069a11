"""The order and the limits of the desk: pure arithmetic."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.commons.cases import Case, State
from bot.kernel.desk import Role
from bot.kernel.workbench import Colleague

ON_A_PAGE = 50
WORDS_SHOWN = 60
REPLY_CHARS = 2000
NOTE_CHARS = 400
"""A step of a case holds 500; what it is about stands there, too."""
MESSAGES_SHOWN = 100
ENDED_DAYS = 7
SNOOZES = {"30": timedelta(minutes=30), "60": timedelta(hours=1), "180": timedelta(hours=3)}
"""By minutes."""
LONGEST_PROMISE = timedelta(days=30)


class Show(StrEnum):
    """Which cases the inbox shows."""

    MINE = "mine"
    FREE = "free"
    """Nobody was asked for them."""
    ALL = "all"
    WAITING = "waiting"
    """It is the member's turn."""
    UNREASONED = "unreasoned"
    """They have ended, and nobody has said why."""
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Listed:
    """A case in the inbox, and when something about it is due."""

    case: Case
    due_at: datetime | None
    """What has to be done first about it; None while it is the member's turn."""
    is_late: bool
    is_urgent: bool
    """Most of the time for it is used up."""
    snoozed_until: datetime | None


def in_order(found: Iterable[Listed]) -> list[Listed]:
    """Return cases as they should be worked off: by what is due first; what is put off last."""

    def place(one: Listed) -> tuple[bool, bool, float, int, datetime, int]:
        case = one.case
        due = one.due_at.timestamp() if one.due_at else 0.0
        urgency = (one.due_at is None, due, -case.severity, case.opened_at, case.id)
        return (one.snoozed_until is not None, *urgency)

    return sorted(found, key=place)


def is_hers(case: Case, who: Colleague) -> bool:
    """Return True for a case that was given to somebody."""
    return case.advisor == who.userid


def may_act(case: Case, who: Colleague) -> bool:
    """Return True for whoever may do something about a case: operators only look."""
    if who.role is Role.SUPERVISOR:
        return True
    return who.role is Role.ADVISOR and (not case.advisor or is_hers(case, who))


def wants_somebody(case: Case) -> bool:
    """Return True while it is a human's turn."""
    return case.state in {State.NEW, State.ASSIGNED, State.ACCEPTED}


def waits_since(case: Case) -> datetime | None:
    """Return since when a member waits for a human's word; None when it is her turn."""
    if not wants_somebody(case):
        return None
    return case.opened_at if case.answered_at is None else case.since
