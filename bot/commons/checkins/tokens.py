"""Tokens (补签卡): days in a row earn them, a day that is made up takes one."""

from datetime import date

from bot.kernel.ids import MemberId
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import integer

_HELD = Statement(
    "SELECT COUNT(*) FROM makeup_tokens WHERE member_id = :member AND used_for IS NULL"
)
_USE = Statement(
    "UPDATE makeup_tokens SET used_for = :day WHERE id = (SELECT MIN(id) FROM makeup_tokens"
    " WHERE member_id = :member AND used_for IS NULL) AND used_for IS NULL RETURNING id"
)


def tokens_of(uow: UnitOfWork, member: MemberId) -> int:
    """Return how many tokens a member has."""
    return integer(uow.run(_HELD, member=member)[0][0])


def use_token(uow: UnitOfWork, member: MemberId, day: date) -> bool:
    """Take a token for a day; False when she has none."""
    return bool(uow.run(_USE, member=member, day=day.isoformat()))
