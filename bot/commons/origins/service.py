"""Keeps by which link or code members came, and counts them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

MOST_OF_A_MEMBER = 50
"""So many origins of one member are kept: anybody can write the end of a link."""

_KNOWN = Statement(
    "SELECT count(*), coalesce(sum(CASE WHEN channel = :channel AND account = :account"
    " AND scene = :scene AND param = :param THEN 1 ELSE 0 END), 0)"
    " FROM origins WHERE member_id = :member"
)
_CAME = Statement(
    "INSERT INTO origins"
    " (member_id, channel, account, scene, param, followed, times, first_at, last_at)"
    " VALUES (:member, :channel, :account, :scene, :param, :followed, 1, :at, :at)"
    " ON CONFLICT (member_id, channel, account, scene, param)"
    " DO UPDATE SET times = origins.times + 1,"
    " followed = CASE WHEN origins.followed > excluded.followed THEN origins.followed"
    " ELSE excluded.followed END,"
    " first_at = CASE WHEN excluded.first_at < origins.first_at THEN excluded.first_at"
    " ELSE origins.first_at END,"
    " last_at = CASE WHEN excluded.last_at > origins.last_at THEN excluded.last_at"
    " ELSE origins.last_at END"
)
_OF_MEMBER = Statement(
    "SELECT channel, account, scene, param FROM origins WHERE member_id = :member"
    " ORDER BY last_at DESC, id DESC"
)
_SCENES = Statement(
    "SELECT scene, count(DISTINCT member_id), max(last_at) FROM origins"
    " WHERE channel = :channel AND scene <> '' GROUP BY scene ORDER BY 2 DESC, scene LIMIT :most"
)
_COUNTED = Statement(
    "SELECT count(DISTINCT member_id), count(DISTINCT CASE WHEN followed = 1 THEN member_id END)"
    " FROM origins WHERE channel = :channel AND scene = :scene"
)
_LAST_24H = Statement("SELECT count(*) FROM origins WHERE first_at >= :since")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a link or code leads, and what it says of itself."""

    channel: ChannelName
    scene: str
    account: str = ""
    """Which of the channel's own accounts; empty where it has one."""
    param: str = ""
    """What a placement of a link added; anybody can write it."""


def came(
    uow: UnitOfWork, member: MemberId, place: Place, at: datetime, *, followed: bool = False
) -> None:
    """Note by which link or code a member came, unless she has come by too many already."""
    where = {
        "member": member,
        "channel": place.channel,
        "account": place.account,
        "scene": place.scene,
        "param": place.param,
    }
    [[kept, known]] = uow.run(_KNOWN, **where)
    if integer(kept) < MOST_OF_A_MEMBER or integer(known):
        uow.run(_CAME, **where, followed=int(followed), at=micros(at))


def of_member(uow: UnitOfWork, member: MemberId) -> list[Place]:
    """Return where a member came from, the latest first."""
    return [
        Place(ChannelName(str(channel)), str(scene), str(account), str(param))
        for channel, account, scene, param in uow.run(_OF_MEMBER, member=member)
    ]


def scenes(uow: UnitOfWork, channel: ChannelName, *, most: int) -> list[tuple[str, int, datetime]]:
    """Return scenes with how many members came by each, and when the last one did."""
    rows = uow.run(_SCENES, channel=channel, most=most)
    return [(str(scene), integer(many), instant(at)) for scene, many, at in rows]


def counted(uow: UnitOfWork, channel: ChannelName, scene: str) -> tuple[int, int]:
    """Return how many members came by a scene, and how many began to follow by it."""
    [[members, followed]] = uow.run(_COUNTED, channel=channel, scene=scene)
    return integer(members), integer(followed)


def count_last_24h(uow: UnitOfWork) -> float:
    """Return how many came by a link or code for the first time in the last 24 hours."""
    since = micros(uow.clock.now() - timedelta(days=1))
    return integer(uow.run(_LAST_24H, since=since)[0][0])
