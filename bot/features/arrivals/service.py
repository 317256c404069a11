"""Use cases: where members come from, and which group is shown to whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.commons import audit, members
from bot.features.arrivals.rules import Status
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.ports import Group
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

MOST_OF_A_MEMBER = 50
"""So many arrivals of one member are kept: anybody can write the end of a link."""
_DIED_AFTER = timedelta(minutes=2)

_KNOWN = Statement(
    "SELECT count(*), coalesce(sum(CASE WHEN channel = :channel AND account = :account"
    " AND scene = :scene AND param = :param THEN 1 ELSE 0 END), 0)"
    " FROM arrivals WHERE member_id = :member"
)
_ARRIVED = Statement(
    "INSERT INTO arrivals (member_id, channel, account, scene, param, first_at, last_at, times)"
    " VALUES (:member, :channel, :account, :scene, :param, :at, :at, 1)"
    " ON CONFLICT (member_id, channel, account, scene, param)"
    " DO UPDATE SET times = arrivals.times + 1, last_at = excluded.last_at"
)
_LATEST = Statement(
    "SELECT channel, account, scene FROM arrivals WHERE member_id = :member"
    " ORDER BY last_at DESC, id DESC"
)
_SCENES = Statement(
    "SELECT scene, count(DISTINCT member_id), max(last_at) FROM arrivals WHERE scene <> ''"
    " GROUP BY scene ORDER BY 2 DESC, scene LIMIT :most"
)
_COUNT = Statement("SELECT count(*) FROM arrivals WHERE first_at >= :since")
_INVITE = Statement(
    "INSERT INTO arrivals_invitations (member_id, channel, account, identity, chat_id,"
    " group_name, status, why, at, error) VALUES (:member, :channel, :account, :identity,"
    " :chat_id, :name, 'due', :why, :now, '') ON CONFLICT (member_id, chat_id) DO NOTHING"
    " RETURNING id"
)
_COLUMNS = (
    "SELECT id, member_id, channel, account, identity, chat_id, group_name, status, why, at, error"
    " FROM arrivals_invitations"
)
_DUE = Statement(
    f"{_COLUMNS} WHERE channel = :channel AND status IN ('due', 'withdrawing')"
    " ORDER BY id LIMIT :most"
)
_LISTED = Statement(
    f"{_COLUMNS} ORDER BY CASE status WHEN 'failed' THEN 0 WHEN 'maybe' THEN 1 ELSE 2 END,"
    " at DESC LIMIT :most"
)
_DIED = Statement(
    "UPDATE arrivals_invitations SET status = 'maybe', error = '程序中途停过'"
    " WHERE channel = :channel AND status = 'under_way' AND at <= :before"
)
_MOVE = Statement(
    "UPDATE arrivals_invitations SET status = :to, error = :error, at = :now"
    " WHERE id = :id AND status = :from RETURNING member_id"
)


@dataclass(frozen=True, slots=True)
class Seen:
    """A customer of an account."""

    member: MemberId
    channel: ChannelName
    account: str
    identity: str


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation of a member into a group."""

    id: int
    member: MemberId
    channel: ChannelName
    account: str
    identity: str
    chat_id: str
    group: str
    status: Status
    why: str
    at: datetime
    error: str


def arrived(uow: UnitOfWork, seen: Seen, *, scene: str, param: str, at: datetime) -> None:
    """Keep by which link a member came."""
    where = {
        "member": seen.member,
        "channel": seen.channel,
        "account": seen.account,
        "scene": scene,
        "param": param,
    }
    [[kept, known]] = uow.run(_KNOWN, **where)
    if integer(kept) < MOST_OF_A_MEMBER or integer(known):
        uow.run(_ARRIVED, **where, at=micros(at))


def scene_of(uow: UnitOfWork, member: MemberId) -> str:
    """Return the scene by which a member came last; empty when none is known."""
    rows = uow.run(_LATEST, member=member)
    return next((str(scene) for _, _, scene in rows if scene), "")


def reachable(uow: UnitOfWork, member: MemberId, channels: Sequence[ChannelName]) -> Seen | None:
    """Return a member as a customer of the account to which she came last; None for nobody's."""
    accounts = {str(channel): str(account) for channel, account, _ in reversed(_came(uow, member))}
    for one in members.identities_of(uow, member):
        if one.channel in channels and one.channel in accounts:
            return Seen(member, one.channel, accounts[one.channel], one.identity)
    return None


def _came(uow: UnitOfWork, member: MemberId) -> list[Row]:
    return list(uow.run(_LATEST, member=member))


def scenes(uow: UnitOfWork, *, most: int) -> list[tuple[str, int, datetime]]:
    """Return scenes with how many members came by each, and when the last one did."""
    return [(str(s), integer(n), instant(at)) for s, n, at in uow.run(_SCENES, most=most)]


def count_last_24h(uow: UnitOfWork) -> float:
    """Return how many first arrivals by a link there were in 24 hours."""
    since = micros(uow.clock.now() - timedelta(days=1))
    return integer(uow.run(_COUNT, since=since)[0][0])


def invite(uow: UnitOfWork, seen: Seen, group: Group, *, why: str) -> bool:
    """Wish for a group to be shown to a member; False when it was before."""
    return bool(
        uow.run(
            _INVITE,
            member=seen.member,
            channel=seen.channel,
            account=seen.account,
            identity=seen.identity,
            chat_id=group.recipient,
            name=group.name,
            why=why,
            now=micros(uow.clock.now()),
        )
    )


def due(uow: UnitOfWork, channel: ChannelName, *, most: int) -> list[Invited]:
    """Return what is to be shown or withdrawn; what a death left half done is in doubt now."""
    uow.run(_DIED, channel=channel, before=micros(uow.clock.now() - _DIED_AFTER))
    return [_invited(row) for row in uow.run(_DUE, channel=channel, most=most)]


def listed(uow: UnitOfWork, *, most: int) -> list[Invited]:
    """Return invitations, those that somebody has to look at first."""
    return [_invited(row) for row in uow.run(_LISTED, most=most)]


def move(
    uow: UnitOfWork,
    number: int,
    start: Status,
    to: Status,
    *,
    error: str = "",
    who: str = "",
    why: str = "",
) -> bool:
    """Let an invitation go on; False when it is elsewhere by now, or forgotten.

    With `who` it is written down who did it.
    """
    now = micros(uow.clock.now())
    rows = uow.run(_MOVE, **{"id": number, "from": start, "to": to, "error": error, "now": now})
    for (member,) in rows if who else ():
        audit.record(uow, who, f"arrivals.{to}", why, member=MemberId(integer(member)))
    return bool(rows)


def _invited(row: Row) -> Invited:
    return Invited(
        integer(row[0]),
        MemberId(integer(row[1])),
        ChannelName(str(row[2])),
        str(row[3]),
        str(row[4]),
        str(row[5]),
        str(row[6]),
        Status(str(row[7])),
        str(row[8]),
        instant(row[9]),
        str(row[10]),
    )
