"""A member's way out: asked, confirmed, due. What is forgotten is each room's own affair."""

from collections.abc import Sequence
from datetime import datetime

from bot.kernel.ids import MemberId
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

_ASK = Statement("UPDATE members SET erase_asked_at = :at WHERE id = :member")
_CONFIRM = Statement(
    "UPDATE members SET erase_after = :after, erase_asked_at = NULL"
    " WHERE id = :member AND erase_asked_at >= :since AND erase_after IS NULL RETURNING id"
)
_CANCEL = Statement(
    "UPDATE members SET erase_after = NULL, erase_asked_at = NULL"
    " WHERE id = :member AND erase_after IS NOT NULL RETURNING id"
)
_DUE_AT = Statement("SELECT erase_after FROM members WHERE id = :member")
# Of two replicas that ask at once, the second waits for the first and then finds none.
TAKE_DUE = Statement(
    "UPDATE members SET erase_after = NULL WHERE erase_after <= :now AND id IN"
    " (SELECT id FROM members WHERE erase_after <= :now ORDER BY erase_after LIMIT :most)"
    " RETURNING id"
)
NEXT_DUE = Statement("SELECT MIN(erase_after) FROM members")


def ask_erasure(uow: UnitOfWork, member: MemberId, at: datetime) -> None:
    """Note that a member asked to be forgotten; nothing happens before she confirms."""
    uow.run(_ASK, member=member, at=micros(at))


def confirm_erasure(
    uow: UnitOfWork, member: MemberId, *, asked_since: datetime, after: datetime
) -> bool:
    """Let a member be erased after `after`; False when she did not ask since `asked_since`."""
    return bool(uow.run(_CONFIRM, member=member, since=micros(asked_since), after=micros(after)))


def cancel_erasure(uow: UnitOfWork, member: MemberId) -> bool:
    """Keep a member after all; False when she was not going to be erased."""
    return bool(uow.run(_CANCEL, member=member))


def erasure_due_at(uow: UnitOfWork, member: MemberId) -> datetime | None:
    """Return when a member will be erased; None when she stays."""
    rows = uow.run(_DUE_AT, member=member)
    return instant(rows[0][0]) if rows and rows[0][0] is not None else None


def take_due(uow: UnitOfWork, *, most: int) -> Sequence[MemberId]:
    """Return members whose time is over, and keep all others from erasing them too."""
    rows = uow.run(TAKE_DUE, now=micros(uow.clock.now()), most=most)
    return [MemberId(integer(row[0])) for row in rows]


def next_erasure(uow: UnitOfWork) -> datetime | None:
    """Return when the next member will be erased."""
    at = uow.run(NEXT_DUE)[0][0]
    return None if at is None else instant(at)
