"""Members who want no mass sends, and those who want them again."""

from bot.kernel.ids import MemberId
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import micros

_OUT = Statement(
    "INSERT INTO mass_opt_outs (member_id, at) VALUES (:member, :now)"
    " ON CONFLICT (member_id) DO NOTHING RETURNING 1"
)
_IN = Statement("DELETE FROM mass_opt_outs WHERE member_id = :member RETURNING 1")


def opt_out(uow: UnitOfWork, member: MemberId) -> bool:
    """Send her no mass sends from now on; False when she had said so before."""
    return bool(uow.run(_OUT, member=member, now=micros(uow.clock.now())))


def opt_in(uow: UnitOfWork, member: MemberId) -> bool:
    """Let her have them again; False when she had not said no."""
    return bool(uow.run(_IN, member=member))
