"""Which days matter to a challenge, kept at hand: a check-in costs nothing where none is open."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from weakref import WeakKeyDictionary

from bot.features.challenges.reads import Window, windows
from bot.kernel.work import Toolbox, UnitOfWork

GOOD_FOR = timedelta(seconds=10)
"""What changed since is found when a challenge is counted, if not before."""


@dataclass(frozen=True, slots=True)
class _Seen:
    at: datetime
    spans: tuple[Window, ...]


_seen: "WeakKeyDictionary[Toolbox, _Seen]" = WeakKeyDictionary()


def _at_hand(uow: UnitOfWork, tools: Toolbox) -> tuple[Window, ...]:
    seen, now = _seen.get(tools), uow.clock.now()
    if seen is None or not timedelta() <= now - seen.at < GOOD_FOR:
        seen = _seen[tools] = _Seen(now, windows(uow))
    return seen.spans


def may_count(uow: UnitOfWork, tools: Toolbox, day: date) -> bool:
    """Return True when a check-in of a day may matter to a challenge."""
    return any(span.first <= day <= span.last for span in _at_hand(uow, tools))


def wants_photos(uow: UnitOfWork, tools: Toolbox, day: date) -> bool:
    """Return True when a challenge of a day asks for pictures."""
    spans = _at_hand(uow, tools)
    return any(span.photo and span.first <= day <= span.last for span in spans)


def forget(tools: Toolbox) -> None:
    """Look anew next time: files have changed."""
    _seen.pop(tools, None)
