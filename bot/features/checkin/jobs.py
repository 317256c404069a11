"""Reminds who asked for it and is not there yet, once a day."""

from bot.commons import checkins
from bot.commons.checkins import CheckinSettings
from bot.features.checkin.rules import is_time_to_remind, reminder
from bot.kernel.community import Community
from bot.kernel.feature import Job
from bot.kernel.following import NoteBox
from bot.kernel.ports import Links
from bot.kernel.work import Toolbox, UnitOfWork

REMINDER = "checkin"
"""The template of the reminder, by its name in `[subscriptions.templates]`."""
_MOST = 5000


def _remind(uow: UnitOfWork, tools: Toolbox) -> None:
    settings, zone = tools.use(CheckinSettings), tools.use(Community).zone
    remind_at, now = settings.remind_at, uow.clock.now()
    if remind_at is None or not is_time_to_remind(now, zone, remind_at):
        return
    box, today = tools.use(NoteBox), checkins.today(uow, tools)
    url = tools.use(Links).for_group("checkin/mine")
    for member in box.agreed(uow, REMINDER, most=_MOST):
        if checkins.is_checked(uow, member, today):
            continue
        streak = checkins.streak_of(uow, member)
        words = reminder(settings.remind_fields, streak.days_on(today) if streak else 0)
        box.put(uow, member, REMINDER, words, key=f"checkin:{today}:{member}", url=url)


jobs = (Job("checkin.remind", _remind, every_s=60),)
