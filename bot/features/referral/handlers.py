"""The chat doors: 邀请 shows a member's code, 邀请码 with one behind it names a friend's."""

from bot.features.referral import replies
from bot.features.referral.mine import LINK_VALID_S, PAGE
from bot.kernel.messages import Reply
from bot.kernel.ports import Links
from bot.kernel.router import Router
from bot.kernel.work import Context

router = Router()


@router.command(
    *("邀请", "邀请好友", "我的邀请码", "我的邀请", "推荐好友", "我要邀请", "yaoqing"),
    *("我的邀請碼",),
)
def mine(ctx: Context) -> Reply:
    """Show the sender's code, what a friend's order brings, and how far hers are."""
    return _mine(ctx)


def _mine(ctx: Context) -> Reply:
    if ctx.update.in_group:
        return Reply("referral/in_group.txt.j2", {})
    url = ctx.tools.use(Links).to(PAGE, ctx.member, valid_s=LINK_VALID_S)
    replies.code_for(ctx.uow, ctx.tools, ctx.member)
    words = replies.standing(ctx.uow, ctx.tools, ctx.member)
    return Reply("referral/mine.txt.j2", {**words, "url": url})


@router.command("邀请码", "邀請碼", "邀请碼", "填邀请码", "用邀请码", argument=True)
def name_code(ctx: Context) -> Reply:
    """Note who brought the sender; without a code, show her own."""
    if not ctx.argument:
        return _mine(ctx)
    update = ctx.update
    return replies.bind(
        ctx.uow, ctx.tools, ctx.member, ctx.argument, update.at, in_group=update.in_group
    )
