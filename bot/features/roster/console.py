"""The page of the roster: who is on duty now, a week, absences. Advisors change what is theirs."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from bot.commons import accounts, duty, staff
from bot.commons.duty import Absence, AbsenceKind, AbsenceRefused, Standing
from bot.commons.duty.absences import WHY_CHARS
from bot.features.roster.week import midnight, monday_of, uncovered, week_of
from bot.kernel.community import Community
from bot.kernel.console import Aisle, Page, instant_in, number_in
from bot.kernel.desk import Role
from bot.kernel.errors import Refusal
from bot.kernel.feature import Metric
from bot.kernel.ports import Words
from bot.kernel.reception import Duty
from bot.kernel.work import Toolbox, UnitOfWork

_DAY, _WEEK = timedelta(days=1), timedelta(days=7)
_FAR, _LOOK = 53 * _WEEK, 8 * _WEEK
_MOST_GAPS = 5


class NotHers(Refusal):
    """An advisor may only change what is her own; nothing was written."""

    template = "roster/refused.txt.j2"

    def __init__(self) -> None:
        super().__init__("not hers", why="not_hers")


def _load(uow: UnitOfWork, tools: Toolbox, query: Mapping[str, str]) -> Mapping[str, object]:
    now, rota = uow.clock.now(), duty.rota(uow, tools)
    today = rota.shop.day_of(now)
    monday = monday_of(_day(query.get("week", "")) or today)
    if abs(midnight(rota.shop, monday) - now) > _FAR:
        monday = monday_of(today)
    people = duty.standing(uow, tools, now)
    first = min(now, midnight(rota.shop, monday))
    absent = duty.absences(uow, first)
    public = rota.roster.calendar.public
    return {
        "people": people,
        "names": staff.all_names(uow, tools),
        "called": {one.userid: one.name for one in people},
        "week": week_of(rota, people, absent, monday, now),
        "today": today,
        "before": monday - _WEEK,
        "after": monday + _WEEK,
        "kinds": {day: public.kind_of(day) for day in (monday + n * _DAY for n in range(7))},
        "unknown_years": [
            year
            for year in sorted({monday.year, (monday + _WEEK).year})
            if not public.knows_made_up_days(year)
        ],
        "absences": [one for one in absent if one.until > now],
        "zone": tools.use(Community).zone,
        "now": now,
        "rota": rota,
        "draft": _draft(uow, tools, query, people) if query.get("draft") else None,
        "typed": query,
        "why_chars": WHY_CHARS,
    }


def _draft(
    uow: UnitOfWork, tools: Toolbox, query: Mapping[str, str], people: list[Standing]
) -> Mapping[str, object]:
    """Return what an absence would mean, or what is wrong with it."""
    try:
        absence = _read(uow, tools, query)
        duty.check_absence(uow, absence.advisor, absence.since, absence.until)
    except AbsenceRefused as refused:
        return {"trouble": tools.use(Words)(refused.template, **refused.words)}
    rota, now = duty.rota(uow, tools), uow.clock.now()
    others = duty.absences(uow, now)
    [her] = [one for one in people if one.is_called(absence.advisor)]
    since = max(now, absence.since)
    span = (since, min(absence.until, since + _LOOK))
    before = uncovered(rota, people, others, span)
    gaps = [
        each for each in uncovered(rota, people, [*others, absence], span) if each not in before
    ]
    deputies = [one for one in people if one.userid == her.deputy and not one.is_gone]
    return {
        "trouble": "",
        "absence": absence,
        "her": her,
        "deputy": deputies[0] if deputies else None,
        "is_now": absence.covers(now),
        "gaps": gaps[:_MOST_GAPS],
    }


def _read(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str]) -> Absence:
    """Return the absence that a form holds: from the first day to the end of the last.

    Raises:
        AbsenceRefused: a field of it is wrong.
    """
    advisor, zone = _asked(uow, tools, form).userid, tools.use(Community).zone
    try:
        kind = AbsenceKind(form.get("kind", ""))
    except ValueError:
        raise AbsenceRefused("kind") from None
    first, last = _day(form.get("first", "")), _day(form.get("last", ""))
    if first is None or last is None:
        raise AbsenceRefused("day")
    since = instant_in(f"{first}T{form.get('from') or '00:00'}", zone)
    till = form.get("till", "")
    until = instant_in(f"{last if till else last + _DAY}T{till or '00:00'}", zone)
    if since is None or until is None:
        raise AbsenceRefused("time")
    now = uow.clock.now()
    return Absence(0, advisor, kind, since, until, form.get("why", "").strip(), "", now)


def _asked(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str]) -> Standing:
    """Return the advisor whom a form names by any userid of hers.

    Raises:
        AbsenceRefused: there is none.
    """
    found = staff.find(uow, tools, form.get("advisor", "").strip())
    for one in duty.standing(uow, tools, uow.clock.now(), {}) if found else ():
        if found and one.is_called(found.userid):
            return one
    raise AbsenceRefused("advisor")


def _day(word: str) -> date | None:
    try:
        found = date.fromisoformat(word.strip())
    except ValueError:
        return None
    return found if 1990 <= found.year <= 2200 else None  # noqa: PLR2004 - arithmetic ends somewhere


def _may(uow: UnitOfWork, tools: Toolbox, who: str, advisor: str) -> None:
    """Let operators change everything, and an advisor what is hers.

    Raises:
        NotHers: she is an advisor, and another one.
    """
    role, userid = accounts.role_of(uow, who)
    if role is Role.ADVISOR and staff.userid_now(uow, tools, userid or who) != advisor:
        raise NotHers


def _absent(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    absence = _read(uow, tools, form)
    _may(uow, tools, who, absence.advisor)
    duty.enter_absence(
        uow,
        absence.advisor,
        absence.kind,
        absence.since,
        absence.until,
        why=absence.why,
        who=who,
    )
    return _said(uow, tools, "absent", absence)


def _back(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    number = number_in(form.get("absence", "")) or 0
    if (absence := duty.find_absence(uow, number)) is None:
        raise AbsenceRefused("none")
    _may(uow, tools, who, absence.advisor)
    now = uow.clock.now()
    duty.end_absence(uow, number, who=who)
    return _said(uow, tools, "back", replace(absence, until=max(now, absence.since)))


def _said(uow: UnitOfWork, tools: Toolbox, what: str, absence: Absence) -> str:
    duty.refresh(uow, tools)
    people = duty.standing(uow, tools, uow.clock.now(), {})
    [name] = [one.name for one in people if one.is_called(absence.advisor)] or [absence.advisor]
    zone = tools.use(Community).zone
    return tools.use(Words)(
        "roster/done.txt.j2",
        what=what,
        name=name,
        since=absence.since.astimezone(zone),
        until=absence.until.astimezone(zone),
    )


def _say(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    advisor, now = _asked(uow, tools, form).userid, uow.clock.now()
    _may(uow, tools, who, advisor)
    try:
        word = Duty(form.get("duty", ""))
    except ValueError:
        raise AbsenceRefused("duty") from None
    duty.say(uow, advisor, word, who=who)
    duty.refresh(uow, tools)
    [her] = [one for one in duty.standing(uow, tools, now, {}) if one.is_called(advisor)]
    return tools.use(Words)("roster/said.txt.j2", her=her, duty=word.value)


pages = (
    Page(
        "roster",
        "值班",
        "roster/roster.html.j2",
        _load,
        {"absent": _absent, "back": _back, "say": _say},
        aisle=Aisle.RECEPTION,
        place=4,
        advisors=True,
    ),
)
metrics = (
    Metric(
        "advisors_on_duty",
        "Advisors who are on duty",
        duty.count_on_duty,
        title="现在值班的顾问",
    ),
)
