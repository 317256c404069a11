"""What the clock does: files become salons, free places go to the line, salons end."""

from datetime import timedelta

from bot.commons.content import SalonMatter, Shelf, look
from bot.commons.notices import Notices
from bot.commons.salons import line
from bot.features.salons import closing, filing
from bot.features.salons.rules import SalonSettings
from bot.kernel.community import Community
from bot.kernel.feature import Job
from bot.kernel.ports import Words
from bot.kernel.work import Toolbox, UnitOfWork


def _bring_in(uow: UnitOfWork, tools: Toolbox) -> None:
    library = tools.use(Shelf).at_hand(uow.clock.now()).library
    files, zone = library.with_matter(SalonMatter), tools.use(Community).zone
    ahead = timedelta(days=tools.use(SalonSettings).series_ahead_days)
    words, broken = tools.use(Words), library.broken
    skipped = words("salons/skipped.txt.j2")
    for each in filing.bring_in(uow, files, zone, ahead=ahead, skipped=skipped, broken=broken):
        text = words("salons/notice_frozen.txt.j2", salon=each)
        key = f"salons.frozen:{each.path}:{each.what}:{each.revision}"
        tools.use(Notices).tell(uow, key=key, text=text)


def _seats(uow: UnitOfWork, _tools: Toolbox) -> None:
    line.settle_all(uow)


def _close(uow: UnitOfWork, tools: Toolbox) -> bool:
    late = timedelta(minutes=tools.use(SalonSettings).over_after_minutes)
    return closing.close_next(uow, uow.clock.now() - late)


jobs = (
    Job("salons.files", _bring_in, every_s=10, before=look),
    Job("salons.seats", _seats, every_s=5),
    Job("salons.close", _close, every_s=60),
)
