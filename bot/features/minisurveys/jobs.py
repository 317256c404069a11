"""What the clock starts: those whose order has come to a node are asked; what is over is closed."""

from bot.commons.content import look
from bot.commons.ratings import minisurveys
from bot.features.minisurveys.asking import ask_due, next_due
from bot.features.minisurveys.rules import LATE, NEWS_FOR, OPEN_FOR
from bot.kernel.feature import Job
from bot.kernel.work import Toolbox, UnitOfWork


def _tidy(uow: UnitOfWork, _tools: Toolbox) -> None:
    minisurveys.tidy(uow, open_for=OPEN_FOR, unsaid=OPEN_FOR, waiting=NEWS_FOR + LATE)


jobs = (
    Job("minisurveys.ask", ask_due, every_s=60, before=look, next_due=next_due, sends=True),
    Job("minisurveys.tidy", _tidy, every_s=600),
)
