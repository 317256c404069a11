"""What the clock starts: nobody waits unseen, and no conversation stays with nobody."""

from contextlib import suppress
from datetime import timedelta
from hashlib import blake2b

from bot.commons import amends, cases, duty, reception
from bot.commons.content import Shelf, look
from bot.commons.detection import own
from bot.commons.learning import in_use
from bot.commons.notices import Notices
from bot.commons.ratings import sorting
from bot.features.care.rules import CareSettings
from bot.kernel.feature import Job
from bot.kernel.ports import Words
from bot.kernel.work import Toolbox, UnitOfWork

FILES = (duty.FILE, amends.FILE, own.FILE, sorting.FILE)
"""What care goes by: while there is a mistake in one, its last good version counts."""


def sweep(uow: UnitOfWork, tools: Toolbox) -> None:
    """Ask advisors for cases that nobody was asked for: somebody may be on duty now."""
    reception.assign_waiting(uow, tools)


def hand_back(uow: UnitOfWork, tools: Toolbox) -> None:
    """Return conversations by rule: a member who is silent, a case that is over."""
    settings, now = tools.use(CareSettings), uow.clock.now()
    idle, over = timedelta(hours=settings.idle_hours), timedelta(days=settings.close_days)
    for case in cases.with_humans(uow):
        if case.state is cases.State.WAITING and case.spoke_at and now - case.spoke_at >= idle:
            with suppress(cases.NoCase), uow.attempt():
                cases.resolve(uow, case.id, who="bot", code=cases.Ending.SILENT)
    for case in cases.resolved(uow):
        if case.ended_at and now - case.ended_at >= over:
            with suppress(cases.NoCase), uow.attempt():
                cases.close(uow, case.id, who="bot", code=cases.Ending(case.code))


def tell_mistakes(uow: UnitOfWork, tools: Toolbox) -> None:
    """Tell operators of a mistake in a file of care, once: what stood there before counts still."""
    library = tools.use(Shelf).at_hand(uow.clock.now()).library
    for path in FILES:
        wrong = [one for one in library.problems_of(path) if not one.warning]
        if not wrong:
            continue
        key = f"care.file:{path}:{blake2b(repr(wrong).encode(), digest_size=8).hexdigest()}"
        text = tools.use(Words)("care/file.txt.j2", wrong=wrong[0], more=len(wrong) - 1)
        tools.use(Notices).tell(uow, key=key, text=text)


jobs = (
    Job("care.files", tell_mistakes, every_s=60, before=look),
    Job("care.sweep", sweep, every_s=15, before=in_use.refresh),
    Job("care.hand_back", hand_back, every_s=60),
)
