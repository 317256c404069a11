"""What the clock does: files become challenges, challenges end."""

from datetime import datetime

from bot.commons.content import Shelf, look
from bot.commons.coupons import Kinds
from bot.commons.notices import Notices
from bot.features.challenges import filing, reads, settling, windows
from bot.features.challenges.matter import ChallengeMatter
from bot.features.challenges.reads import View
from bot.kernel.feature import Job
from bot.kernel.ports import Words
from bot.kernel.work import Toolbox, UnitOfWork


def _bring_in(uow: UnitOfWork, tools: Toolbox) -> None:
    library = tools.use(Shelf).at_hand(uow.clock.now()).library
    files, kinds = [*library.with_matter(ChallengeMatter)], library.table(Kinds) or Kinds()
    missing = {file.path: filing.missing(matter, kinds) for file, matter in files}
    wanted = filing.wanted(files, kinds)
    for each in filing.CHALLENGES.bring_in(uow, wanted, broken=library.broken):
        coupon = missing.get(each.path, "")
        text = tools.use(Words)("challenges/notice_trouble.txt.j2", it=each, coupon=coupon)
        key = f"challenges.{each.what}:{each.path}:{each.revision}"
        tools.use(Notices).tell(uow, key=key, text=text)
    uow.after_commit(lambda: windows.forget(tools))


def _settle(uow: UnitOfWork, tools: Toolbox) -> bool:
    """Count one bite of a challenge that is over; tell operators when it is closed."""
    closed = settling.go_on(uow, tools)
    if not isinstance(closed, View):
        return closed
    joined, done = reads.numbers_of(uow, closed)
    text = tools.use(Words)("challenges/notice_closed.txt.j2", it=closed, joined=joined, done=done)
    tools.use(Notices).tell(uow, key=f"challenges.closed:{closed.id}", text=text)
    return True


def _next(uow: UnitOfWork, tools: Toolbox, after: datetime) -> datetime | None:
    return settling.next_end(uow, tools, after)


jobs = (
    Job("challenges.files", _bring_in, every_s=10, before=look),
    Job("challenges.settle", _settle, every_s=20, next_due=_next),
)
