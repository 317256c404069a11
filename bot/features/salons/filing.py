"""How salons come from files, and follow them as far as that is fair to those who signed up."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.commons import audit, salons
from bot.commons.content import ContentFile, SalonMatter
from bot.commons.salons import SalonView, State, Told, Wave, ahead_json, line, rounds, words_json
from bot.commons.salons.hosts import name_host
from bot.features.salons.rules import LENGTH, Meeting, meetings
from bot.kernel.clock import instant_of, with_zone
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import integer, micros

_FIELDS = (
    *("revision", "title", "words", "starts_at", "ends_at", "place", "capacity", "guests_max"),
    *("invite", "invite_first", "first_hours", "invite_at", "signup_until", "reminders"),
    *("host", "no_show", "series"),
)
_KNOWN = Statement("SELECT path, revision, id, state FROM salons")
_ADD = Statement(
    f"INSERT INTO salons (path, {', '.join(_FIELDS)}, state, why, sequence, wave, next_member,"
    f" first_done_at, outcome) VALUES (:path, {', '.join(f':{name}' for name in _FIELDS)}, 'open',"
    " '', 0, 0, 0, NULL, '') ON CONFLICT (path) DO NOTHING RETURNING id"
)
_CHANGE = Statement(
    f"UPDATE salons SET {', '.join(f'{name} = :{name}' for name in _FIELDS)}, state = 'open',"
    " sequence = :sequence WHERE id = :salon"
)
_HAS_PEOPLE = Statement(
    "SELECT 1 FROM salon_signups WHERE salon_id = :salon AND state <> 'out' LIMIT 1"
)
_WITHDRAW = Statement("UPDATE salons SET state = 'withdrawn' WHERE id = :salon")
_CANCEL = Statement(
    "UPDATE salons SET state = 'cancelled', why = :why WHERE id = :salon AND state = 'open'"
    " RETURNING id"
)


@dataclass(frozen=True, slots=True)
class Frozen:
    """A file wants what is not fair to those who have signed up, or were invited."""

    path: str
    title: str
    revision: str
    what: str
    """`gone`, `capacity` or `invite`."""
    heads: int = 0
    """How many have a place."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A salon as its file wants it."""

    path: str
    fields: Mapping[str, object]
    cancelled: str


def bring_in(
    uow: UnitOfWork,
    files: Iterable[tuple[ContentFile, SalonMatter]],
    zone: ZoneInfo,
    *,
    ahead: timedelta,
    skipped: str,
    broken: Collection[str] = (),
) -> list[Frozen]:
    """Let the salons be what their files say; return those that could not follow.

    Time and place follow, and everybody who is in is told. Places never become fewer than those
    that are taken, and who was invited stays invited. One that has ended does not change.

    Args:
        uow: the unit of work.
        files: those without a mistake.
        zone: of the community, for instants without one.
        ahead: how long before it begins each one of a series is there.
        skipped: why one of a series is called off that its file skips.
        broken: the paths of the files with a mistake; their salons stay as they are.
    """
    known = {str(path): row for path, *row in uow.run(_KNOWN)}
    frozen: list[Frozen] = []
    for file, matter in files:
        for plan in _planned(file, matter, zone, skipped):
            row = known.pop(plan.path, None)
            if row is None:
                _add(uow, plan, matter, ahead)
            elif row[0] != plan.fields["revision"] or row[2] == State.WITHDRAWN:
                frozen += _follow(uow, integer(row[1]), plan, matter)
            elif plan.cancelled and row[2] == State.OPEN:
                cancel(uow, integer(row[1]), plan.cancelled, who="bot")
    for path, row in known.items():
        if row[2] == State.OPEN and path.partition("#")[0] not in broken:
            frozen += _withdraw(uow, integer(row[1]))
    return frozen


def _planned(
    file: ContentFile, matter: SalonMatter, zone: ZoneInfo, skipped: str
) -> Iterator[Planned]:
    """Yield the salons of a file: one, or each one of a series."""
    first = _wall(matter.starts_at, zone)
    weeks, until = matter.repeat_weeks, matter.repeat_until
    for each in meetings(first, weeks, until, moves=matter.moves, skips=matter.skips):
        fields = _fields(file, matter, zone, each)
        cancelled = matter.cancelled or (skipped if each.is_skipped else "")
        yield Planned(f"{file.path}{each.suffix}", fields, cancelled)


def _fields(
    file: ContentFile, matter: SalonMatter, zone: ZoneInfo, each: Meeting
) -> dict[str, object]:
    first = _wall(matter.starts_at, zone)
    planned = instant_of(first + each.moved_by, zone)
    starts = planned if each.starts_at is None else with_zone(each.starts_at, zone)
    shift = starts - with_zone(matter.starts_at, zone)
    length = LENGTH
    if matter.ends_at is not None:
        length = with_zone(matter.ends_at, zone) - with_zone(matter.starts_at, zone)
    until = with_zone(matter.signup_until or matter.starts_at, zone) + shift
    # without it they are invited at once, which is in the past for whoever asks now
    invite_at = 0 if matter.invite_at is None else micros(with_zone(matter.invite_at, zone) + shift)
    return {
        "revision": file.revision,
        "title": file.title,
        "words": file.body,
        "starts_at": micros(starts),
        "ends_at": micros(starts + length),
        "place": matter.place,
        "capacity": matter.capacity,
        "guests_max": matter.guests_max,
        "invite": words_json.dump_json(matter.invite).decode(),
        "invite_first": words_json.dump_json(matter.invite_first).decode(),
        "first_hours": matter.first_hours,
        "invite_at": invite_at,
        "signup_until": micros(until),
        "reminders": ahead_json.dump_json(matter.reminders).decode(),
        "host": matter.host,
        "no_show": matter.no_show,
        "series": matter.series,
    }


def _wall(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(zone).replace(tzinfo=None) if at.tzinfo else at


def _add(uow: UnitOfWork, plan: Planned, matter: SalonMatter, ahead: timedelta) -> None:
    """Add a salon that can be gone to; not one that is over or off, or of a series far ahead."""
    now = uow.clock.now()
    is_far = "#" in plan.path and integer(plan.fields["starts_at"]) > micros(now + ahead)
    if plan.cancelled or is_far or integer(plan.fields["ends_at"]) <= micros(now):
        return
    for (number,) in uow.run(_ADD, path=plan.path, **plan.fields):
        name_host(uow, integer(number), matter.host_member)


def _follow(uow: UnitOfWork, number: int, plan: Planned, matter: SalonMatter) -> list[Frozen]:
    found = salons.held(uow, number)
    if found is None or found.state not in (State.OPEN, State.WITHDRAWN):
        return []
    if plan.cancelled:
        if found.state is State.OPEN:
            cancel(uow, number, plan.cancelled, who="bot")
        return []
    fields, frozen = _fair(uow, found, plan)
    has_people = bool(uow.run(_HAS_PEOPLE, salon=number))
    is_moved = has_people and _when_and_where(found) != tuple(fields[name] for name in _WHERE)
    sequence = found.sequence + is_moved
    uow.run(_CHANGE, salon=number, sequence=sequence, **fields)
    if is_moved:
        rounds.begin(uow, number, rounds.changed_key(sequence))
    name_host(uow, number, matter.host_member)
    audit.record(
        uow, "bot", "salons.changed", f"salon {number}, revision {plan.fields['revision']}"
    )
    if (now := salons.salon(uow, number)) is not None:
        line.settle(uow, now, uow.clock.now())
    return frozen


_WHERE = ("starts_at", "ends_at", "place")


def _when_and_where(found: SalonView) -> tuple[object, ...]:
    return micros(found.starts_at), micros(found.ends_at), found.place


def _fair(
    uow: UnitOfWork, found: SalonView, plan: Planned
) -> tuple[dict[str, object], list[Frozen]]:
    """Return what a file may change, and what it wanted besides."""
    fields, frozen = dict(plan.fields), []
    path, title = plan.path, str(fields["title"])
    revision = str(fields["revision"])
    taken = salons.taken(uow, found.id)
    if fields["capacity"] is not None and integer(fields["capacity"]) < taken:
        fields["capacity"] = taken
        frozen.append(Frozen(path, title, revision, "capacity", taken))
    before = {
        "invite": words_json.dump_json(found.invite).decode(),
        "invite_first": words_json.dump_json(found.invite_first).decode(),
    }
    if found.wave is not Wave.NOT_BEGUN and any(fields[name] != before[name] for name in before):
        fields |= before
        frozen.append(Frozen(path, title, revision, "invite"))
    return fields, frozen


def _withdraw(uow: UnitOfWork, number: int) -> list[Frozen]:
    found = salons.held(uow, number)
    if found is None or found.state is not State.OPEN:
        return []
    if uow.run(_HAS_PEOPLE, salon=number):
        return [Frozen(found.path, found.title, "gone", "gone", salons.taken(uow, number))]
    uow.run(_WITHDRAW, salon=number)
    audit.record(uow, "bot", "salons.withdrawn", f"the file of salon {number} is gone")
    return []


def cancel(uow: UnitOfWork, number: int, why: str, *, who: str) -> SalonView | None:
    """Call a salon off and begin to tell everybody; None when it is not open."""
    found = salons.held(uow, number)
    if found is None or not uow.run(_CANCEL, salon=number, why=why):
        return None
    rounds.begin(uow, number, Told.CANCELLED, words=why)
    audit.record(uow, who, "salons.cancelled", f"salon {number}: {why}")
    return found
