"""A check-in and the words that answer it, the same by chat and on the page."""

from collections.abc import Mapping
from datetime import datetime

from bot.commons import checkins, points
from bot.commons.checkins import CheckinSettings, days_to_bonus
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
    settings, day = tools.use(CheckinSettings), checkins.day_at(tools, at)
    words = {**about, "day": None if day == checkins.today(uow, tools) else day}
    try:
        result = checkins.check_in(uow, member, day, at, settings)
    except checkins.AlreadyCheckedIn as refusal:
        refusal.words = {**words, **_standing(uow, tools, member)}
        raise
    words |= {"result": result, "settings": settings}
    words["next_days"] = _next_days(uow, member, result, settings)
    words["has_poster"] = result.is_current and result.run_days in settings.poster_days
    return Reply("checkin/done.txt.j2", words)


def _next_days(
    uow: UnitOfWork, member: MemberId, result: checkins.Checked, settings: CheckinSettings
) -> int:
    if not result.is_current:
        return 0
    had_it = checkins.had_the_bonus(uow, member, settings)
    return days_to_bonus(result.run_days, settings, had_it=had_it)


def _standing(uow: UnitOfWork, tools: Toolbox, member: MemberId) -> Mapping[str, object]:
    streak = checkins.streak_of(uow, member)
    return {
        "days": streak.days_on(checkins.today(uow, tools)) if streak else 0,
        "balance": points.balance(uow, member),
    }
