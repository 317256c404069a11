"""What a deed earns by a rule, and why it does not: reads only, so it can be tried beforehand."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.commons import audience, deeds, orders
from bot.commons.deeds import Deed, Kept, run_around
from bot.features.rewards.book import Book
from bot.features.rewards.matter import Rule, Segment
from bot.features.rewards.rules import (
    DAY,
    each_fen,
    factor,
    week_of,
    worth,
)
from bot.kernel.events import CheckinWay
from bot.kernel.ids import MemberId
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import integer, micros

_HERS = "FROM reward_earnings WHERE rule = :rule AND member_id = :member AND state <> 'returned'"
SUM_BETWEEN = Statement(f"SELECT COALESCE(SUM(points), 0) {_HERS} AND day BETWEEN :first AND :last")
_TIMES = Statement(f"SELECT COUNT(*) {_HERS}")
_NEAR = Statement(f"SELECT 1 {_HERS} AND at > :after AND at < :before LIMIT 1")
_BEFORE = Statement(f"SELECT MAX(day) {_HERS} AND day <= :day")
_AFTER = Statement(f"SELECT MIN(day) {_HERS} AND day >= :day")
_FEN = 100


class Why(StrEnum):
    """Why a deed earns nothing by a rule."""

    NOT_VALID = "not_valid"
    NOT_FOR_HER = "not_for_her"
    NOT_IN_SEGMENT = "not_in_segment"
    NO_STREAK = "no_streak"
    HAD_IT = "had_it"
    TOO_SOON = "too_soon"
    NO_KIND = "no_kind"
    NOTHING = "nothing"
    """An order below the amount that gives a point."""
    MADE_UP = "made_up"
    """A day that she made up counts in days in a row, and earns nothing of its own."""
    CAP_OF_DAY = "cap_of_day"
    CAP_OF_WEEK = "cap_of_week"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rule gives for a deed."""

    rule: Rule
    points: int = 0
    factor: int = 1
    doubles: str = ""
    why: Why | None = None
    """Why it gives nothing; None when it does."""


def judge(uow: UnitOfWork, book: Book, rule: Rule, kept: Kept) -> Verdict:
    """Return what a rule gives for a deed; changes nothing."""
    if why := _refused(uow, book, rule, kept):
        return Verdict(rule, why=why)
    doubles = book.doubles(uow, rule, kept.deed)
    times, names = factor(rule, doubles), "、".join(each.title for each in doubles)
    points = worth(rule.points, each_fen(rule), kept.deed.amount_fen) * times
    points, cut = _capped(uow, rule, kept.deed, points)
    nothing = None if points or rule.coupon else cut or Why.NOTHING
    return Verdict(rule, points, times, names, nothing)


def _refused(uow: UnitOfWork, book: Book, rule: Rule, kept: Kept) -> Why | None:
    """Return the first reason against it; what is quick to see is looked at first."""
    if not rule.is_valid_on(kept.deed.day):
        return Why.NOT_VALID
    if rule.coupon and book.kinds.of(rule.coupon) is None:
        return Why.NO_KIND
    if rule.only and not audience.includes(uow, rule.only, kept.member, book.groups):
        return Why.NOT_FOR_HER
    if why := _had_enough(uow, rule, kept.deed):
        return why
    if rule.segment and not _is_in(uow, rule.segment, kept):
        return Why.NOT_IN_SEGMENT
    return _by_days(uow, book, rule, kept)


def _by_days(uow: UnitOfWork, book: Book, rule: Rule, kept: Kept) -> Why | None:
    """Return what her days say against it."""
    if rule.streak_days:
        return _no_streak(uow, rule, rule.streak_days, kept)
    return _made_up(uow, book, kept.deed) if kept.deed.kind == "checkin" else None


def _made_up(uow: UnitOfWork, book: Book, deed: Deed) -> Why | None:
    found = book.days(uow, MemberId(deed.member), deed.day, deed.day).get(deed.day)
    return Why.MADE_UP if found and found.way is CheckinWay.MADE_UP else None


def _had_enough(uow: UnitOfWork, rule: Rule, deed: Deed) -> Why | None:
    if rule.most_times is not None:
        times = uow.run(_TIMES, rule=rule.name, member=deed.member)
        if integer(times[0][0]) >= rule.most_times:
            return Why.HAD_IT
    return Why.TOO_SOON if rule.cooldown_minutes and _is_too_soon(uow, rule, deed) else None


def _is_too_soon(uow: UnitOfWork, rule: Rule, deed: Deed) -> bool:
    pause = timedelta(minutes=rule.cooldown_minutes)
    span = {"after": micros(deed.at - pause), "before": micros(deed.at + pause)}
    return bool(uow.run(_NEAR, rule=rule.name, member=deed.member, **span))


def _no_streak(uow: UnitOfWork, rule: Rule, length: int, kept: Kept) -> Why | None:
    """Return why there is no award for a run of days: too short, or this run has had its own."""
    hers = {"rule": rule.name, "member": kept.deed.member, "day": kept.deed.day.isoformat()}
    had = [uow.run(statement, **hers)[0][0] for statement in (_BEFORE, _AFTER)]
    earlier, later = (None if day is None else date.fromisoformat(str(day)) for day in had)
    if (earlier or later) and not rule.again:
        return Why.HAD_IT
    if not is_run(uow, kept, kept.deed.day, length):
        return Why.NO_STREAK
    if earlier and _are_joined(uow, kept, earlier, kept.deed.day):
        return Why.HAD_IT
    return Why.HAD_IT if later and _are_joined(uow, kept, kept.deed.day, later) else None


def is_run(uow: UnitOfWork, kept: Kept, day: date, length: int) -> bool:
    """Return True when `day` is one of at least so many days in a row."""
    days = deeds.around(uow, kept, day, length - 1)
    if day not in days:
        return False
    first, last = run_around(days, day)
    return (last - first).days + 1 >= length


def _are_joined(uow: UnitOfWork, kept: Kept, first: date, last: date) -> bool:
    """Return True when no day between two is missing."""
    found = deeds.days_between(uow, kept.member, kept.deed.kind, first, last)
    return found == (last - first).days + 1


def _is_in(uow: UnitOfWork, segment: Segment, kept: Kept) -> bool:
    last = kept.deed.day
    first = last - (segment.within_days - 1) * DAY
    came = deeds.days_between(uow, kept.member, segment.on, first, last)
    if came < segment.days:
        return False
    since = kept.deed.at - segment.within_days * DAY
    paid = orders.orders_of(uow, kept.member, since=since)
    spent = [order.amount_fen for order in paid if order.counts]
    return bool(spent) and sum(spent) < segment.aov_below_yuan * _FEN * len(spent)


def _capped(uow: UnitOfWork, rule: Rule, deed: Deed, points: int) -> tuple[int, Why | None]:
    """Return what of the points the caps of day and week leave, and which cap cut them."""
    spans = (
        (rule.most_points_a_day, (deed.day, deed.day), Why.CAP_OF_DAY),
        (rule.most_points_a_week, week_of(deed.day), Why.CAP_OF_WEEK),
    )
    cut: Why | None = None
    for most, span, why in spans:
        if most is None:
            continue
        left = max(most - _earned(uow, rule, deed, *span), 0)
        if left < points:
            points, cut = left, why
    return points, cut


def _earned(uow: UnitOfWork, rule: Rule, deed: Deed, first: date, last: date) -> int:
    span = {"first": first.isoformat(), "last": last.isoformat()}
    return int(str(uow.run(SUM_BETWEEN, rule=rule.name, member=deed.member, **span)[0][0]))
