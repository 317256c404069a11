"""A check-in and the words that answer it, the same by chat and on the page."""

from collections.abc import Mapping
from datetime import date, datetime

from bot.commons import members, points
from bot.features.checkin import makeup, service
from bot.features.checkin.makeup import NoMakeup, Wish
from bot.features.checkin.rules import DAY, CheckinSettings, day_of, days_to_bonus
from bot.features.checkin.said import day_said
from bot.kernel.community import Community
from bot.kernel.ids import MemberId
from bot.kernel.messages import Reply
from bot.kernel.work import Toolbox, UnitOfWork


def check_in(
    uow: UnitOfWork, tools: Toolbox, member: MemberId, at: datetime, about: Mapping[str, object]
) -> Reply:
    """Check a member in for the day of `at`; `about` says how to address her.

    Raises:
        AlreadyCheckedIn: she has a check-in for that day.
    """
    settings, community = tools.use(CheckinSettings), tools.use(Community)
    day = day_of(at, community.zone, settings.grace_minutes)
    words = {**about, "day": None if day == today(uow, tools) else day}
    try:
        result = service.check_in(uow, member, day, at, settings)
    except service.AlreadyCheckedIn as refusal:
        refusal.words = {**words, **_standing(uow, tools, member)}
        raise
    words |= {"result": result, "settings": settings}
    words["next_days"] = _next_days(uow, member, result, settings)
    words["has_poster"] = result.is_current and result.run_days in settings.poster_days
    return Reply("checkin/done.txt.j2", words)


def _next_days(
    uow: UnitOfWork, member: MemberId, result: service.Checked, settings: CheckinSettings
) -> int:
    if not result.is_current:
        return 0
    had_it = service.had_the_bonus(uow, member, settings)
    return days_to_bonus(result.run_days, settings, had_it=had_it)


def ask_makeup(
    uow: UnitOfWork, tools: Toolbox, member: MemberId, words: str, at: datetime
) -> Mapping[str, object]:
    """Return what making a day up costs, for the words that ask her.

    Raises:
        NoMakeup: it can't be made up.
    """
    wish = wish_of(uow, tools, member, words, at)
    return {"offer": makeup.offer(uow, wish, tools.use(CheckinSettings)), "day": wish.day}


def make_up(uow: UnitOfWork, tools: Toolbox, member: MemberId, words: str, at: datetime) -> Reply:
    """Make a day up.

    Raises:
        NoMakeup: it can't be made up.
    """
    wish = wish_of(uow, tools, member, words, at)
    paid, checked = makeup.make_up(uow, wish, at, tools.use(CheckinSettings))
    streak = service.streak_of(uow, member)
    return Reply(
        "checkin/makeup_done.txt.j2",
        {
            "paid": paid,
            "checked": checked,
            "days": streak.days_on(wish.today) if streak else 0,
            "balance": points.balance(uow, member),
        },
    )


def wish_of(uow: UnitOfWork, tools: Toolbox, member: MemberId, words: str, at: datetime) -> Wish:
    """Return which day somebody means; yesterday where she names none.

    Raises:
        NoMakeup: nobody knows what day that is, or none can be made up.
    """
    settings, community = tools.use(CheckinSettings), tools.use(Community)
    if not settings.can_make_up:
        raise NoMakeup("off")
    now = day_of(at, community.zone, settings.grace_minutes)
    day = day_said(words, now) if words else now - DAY
    if day is None:
        raise NoMakeup("unclear")
    joined = members.joined_at(uow, member) or at
    return Wish(member, day, now, day_of(joined, community.zone, settings.grace_minutes))


def today(uow: UnitOfWork, tools: Toolbox) -> date:
    """Return the day for which a check-in counts now."""
    settings, community = tools.use(CheckinSettings), tools.use(Community)
    return day_of(uow.clock.now(), community.zone, settings.grace_minutes)


def _standing(uow: UnitOfWork, tools: Toolbox, member: MemberId) -> Mapping[str, object]:
    streak = service.streak_of(uow, member)
    return {
        "days": streak.days_on(today(uow, tools)) if streak else 0,
        "balance": points.balance(uow, member),
    }
