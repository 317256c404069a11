"""The chat doors: 建议 proposes and lists, 支持 supports, 我的建议 tells what became of hers."""

from bot.commons.wording import typed_after
from bot.features.ideas import reads, replies, service
from bot.features.ideas.rules import IdeaSettings
from bot.kernel.messages import Reply
from bot.kernel.router import Answer, Router
from bot.kernel.words import number_said
from bot.kernel.work import Context

router = Router()
_PROPOSE = ("建议", "提建议", "我有个想法", "我有个建议", "提个建议", "jianyi")
_MOST = 8


@router.command(*_PROPOSE, argument=True)
def propose(ctx: Context) -> Reply:
    """Take an idea; without words list what can be supported, with a number show that one."""
    if (number := number_said(ctx.argument)) is not None:
        return _one(ctx, number)
    words = typed_after(ctx.update.text, _PROPOSE)
    if not words:
        return _list(ctx)
    proposed = service.propose(ctx.uow, ctx.member, words, ctx.tools.use(IdeaSettings))
    data = replies.seen(ctx.uow, ctx.tools, proposed.idea, ctx.member)
    data |= {"proposed": proposed, "in_group": ctx.update.in_group}
    return Reply("ideas/proposed.txt.j2", data)


def _one(ctx: Context, number: int) -> Reply:
    found = reads.idea(ctx.uow, number)
    if found is None or not (found.member == ctx.member or found.is_public):
        raise service.IdeaRefused(service.Why.NOT_THERE, number=number)
    seen = replies.seen(ctx.uow, ctx.tools, found, ctx.member)
    return Reply("ideas/one.txt.j2", seen | {"in_group": ctx.update.in_group})


def _list(ctx: Context) -> Reply:
    shown = reads.shown(ctx.uow, most=_MOST)
    return Reply("ideas/list.txt.j2", {"ideas": shown, "url": replies.link(ctx)})


@router.command("支持", "我支持", "赞成", "zhichi", argument=True)
def support(ctx: Context) -> Answer:
    """Be for an idea."""
    number = number_said(ctx.argument)
    if number is None:
        return None if ctx.update.in_group else _list(ctx)  # people say so among themselves
    supported = service.support(ctx.uow, ctx.tools, ctx.member, number, ctx.update.at)
    return Reply("ideas/supported.txt.j2", {"supported": supported, "settings": _settings(ctx)})


@router.command("取消支持", "不支持了", argument=True)
def unsupport(ctx: Context) -> Reply:
    """Be no longer for an idea."""
    supported = service.unsupport(ctx.uow, ctx.member, number_said(ctx.argument) or 0)
    return Reply("ideas/unsupported.txt.j2", {"supported": supported})


@router.command("我的建议", "建议进度", "wodejianyi")
def mine(ctx: Context) -> Reply:
    """Tell the sender what became of her ideas; in a group only how many there are."""
    own = reads.of_member(ctx.uow, ctx.member, most=_MOST)
    seen = [replies.seen(ctx.uow, ctx.tools, each, ctx.member) for each in own]
    data = {"ideas": seen, "url": replies.link(ctx), "in_group": ctx.update.in_group}
    return Reply("ideas/mine.txt.j2", data)


@router.command("撤回建议", "取消建议", argument=True)
def withdraw(ctx: Context) -> Reply:
    """Take back the sender's own idea."""
    number = number_said(ctx.argument) or 0
    service.withdraw(ctx.uow, ctx.member, number)
    return Reply("ideas/withdrawn.txt.j2", {"number": number})


def _settings(ctx: Context) -> IdeaSettings:
    return ctx.tools.use(IdeaSettings)
