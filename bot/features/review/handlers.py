"""The chat door: whose chats may be drawn for reading."""

from bot.commons.verdicts import sampling
from bot.kernel.messages import Reply
from bot.kernel.router import Router
from bot.kernel.work import Context

router = Router()


@router.command("不参加抽查", "不要抽查", "拒绝抽查", "别抽查我", always=True)
def refuse(ctx: Context) -> Reply:
    """Draw the sender's chats no more."""
    is_new = sampling.refuse(ctx.uow, ctx.member)
    return Reply("review/sampling.txt.j2", {"is_in": False, "is_new": is_new})


@router.command("参加抽查", "可以抽查", always=True)
def allow(ctx: Context) -> Reply:
    """Let the sender's chats be drawn again."""
    is_new = sampling.allow(ctx.uow, ctx.member)
    return Reply("review/sampling.txt.j2", {"is_in": True, "is_new": is_new})
