"""Gives a member to a human when a room has nothing more to say."""

from collections.abc import Sequence

from bot.commons import cases, reception
from bot.commons.answers.dialogues import end
from bot.kernel.messages import Reply
from bot.kernel.work import Context


def hand_over(ctx: Context, reason: str) -> Sequence[Reply]:
    """Ask an advisor for her; return what she is told.

    Args:
        ctx: of what she wrote last.
        reason: in words for the advisor.
    """
    end(ctx.uow, ctx.member)
    update = ctx.update
    concern = cases.Concern(
        ctx.member,
        cases.Kind.HUMAN,
        1,
        [reason],
        update.at,
        update.channel,
        update.via,
        update.sender or "",
        update.key,
        words=update.text,
    )
    return reception.hand_over(ctx.uow, ctx.tools, concern)
