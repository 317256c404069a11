"""The member's page: a month as a calendar, the streak, and today's check-in by one tap."""

from collections.abc import Mapping
from datetime import date

from bot.commons import checkins, pictures, points
from bot.commons.checkins import DAY, CheckinSettings, days_to_bonus, month_of
from bot.features.checkin import replies
from bot.features.checkin.drawing import month_picture, streak_poster
from bot.features.checkin.rules import Mark, month_grid, month_in
from bot.kernel.community import Community
from bot.kernel.console import Download
from bot.kernel.feature import MemberPage
from bot.kernel.ids import MemberId
from bot.kernel.messages import Reply
from bot.kernel.work import Toolbox, UnitOfWork

PAGE = "checkin/mine"
LINK_VALID_S = 24 * 3600
POSTER = 1
"""The number of the poster among the files of the page; months have six digits."""


def _load(
    uow: UnitOfWork, tools: Toolbox, member: MemberId, query: Mapping[str, str]
) -> Mapping[str, object]:
    settings, community = tools.use(CheckinSettings), tools.use(Community)
    today = checkins.today(uow, tools)
    month = month_in(query.get("month", ""), today)
    checked = checkins.checked_in_month(uow, member, month)
    streak = checkins.streak_of(uow, member)
    days = streak.days_on(today) if streak else 0
    weeks = month_grid(month, today, checked, community.zone, settings.grace_minutes)
    return {
        "month": month,
        "picture": f"{month.year:04}{month.month:02}",
        "weeks": weeks,
        "has_made_up": any(cell and cell.mark is Mark.MADE_UP for week in weeks for cell in week),
        "month_days": len(checked),
        "days": days,
        "streak": streak,
        "balance": points.balance(uow, member),
        "is_done": checkins.is_checked(uow, member, today),
        "next_days": days_to_bonus(
            days, settings, had_it=checkins.had_the_bonus(uow, member, settings)
        ),
        "settings": settings,
        "poster": POSTER if days else 0,
        "before": _before(month),
        "after": None if month == month_of(today)[0] else month_of(month)[1] + DAY,
    }


def _give(uow: UnitOfWork, tools: Toolbox, member: MemberId, number: int) -> Download | None:
    """Return the picture of a month, 202608 for August; None for what is no month."""
    today = checkins.today(uow, tools)
    if number == POSTER:
        poster = streak_poster(uow, tools, member, today)
        return pictures.download(poster, f"lianxu-{poster.days}.png") if poster else None
    said = f"{number:06}"
    month = month_in(f"{said[:4]}-{said[4:]}", today)
    if f"{month:%Y%m}" != said:
        return None
    return pictures.download(month_picture(uow, tools, member, month, today), f"daka-{said}.png")


def _before(month: date) -> date | None:
    """Return the month before; None for the first of the calendar."""
    return (month - DAY).replace(day=1) if month > date.min else None


def _check_in(uow: UnitOfWork, tools: Toolbox, member: MemberId, _form: Mapping[str, str]) -> Reply:
    alone = {"in_group": False, "name": None}
    return replies.check_in(uow, tools, member, uow.clock.now(), alone)


member_pages = (
    MemberPage(
        "mine",
        "checkin/calendar.html.j2",
        _load,
        title="打卡",
        acts={"check-in": _check_in},
        ask="我的打卡",
        files=_give,
    ),
)
