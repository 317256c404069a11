"""Makes the index when a file has changed, and deletes what is old."""

from bot.commons import answers
from bot.commons.content import look
from bot.features.faq import book, service
from bot.features.faq.rules import FaqSettings
from bot.kernel.feature import Job
from bot.kernel.work import Toolbox, UnitOfWork

_LOOK_S, _TIDY_S = 10.0, 3600.0


def _read(uow: UnitOfWork, tools: Toolbox) -> None:
    look(uow, tools)
    book.at_hand(tools, uow.clock.now())


def _nothing(_uow: UnitOfWork, _tools: Toolbox) -> None:
    """Write nothing: the index was made beside the writer, so that no question waits for it."""


def _tidy(uow: UnitOfWork, tools: Toolbox) -> None:
    service.forget_old(uow, tools.use(FaqSettings).keep_days)
    answers.forget_old(uow)


jobs = (
    Job("faq.files", _nothing, every_s=_LOOK_S, before=_read),
    Job("faq.tidy", _tidy, every_s=_TIDY_S),
)
