"""What the clock does: files become salons, people are invited, reminded and told, salons end."""

from datetime import datetime, timedelta

from bot.commons import outreach
from bot.commons.content import SalonMatter, Shelf
from bot.commons.notices import Notices
from bot.commons.outreach import Letter, Purpose
from bot.features.salons import filing, hosting, inviting, reads, rounds, seats
from bot.features.salons.rules import News, SalonSettings
from bot.kernel.community import Community
from bot.kernel.feature import Job
from bot.kernel.ports import Words
from bot.kernel.work import Toolbox, UnitOfWork
from bot.storage.columns import micros

_BITE = 100


def _look(uow: UnitOfWork, tools: Toolbox) -> None:
    """Go to the disk for what the job then has at hand."""
    tools.use(Shelf).look(uow.clock.now())


def _bring_in(uow: UnitOfWork, tools: Toolbox) -> None:
    library = tools.use(Shelf).at_hand(uow.clock.now()).library
    files, zone = library.with_matter(SalonMatter), tools.use(Community).zone
    broken = {problem.path for problem in library.problems if not problem.warning}
    ahead = timedelta(days=tools.use(SalonSettings).series_ahead_days)
    for each in filing.bring_in(uow, files, zone, ahead=ahead, broken=broken):
        text = tools.use(Words)("salons/notice_frozen.txt.j2", salon=each)
        key = f"salons.frozen:{each.path}:{each.what}:{each.revision}"
        tools.use(Notices).tell(uow, key=key, text=text)


def _seats(uow: UnitOfWork, tools: Toolbox) -> bool:
    """Give free places to the line, and tell those whose turn it is."""
    seats.settle_all(uow)
    waiting = seats.untold(uow, most=_BITE)
    for each in waiting:
        _tell(uow, tools, each)
    return len(waiting) == _BITE


def _tell(uow: UnitOfWork, tools: Toolbox, each: seats.Untold) -> None:
    found = reads.salon(uow, each.salon)
    mine = reads.signup(uow, each.salon, each.member)
    if found is None or mine is None:
        return
    is_in = each.what == News.PROMOTED
    free = 0 if found.capacity is None else found.capacity - reads.taken(uow, found.id)
    since = micros(mine.in_at or mine.at)
    letter = Letter(
        key=f"salons.{each.what}:{found.id}:{each.member}:{since}:{mine.changes}",
        subject=f"「{found.title}」候补{'到了' if is_in else '轮到，人数放不下'}",
        purpose=Purpose.ESSENTIAL if is_in else Purpose.SERVICE,
        template=f"salons/letter_{each.what}.txt.j2",
        data={"salon": found, "signup": mine, "free": free, "zone": tools.use(Community).zone},
    )
    outreach.tell(uow, tools, each.member, letter)
    seats.heard(uow, each.salon, each.member)


def _rounds(uow: UnitOfWork, tools: Toolbox) -> bool:
    rounds.remind(uow)
    return rounds.tell_some(uow, tools)


def _next_reminder(uow: UnitOfWork, _tools: Toolbox, after: datetime) -> datetime | None:
    return rounds.next_reminder(uow, after)


def _next_invitations(uow: UnitOfWork, _tools: Toolbox, after: datetime) -> datetime | None:
    return inviting.next_due(uow, after)


def _close(uow: UnitOfWork, tools: Toolbox) -> bool:
    late = timedelta(minutes=tools.use(SalonSettings).over_after_minutes)
    return rounds.close_next(uow, uow.clock.now() - late)


jobs = (
    Job("salons.files", _bring_in, every_s=10, before=_look),
    Job("salons.seats", _seats, every_s=5),
    Job("salons.invite", inviting.invite_some, every_s=10, next_due=_next_invitations, sends=True),
    Job("salons.rounds", _rounds, every_s=10, next_due=_next_reminder, sends=True),
    Job("salons.hosts", hosting.ask_all, every_s=60),
    Job("salons.close", _close, every_s=60),
)
