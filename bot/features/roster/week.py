"""A week as a picture: who works when, who is absent, where nobody is there. No database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.commons.duty import Absence, Rota, Standing
from bot.commons.hours import Hours, Stretch
from bot.kernel.clock import instant_of

DAYS = 7
_DAY = timedelta(days=1)
_WHOLE_DAY = (0, 24 * 60)


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of a day, by the clock on the wall."""

    begins_min: int
    """Minutes since the picture's left edge."""
    long_min: int
    words: str
    """`09:30–12:00`."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of one row."""

    day: date
    bars: Sequence[Bar] = ()
    absence: Absence | None = None
    """What keeps her from a shift of that day, or from a part of it."""


@dataclass(frozen=True, slots=True)
class Lane:
    """One row: an advisor's week."""

    standing: Standing
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days from a Monday."""

    days: Sequence[date]
    long_min: int
    """How many minutes the picture of a day is wide."""
    open: Sequence[Cell]
    lanes: Sequence[Lane]
    gaps: Sequence[Cell]
    """Where the shop is open, or will be, and nobody is there."""

    @property
    def has_gaps(self) -> bool:
        """Return whether anything is left uncovered."""
        return any(cell.bars for cell in self.gaps)


def monday_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def week_of(
    rota: Rota,
    people: Sequence[Standing],
    absent: Sequence[Absence],
    monday: date,
    now: datetime,
) -> Week:
    """Return a week; what is uncovered is told from now on."""
    days = [monday + timedelta(days=number) for number in range(DAYS)]
    edges = _edges(rota.shop, days)

    def cell(day: date, stretches: Iterable[Stretch], absence: Absence | None = None) -> Cell:
        return Cell(day, [_bar(rota.shop, edges[0], each) for each in stretches], absence)

    present = [one for one in people if not one.is_gone]
    works = {one.configured: _Works(rota, one, absent) for one in present}
    return Week(
        days,
        edges[1] - edges[0],
        [cell(day, rota.shop.on(day)) for day in days],
        [Lane(one, [cell(day, *works[one.configured].on(day)) for day in days]) for one in present],
        [cell(day, gaps_on(rota.shop, works.values(), day, now)) for day in days],
    )


class _Works:
    """What one advisor works, without her absences."""

    def __init__(self, rota: Rota, one: Standing, absent: Sequence[Absence]) -> None:
        self._hours = rota.hours[one.configured]
        self._absent = [each for each in absent if one.is_called(each.advisor)]

    def on(self, day: date) -> tuple[list[Stretch], Absence | None]:
        """Return what she works on a day, and the first absence that takes a part of it."""
        left, because = list(self._hours.on(day)), None
        for absence in self._absent:
            rest = without(left, (absence.since, absence.until))
            because = because or (absence if rest != left else None)
            left = rest
        return left, because


def gaps_on(shop: Hours, works: Iterable[_Works], day: date, now: datetime) -> list[Stretch]:
    """Return when the shop is open on a day and nobody works; what is past is past."""
    left = without(shop.on(day), (datetime.min.replace(tzinfo=now.tzinfo), now))
    for each in works:
        for stretch in each.on(day)[0]:
            left = without(left, stretch)
    return left


def without(stretches: Iterable[Stretch], taken: Stretch) -> list[Stretch]:
    """Return stretches less one."""
    return [
        (since, until)
        for begins, ends in stretches
        for since, until in ((begins, min(ends, taken[0])), (max(begins, taken[1]), ends))
        if since < until
    ]


def _edges(shop: Hours, days: Sequence[date]) -> tuple[int, int]:
    """Return the first and the last minute of a day that the picture shows."""
    bars = [_bar(shop, 0, each) for day in days for each in shop.on(day)]
    if not bars:
        return _WHOLE_DAY
    first = min(bar.begins_min for bar in bars)
    return first, max(bar.begins_min + bar.long_min for bar in bars)


def _bar(shop: Hours, edge_min: int, stretch: Stretch) -> Bar:
    """Return a stretch by the clock on the wall; the night's last minute is 24:00."""
    begins, ends = (each.astimezone(shop.zone) for each in stretch)
    first = begins.hour * 60 + begins.minute
    last = ends.hour * 60 + ends.minute
    if ends.date() > begins.date():
        last = 24 * 60
    words = f"{begins:%H:%M}–{last // 60:02}:{last % 60:02}"
    return Bar(max(0, first - edge_min), max(1, last - first), words)


def midnight(hours: Hours, day: date) -> datetime:
    """Return the instant in which a local day begins."""
    return instant_of(datetime.combine(day, time()), hours.zone)


def uncovered(
    rota: Rota, people: Sequence[Standing], absent: Sequence[Absence], span: Stretch
) -> list[str]:
    """Return in words when nobody is there between two instants."""
    works = [_Works(rota, one, absent) for one in people if not one.is_gone]
    found: list[str] = []
    day, last = rota.shop.day_of(span[0]), rota.shop.day_of(span[1])
    while day <= last:
        for since, until in gaps_on(rota.shop, works, day, span[0]):
            if since < span[1]:
                cut = _bar(rota.shop, 0, (since, min(until, span[1])))
                found.append(f"{day:%m-%d} {cut.words}")
        day += _DAY
    return found
