"""Use cases of check-ins (打卡). Nothing here counts a member's whole history."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from bot.commons import points
from bot.commons.checkins.rules import (
    DAY,
    BonusAgain,
    CheckinSettings,
    Streak,
    bonus_for,
    month_of,
    reached,
)
from bot.kernel.errors import Refusal
from bot.kernel.events import CheckedIn, CheckinWay
from bot.kernel.ids import MemberId
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

_AT_ONCE = 64  # rows read at a time on the way along a run of days

CHECK_IN = Statement(
    "INSERT INTO checkins (member_id, day, at) VALUES (:member, :day, :at)"
    " ON CONFLICT (member_id, day) DO NOTHING RETURNING 1"
)
# The row is locked by this on PostgreSQL: two messages of one member can't both add to the
# same old number.
GROW = Statement(
    "INSERT INTO streaks (member_id, last_day, days, best_days, total_days)"
    " VALUES (:member, :day, 1, 1, 1) ON CONFLICT (member_id) DO UPDATE SET"
    " days = CASE WHEN streaks.last_day = :day_before THEN streaks.days + 1"
    " WHEN streaks.last_day < :day THEN 1 ELSE streaks.days END,"
    " best_days = CASE WHEN streaks.last_day = :day_before"
    " AND streaks.days = streaks.best_days THEN streaks.days + 1 ELSE streaks.best_days END,"
    " last_day = CASE WHEN streaks.last_day < :day THEN :day ELSE streaks.last_day END,"
    " total_days = streaks.total_days + 1"
    " RETURNING last_day, days, best_days, total_days"
)
STREAK = Statement(
    "SELECT last_day, days, best_days, total_days FROM streaks WHERE member_id = :member"
)
DAYS_BEFORE = Statement(
    "SELECT day FROM checkins WHERE member_id = :member AND day < :day"
    " ORDER BY day DESC LIMIT :most"
)
DAYS_AFTER = Statement(
    "SELECT day FROM checkins WHERE member_id = :member AND day > :day ORDER BY day LIMIT :most"
)
_JOIN = Statement(
    "UPDATE streaks SET days = :days, best_days = :best_days WHERE member_id = :member"
)
DAYS_BETWEEN = Statement(
    "SELECT day, at FROM checkins WHERE member_id = :member AND day BETWEEN :first AND :last"
)
_ON_DAY = Statement("SELECT 1 FROM checkins WHERE member_id = :member AND day = :day")
COUNT_OF_DAY = Statement("SELECT COUNT(*) FROM checkins WHERE day = :day")
LIST_OF_DAY = Statement(
    "SELECT c.member_id, c.at, s.last_day, s.days, s.best_days, s.total_days FROM checkins c"
    " JOIN streaks s ON s.member_id = c.member_id WHERE c.day = :day"
    " ORDER BY c.at, c.member_id LIMIT :most OFFSET :skip"
)
_EARN_TOKEN = Statement(
    "INSERT INTO makeup_tokens (member_id, earned_on) SELECT id, :day FROM members"
    " WHERE id = :member AND (SELECT COUNT(*) FROM makeup_tokens"
    " WHERE member_id = :member AND used_for IS NULL) < :most RETURNING id"
)
COUNT_SINCE = Statement("SELECT COUNT(*) FROM checkins WHERE day >= :day AND at > :since")


class AlreadyCheckedIn(Refusal):
    """There is a check-in for this day; nothing was written."""

    template = "checkin/already.txt.j2"


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check-in brought."""

    day: date
    run_days: int
    """Days in a row around `day`, this one counted."""
    is_current: bool
    """True when those days are the member's current streak; False for an old, late message."""
    won: int
    """All points, the bonus included."""
    bonus: int
    balance: int
    tokens: int = 0
    """Tokens (补签卡) that the days in a row have earned."""


@dataclass(frozen=True, slots=True)
class Month:
    """A member's check-ins as she sees them."""

    checked: frozenset[date]
    """The days of this month."""
    streak: Streak | None


@dataclass(frozen=True, slots=True)
class Present:
    """One line of the list of a day."""

    member: MemberId
    at: datetime
    streak: Streak


def check_in(
    uow: UnitOfWork,
    member: MemberId,
    day: date,
    at: datetime,
    settings: CheckinSettings,
    *,
    way: CheckinWay = CheckinWay.SAID,
    key: str = "",
) -> Checked:
    """Record a check-in and award its points.

    Days may arrive in any order: in the end everything is as if they had come in theirs.

    Args:
        uow: the unit of work.
        member: who checks in.
        day: local date in the community's time zone, not the UTC date.
        at: when the message was sent.
        settings: the rules of the community.
        way: how the day came; one that is made up earns no points but the bonus.
        key: under which its points are booked; by day and member where empty.

    Raises:
        AlreadyCheckedIn: there is a check-in for `day`; nothing was written.
    """
    if not uow.run(CHECK_IN, member=member, day=day.isoformat(), at=micros(at)):
        raise AlreadyCheckedIn(f"member {member} on {day}")
    day_before = (day - DAY).isoformat()
    row = uow.run(GROW, member=member, day=day.isoformat(), day_before=day_before)[0]
    streak = _streak(row)
    before, after = streak.days - 1, 0
    if day < streak.last_day:
        before, after = _join_late(uow, member, day, streak)
    run_days = before + 1 + after
    base = 0 if way is CheckinWay.MADE_UP else settings.base_points
    bonus = bonus_for(before, after, settings)
    apart = 0
    if bonus and settings.bonus_again is BonusAgain.ONCE:
        apart = bonus = _award_once(uow, member, bonus)
    balance = _award(uow, member, base + bonus - apart, key or checkin_key(day, member))
    tokens = _earn_tokens(uow, member, day, (before, after), settings)
    uow.publish(CheckedIn(member, day, run_days, way))
    is_current = day + after * DAY == streak.last_day
    return Checked(day, run_days, is_current, base + bonus, bonus, balance, tokens)


def checkin_key(day: date, member: MemberId) -> str:
    """Return the key under which the points of a check-in are booked.

    The day stands first in the key: today's keys lie side by side in the index, however many
    members there are.
    """
    return f"checkin:{day}:{member}"


def _award(uow: UnitOfWork, member: MemberId, won: int, key: str) -> int:
    """Award the points and return the balance."""
    if not won:
        return points.balance(uow, member)
    return points.award(uow, member, won, reason="checkin", key=key).balance


def _award_once(uow: UnitOfWork, member: MemberId, bonus: int) -> int:
    """Award the bonus that there is once in all; return what came of it."""
    booked = points.award(uow, member, bonus, reason="checkin", key=_once_key(member))
    return bonus if booked.is_new else 0


def had_the_bonus(uow: UnitOfWork, member: MemberId, settings: CheckinSettings) -> bool:
    """Return True when the bonus is there once in all, and she has had it."""
    if settings.bonus_again is not BonusAgain.ONCE:
        return False
    return points.is_booked(uow, _once_key(member))


def _once_key(member: MemberId) -> str:
    return f"checkin:once:{member}"


def _earn_tokens(
    uow: UnitOfWork, member: MemberId, day: date, sides: tuple[int, int], settings: CheckinSettings
) -> int:
    """Keep the tokens that the days in a row have earned; return how many."""
    if not (every := settings.token_every_days):
        return 0
    values = {"member": member, "day": day.isoformat(), "most": settings.tokens_at_most}
    return sum(bool(uow.run(_EARN_TOKEN, **values)) for _ in range(reached(*sides, every)))


def _join_late(uow: UnitOfWork, member: MemberId, day: date, streak: Streak) -> tuple[int, int]:
    """Mend the streak after a day that came late; return the days in a row on both sides."""
    before = _run(uow, DAYS_BEFORE, member, day, step=-1)
    after = _run(uow, DAYS_AFTER, member, day, step=1)
    run_days = before + 1 + after
    is_current = day + after * DAY == streak.last_day
    uow.run(
        _JOIN,
        member=member,
        days=run_days if is_current else streak.days,
        best_days=max(streak.best_days, run_days),
    )
    return before, after


def _run(uow: UnitOfWork, along: Statement, member: MemberId, day: date, *, step: int) -> int:
    """Return how many days in a row have a check-in, beginning next to `day`."""
    length = 0
    for found in _days_along(uow, along, member, day):
        if found != day + (length + 1) * step * DAY:
            break
        length += 1
    return length


def _days_along(uow: UnitOfWork, along: Statement, member: MemberId, day: date) -> Iterator[date]:
    while rows := uow.run(along, member=member, day=day.isoformat(), most=_AT_ONCE):
        for row in rows:
            day = _day(row[0])
            yield day


def streak_of(uow: UnitOfWork, member: MemberId) -> Streak | None:
    """Return what is kept of a member's check-ins; None before the first."""
    rows = uow.run(STREAK, member=member)
    return _streak(rows[0]) if rows else None


def month(uow: UnitOfWork, member: MemberId, today: date) -> Month:
    """Return a member's check-ins of the month of `today`, and her streak."""
    return Month(frozenset(checked_in_month(uow, member, today)), streak_of(uow, member))


def checked_in_month(uow: UnitOfWork, member: MemberId, day: date) -> Mapping[date, datetime]:
    """Return a member's check-ins of the month of `day`, with the instants that made them."""
    first, last = month_of(day)
    rows = uow.run(DAYS_BETWEEN, member=member, first=first.isoformat(), last=last.isoformat())
    return {_day(day): instant(at) for day, at in rows}


def is_checked(uow: UnitOfWork, member: MemberId, day: date) -> bool:
    """Return True when a member has a check-in for `day`."""
    return bool(uow.run(_ON_DAY, member=member, day=day.isoformat()))


def count_of_day(uow: UnitOfWork, day: date) -> int:
    """Return how many members checked in on a day."""
    return integer(uow.run(COUNT_OF_DAY, day=day.isoformat())[0][0])


def list_of_day(uow: UnitOfWork, day: date, *, most: int, skip: int = 0) -> list[Present]:
    """Return who checked in on a day, the earliest first."""
    rows = uow.run(LIST_OF_DAY, day=day.isoformat(), most=most, skip=skip)
    return [Present(MemberId(integer(row[0])), instant(row[1]), _streak(row[2:])) for row in rows]


def count_last_24h(uow: UnitOfWork) -> float:
    """Return how many check-ins were sent in the last 24 hours."""
    since = uow.clock.now() - DAY
    earliest = since.date() - DAY  # no zone is further from UTC than a day
    return integer(uow.run(COUNT_SINCE, day=earliest.isoformat(), since=micros(since))[0][0])


def _streak(row: Row) -> Streak:
    last_day, days, best_days, total_days = row
    return Streak(_day(last_day), integer(days), integer(best_days), integer(total_days))


def _day(value: object) -> date:
    return date.fromisoformat(str(value))
