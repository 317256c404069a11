"""Use cases of names: whom to ask about, and what follows from the answer."""

from collections.abc import Sequence

from bot.commons import audit, members
from bot.features.colleagues.rules import AGAIN_AFTER, MOST_TRIES, is_userid
from bot.kernel.events import MemberProven
from bot.kernel.ids import ChannelName
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import micros

WAITING = Statement(
    "SELECT i.identity FROM identities i LEFT JOIN colleague_names c"
    " ON c.channel = i.channel AND c.identity = i.identity"
    " WHERE i.channel = :channel AND (c.identity IS NULL OR"
    " (c.userid = '' AND c.tries < :most_tries AND c.asked_at <= :before))"
    " ORDER BY i.id LIMIT :most"
)
_KEEP = Statement(
    "INSERT INTO colleague_names (channel, identity, userid, tries, asked_at)"
    " SELECT channel, identity, :userid, 1, :now FROM identities"
    " WHERE channel = :channel AND identity = :identity ON CONFLICT (channel, identity)"
    " DO UPDATE SET userid = excluded.userid, tries = colleague_names.tries + 1,"
    " asked_at = excluded.asked_at"
)


def waiting(uow: UnitOfWork, channel: ChannelName, *, most: int) -> Sequence[str]:
    """Return names on a channel of whom the platform should be asked."""
    before = uow.clock.now() - AGAIN_AFTER
    rows = uow.run(
        WAITING, channel=channel, most_tries=MOST_TRIES, before=micros(before), most=most
    )
    return [str(name) for (name,) in rows]


def keep(
    uow: UnitOfWork, channel: ChannelName, identity: str, userid: str, home: ChannelName
) -> None:
    """Keep what the platform said of a name; whoever was erased meanwhile stays forgotten.

    A name that it does not know and that is none of its encrypted ones is the userid itself.

    Args:
        uow: the unit of work.
        channel: where she is called so.
        identity: the name.
        userid: who she is in the company; empty when the platform does not say.
        home: the channel whose names are userids.
    """
    member = members.find(uow, channel, identity)
    if member is None:
        return
    userid = userid or (identity if is_userid(identity) else "")
    now = micros(uow.clock.now())
    uow.run(_KEEP, channel=channel, identity=identity, userid=userid, now=now)
    if not userid or members.find(uow, home, userid) == member:
        return
    if members.attach(uow, member, home, userid):
        audit.record(uow, "bot", "colleagues.linked", f"{channel} to {home}", member=member)
    uow.publish(MemberProven(member, ((home, userid),), ""))


def later(uow: UnitOfWork, channel: ChannelName, names: Sequence[str]) -> None:
    """Note that the platform would not say; it is asked again another day."""
    now = micros(uow.clock.now())
    for name in names:
        uow.run(_KEEP, channel=channel, identity=name, userid="", now=now)
