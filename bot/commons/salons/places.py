"""A member's place at a salon, or in the line for it: the row and its code."""

import secrets
from datetime import datetime

from bot.commons import members
from bot.commons.salons.kinds import Place
from bot.kernel.ids import MemberId
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import micros

_CODE_SIGNS = "ACDEFGHJKLMNPQRTUVWXY34679"
"""No two that look or sound alike."""
_CODE_CHARS = 4

_CODE_TAKEN = Statement("SELECT 1 FROM salon_signups WHERE salon_id = :salon AND code = :code")
# Who cancelled and comes back stands at the end of the line again; her code stays.
_PUT = Statement(
    "INSERT INTO salon_signups (salon_id, member_id, number, heads, state, at, in_at, changes,"
    " code, tier, tell, came_at, came_by, stars, said) VALUES (:salon, :member,"
    " (SELECT COALESCE(MAX(number), 0) + 1 FROM salon_signups WHERE salon_id = :salon), :heads,"
    " :state, :at, NULL, 0, :code, :tier, '', NULL, '', NULL, '')"
    " ON CONFLICT (salon_id, member_id) DO UPDATE SET number = excluded.number,"
    " heads = excluded.heads, state = excluded.state, at = excluded.at, in_at = NULL,"
    " tier = excluded.tier, tell = '', changes = salon_signups.changes + 1"
)


def put(
    uow: UnitOfWork, salon: int, member: MemberId, state: Place, *, heads: int, at: datetime
) -> None:
    """Give a member who has none a row at a salon, or the one that she gave up; it must be held.

    Args:
        uow: the unit of work.
        salon: its id.
        member: whose place it is.
        state: in the line, or at the door.
        heads: she and her guests.
        at: when she wrote, which is the order of the line.
    """
    uow.run(
        _PUT,
        salon=salon,
        member=member,
        heads=heads,
        state=state,
        at=micros(at),
        code=_new_code(uow, salon),
        tier=members.tier_of(uow, member),
    )


def _new_code(uow: UnitOfWork, salon: int) -> str:
    """Return a code that nobody else has at this salon."""
    while True:
        code = "".join(secrets.choice(_CODE_SIGNS) for _ in range(_CODE_CHARS))
        if not uow.run(_CODE_TAKEN, salon=salon, code=code):
            return code
