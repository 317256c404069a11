"""Use cases of the weekly numbers: made once on Monday, read ever after."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.commons import ratings
from bot.commons.notices import Notices
from bot.commons.ratings import Csat, voices
from bot.features.weekly.counting import Week
from bot.features.weekly.rules import TOLD_AT_H, Figure, monday_of, read, written
from bot.kernel.clock import instant_of
from bot.kernel.community import Community
from bot.kernel.desk import NoticeLevel
from bot.kernel.ports import Words
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import integer, micros

_WEEK = timedelta(days=7)
_OPTIMISED = 3
_DAY_MICROS = 24 * 3600 * 1_000_000
_KEEP = Statement(
    "INSERT INTO week_reports (week, made_at, numbers) VALUES (:week, :now, :numbers)"
    " ON CONFLICT (week) DO NOTHING RETURNING week"
)
_GET = Statement("SELECT numbers FROM week_reports WHERE week = :week")
_WEEKS = Statement("SELECT week FROM week_reports ORDER BY week DESC LIMIT :most")
_COMPLAINTS = Statement(
    "SELECT count(*), COALESCE(sum(CASE WHEN ended_at <= opened_at + :day THEN 1 ELSE 0 END), 0)"
    " FROM cases WHERE kind IN ('complaint', 'safety') AND ended_at >= :since AND ended_at < :until"
    " AND code <> 'false_alarm'"
)


@dataclass(frozen=True, slots=True)
class Public:
    """What may be told to everybody."""

    month: int
    csat: Csat
    optimised: Sequence[voices.Voice]
    """Feedback that has led to something this month, the latest first."""
    month_before: int
    complaints: int
    """That ended in the month before."""
    in_a_day: int

    @property
    def percent_in_a_day(self) -> int | None:
        """Return the share that ended within 24 hours; None of too few."""
        if self.complaints < ratings.ENOUGH:
            return None
        return (200 * self.in_a_day + self.complaints) // (2 * self.complaints)


def due_week(community: Community, now: datetime) -> date:
    """Return the Monday of the last week whose numbers are to be made by now."""
    week = monday_of(community.day_of(now)) - _WEEK
    return week if now >= due_at(community, week) else week - _WEEK


def due_at(community: Community, week: date) -> datetime:
    """Return when the numbers of a week are made: the Monday after it, at nine."""
    return instant_of(datetime.combine(week + _WEEK, time(TOLD_AT_H)), community.zone)


def make_due(uow: UnitOfWork, tools: Toolbox) -> None:
    """Make the numbers of the last week, once; operators hear of them when there are any."""
    community = tools.use(Community)
    week = due_week(community, uow.clock.now())
    if uow.run(_GET, week=week.isoformat()):
        return
    figures = Week(uow, community, week).figures()
    values = {"now": micros(uow.clock.now()), "numbers": written(figures)}
    if uow.run(_KEEP, week=week.isoformat(), **values) and _has_something(figures):
        text = tools.use(Words)("weekly/notice.txt.j2", week=week, until=week + timedelta(days=6))
        key = f"weekly:{week.isoformat()}"
        tools.use(Notices).tell(uow, key=key, text=text, level=NoticeLevel.INFO)


def _has_something(figures: Sequence[Figure]) -> bool:
    return any(one.n or one.value for one in figures)


def figures_of(uow: UnitOfWork, community: Community, week: date) -> list[Figure]:
    """Return the numbers of a week: as they were made, or of what is known by now."""
    rows = uow.run(_GET, week=week.isoformat())
    return read(str(rows[0][0])) if rows else Week(uow, community, week).figures()


def weeks(uow: UnitOfWork, *, most: int) -> Sequence[date]:
    """Return the weeks whose numbers were made, the latest first."""
    return [date.fromisoformat(str(row[0])) for row in uow.run(_WEEKS, most=most)]


def public(uow: UnitOfWork, community: Community) -> Public:
    """Return what may be told to everybody of this month and the one before."""
    today = community.day_of(uow.clock.now())
    first = today.replace(day=1)
    before = (first - timedelta(days=1)).replace(day=1)
    since, begins = (
        instant_of(datetime.combine(day, time()), community.zone) for day in (first, before)
    )
    until = uow.clock.now() + timedelta(seconds=1)
    scores = [one.score for one in ratings.answered(uow, since, until)]
    span = {"since": micros(begins), "until": micros(since)}
    ended, in_a_day = uow.run(_COMPLAINTS, day=_DAY_MICROS, **span)[0]
    return Public(
        first.month,
        ratings.csat(scores),
        voices.handled_between(uow, since, until, most=_OPTIMISED),
        before.month,
        integer(ended),
        integer(in_a_day),
    )
