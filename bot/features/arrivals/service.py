"""Use cases: where members come from, and which group is shown to whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.commons import audit, members, origins
from bot.commons.origins import Place
from bot.features.arrivals.rules import Status
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.ports import Group
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

_DIED_AFTER = timedelta(minutes=2)

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
    "UPDATE arrivals_invitations SET status = 'maybe', error = :died"
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
    origins.came(uow, seen.member, Place(seen.channel, scene, seen.account, param), at)


def scene_of(uow: UnitOfWork, seen: Seen) -> str:
    """Return the scene by which a customer came last; empty when none is known."""
    came = origins.of_member(uow, seen.member)
    return next((one.scene for one in came if one.scene and one.channel == seen.channel), "")


def reachable(uow: UnitOfWork, member: MemberId, channels: Sequence[ChannelName]) -> Seen | None:
    """Return a member as a customer of the account to which she came last; None for nobody's."""
    came = reversed(origins.of_member(uow, member))
    accounts = {one.channel: one.account for one in came}
    for one in members.identities_of(uow, member):
        if one.channel in channels and one.channel in accounts:
            return Seen(member, one.channel, accounts[one.channel], one.identity)
    return None


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


def due(uow: UnitOfWork, channel: ChannelName, *, most: int, died: str) -> list[Invited]:
    """Return what is to be shown or withdrawn; what a death left half done is in doubt now.

    Args:
        uow: the unit of work.
        channel: on which.
        most: how many.
        died: what operators read of such a death.
    """
    uow.run(_DIED, channel=channel, died=died, before=micros(uow.clock.now() - _DIED_AFTER))
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
