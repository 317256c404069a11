"""Reminds members, tells advisors, and tells a member what was cancelled for her."""

from datetime import datetime, timedelta

from bot.commons import ics, outreach, staff
from bot.commons.notices import Notices
from bot.commons.outreach import Letter, Purpose
from bot.features.bookings.reads import COLUMNS, BookingView, read
from bot.features.bookings.rules import State
from bot.kernel.community import Community
from bot.kernel.ports import Words
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import instant, micros

_BITE = 50
DAY_BEFORE, HOURS_BEFORE = timedelta(days=1), timedelta(hours=2)
_STAGES = ((2, HOURS_BEFORE), (1, DAY_BEFORE))
"""What is said later makes what should have been said earlier needless."""

# Who has booked or moved it later than that knows it anyway.
REMIND = Statement(
    f"{COLUMNS} WHERE state = 'booked' AND starts_at > :now AND starts_at <= :until"
    " AND reminded < :stage AND member_id IS NOT NULL AND changed_at <= starts_at - :ahead"
    " ORDER BY starts_at, id LIMIT :most"
)
_REMINDED = Statement(
    "UPDATE bookings SET reminded = :stage WHERE id = :id AND reminded < :stage RETURNING 1"
)
_NEXT = Statement("SELECT MIN(starts_at) FROM bookings WHERE state = 'booked' AND starts_at > :at")
_NEWS = Statement(f"{COLUMNS} WHERE news <> '' ORDER BY id LIMIT :most")
_TOLD = Statement("UPDATE bookings SET news = '' WHERE id = :id AND news = :news RETURNING 1")


def remind_some(uow: UnitOfWork, tools: Toolbox) -> bool:
    """Remind members of what is tomorrow or in two hours; True while there are more."""
    now, more = uow.clock.now(), False
    for stage, ahead in _STAGES:
        values = {"until": micros(now + ahead), "ahead": ahead // timedelta(microseconds=1)}
        rows = uow.run(REMIND, now=micros(now), stage=stage, most=_BITE, **values)
        for found in map(read, rows):
            if uow.run(_REMINDED, id=found.id, stage=stage):
                _tell(uow, tools, found, f"remind:{found.changes}:{stage}", Purpose.SERVICE)
        more = more or len(rows) == _BITE
    return more


def next_reminder(uow: UnitOfWork, _tools: Toolbox, after: datetime) -> datetime | None:
    """Return when the next member is reminded; None for never."""
    found = [
        instant(at) - ahead
        for _, ahead in _STAGES
        for (at,) in uow.run(_NEXT, at=micros(after + ahead))
        if at is not None
    ]
    return min(found, default=None)


def tell_cancelled(uow: UnitOfWork, tools: Toolbox, found: BookingView, why: str) -> None:
    """Tell a member that her appointment was cancelled by us."""
    _tell(uow, tools, found, "cancelled", Purpose.ESSENTIAL, why=why)


def _tell(
    uow: UnitOfWork,
    tools: Toolbox,
    found: BookingView,
    what: str,
    purpose: Purpose,
    *,
    why: str = "",
) -> None:
    if found.member is None:
        return
    at = found.starts_at.astimezone(tools.use(Community).zone)
    kind = what.partition(":")[0]
    data = {"what": kind, "booking": found, "at": at, "why": why}
    subject = f"预约「{found.title}」{'提醒' if kind == 'remind' else '取消'}"
    key = f"bookings:{found.id}:{what}"
    letter = Letter(key, subject, purpose, "bookings/letter.txt.j2", data)
    outreach.tell(uow, tools, found.member, letter)


def tell_advisors(uow: UnitOfWork, tools: Toolbox) -> bool:
    """Tell advisors what has changed, without a name: that is in the console; True for more."""
    rows = uow.run(_NEWS, most=_BITE)
    for found in map(read, rows):
        if uow.run(_TOLD, id=found.id, news=found.news):
            _tell_advisor(uow, tools, found)
    return len(rows) == _BITE


def _tell_advisor(uow: UnitOfWork, tools: Toolbox, found: BookingView) -> None:
    at = found.starts_at.astimezone(tools.use(Community).zone)
    text = tools.use(Words)("bookings/advisor.txt.j2", booking=found, at=at)
    key = f"bookings.news:{found.id}:{found.changes}:{found.news}"
    if not staff.write_to(uow, tools, found.advisor, text, key=key, why="bookings.advisor"):
        tools.use(Notices).tell(uow, key=key, text=text)


def entry(found: BookingView, place: str) -> ics.Entry:
    """Return a booking as members take it into their calendars."""
    return ics.Entry(
        f"booking-{found.id}",
        found.starts_at,
        found.ends_at,
        found.title,
        place=place,
        sequence=found.changes,
        is_off=found.state is State.CANCELLED,
    )
