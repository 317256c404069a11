"""The platform's door: what a human of ours says in its own app is an answer, too."""

from bot.commons import cases, members
from bot.kernel.messages import Update
from bot.kernel.reception import HUMAN_SAID
from bot.kernel.router import Router
from bot.kernel.work import Toolbox, UnitOfWork

router = Router()


@router.news(HUMAN_SAID)
def human_said(uow: UnitOfWork, update: Update, _tools: Toolbox) -> None:
    """Note that a human has written to the member of an open case; what comes twice counts once."""
    member = members.find(uow, update.channel, update.about)
    case = None if member is None else cases.open_of(uow, member)
    if case is None or not case.state.is_with_humans:
        return
    if case.spoke_at is None or case.spoke_at < update.at:
        human = update.extra.get("servicer_userid", "") or case.advisor
        cases.answered(uow, case.id, human, update.at)
