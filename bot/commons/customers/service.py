"""Who is whose friend: told by events, and put right by readings."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.commons.groups import Erased
from bot.commons.members import tidy_name
from bot.kernel.customers import Customer
from bot.kernel.ids import ChannelName
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

_BEFRIENDED = Statement(
    "INSERT INTO friendships (channel, colleague, identity, name, tags, since, seen_round)"
    " VALUES (:channel, :colleague, :identity, '', '', :at, 0)"
    " ON CONFLICT (channel, colleague, identity) DO UPDATE SET read_at = NULL,"
    " since = CASE WHEN excluded.since > friendships.since THEN excluded.since"
    " ELSE friendships.since END"
)
_CHANGED = Statement(
    "UPDATE friendships SET read_at = NULL WHERE channel = :channel AND identity = :identity"
)
_PARTED = Statement(
    "DELETE FROM friendships WHERE channel = :channel AND colleague = :colleague"
    " AND identity = :identity AND since <= :at"
)
_KEEP = Statement(
    "INSERT INTO friendships (channel, colleague, identity, name, tags, since, seen_round, read_at)"
    " VALUES (:channel, :colleague, :identity, :name, :tags, :since, :round, :now)"
    " ON CONFLICT (channel, colleague, identity) DO UPDATE SET name = excluded.name,"
    " tags = excluded.tags, since = excluded.since, read_at = excluded.read_at,"
    " seen_round = CASE WHEN excluded.seen_round > friendships.seen_round"
    " THEN excluded.seen_round ELSE friendships.seen_round END"
)
_READ = Statement(
    "UPDATE friendships SET read_at = :now WHERE channel = :channel AND identity = :identity"
)
_FRIENDS_OF = Statement(
    "SELECT colleague FROM friendships WHERE channel = :channel AND identity = :identity"
)
NEXT_DUE = Statement(
    "SELECT identity FROM friendships WHERE channel = :channel AND read_at IS NULL"
    " ORDER BY since, identity LIMIT 1"
)
_COLLEAGUES = Statement(
    "SELECT colleague, count(*) FROM friendships WHERE channel = :channel"
    " GROUP BY colleague ORDER BY colleague"
)
CUSTOMERS = Statement(
    "SELECT identity, name, tags, since FROM friendships"
    " WHERE channel = :channel AND colleague = :colleague"
)


@dataclass(frozen=True, slots=True)
class Friend:
    """A customer as one colleague knows her."""

    identity: str
    colleague: str
    name: str
    since: datetime
    tags: frozenset[str] = frozenset()


# ── events ──────────────────────────────────────────────────────────────────────────────


def befriended(
    uow: UnitOfWork, channel: ChannelName, identity: str, colleague: str, at: datetime
) -> None:
    """Note a new friend; the platform is to be asked who she is. Not for who was erased."""
    if identity not in Erased(uow):
        values = {"channel": channel, "colleague": colleague, "identity": identity}
        uow.run(_BEFRIENDED, **values, at=micros(at))


def changed(uow: UnitOfWork, channel: ChannelName, identity: str) -> None:
    """Note that what we know of a customer is old."""
    uow.run(_CHANGED, channel=channel, identity=identity)


def parted(
    uow: UnitOfWork, channel: ChannelName, identity: str, colleague: str, at: datetime
) -> None:
    """Note that two are friends no more; unless they became it again since."""
    values = {"channel": channel, "colleague": colleague, "identity": identity}
    uow.run(_PARTED, **values, at=micros(at))


# ── readings ────────────────────────────────────────────────────────────────────────────


def keep(
    uow: UnitOfWork, channel: ChannelName, customers: Iterable[Customer], number: int = 0
) -> None:
    """Keep what the platform says of customers, in the reading of that number; nobody erased."""
    erased, now = Erased(uow), micros(uow.clock.now())
    for customer in customers:
        if customer.identity in erased:
            continue
        for follower in customer.followers:
            uow.run(
                _KEEP,
                channel=channel,
                colleague=follower.colleague,
                identity=customer.identity,
                name=tidy_name(customer.name),
                tags=f",{','.join(follower.tag_ids)}," if follower.tag_ids else "",
                since=micros(follower.since),
                round=number,
                now=now,
            )


def replace(uow: UnitOfWork, channel: ChannelName, customer: Customer) -> None:
    """Keep all that the platform says of one customer; without followers she is no friend."""
    now, identity = uow.clock.now(), customer.identity
    current = {one.colleague for one in customer.followers}
    for (colleague,) in uow.run(_FRIENDS_OF, channel=channel, identity=identity):
        if str(colleague) not in current:
            parted(uow, channel, identity, str(colleague), now)
    keep(uow, channel, [customer])


def leave(uow: UnitOfWork, channel: ChannelName, identity: str) -> None:
    """Keep what we know of a customer of whom the platform says nothing, until the next reading."""
    uow.run(_READ, channel=channel, identity=identity, now=micros(uow.clock.now()))


def next_due(uow: UnitOfWork, channel: ChannelName) -> str | None:
    """Return a customer of whom the platform is to be asked; None when there is none."""
    rows = uow.run(NEXT_DUE, channel=channel)
    return str(rows[0][0]) if rows else None


# ── questions ───────────────────────────────────────────────────────────────────────────


def colleagues(uow: UnitOfWork, channel: ChannelName) -> Mapping[str, int]:
    """Return how many customers each colleague has who has any."""
    return {str(who): integer(count) for who, count in uow.run(_COLLEAGUES, channel=channel)}


def friends_of(uow: UnitOfWork, channel: ChannelName, colleague: str) -> Sequence[Friend]:
    """Return all customers of a colleague."""
    return [
        Friend(
            str(identity),
            colleague,
            str(name),
            instant(since),
            frozenset(tag for tag in str(tags).split(",") if tag),
        )
        for identity, name, tags, since in uow.run(CUSTOMERS, channel=channel, colleague=colleague)
    ]
