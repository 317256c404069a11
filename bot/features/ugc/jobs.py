"""What the clock does: drafts rest, verdicts are told, files forget who withdrew."""

from datetime import datetime, timedelta

from bot.commons import outreach, submissions
from bot.commons.outreach import Letter, Purpose
from bot.features.ugc import moderation, using
from bot.features.ugc.rules import UgcSettings
from bot.kernel.feature import Job
from bot.kernel.work import Toolbox, UnitOfWork
from bot.storage.columns import micros


def _drafts(uow: UnitOfWork, tools: Toolbox) -> bool:
    """Let one draft rest that was left alone, and say so; or drop one that was forgotten."""
    settings = tools.use(UgcSettings)
    now = uow.clock.now()
    found = submissions.pause_next(uow, now - timedelta(minutes=settings.draft_pause_minutes))
    if found is None:
        return submissions.drop_next(uow, now - timedelta(days=settings.draft_keep_days))
    if found.member is not None:
        letter = Letter(
            key=f"ugc.paused:{found.number}:{micros(found.at)}",
            subject="投稿还没发完",
            purpose=Purpose.SERVICE,
            template="ugc/paused.txt.j2",
            data={"view": found, "minutes": settings.draft_pause_minutes},
        )
        outreach.tell(uow, tools, found.member, letter)
    return True


def _next_draft(uow: UnitOfWork, tools: Toolbox, after: datetime) -> datetime | None:
    idle = timedelta(minutes=tools.use(UgcSettings).draft_pause_minutes)
    at = submissions.next_idle(uow, after - idle)
    return None if at is None else at + idle


def _next_verdict(uow: UnitOfWork, _tools: Toolbox, after: datetime) -> datetime | None:
    return submissions.next_settling(uow, after)


def _old(uow: UnitOfWork, tools: Toolbox) -> bool:
    days = tools.use(UgcSettings).rejected_keep_days
    return submissions.drop_old(uow, uow.clock.now() - timedelta(days=days))


jobs = (
    Job("ugc.drafts", _drafts, every_s=30, next_due=_next_draft),
    Job("ugc.verdicts", moderation.tell_next, every_s=10, next_due=_next_verdict, sends=True),
    Job("ugc.withdrawn", using.forget_withdrawn, every_s=60),
    Job("ugc.copies", using.drop_copies, every_s=3600),
    Job("ugc.old", _old, every_s=3600),
)
