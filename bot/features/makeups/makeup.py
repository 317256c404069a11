"""Use cases of making up a day (补签): for points or for a token (补签卡)."""

from dataclasses import dataclass
from datetime import date, datetime

from bot.commons import checkins, points
from bot.commons.checkins import DAY, CheckinSettings, month_of, tokens_of
from bot.kernel.errors import Refusal
from bot.kernel.events import CheckinWay
from bot.kernel.ids import MemberId
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import integer, micros

SPENT_ON = "makeup"
"""The house account that days are paid into."""

_MADE = Statement(
    "INSERT INTO makeups (member_id, day, made_on, points, at)"
    " VALUES (:member, :day, :made_on, :points, :at)"
)
_MADE_BETWEEN = Statement(
    "SELECT COUNT(*) FROM makeups WHERE member_id = :member AND made_on BETWEEN :first AND :last"
)


class NoMakeup(Refusal):
    """The day can't be made up; `why` is a word of the template."""

    template = "makeups/refused.txt.j2"

    def __init__(self, why: str, **words: object) -> None:
        super().__init__(why, why=why, **words)


@dataclass(frozen=True, slots=True)
class Wish:
    """Which day a member wants to make up, and when she does."""

    member: MemberId
    day: date
    today: date
    joined_on: date


@dataclass(frozen=True, slots=True)
class Offer:
    """What making up a day costs."""

    day: date
    points: int
    """0 where a token pays."""
    tokens: int
    """What she has, this one included."""
    left: int
    """So many days she can still make up this month, this one included."""
    balance: int


def offer(uow: UnitOfWork, wish: Wish, settings: CheckinSettings) -> Offer:
    """Return what a day costs; nothing is written.

    Raises:
        NoMakeup: it can't be made up.
    """
    _check_day(uow, wish, settings)
    first, last = month_of(wish.today)
    days = {"first": first.isoformat(), "last": last.isoformat()}
    made = integer(uow.run(_MADE_BETWEEN, member=wish.member, **days)[0][0])
    if made >= settings.makeups_a_month:
        raise NoMakeup("month", most=settings.makeups_a_month)
    tokens, has = tokens_of(uow, wish.member), points.balance(uow, wish.member)
    cost = 0 if tokens else settings.makeup_points
    if not tokens and not cost:
        raise NoMakeup("token", every=settings.token_every_days)
    if cost > has:
        raise NoMakeup("poor", needed=cost, balance=has)
    return Offer(wish.day, cost, tokens, settings.makeups_a_month - made, has)


def _check_day(uow: UnitOfWork, wish: Wish, settings: CheckinSettings) -> None:
    day, today = wish.day, wish.today
    if not settings.can_make_up:
        raise NoMakeup("off")
    if day > today:
        raise NoMakeup("future", day=day, today=today)
    if checkins.is_checked(uow, wish.member, day):
        raise NoMakeup("already", day=day, is_today=day == today)
    if day == today:
        raise NoMakeup("today")
    if day < today - settings.makeup_days_back * DAY:
        raise NoMakeup("old", day=day, today=today, back=settings.makeup_days_back)
    if day < wish.joined_on:
        raise NoMakeup("before", day=day, today=today, joined_on=wish.joined_on)


def make_up(
    uow: UnitOfWork, wish: Wish, at: datetime, settings: CheckinSettings
) -> tuple[Offer, checkins.Checked]:
    """Make a day up and pay for it; it joins the days in a row as if it had come in its time.

    Raises:
        NoMakeup: it can't be made up; nothing was written.
    """
    member, day = wish.member, wish.day
    uow.take_turns({f"checkin.makeup:{member}"})  # else two at once are one too many this month
    paid = offer(uow, wish, settings)
    key = f"makeup:{day}:{member}"
    if paid.points:
        _pay(uow, member, paid.points, key)
    elif not checkins.use_token(uow, member, day):
        raise NoMakeup("token", every=settings.token_every_days)
    try:
        way = CheckinWay.MADE_UP
        checked = checkins.check_in(uow, member, day, at, settings, way=way, key=f"{key}:bonus")
    except checkins.AlreadyCheckedIn:
        raise NoMakeup("already", day=day, is_today=False) from None
    made_on = wish.today.isoformat()
    values = {"member": member, "day": day.isoformat(), "made_on": made_on, "at": micros(at)}
    uow.run(_MADE, points=paid.points, **values)
    return paid, checked


def _pay(uow: UnitOfWork, member: MemberId, cost: int, key: str) -> None:
    try:
        points.spend(uow, member, cost, reason=SPENT_ON, key=key)
    except points.NotEnoughPoints as exc:  # she spent them a moment ago
        has = points.balance(uow, member)
        raise NoMakeup("poor", needed=cost, balance=has) from exc
