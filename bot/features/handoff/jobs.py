"""What the clock starts: nobody waits unseen."""

from datetime import timedelta

from bot.commons.notices import Notices
from bot.commons.staff import name_of
from bot.features.handoff import service
from bot.features.handoff.rules import HandoffSettings
from bot.kernel.community import Community
from bot.kernel.feature import Job
from bot.kernel.ports import Mailbox, Words
from bot.kernel.work import Toolbox, UnitOfWork

_MOST = 200


def warn(uow: UnitOfWork, tools: Toolbox) -> None:
    """Tell operators of everybody who has been waiting for too long, again and again."""
    wait = timedelta(minutes=tools.use(HandoffSettings).wait_minutes)
    now = uow.clock.now()
    for talk in service.take_overdue(uow, after=wait):
        minutes = int((now - talk.since).total_seconds() // 60)
        words = {"member": talk.member, "minutes": minutes, "channel": talk.channel}
        text = tools.use(Words)("handoff/waits.txt.j2", **words)
        tools.use(Notices).tell(uow, key=f"handoff.waits:{talk.id}:{now.isoformat()}", text=text)


def remind(uow: UnitOfWork, tools: Toolbox) -> None:
    """Tell operators, once a day, of whose question about her data waits for a human's end."""
    day = tools.use(Community).day_of(uow.clock.now())
    for talk in service.listed(uow, most=_MOST):
        if not tools.use(Mailbox).held_up(uow, talk.channel, talk.identity):
            continue
        human = name_of(uow, tools, talk.human) or talk.human
        words = {"member": talk.member, "channel": talk.channel, "human": human}
        text = tools.use(Words)("handoff/unanswered.txt.j2", **words)
        tools.use(Notices).tell(uow, key=f"handoff.unanswered:{talk.id}:{day}", text=text)


jobs = (Job("handoff.warn", warn, every_s=60), Job("handoff.remind", remind, every_s=60))
