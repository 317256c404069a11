"""What the clock does: files become trials, lots are drawn, places are filled, members told."""

from datetime import datetime, timedelta

from bot.commons.content import Shelf, look
from bot.commons.notices import Notices
from bot.features.trials import places, telling
from bot.features.trials.filing import TRIALS, wanted
from bot.features.trials.matter import TrialMatter
from bot.features.trials.rules import TrialSettings
from bot.kernel.community import Community
from bot.kernel.feature import Job
from bot.kernel.ports import Words
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import instant, micros

_NEXT_DRAW = Statement(
    "SELECT MIN(closes_at) FROM trials WHERE pick = 'draw' AND state = 'open'"
    " AND closes_at > :after"
)


def _bring_in(uow: UnitOfWork, tools: Toolbox) -> None:
    library = tools.use(Shelf).at_hand(uow.clock.now()).library
    files = wanted(library.with_matter(TrialMatter), tools.use(Community).zone)
    for each in TRIALS.bring_in(uow, files, broken=library.broken):
        text = tools.use(Words)("trials/notice.txt.j2", it=each)
        tools.use(Notices).tell(uow, key=f"trials.frozen:{each.path}:{each.revision}", text=text)


def _next_draw(uow: UnitOfWork, tools: Toolbox, after: datetime) -> datetime | None:
    late = timedelta(seconds=tools.use(TrialSettings).draw_after_s)
    at = uow.run(_NEXT_DRAW, after=micros(after - late))[0][0]
    return None if at is None else instant(at) + late


jobs = (
    Job("trials.files", _bring_in, every_s=10, before=look),
    Job("trials.draw", places.draw_next, every_s=10, next_due=_next_draw),
    Job("trials.places", places.fill_all, every_s=60),
    Job("trials.told", telling.tell_some, every_s=10),
    Job("trials.feedback", telling.ask_some, every_s=600),
)
