"""What the clock does: people are invited, reminded, told of their turn and of changes."""

from datetime import datetime

from bot.features.invitations import hosting, inviting, telling
from bot.kernel.feature import Job
from bot.kernel.work import Toolbox, UnitOfWork


def _tell(uow: UnitOfWork, tools: Toolbox) -> bool:
    telling.remind(uow)
    return telling.tell_some(uow, tools)


def _next_reminder(uow: UnitOfWork, _tools: Toolbox, after: datetime) -> datetime | None:
    return telling.next_reminder(uow, after)


def _next_invitations(uow: UnitOfWork, _tools: Toolbox, after: datetime) -> datetime | None:
    return inviting.next_due(uow, after)


jobs = (
    Job("invitations.turns", telling.tell_turns, every_s=5),
    Job(
        "invitations.invite",
        inviting.invite_some,
        every_s=10,
        next_due=_next_invitations,
        sends=True,
    ),
    Job("invitations.tell", _tell, every_s=10, next_due=_next_reminder, sends=True),
    Job("invitations.hosts", hosting.ask_all, every_s=60),
)
