"""What is known of referrals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.features.referral.rules import State, Why
from bot.kernel.ids import MemberId
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import instant, integer

COLUMNS = (
    "SELECT id, friend_id, referrer_id, state, why, at, order_id, paid_at, due_at FROM referrals"
)
_OF_FRIEND = Statement(f"{COLUMNS} WHERE friend_id = :member")
_GET = Statement(f"{COLUMNS} WHERE id = :id")
_RECENT = Statement(f"{COLUMNS} ORDER BY id DESC LIMIT :most")
_REFERRER = Statement(
    "SELECT referrer_id FROM referrals WHERE friend_id = :member AND state <> 'refused'"
)
_COUNTS_OF = Statement(
    "SELECT state, COUNT(*) FROM referrals WHERE referrer_id = :member GROUP BY state"
)
_COUNTS = Statement("SELECT state, COUNT(*) FROM referrals GROUP BY state")
_REFUSALS = Statement(
    "SELECT friend_id, referrer_id, why, at FROM referral_refusals ORDER BY id DESC LIMIT :most"
)
_WHYS = Statement("SELECT why, COUNT(*) FROM referral_refusals GROUP BY why ORDER BY why")
_GRANTED = Statement(
    "SELECT COUNT(*) FROM referrals WHERE state = 'granted' AND referrer_id = :member"
)


@dataclass(frozen=True, slots=True)
class Referral:
    """A friend and who brought her."""

    id: int
    friend: MemberId | None
    """None when she was deleted."""
    referrer: MemberId | None
    state: State
    why: str
    at: datetime
    order: int | None
    paid_at: datetime | None
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Refused:
    """A code that was not taken."""

    friend: MemberId
    referrer: MemberId | None
    why: Why
    at: datetime


def of_friend(uow: UnitOfWork, member: MemberId) -> Referral | None:
    """Return by whom a member was brought."""
    rows = uow.run(_OF_FRIEND, member=member)
    return read(rows[0]) if rows else None


def get(uow: UnitOfWork, number: int) -> Referral | None:
    """Return one by its number."""
    rows = uow.run(_GET, id=number)
    return read(rows[0]) if rows else None


def referrer_of(uow: UnitOfWork, member: MemberId) -> MemberId | None:
    """Return who brought a member; None for nobody, or who is gone."""
    rows = uow.run(_REFERRER, member=member)
    return MemberId(integer(rows[0][0])) if rows and rows[0][0] is not None else None


def recent(uow: UnitOfWork, *, most: int) -> Sequence[Referral]:
    """Return the newest."""
    return [read(row) for row in uow.run(_RECENT, most=most)]


def refusals(uow: UnitOfWork, *, most: int) -> Sequence[Refused]:
    """Return the newest codes that were not taken."""
    return [
        Refused(MemberId(integer(friend)), _member(referrer), Why(str(why)), instant(at))
        for friend, referrer, why, at in uow.run(_REFUSALS, most=most)
    ]


def counts(uow: UnitOfWork, referrer: MemberId | None = None) -> Mapping[State, int]:
    """Return how many stand where, of one member or of all."""
    rows = uow.run(_COUNTS) if referrer is None else uow.run(_COUNTS_OF, member=referrer)
    found = {State(str(state)): integer(count) for state, count in rows}
    return {state: found.get(state, 0) for state in State}


def whys(uow: UnitOfWork) -> Mapping[Why, int]:
    """Return how many codes were not taken, by the reason."""
    return {Why(str(why)): integer(count) for why, count in uow.run(_WHYS)}


def granted(uow: UnitOfWork, referrer: MemberId) -> int:
    """Return how many friends of a member have ordered and kept it."""
    return integer(uow.run(_GRANTED, member=referrer)[0][0])


def read(row: Row) -> Referral:
    """Return a row of `COLUMNS`."""
    number, friend, referrer, state, why, at, order, paid_at, due_at = row
    return Referral(
        integer(number),
        _member(friend),
        _member(referrer),
        State(str(state)),
        str(why),
        instant(at),
        None if order is None else integer(order),
        None if paid_at is None else instant(paid_at),
        None if due_at is None else instant(due_at),
    )


def _member(value: object) -> MemberId | None:
    return None if value is None else MemberId(integer(value))
