"""A check-in and the words that answer it, the same by chat and on the page."""

from collections.abc import Mapping
from datetime import date, datetime

from bot.commons import points
from bot.features.checkin import service
from bot.features.checkin.rules import CheckinSettings, day_of, days_to_bonus
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
    words["next_days"] = days_to_bonus(result.run_days, settings) if result.is_current else 0
    return Reply("checkin/done.txt.j2", words)


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
