"""The chat doors: a host's consent, and her taking it back."""

from bot.commons import members
from bot.features.invitations import hosting
from bot.kernel.messages import Reply
from bot.kernel.router import Answer, Router
from bot.kernel.words import number_said
from bot.kernel.work import Context

router = Router()


@router.command("同意主持", "同意主持活动", "我来主持", argument=True)
def agree(ctx: Context) -> Answer:
    """Take a host's consent to be named."""
    return _host(ctx, agrees=True)


@router.command("不同意主持", "不主持", "取消主持", argument=True)
def refuse(ctx: Context) -> Answer:
    """Take a host's refusal, or take back her consent."""
    return _host(ctx, agrees=False)


def _host(ctx: Context, *, agrees: bool) -> Answer:
    found = hosting.answer(ctx.uow, ctx.member, number_said(ctx.argument), agrees=agrees)
    name = members.display_name(ctx.uow, ctx.member)
    return Reply("invitations/host.txt.j2", {"salon": found, "agrees": agrees, "name": name})
