"""Reads the platform's answers; what is missing or of another type counts as empty."""

from collections.abc import Sequence
from datetime import UTC, datetime

from bot.channels.wecom.http import Answer, text_in
from bot.kernel.errors import RetryLater

_UNREADABLE_S = 30.0
_MOST_SECONDS = 253_402_300_799  # the last second of the year 9999


def rows_in(answer: Answer, name: str) -> Sequence[Answer]:
    """Return the objects in a list of the answer."""
    value = answer.get(name)
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def texts_in(answer: Answer, name: str) -> list[str]:
    """Return the texts in a list of the answer."""
    value = answer.get(name)
    return [one for one in value if isinstance(one, str) and one] if isinstance(value, list) else []


def object_in(answer: Answer, name: str) -> Answer:
    """Return an object of the answer; an empty one when it has none of this name."""
    value = answer.get(name)
    return value if isinstance(value, dict) else {}


def whole_in(answer: Answer, name: str) -> int:
    """Return a whole number of the answer; -1 when it has none of this name."""
    value = answer.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else -1


def instant_of(answer: Answer, name: str) -> datetime:
    """Return an instant of the answer; the epoch when it has none of this name."""
    return datetime.fromtimestamp(min(max(0, whole_in(answer, name)), _MOST_SECONDS), UTC)


def must(answer: Answer, name: str, call: str) -> str:
    """Return a text without which the answer means nothing.

    Raises:
        RetryLater: there is none.
    """
    if value := text_in(answer, name):
        return value
    raise RetryLater(f"{call}: no {name} in the answer", after_s=_UNREADABLE_S)


def made_in(answer: Answer, name: str, call: str) -> str:
    """Return the id of what a call has made: asked again, the platform would make another.

    Raises:
        RetryLater: there is none, so it is in doubt what was made.
    """
    try:
        return must(answer, name, call)
    except RetryLater as exc:
        raise RetryLater(str(exc), after_s=exc.after_s, doubtful=True) from None


def lasting_in(answer: Answer, name: str, call: str) -> tuple[str, float]:
    """Return a text that is good for some time, and for how many seconds.

    Raises:
        RetryLater: there is none.
    """
    value, lives_s = must(answer, name, call), whole_in(answer, "expires_in")
    if lives_s <= 0:
        raise RetryLater(f"{call}: no expires_in in the answer", after_s=_UNREADABLE_S)
    return value, float(lives_s)
