"""A member's month as a picture, the same by chat and on her page."""

from collections.abc import Mapping
from datetime import date, datetime

from bot.commons import checkins, members, pictures
from bot.commons.checkins import CheckinSettings
from bot.features.checkin.rules import Mark, month_grid
from bot.kernel.community import Community
from bot.kernel.ids import MemberId
from bot.kernel.ports import Words
from bot.kernel.work import Toolbox, UnitOfWork

_MARKS: Mapping[Mark, pictures.DayMark] = {
    Mark.DONE: pictures.DayMark.DONE,
    Mark.MADE_UP: pictures.DayMark.MADE_UP,
    Mark.PAST: pictures.DayMark.MISSED,
    Mark.TODAY: pictures.DayMark.TODAY,
    Mark.TO_COME: pictures.DayMark.TO_COME,
}


def month_picture(
    uow: UnitOfWork, tools: Toolbox, member: MemberId, month: date, today: date
) -> pictures.MonthCalendar:
    """Return the calendar of a month; `month` is its first day, `today` for what counts now."""
    settings, community = tools.use(CheckinSettings), tools.use(Community)
    checked: Mapping[date, datetime] = checkins.checked_in_month(uow, member, month)
    weeks = month_grid(month, today, checked, community.zone, settings.grace_minutes)
    streak = checkins.streak_of(uow, member)
    return pictures.MonthCalendar(
        brand=community.name,
        month=month,
        days=tuple(_MARKS[cell.mark] for week in weeks for cell in week if cell),
        today=today.day if today.replace(day=1) == month else 0,
        streak_days=streak.days_on(today) if streak else 0,
        best_days=streak.best_days if streak else 0,
        total_days=streak.total_days if streak else 0,
        name=members.display_name(uow, member) or "",
    )


def streak_poster(
    uow: UnitOfWork, tools: Toolbox, member: MemberId, today: date
) -> pictures.StreakPoster | None:
    """Return a poster of a member's days in a row; None while there are none."""
    streak = checkins.streak_of(uow, member)
    if streak is None or not (days := streak.days_on(today)):
        return None
    words = tools.use(Words)("checkin/poster_words.txt.j2", days=days, streak=streak)
    return pictures.StreakPoster(
        brand=tools.use(Community).name,
        days=days,
        day=streak.last_day,
        words=words.strip(),
        name=members.display_name(uow, member) or "",
    )
