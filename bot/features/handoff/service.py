"""Use cases about conversations: heard, asked for, given, ended. The platform's word counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.commons import audit, members
from bot.features.handoff.rules import State, Wish
from bot.kernel.events import HumanCame, HumanLeft
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.reception import Held, Holder
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

_NEW = (
    "INSERT INTO handoff_sessions (channel, account, identity, member_id, state, human, since,"
    " told_at, updated_at, checked_at, wish, tries, error) VALUES (:channel, :account, :identity,"
    " :member, :state, :human, :now, :told_at, :now, :now, :wish, 0, '')"
    " ON CONFLICT (channel, account, identity) DO UPDATE SET"
)
_HEARD = Statement(
    f"{_NEW} member_id = excluded.member_id,"
    " since = CASE WHEN handoff_sessions.state = 'nobody' THEN excluded.since"
    " ELSE handoff_sessions.since END,"
    " state = CASE WHEN handoff_sessions.state <> 'nobody' THEN handoff_sessions.state"
    " WHEN handoff_sessions.wish = 'human' THEN 'asked' ELSE 'bot' END"
    " RETURNING state, wish, since = :now"
)
_ASKED = Statement(
    f"{_NEW} state = 'asked', human = '', since = excluded.since, wish = 'human', tries = 0,"
    " error = '', warned_at = NULL, updated_at = excluded.updated_at"
    " WHERE handoff_sessions.state IN ('bot', 'nobody') RETURNING id"
)
_TOLD = Statement(
    f"{_NEW} since = CASE WHEN handoff_sessions.state = excluded.state"
    " THEN handoff_sessions.since ELSE excluded.since END,"
    " state = excluded.state, human = excluded.human, told_at = excluded.told_at,"
    " updated_at = excluded.updated_at, wish = '', tries = 0, error = '', warned_at = NULL"
    " WHERE handoff_sessions.told_at <= excluded.told_at RETURNING id"
)
_SETTLE = Statement(
    "UPDATE handoff_sessions SET since = CASE WHEN state = :state THEN since ELSE :now END,"
    " state = :state, human = :human, wish = :wish, tries = 0, error = '', updated_at = :now,"
    " checked_at = :now WHERE id = :id AND updated_at <= :asked_at RETURNING id"
)
_FAILED = Statement(
    "UPDATE handoff_sessions SET tries = tries + 1, error = :error, checked_at = :now"
    " WHERE id = :id RETURNING tries"
)
_WISH_END = Statement(
    "UPDATE handoff_sessions SET wish = 'end', tries = 0, error = '', updated_at = :now"
    " WHERE id = :id AND state IN ('queue', 'human', 'asked') AND wish <> 'end'"
    " RETURNING member_id"
)
_WARNED = Statement("UPDATE handoff_sessions SET warned_at = :now WHERE id = :id")
_COLUMNS = (
    "SELECT id, channel, account, identity, member_id, state, human, since, wish, error"
    " FROM handoff_sessions"
)
_OF = Statement(f"{_COLUMNS} WHERE channel = :channel AND account = :account AND identity = :who")
_WISHED = Statement(
    f"{_COLUMNS} WHERE channel = :channel AND wish <> '' AND state <> 'nobody'"
    " ORDER BY since, id LIMIT :most"
)
_STALE = Statement(
    f"{_COLUMNS} WHERE channel = :channel AND state IN ('queue', 'human')"
    " AND checked_at <= :before AND updated_at <= :before ORDER BY checked_at LIMIT :most"
)
_LISTED = Statement(
    f"{_COLUMNS} WHERE state IN ('asked', 'queue', 'human')"
    " ORDER BY CASE state WHEN 'human' THEN 1 ELSE 0 END, since, id LIMIT :most"
)
_OVERDUE = Statement(
    f"{_COLUMNS} WHERE state IN ('asked', 'queue') AND since <= :before"
    " AND COALESCE(warned_at, 0) <= :before ORDER BY since LIMIT 100"
)
_COUNT = Statement("SELECT count(*) FROM handoff_sessions WHERE state IN ('asked', 'queue')")
_AHEAD = Statement(
    "SELECT count(*) FROM handoff_sessions WHERE channel = :channel AND account = :account"
    " AND state IN ('asked', 'queue') AND (since < :since OR (since = :since AND id < :id))"
)
_STATES = {
    Holder.BOT: State.BOT,
    Holder.QUEUE: State.QUEUE,
    Holder.HUMAN: State.HUMAN,
    Holder.NOBODY: State.NOBODY,
}


@dataclass(frozen=True, slots=True)
class Party:
    """Whose conversation it is."""

    member: MemberId
    channel: ChannelName
    account: str
    identity: str


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation."""

    id: int
    channel: ChannelName
    account: str
    identity: str
    member: MemberId
    state: State
    human: str
    since: datetime
    wish: Wish
    error: str

    @property
    def party(self) -> Party:
        """Whose conversation it is."""
        return Party(self.member, self.channel, self.account, self.identity)


def heard(uow: UnitOfWork, party: Party) -> tuple[State, Wish, bool]:
    """Take note that a customer wrote; a conversation that had ended is the bot's again.

    Returns:
        Where it stands, what is wished for, and whether this began now.
    """
    [[state, wish, began]] = _put(uow, _HEARD, party, State.BOT)
    return State(str(state)), Wish(str(wish)), bool(began)


def ask(uow: UnitOfWork, party: Party) -> bool:
    """Keep the bot silent and wish for a human; False when one is asked for or there already."""
    return bool(_put(uow, _ASKED, party, State.ASKED, wish=Wish.HUMAN))


def told(uow: UnitOfWork, party: Party, held: Held, at: datetime) -> bool:
    """Take over what the platform has told; False for what is older than what we know."""
    if not _put(uow, _TOLD, party, _STATES[held.by], human=held.human, told_at=at):
        return False
    _announce(uow, party, held)
    return True


def _announce(uow: UnitOfWork, party: Party, held: Held) -> None:
    if held.by is Holder.HUMAN:
        who = (party.channel, party.account, party.identity)
        uow.publish(HumanCame(party.member, held.human, *who))
    elif held.by is Holder.NOBODY:
        uow.publish(HumanLeft(party.member, party.channel, party.identity))


def found(uow: UnitOfWork, party: Party, held: Held) -> None:
    """Take over what the platform has answered without being asked for it."""
    if talk := find(uow, party.channel, party.account, party.identity):
        settle(uow, talk, held, uow.clock.now(), wish=talk.wish)
    else:
        _put(uow, _TOLD, party, _STATES[held.by], human=held.human)


def _put(
    uow: UnitOfWork,
    statement: Statement,
    party: Party,
    state: State,
    *,
    human: str = "",
    wish: Wish = Wish.NONE,
    told_at: datetime | None = None,
) -> Sequence[Row]:
    return uow.run(
        statement,
        channel=party.channel,
        account=party.account,
        identity=party.identity,
        member=party.member,
        state=state,
        human=human,
        wish=wish,
        now=micros(uow.clock.now()),
        told_at=0 if told_at is None else micros(told_at),
    )


def known(uow: UnitOfWork, channel: ChannelName, account: str, identity: str) -> Party | None:
    """Return whose conversation it is; None for somebody unknown, or forgotten."""
    member = members.find(uow, channel, identity)
    return None if member is None else Party(member, channel, account, identity)


def settle(
    uow: UnitOfWork, talk: Talk, held: Held, asked_at: datetime, *, wish: Wish = Wish.NONE
) -> bool:
    """Write down who has a conversation now, unless something newer was told meanwhile."""
    now = micros(uow.clock.now())
    settled = uow.run(
        _SETTLE,
        id=talk.id,
        state=_STATES[held.by],
        human=held.human,
        wish=wish,
        now=now,
        asked_at=micros(asked_at),
    )
    if settled:
        _announce(uow, talk.party, held)
    return bool(settled)


def give(uow: UnitOfWork, talk: Talk, held: Held, asked_at: datetime) -> bool:
    """Write down to whom a conversation was given."""
    if not settle(uow, talk, held, asked_at):
        return False
    why = f"to {held.human}" if held.human else ""
    audit.record(uow, "bot", f"handoff.{held.by}", why, member=talk.member)
    return True


def fail(uow: UnitOfWork, talk: Talk, error: str) -> int:
    """Keep why a wish could not be fulfilled; return how often."""
    rows = uow.run(_FAILED, id=talk.id, error=error, now=micros(uow.clock.now()))
    return integer(rows[0][0]) if rows else 0


def wish_end(uow: UnitOfWork, number: int, who: str) -> bool:
    """Let an operator give a conversation back to the bot; False when it is the bot's."""
    rows = uow.run(_WISH_END, id=number, now=micros(uow.clock.now()))
    for (member,) in rows:
        audit.record(uow, who, "handoff.end_asked", "", member=MemberId(integer(member)))
    return bool(rows)


def find(uow: UnitOfWork, channel: ChannelName, account: str, identity: str) -> Talk | None:
    """Return a conversation; None for one that is not known."""
    rows = uow.run(_OF, channel=channel, account=account, who=identity)
    return _talk(rows[0]) if rows else None


def wished(uow: UnitOfWork, channel: ChannelName, *, most: int) -> list[Talk]:
    """Return conversations with which something is to be done, the longest waiting first."""
    return [_talk(row) for row in uow.run(_WISHED, channel=channel, most=most)]


def stale(uow: UnitOfWork, channel: ChannelName, *, after: timedelta, most: int) -> list[Talk]:
    """Return what is out of our hands, and of which nothing was heard for so long."""
    before = micros(uow.clock.now() - after)
    return [_talk(row) for row in uow.run(_STALE, channel=channel, before=before, most=most)]


def listed(uow: UnitOfWork, *, most: int) -> list[Talk]:
    """Return who waits, and who is with a human."""
    return [_talk(row) for row in uow.run(_LISTED, most=most)]


def take_overdue(uow: UnitOfWork, *, after: timedelta) -> list[Talk]:
    """Return who has been waiting for so long, since the last warning; they count as told of."""
    now = uow.clock.now()
    found = [_talk(row) for row in uow.run(_OVERDUE, before=micros(now - after))]
    for talk in found:
        uow.run(_WARNED, id=talk.id, now=micros(now))
    return found


def ahead(uow: UnitOfWork, talk: Talk) -> int:
    """Return how many wait for the same account, and longer."""
    return integer(
        uow.run(
            _AHEAD,
            channel=talk.channel,
            account=talk.account,
            since=micros(talk.since),
            id=talk.id,
        )[0][0]
    )


def count_waiting(uow: UnitOfWork) -> float:
    """Return how many wait for a human."""
    return integer(uow.run(_COUNT)[0][0])


def _talk(row: Row) -> Talk:
    return Talk(
        integer(row[0]),
        ChannelName(str(row[1])),
        str(row[2]),
        str(row[3]),
        MemberId(integer(row[4])),
        State(str(row[5])),
        str(row[6]),
        instant(row[7]),
        Wish(str(row[8])),
        str(row[9]),
    )
