"""The nightly digest of a group: thanks who came, names nobody who did not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.commons import audit, mass_send
from bot.commons.audience import IN_GROUP
from bot.features.rankings import replies
from bot.features.rankings.rules import RankingSettings, is_due, is_record
from bot.kernel.capability import Doors
from bot.kernel.clock import instant_of
from bot.kernel.community import Community
from bot.kernel.errors import Refusal
from bot.kernel.ids import GroupId, MemberId
from bot.kernel.messages import Text
from bot.kernel.ports import Group, Groups, Words
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import integer, micros

DEFAULT_AT = time(21, 30)
_MOST = 5000
_SETTINGS = Statement("SELECT group_id, is_on, at, quiet_until FROM digest_groups")
_SET = Statement(
    "INSERT INTO digest_groups (group_id, is_on, at, quiet_until)"
    " VALUES (:group, :on, :at, :quiet) ON CONFLICT (group_id) DO UPDATE"
    " SET is_on = :on, at = :at, quiet_until = :quiet"
)
_TAKE = Statement(
    "INSERT INTO digests (group_id, day, people, at) VALUES (:group, :day, :people, :now)"
    " ON CONFLICT (group_id, day) DO NOTHING RETURNING 1"
)
_IS_TAKEN = Statement("SELECT people FROM digests WHERE group_id = :group AND day = :day")
_LATEST = Statement(
    "SELECT day, people FROM digests WHERE group_id = :group ORDER BY day DESC LIMIT :most"
)
_CAME = Statement(
    "SELECT s.member_id, s.days, CASE WHEN h.member_id IS NULL THEN 0 ELSE 1 END"
    f" FROM ({IN_GROUP}) AS present JOIN rank_streaks s ON s.member_id = present.id"
    " LEFT JOIN rank_hidden h ON h.member_id = s.member_id"
    " WHERE s.last_day = :day ORDER BY s.days DESC, s.member_id LIMIT :most"
)
_MONTHS = Statement(
    f"SELECT r.member_id, r.month, r.mask FROM ({IN_GROUP}) AS present"
    " JOIN rank_streaks s ON s.member_id = present.id"
    " JOIN rank_months r ON r.member_id = s.member_id WHERE s.last_day = :day"
)
_COUNT = Statement("SELECT COUNT(*) FROM digests WHERE at > :since AND people > 0")


class NoSuchGroup(Refusal):
    """The group is not configured (any more)."""

    template = "rankings/no_group.txt.j2"


@dataclass(frozen=True, slots=True)
class Nightly:
    """Whether and when a group is thanked."""

    is_on: bool = False
    at: time = DEFAULT_AT
    quiet_until: date | None = None


@dataclass(frozen=True, slots=True)
class Thanks:
    """What there is to say of a day; members by the milestone that they reached."""

    people: int
    milestones: Sequence[tuple[int, Sequence[MemberId]]]
    records: Sequence[tuple[MemberId, int]]


def nightly(uow: UnitOfWork) -> Mapping[GroupId, Nightly]:
    """Return what was set for groups."""
    return {
        GroupId(str(group)): Nightly(
            bool(on),
            time.fromisoformat(str(at)),
            None if quiet is None else date.fromisoformat(str(quiet)),
        )
        for group, on, at, quiet in uow.run(_SETTINGS)
    }


def set_nightly(
    uow: UnitOfWork, tools: Toolbox, group: GroupId, wanted: Nightly, *, who: str
) -> Group:
    """Say whether and when a group is thanked.

    Raises:
        NoSuchGroup: there is none of this name.
    """
    found = tools.use(Groups).by_id.get(group)
    if found is None:
        raise NoSuchGroup(f"no group {group[:40]}")
    quiet = wanted.quiet_until.isoformat() if wanted.quiet_until else None
    at = wanted.at.strftime("%H:%M")
    uow.run(_SET, group=group, on=int(wanted.is_on), at=at, quiet=quiet)
    what = "on" if wanted.is_on else "off"
    audit.record(uow, who, f"rankings.digest_{what}", f"{group} at {at}, quiet until {quiet}")
    return found


def thanks_of(uow: UnitOfWork, tools: Toolbox, group: Group, day: date) -> Thanks:
    """Return what a group would be told of a day."""
    settings = tools.use(RankingSettings)
    where = {"channel": group.channel, "chat": group.recipient, "day": day.isoformat()}
    rows = uow.run(_CAME, **where, most=_MOST)
    months: dict[int, list[tuple[str, int]]] = {}
    for member, month, mask in uow.run(_MONTHS, **where):
        months.setdefault(integer(member), []).append((str(month), integer(mask)))
    named = [(MemberId(integer(who)), integer(days)) for who, days, hidden in rows if not hidden]
    milestones = [
        (goal, [who for who, days in named if days == goal])
        for goal in sorted(settings.milestones, reverse=True)
    ]
    records = [
        (who, days)
        for who, days in named
        if days not in settings.milestones and is_record(months.get(who, ()))
    ]
    return Thanks(len(rows), [each for each in milestones if each[1]], records)


def words(uow: UnitOfWork, tools: Toolbox, thanks: Thanks, day: date) -> str:
    """Return what is said of a day."""
    most = tools.use(RankingSettings).digest_names

    def called(who: Sequence[MemberId]) -> Mapping[str, object]:
        names = [name for one in who[:most] if (name := replies.name_of(uow, one))]
        return {"names": names, "count": len(who)}

    return tools.use(Words)(
        "rankings/digest.txt.j2",
        day=day,
        people=thanks.people,
        milestones=[(goal, called(who)) for goal, who in thanks.milestones],
        records=[
            (name, days)
            for who, days in thanks.records[:most]
            if (name := replies.name_of(uow, who))
        ],
    )


def send_next(uow: UnitOfWork, tools: Toolbox) -> bool:
    """Thank one group whose time has come; False when there is none."""
    settings, zone = tools.use(RankingSettings), tools.use(Community).zone
    now, groups = uow.clock.now(), tools.use(Groups).by_id
    day = now.astimezone(zone).date()
    for group_id, wanted in nightly(uow).items():
        group = groups.get(group_id)
        if group is None or not wanted.is_on or (wanted.quiet_until or date.min) >= day:
            continue
        if not is_due(wanted.at, now, zone, settings.digest_late_minutes):
            continue
        if uow.run(_IS_TAKEN, group=group_id, day=day.isoformat()):
            continue
        _send(uow, tools, group, day)
        return True
    return False


def _send(uow: UnitOfWork, tools: Toolbox, group: Group, day: date) -> None:
    thanks = thanks_of(uow, tools, group, day)
    values = {"group": group.id, "day": day.isoformat(), "people": thanks.people}
    if not uow.run(_TAKE, **values, now=micros(uow.clock.now())) or not thanks.people:
        return
    mass_send.tell_group(
        uow,
        tools.use(Doors),
        group,
        [Text(words(uow, tools, thanks, day))],
        key=f"rankings.digest:{group.id}:{day}",
        why="rankings.digest",
    )


def next_due(uow: UnitOfWork, tools: Toolbox, after: datetime) -> datetime | None:
    """Return when the next group is thanked; None for never."""
    zone, groups = tools.use(Community).zone, tools.use(Groups).by_id
    today = after.astimezone(zone).date()
    times = [
        instant_of(
            datetime.combine(max(today, wanted.quiet_until or today) + days, wanted.at), zone
        )
        for group, wanted in nightly(uow).items()
        if wanted.is_on and group in groups
        for days in (timedelta(), timedelta(days=1))
    ]
    return min((at for at in times if at > after), default=None)


def latest(uow: UnitOfWork, group: GroupId, *, most: int = 7) -> Sequence[tuple[date, int]]:
    """Return the last nights of a group, and how many had come."""
    rows = uow.run(_LATEST, group=group, most=most)
    return [(date.fromisoformat(str(day)), integer(people)) for day, people in rows]


def count_last_24h(uow: UnitOfWork) -> float:
    """Return how many groups were thanked in the last 24 hours."""
    since = micros(uow.clock.now() - timedelta(days=1))
    return float(integer(uow.run(_COUNT, since=since)[0][0]))
