"""What the clock does: files become surveys, these go out, arrive, and close."""

from datetime import datetime, timedelta

from bot.commons.content import Shelf, look
from bot.commons.notices import Notices
from bot.features.surveys import sending
from bot.features.surveys.filing import SURVEYS, wanted
from bot.features.surveys.matter import SurveyMatter
from bot.features.surveys.rules import SurveySettings
from bot.kernel.community import Community
from bot.kernel.feature import Job
from bot.kernel.ports import Words
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import instant, micros

_NEXT_END = Statement(
    "SELECT MIN(closes_at) FROM surveys WHERE state = 'sent' AND closes_at > :after"
)


def _bring_in(uow: UnitOfWork, tools: Toolbox) -> None:
    library = tools.use(Shelf).at_hand(uow.clock.now()).library
    files = wanted(library.with_matter(SurveyMatter), tools.use(Community).zone)
    for each in SURVEYS.bring_in(uow, files, broken=library.broken):
        text = tools.use(Words)("surveys/notice.txt.j2", it=each)
        tools.use(Notices).tell(uow, key=f"surveys.frozen:{each.path}:{each.revision}", text=text)


def _next_end(uow: UnitOfWork, tools: Toolbox, after: datetime) -> datetime | None:
    late = timedelta(seconds=tools.use(SurveySettings).close_after_s)
    at = uow.run(_NEXT_END, after=micros(after - late))[0][0]
    return None if at is None else instant(at) + late


jobs = (
    Job("surveys.files", _bring_in, every_s=10, before=look),
    Job("surveys.send", sending.send_some, every_s=5),
    Job("surveys.arrived", sending.look_what_arrived, every_s=60),
    Job("surveys.close", sending.close_next, every_s=10, next_due=_next_end),
)
