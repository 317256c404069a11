"""What the clock does: files become polls, polls end, points go back, voters are told."""

from datetime import datetime, timedelta

from bot.commons.content import PollMatter, Shelf, look
from bot.commons.notices import Notices
from bot.features.polls import ending, telling
from bot.features.polls.filing import POLLS, wanted
from bot.features.polls.rules import PollSettings
from bot.kernel.community import Community
from bot.kernel.feature import Job
from bot.kernel.ports import Words
from bot.kernel.work import Toolbox, UnitOfWork


def _bring_in(uow: UnitOfWork, tools: Toolbox) -> None:
    library = tools.use(Shelf).at_hand(uow.clock.now()).library
    files = wanted(uow, library.with_matter(PollMatter), tools.use(Community).zone)
    for each in POLLS.bring_in(uow, files, broken=library.broken):
        text = tools.use(Words)("polls/notice_frozen.txt.j2", poll=each)
        tools.use(Notices).tell(uow, key=f"polls.frozen:{each.path}:{each.revision}", text=text)


def _count(uow: UnitOfWork, tools: Toolbox) -> bool:
    """Count one poll whose time is over, or give back what some have paid."""
    late = timedelta(seconds=tools.use(PollSettings).count_after_s)
    counted = ending.count_next(uow, uow.clock.now() - late)
    if counted is None:
        return ending.give_back(uow)
    found, outcome = counted
    text = tools.use(Words)("polls/notice_counted.txt.j2", poll=found, outcome=outcome)
    tools.use(Notices).tell(uow, key=f"polls.counted:{found.id}", text=text)
    return True


def _next_count(uow: UnitOfWork, tools: Toolbox, after: datetime) -> datetime | None:
    late = timedelta(seconds=tools.use(PollSettings).count_after_s)
    ends = ending.next_end(uow, after - late)
    return None if ends is None else ends + late


jobs = (
    Job("polls.files", _bring_in, every_s=10, before=look),
    Job("polls.count", _count, every_s=10, next_due=_next_count),
    Job("polls.news", telling.tell_some, every_s=5),
)
