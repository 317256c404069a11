"""Tells operators of owners who do not confirm."""

from datetime import timedelta

from bot.commons.mass_send import OPEN
from bot.commons.notices import Notices
from bot.features.mass_send.rules import MassSendSettings, quiet_until
from bot.kernel.community import Community
from bot.kernel.feature import Job
from bot.kernel.ports import Words
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import micros

SLEEPERS = Statement(
    "SELECT owner, count(*), sum(CASE audience WHEN 'groups' THEN groups ELSE 0 END),"
    " sum(CASE audience WHEN 'groups' THEN 0 ELSE groups END)"
    f" FROM mass_tasks WHERE {OPEN} AND status = 'created'"
    " AND created_at <= :before GROUP BY owner ORDER BY owner"
)


def _tell(uow: UnitOfWork, tools: Toolbox) -> None:
    """Tell of each such owner once a day, and not at night."""
    settings, community = tools.use(MassSendSettings), tools.use(Community)
    now = uow.clock.now()
    if quiet_until(settings.quiet_hours, now, community.zone):
        return
    before = now - timedelta(hours=settings.tell_after_h)
    for owner, count, groups, customers in uow.run(SLEEPERS, before=micros(before)):
        text = tools.use(Words)(
            "mass_send/notice_unconfirmed.txt.j2",
            owner=owner,
            tasks=count,
            groups=int(str(groups)),
            customers=int(str(customers)),
            hours=settings.tell_after_h,
        )
        key = f"mass_send.unconfirmed:{owner}:{community.day_of(now)}"
        tools.use(Notices).tell(uow, key=key, text=text)


jobs = (Job("mass_send.tell", _tell, every_s=300),)
