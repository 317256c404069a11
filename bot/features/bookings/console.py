"""The operators' page of bookings: a day of each advisor, what comes, cancelling, new services."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

from bot.commons import audit, members, staff
from bot.commons.content import Pen
from bot.features.bookings import reads, replies, service, telling
from bot.features.bookings.mine import PAGE
from bot.features.bookings.reads import BookingView
from bot.kernel.clock import instant_of
from bot.kernel.community import Advisors, Community
from bot.kernel.console import Aisle, Page, number_in
from bot.kernel.errors import Refusal
from bot.kernel.feature import Metric
from bot.kernel.ports import Links, Words
from bot.kernel.sheets import sheet_of
from bot.kernel.work import Toolbox, UnitOfWork

_MOST = 300
_WHY_CHARS, _TITLE_CHARS = 200, 60
_DAYS_AHEAD = 28
_COLUMNS = ("booking", "service", "advisor", "member", "starts_at", "ends_at", "state", "closed_by")
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class BadForm(Refusal):
    """A field of the form is wrong; nothing was written."""

    template = "bookings/bad_form.txt.j2"


def _load(uow: UnitOfWork, tools: Toolbox, query: Mapping[str, str]) -> Mapping[str, object]:
    community, now = tools.use(Community), uow.clock.now()
    day = _asked_day(query.get("day", ""), community.day_of(now))
    first = instant_of(datetime.combine(day, time()), community.zone)
    today = reads.between(uow, first, first + timedelta(days=1), most=_MOST)
    coming = reads.between(uow, now, now + timedelta(days=_DAYS_AHEAD), most=_MOST)
    return {
        "day": day,
        "day_before": day - timedelta(days=1),
        "day_after": day + timedelta(days=1),
        "today": [_row(uow, tools, one) for one in today],
        "coming": [_row(uow, tools, one) for one in coming],
        "csv": _sheet(coming),
        "offers": [
            (one, staff.name_of(uow, tools, one.terms.advisor)) for one in reads.offers(uow, tools)
        ],
        "advisors": list(tools.use(Advisors)),
        "group_url": tools.use(Links).for_group(PAGE),
        "why_chars": _WHY_CHARS,
        "title_chars": _TITLE_CHARS,
        "week": list(zip(_WEEK, "一二三四五六日", strict=True)),
    }


def _asked_day(asked: str, today: date) -> date:
    try:
        day = date.fromisoformat(asked)
    except ValueError:
        return today
    return day if abs(day.year - today.year) <= 1 else today


def _row(uow: UnitOfWork, tools: Toolbox, found: BookingView) -> Mapping[str, object]:
    name = ""
    if found.member is not None:
        name = members.display_name(uow, found.member) or f"#{found.member}"
    return {**replies.shown(uow, tools, found), "name": name}


def _sheet(found: Sequence[BookingView]) -> str:
    """Return what comes as a sheet; addresses stay here."""
    rows: list[list[object]] = []
    for one in found:
        times = (one.starts_at.isoformat(), one.ends_at.isoformat())
        who = (one.id, one.title, one.advisor, one.member or "")
        rows.append([*who, *times, one.state, one.closed_by])
    return sheet_of(_COLUMNS, rows)


def _cancel(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    why = form.get("why", "").strip()
    if not 0 < len(why) <= _WHY_CHARS:
        raise BadForm("why", field="why")
    found = service.cancel_for(uow, number_in(form.get("booking", "")) or 0, who=who, why=why)
    telling.tell_cancelled(uow, tools, found, why)
    return tools.use(Words)("bookings/said.txt.j2", what="cancelled", path="")


def _make(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    """Write the file of a new service; from there it goes like one that was written by hand."""
    title = form.get("title", "").strip()
    if not 0 < len(title) <= _TITLE_CHARS:
        raise BadForm("title", field="title")
    weekly = {day: times for day in _WEEK if (times := form.get(day, "").split())}
    matter: dict[str, object] = {
        "title": title,
        "kind": "interactive",
        "stage": "consideration",
        "advisor": form.get("advisor", "").strip(),
        "duration_minutes": number_in(form.get("duration", "")) or 0,
        "audience": form.get("audience", "").split() or None,
        "address": form.get("address") == "1" or None,
        "days_off": form.get("days_off", "").split() or None,
        "weekly": weekly,
    }
    pen = tools.use(Pen)
    path = pen.free_path("services", title, [one.path for one in reads.offers(uow, tools)])
    body = form.get("body", "").replace("\r\n", "\n") or title
    pen.write(pen.draft(path, matter, body))
    audit.record(uow, who, "bookings.made", path)
    return tools.use(Words)("bookings/said.txt.j2", what="made", path=path)


pages = (
    Page(
        "bookings",
        "预约",
        "bookings/bookings.html.j2",
        _load,
        {"cancel": _cancel, "make": _make},
        aisle=Aisle.RECEPTION,
    ),
)
metrics = (Metric("bookings_coming", "Bookings still to come", reads.count_coming, "预约"),)
