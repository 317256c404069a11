"""What the clock starts: nobody waits unseen."""

from datetime import timedelta

from bot.commons.notices import Notices
from bot.features.handoff import service
from bot.features.handoff.rules import HandoffSettings
from bot.kernel.feature import Job
from bot.kernel.ports import Words
from bot.kernel.work import Toolbox, UnitOfWork


def warn(uow: UnitOfWork, tools: Toolbox) -> None:
    """Tell operators of everybody who has been waiting for too long, again and again."""
    wait = timedelta(minutes=tools.use(HandoffSettings).wait_minutes)
    now = uow.clock.now()
    for talk in service.take_overdue(uow, after=wait):
        minutes = int((now - talk.since).total_seconds() // 60)
        words = {"member": talk.member, "minutes": minutes, "channel": talk.channel}
        text = tools.use(Words)("handoff/waits.txt.j2", **words)
        tools.use(Notices).tell(uow, key=f"handoff.waits:{talk.id}:{now.isoformat()}", text=text)


jobs = (Job("handoff.warn", warn, every_s=60),)
