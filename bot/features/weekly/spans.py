"""From when to when humans had whom: what the bot has said meanwhile is counted by it."""

from bot.kernel.ids import MemberId
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import micros

_BEGIN = Statement(
    "INSERT INTO human_spans (member_id, since) SELECT :member, :now WHERE NOT EXISTS"
    " (SELECT 1 FROM human_spans WHERE member_id = :member AND until_at IS NULL)"
)
_END = Statement(
    "UPDATE human_spans SET until_at = :now WHERE member_id = :member AND until_at IS NULL"
)


def begin(uow: UnitOfWork, member: MemberId) -> None:
    """Note that humans have a member's conversation from now on."""
    uow.run(_BEGIN, member=member, now=micros(uow.clock.now()))


def end(uow: UnitOfWork, member: MemberId) -> None:
    """Note that it is the bot's again."""
    uow.run(_END, member=member, now=micros(uow.clock.now()))
