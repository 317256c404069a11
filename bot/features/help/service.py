"""Use cases of the helpful room: what was told already, and who waits for a human."""

from datetime import timedelta

from bot.kernel.ids import MemberId
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import micros

_TELL = Statement(
    "INSERT INTO help_told (member_id, what, at) VALUES (:member, :what, :now)"
    " ON CONFLICT (member_id, what) DO UPDATE SET at = excluded.at"
    " WHERE help_told.at <= :before RETURNING 1"
)


def may_tell(uow: UnitOfWork, member: MemberId, what: str, *, again_after: timedelta) -> bool:
    """Return True, and remember it, unless she was told this within `again_after`."""
    now = uow.clock.now()
    before = micros(now - again_after)
    return bool(uow.run(_TELL, member=member, what=what, now=micros(now), before=before))
