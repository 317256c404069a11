"""Who is on duty: shifts, absences, what she said for today, and what the platform told."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from bot.commons import audit, staff
from bot.commons.duty.absences import Absence, absences
from bot.commons.duty.book import Rota, rota
from bot.commons.duty.routing import Standing, WhyNot
from bot.kernel.clock import instant_of
from bot.kernel.community import Advisors
from bot.kernel.events import AdvisorDutyChanged
from bot.kernel.reception import Duty
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import instant, integer, micros

_SAY = Statement(
    "INSERT INTO duty_words (advisor, source, duty, at) VALUES (:advisor, :source, :duty, :at)"
    " ON CONFLICT (advisor, source) DO UPDATE SET duty = excluded.duty, at = excluded.at"
    " WHERE duty_words.at <= excluded.at"
)
_WORDS = Statement("SELECT advisor, source, duty, at FROM duty_words")
_KNOWN = Statement("SELECT advisor, on_duty, why_not, since FROM duty_now")
_TURN = Statement(
    "INSERT INTO duty_now (advisor, on_duty, why_not, since)"
    " VALUES (:advisor, :on_duty, :why_not, :now) ON CONFLICT (advisor) DO UPDATE SET"
    " on_duty = excluded.on_duty, why_not = excluded.why_not, since = excluded.since"
    " WHERE duty_now.on_duty <> excluded.on_duty RETURNING advisor"
)
_WHY = Statement("UPDATE duty_now SET why_not = :why_not WHERE advisor = :advisor")
_FORGET = Statement("DELETE FROM duty_now WHERE advisor = :advisor")
_COUNT = Statement("SELECT COUNT(*) FROM duty_now WHERE on_duty = 1")
_SELF, _PLATFORM = "self", "platform"
_MANY = 60  # absences one after the other
_SAID = {Duty.AWAY: WhyNot.AWAY, Duty.OFF: WhyNot.OFF}
_TOLD = {Duty.AWAY: WhyNot.PLATFORM_AWAY, Duty.OFF: WhyNot.PLATFORM_OFF}


@dataclass(frozen=True, slots=True)
class OpenCases:
    """Tells how many open cases each advisor has, by userid; waits in the toolbox."""

    count: Callable[[UnitOfWork], Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Said:
    """A word on whether somebody takes conversations."""

    duty: Duty
    at: datetime


@dataclass(frozen=True, slots=True)
class Words:
    """The last words about one advisor."""

    own: Said | None = None
    platform: Said | None = None


def say(uow: UnitOfWork, userid: str, duty: Duty, *, who: str) -> None:
    """Take over what an advisor says of herself; it holds for the rest of the local day.

    Args:
        uow: the unit of work.
        userid: hers, as configured or as of now.
        duty: `on` also outside of her shifts, while the shop is open.
        who: she, or an operator for her.
    """
    now = micros(uow.clock.now())
    uow.run(_SAY, advisor=userid.lower(), source=_SELF, duty=duty, at=now)
    audit.record(uow, who, f"roster.said_{duty}", userid.lower())


def told(uow: UnitOfWork, userid: str, duty: Duty, at: datetime) -> None:
    """Take over what the platform tells of an advisor; it holds until it tells otherwise.

    What is older than what is known changes nothing. With several accounts, tell the best of them.
    """
    uow.run(_SAY, advisor=userid.lower(), source=_PLATFORM, duty=duty, at=micros(at))


def standing(
    uow: UnitOfWork, tools: Toolbox, at: datetime, open_cases: Mapping[str, int] | None = None
) -> list[Standing]:
    """Return all configured advisors as they stand at an instant, in the configuration's order.

    Args:
        uow: the unit of work.
        tools: for the roster and the advisors.
        at: usually now.
        open_cases: how many each has, by userid; by `OpenCases` of the toolbox unless said.
    """
    counts = tools.use(OpenCases).count(uow) if open_cases is None else open_cases
    by_userid = {userid.lower(): count for userid, count in counts.items()}
    book, gone = rota(uow, tools), absences(uow, at)
    people, words = staff.standing(uow, tools.use(Advisors)), _words(uow)
    now_called = {one.advisor.userid.lower(): one.userid for one in people}
    found: list[Standing] = []
    for one in people:
        name = one.advisor.userid.lower()
        row = book.row(name)
        mine = [each for each in gone if each.advisor in {name, one.userid}]
        said = _latest(words, {name, one.userid})
        why = WhyNot.GONE if one.gone else why_not(book, name, at, mine, said)
        found.append(
            Standing(
                userid=one.userid,
                name=one.advisor.name,
                on_duty=why is None,
                why_not=why,
                next_on=None if why in {None, WhyNot.GONE} else next_on(book, name, at, mine, why),
                open_cases=sum(by_userid.get(each, 0) for each in {name, one.userid}),
                capacity=row.capacity,
                skills=frozenset((*one.advisor.skills, *row.skills)),
                tiers=one.advisor.tiers,
                is_supervisor=row.role == "supervisor",
                deputy=now_called.get(row.deputy.lower(), row.deputy.lower()),
                guides_newcomers=row.guides_newcomers,
                configured=name,
            )
        )
    return found


def supervisor(uow: UnitOfWork, tools: Toolbox, *, without: str = "") -> str:
    """Return the userid of the supervisor on duty with the fewest cases; empty for none.

    Where none is on duty it is one who is not.

    Args:
        uow: the unit of work.
        tools: for the roster and the advisors.
        without: userid of somebody it can't be.
    """
    able = [
        one
        for one in standing(uow, tools, uow.clock.now())
        if one.is_supervisor and not one.is_gone and not one.is_called(without)
    ]
    able.sort(key=lambda one: (not one.on_duty, one.open_cases))
    return able[0].userid if able else ""


def why_not(
    book: Rota, name: str, at: datetime, away: Sequence[Absence], said: Words
) -> WhyNot | None:
    """Return why somebody is not on duty at an instant; None when she is.

    Her own word of today counts beside the platform's: the later of the two.
    """
    if any(absence.covers(at) for absence in away):
        return WhyNot.ABSENT
    if not book.shop.is_open(at):
        return WhyNot.CLOSED
    own, platform = said.own, said.platform
    if own is not None and book.shop.day_of(own.at) != book.shop.day_of(at):
        own = None
    if platform is not None and (own is None or platform.at > own.at):
        if platform.duty is not Duty.ON:
            return _TOLD[platform.duty]
    elif own is not None:
        return _SAID.get(own.duty)
    return None if book.hours[name].is_open(at) else WhyNot.NO_SHIFT


def next_on(
    book: Rota, name: str, at: datetime, away: Sequence[Absence], why: WhyNot
) -> datetime | None:
    """Return when somebody who is not on duty has her next shift; None for never."""
    hours = book.hours[name]
    if why in {WhyNot.AWAY, WhyNot.OFF}:  # her word holds for today
        tomorrow = datetime.combine(hours.day_of(at) + timedelta(days=1), time())
        at = instant_of(tomorrow, hours.zone)
    elif why in {WhyNot.PLATFORM_AWAY, WhyNot.PLATFORM_OFF} and hours.is_open(at):
        at = hours.next_close(at) or at  # nobody knows: not in this shift
    for _ in range(_MANY):
        moment = hours.next_open(at)
        blocks = [one.until for one in away if moment is not None and one.covers(moment)]
        if moment is None or not blocks:
            return moment
        at = max(blocks)
    return None


def refresh(uow: UnitOfWork, tools: Toolbox) -> int:
    """Publish who came on or went off duty since somebody looked last; return how many did."""
    now = uow.clock.now()
    known = {str(name): (bool(on), str(why)) for name, on, why, _ in uow.run(_KNOWN)}
    turned = 0
    present = standing(uow, tools, now, open_cases={})
    for one in present:
        why = one.why_not or ""
        if known.get(one.userid) == (one.on_duty, why):
            continue
        values = {"on_duty": int(one.on_duty), "why_not": why, "now": micros(now)}
        if uow.run(_TURN, advisor=one.userid, **values):
            uow.publish(AdvisorDutyChanged(one.userid, is_on=one.on_duty, at=now))
            turned += 1
        else:
            uow.run(_WHY, advisor=one.userid, why_not=why)
    for name in known.keys() - {one.userid for one in present}:
        uow.run(_FORGET, advisor=name)
    return turned


def next_change(uow: UnitOfWork, tools: Toolbox, after: datetime) -> datetime | None:
    """Return when somebody comes on or goes off duty next, as far as the clock alone knows."""
    book = rota(uow, tools)
    moments = [absence.since for absence in absences(uow, after)]
    moments += [absence.until for absence in absences(uow, after)]
    for hours in (book.shop, *book.hours.values()):
        opens = hours.next_open(after)
        moments += [each for each in (opens, hours.next_close(after)) if each is not None]
    return min((each for each in moments if each > after), default=None)


def count_on_duty(uow: UnitOfWork) -> float:
    """Return how many advisors were on duty when somebody looked last, at most a minute ago."""
    return integer(uow.run(_COUNT)[0][0])


def _words(uow: UnitOfWork) -> Mapping[tuple[str, str], Said]:
    return {
        (str(advisor), str(source)): Said(Duty(str(duty)), instant(at))
        for advisor, source, duty, at in uow.run(_WORDS)
    }


def _latest(words: Mapping[tuple[str, str], Said], names: set[str]) -> Words:
    """Return the last words about somebody, under all of her names."""

    def last(source: str) -> Said | None:
        said = [words[name, source] for name in names if (name, source) in words]
        return max(said, key=lambda one: one.at, default=None)

    return Words(last(_SELF), last(_PLATFORM))
