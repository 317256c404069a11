"""The chat doors: 申请 lists and applies, 同意 agrees, 取消申请 and 退出 leave, 试用反馈 tells."""

from bot.commons.wording import tidy, typed_after
from bot.features.trials import reads, replies, service
from bot.features.trials.service import TrialRefused, Why
from bot.kernel.messages import Reply
from bot.kernel.router import Answer, Router
from bot.kernel.words import number_said
from bot.kernel.work import Context

router = Router()
_FEEDBACK = ("试用反馈", "试用感受", "体验反馈")


@router.command("申请", "申请试用", "试用", "我要试用", "shenqing", argument=True)
def apply(ctx: Context) -> Reply:
    """List what can be applied for, or apply."""
    number = number_said(ctx.argument)
    if number is None:
        listed = [_seen(ctx, each) for each in reads.open_trials(ctx.uow)]
        return Reply("trials/list.txt.j2", {"trials": listed, "url": replies.link(ctx)})
    return _apply(ctx, number, agreed=False)


@router.command("同意", "我同意", "同意申请", argument=True)
def agree(ctx: Context) -> Answer:
    """Agree to what was shown, and apply with it."""
    number = number_said(ctx.argument)
    shown = reads.reading(ctx.uow, ctx.member)
    if number is None and len(shown) == 1 and not ctx.argument:
        [number] = shown
    if number is None:
        return None if ctx.update.in_group else _nothing_shown()
    return _apply(ctx, number, agreed=True)


def _nothing_shown() -> Reply:
    raise TrialRefused(Why.NONE, number=0)


def _apply(ctx: Context, number: int, *, agreed: bool) -> Reply:
    wish = service.Wish(ctx.member, number, ctx.update.at, agreed)
    applied = service.apply(ctx.uow, ctx.tools, wish)
    data = _seen(ctx, applied.trial)
    data |= {"applied": applied, "in_group": ctx.update.in_group, "url": replies.link(ctx, number)}
    return Reply("trials/applied.txt.j2", data)


@router.command("取消申请", "取消试用", "退出", "退出体验官", argument=True)
def cancel(ctx: Context) -> Reply:
    """Cancel an application, or leave a cohort."""
    number = number_said(ctx.argument) or 0
    found = service.cancel(ctx.uow, ctx.tools, ctx.member, number)
    return Reply("trials/cancelled.txt.j2", {"trial": found})


@router.command("我的申请", "我的试用", "wodeshenqing")
def mine(ctx: Context) -> Reply:
    """Tell the sender where her applications stand; in a group only how many there are."""
    own = reads.of_member(ctx.uow, ctx.member)
    found = (reads.trial(ctx.uow, one.trial) for one in own)
    seen = [_seen(ctx, each) for each in found if each is not None]
    data = {"trials": seen, "in_group": ctx.update.in_group, "url": replies.link(ctx)}
    return Reply("trials/mine.txt.j2", data)


@router.command(*_FEEDBACK, argument=True)
def feedback(ctx: Context) -> Reply:
    """Keep what she says of a trial: its number, then the words, for the first question."""
    first, _, _ = ctx.argument.partition(" ")
    number = number_said(first)
    if number is None:
        raise TrialRefused(Why.NO_WORDS, number=0)
    words = tidy(typed_after(ctx.update.text, _FEEDBACK)[len(first) :])
    found = service.give_feedback(ctx.uow, ctx.member, number, (words,))
    data = {"trial": found, "url": replies.link(ctx, number), "more": len(found.feedback) > 1}
    return Reply("trials/thanks.txt.j2", data)


def _seen(ctx: Context, found: reads.TrialView) -> dict[str, object]:
    return replies.seen(ctx.uow, ctx.tools, found, ctx.member)
