"""Business time: the hours in which somebody works, and arithmetic with them. No database.

Instants are aware; seconds are those of a watch, also in the night in which clocks are changed.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.commons.hours.shifts import WHOLE_DAY, Shift
from bot.kernel.clock import instant_of

Plan = Callable[[date], Sequence[Shift]]
"""The shifts of a local day."""
Stretch = tuple[datetime, datetime]
"""From and until, in UTC; the end is not in it."""
Span = tuple[datetime, datetime | None]
"""A time in which a clock runs; None while it still does."""

_LOOK_AHEAD_DAYS = 400
_KEPT_DAYS = 4000
_DAY = timedelta(days=1)
_NOTHING = timedelta()


class NeverOpens(Exception):
    """Nobody works any more, as far as can be seen: for 400 days."""


class Hours:
    """When somebody works: a plan of local days in a time zone. Safe for threads."""

    def __init__(self, zone: ZoneInfo, plan: Plan) -> None:
        """Take the plan, which gives the shifts of a day in order and apart."""
        self.zone = zone
        self.plan = plan
        self._kept: dict[date, tuple[Stretch, ...]] = {}

    @classmethod
    def always(cls) -> "Hours":
        """Return hours that never end: business seconds are seconds."""
        return cls(ZoneInfo("UTC"), lambda _day: (WHOLE_DAY,))

    def day_of(self, at: datetime) -> date:
        """Return the local day of an instant."""
        return at.astimezone(self.zone).date()

    def on(self, day: date) -> tuple[Stretch, ...]:
        """Return the stretches of a local day, in order; what clocks skip is not in them."""
        found = self._kept.get(day)
        if found is None:
            found = self._stretches(day)
            if len(self._kept) >= _KEPT_DAYS:
                self._kept.clear()
            self._kept[day] = found
        return found

    def _stretches(self, day: date) -> tuple[Stretch, ...]:
        midnight = datetime.combine(day, time())
        both = [
            (
                instant_of(midnight + timedelta(minutes=shift.begins_min), self.zone),
                instant_of(midnight + timedelta(minutes=shift.ends_min), self.zone),
            )
            for shift in self.plan(day)
        ]
        return tuple((begins, ends) for begins, ends in both if begins < ends)

    def between(self, since: datetime, until: datetime) -> Iterator[Stretch]:
        """Yield the stretches between two instants, cut at both."""
        if since >= until:
            return
        day, last = self.day_of(since), self.day_of(until)
        while day <= last:
            for begins, ends in self.on(day):
                if (early := max(begins, since)) < (late := min(ends, until)):
                    yield early, late
            day += _DAY

    def is_open(self, at: datetime) -> bool:
        """Return whether somebody works at that instant; at the closing second nobody does."""
        return any(begins <= at < ends for begins, ends in self.on(self.day_of(at)))

    def business_s(self, since: datetime, until: datetime) -> float:
        """Return the business seconds between two instants; below 0 when they are turned round."""
        return self._open(since, until).total_seconds()

    def _open(self, since: datetime, until: datetime) -> timedelta:
        if until < since:
            return -self._open(until, since)
        return sum((ends - begins for begins, ends in self.between(since, until)), _NOTHING)

    def after(self, at: datetime, business_seconds: float) -> datetime:
        """Return the first instant by which so many business seconds have passed since `at`.

        None of them is `at` itself, open or not; all of a day is its closing second.

        Raises:
            ValueError: less than 0 seconds.
            NeverOpens: so many never pass.
        """
        if business_seconds < 0:
            raise ValueError(f"business_seconds={business_seconds}: time passes forward only")
        left = timedelta(seconds=business_seconds)
        if not left:
            return at.astimezone(UTC)
        for begins, ends in self._from(at):
            if left <= ends - begins:
                return begins + left
            left -= ends - begins
        raise NeverOpens

    def next_open(self, at: datetime) -> datetime | None:
        """Return `at` when open, or else when it opens next; None for never."""
        return next((begins for begins, _ in self._from(at)), None)

    def next_close(self, at: datetime) -> datetime | None:
        """Return when it closes next: today, or after it has opened again. None for never."""
        closes: datetime | None = None
        for begins, ends in self._from(at):
            if closes is not None and begins > closes:
                return closes
            closes = ends
            if closes - at > _LOOK_AHEAD_DAYS * _DAY:
                return None
        return closes

    def _from(self, at: datetime) -> Iterator[Stretch]:
        """Yield the stretches from an instant on, the first one cut; ends when nothing follows."""
        at = at.astimezone(UTC)
        day, empty_days = self.day_of(at), 0
        while empty_days <= _LOOK_AHEAD_DAYS:
            empty_days += 1
            for begins, ends in self.on(day):
                if ends > at:
                    empty_days = 0
                    yield max(begins, at), ends
            if day == date.max:
                return
            day += _DAY

    def elapsed_s(self, spans: Sequence[Span], now: datetime) -> float:
        """Return the business seconds in which a clock has run.

        Args:
            spans: when it ran, in any order; what two of them share counts once.
            now: where a span ends that goes on.
        """
        whole = [(since, now if until is None else until) for since, until in spans]
        return sum((self._open(*each) for each in _united(whole)), _NOTHING).total_seconds()

    def reaches(self, spans: Sequence[Span], business_seconds: float) -> datetime | None:
        """Return when a clock that ran in `spans` shows so many business seconds.

        None while it stands still before that.

        Raises:
            NeverOpens: it runs, and so many never pass.
        """
        far = datetime.max.replace(tzinfo=UTC)
        left = business_seconds
        for since, until in _united([(since, until or far) for since, until in spans]):
            if until == far:
                return self.after(since, max(left, 0))
            if left <= (spent := self.business_s(since, until)):
                return self.after(since, max(left, 0))
            left -= spent
        return None


def _united(spans: Sequence[Stretch]) -> list[Stretch]:
    """Return spans in order, those that touch as one; empty ones are left out."""
    found: list[Stretch] = []
    for since, until in sorted(spans):
        if until <= since:
            continue
        if found and since <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], until))
        else:
            found.append((since, until))
    return found
