"""Tells operators of owners who do not confirm; lets nothing wait for a clock set back."""

from datetime import timedelta

from bot.commons.mass_send import OPEN
from bot.commons.notices import Notices
from bot.features.mass_send.rules import LONGEST_WAIT_S, MOMENT_OPEN, MassSendSettings, quiet_until
from bot.kernel.clock import due_ahead
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

_WAITS_AHEAD = (
    Statement(f"UPDATE mass_tasks SET next_at = :now WHERE {OPEN} AND next_at > :latest"),
    Statement(f"UPDATE moments SET next_at = :now WHERE {MOMENT_OPEN} AND next_at > :latest"),
)
_HAPPENED_AHEAD = (
    *(
        Statement(f"UPDATE mass_tasks SET {when} = :now WHERE {OPEN} AND {when} > :latest")
        for when in ("drafted_at", "created_at", "confirmed_at")
    ),
    Statement(
        "UPDATE mass_targets SET drafted_at = :now WHERE task_id IS NULL AND status = 'drafted'"
        " AND drafted_at > :latest"
    ),
    *(
        Statement(f"UPDATE moments SET {when} = :now WHERE {MOMENT_OPEN} AND {when} > :latest")
        for when in ("drafted_at", "created_at")
    ),
    Statement(
        "UPDATE mass_reminders SET at = :now WHERE at > :latest AND task_id IN"
        f" (SELECT id FROM mass_tasks WHERE {OPEN})"
    ),
)
"""What is counted from: a reminder, a result, giving up. It happened now, at the latest."""


def _catch_up(uow: UnitOfWork, _tools: Toolbox) -> None:
    now = uow.clock.now()
    for statement in _WAITS_AHEAD:
        uow.run(statement, now=micros(now), latest=micros(due_ahead(now, LONGEST_WAIT_S)))
    for statement in _HAPPENED_AHEAD:
        uow.run(statement, now=micros(now), latest=micros(due_ahead(now, 0)))


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


jobs = (
    Job("mass_send.catch_up", _catch_up, every_s=60),
    Job("mass_send.tell", _tell, every_s=300),
)
