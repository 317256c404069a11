"""The chat doors: 提问 asks, 问答 reads what is published, 我的提问 tells of her own."""

from bot.commons.wording import tidy, typed_after
from bot.features.questions import reads, replies, service
from bot.features.questions.rules import QuestionSettings
from bot.kernel.messages import Reply
from bot.kernel.router import Router
from bot.kernel.words import number_said
from bot.kernel.work import Context

router = Router()
_ASK = ("提问", "我要提问", "问专家", "请教", "tiwen")
_CHANGE = ("改提问", "修改提问", "改问题")
_MOST, _SEARCHED = 5, 0.5


@router.command(*_ASK, argument=True)
def ask(ctx: Context) -> Reply:
    """Ask experts."""
    words = typed_after(ctx.update.text, _ASK)
    if not words:
        return Reply("questions/how.txt.j2", {"url": replies.link(ctx)})
    return _asked(ctx, service.ask(ctx.uow, ctx.tools, ctx.member, words))


@router.command("仍要提问", "还是要问", "仍然提问", "继续提问")
def ask_all_the_same(ctx: Context) -> Reply:
    """Ask although similar questions are answered."""
    return _asked(ctx, service.ask_all_the_same(ctx.uow, ctx.tools, ctx.member))


def _asked(ctx: Context, asked: service.Asked) -> Reply:
    data = {
        "asked": asked,
        "similar": [replies.public(ctx.uow, each) for each in asked.similar],
        "in_group": ctx.update.in_group,
        "hours": ctx.tools.use(QuestionSettings).remind_after_h,
    }
    return Reply("questions/asked.txt.j2", data)


@router.command("问答", "专家问答", "看问答", "wenda", argument=True)
def read(ctx: Context) -> Reply:
    """Show what is published: the latest, one by its number, or what is like some words."""
    number = number_said(ctx.argument)
    if number is not None:
        found = reads.question(ctx.uow, number)
        if found is None or found.published_at is None:
            raise service.QuestionRefused(service.Why.NOT_THERE, number=number)
        return Reply("questions/one.txt.j2", dict(replies.public(ctx.uow, found)))
    if ctx.argument:
        listed = reads.similar(ctx.uow, ctx.argument, _SEARCHED, most=_MOST)
    else:
        listed = reads.published(ctx.uow, most=_MOST)
    shown = [replies.public(ctx.uow, each) for each in listed]
    data = {"questions": shown, "is_search": bool(ctx.argument), "url": replies.link(ctx)}
    return Reply("questions/list.txt.j2", data)


@router.command("我的提问", "我的问题", "wodetiwen")
def mine(ctx: Context) -> Reply:
    """Tell the sender of her own questions; in a group only how many there are."""
    own = reads.of_member(ctx.uow, ctx.member, most=_MOST)
    data = {"questions": own, "in_group": ctx.update.in_group, "url": replies.link(ctx)}
    return Reply("questions/mine.txt.j2", data)


@router.command(*_CHANGE, argument=True)
def change(ctx: Context) -> Reply:
    """Change the sender's own question: its number, then the new words."""
    first, _, _ = ctx.argument.partition(" ")
    number = number_said(first)
    typed = typed_after(ctx.update.text, _CHANGE)
    words = tidy(typed[len(first) :])
    if number is None or not words:
        return Reply("questions/said.txt.j2", {"what": "how_to_change", "number": 0})
    service.change(ctx.uow, ctx.member, number, words)
    return Reply("questions/said.txt.j2", {"what": "changed", "number": number})


@router.command("撤回提问", "取消提问", argument=True)
def withdraw(ctx: Context) -> Reply:
    """Take the sender's own question back."""
    number = number_said(ctx.argument) or 0
    service.withdraw(ctx.uow, ctx.member, number)
    return Reply("questions/said.txt.j2", {"what": "withdrawn", "number": number})


@router.command("署名", argument=True)
def show_name(ctx: Context) -> Reply:
    """Let the sender's name stand beside her question."""
    return _name(ctx, shown=True)


@router.command("匿名", argument=True)
def hide_name(ctx: Context) -> Reply:
    """Let it be hidden again, also where it is published already."""
    return _name(ctx, shown=False)


def _name(ctx: Context, *, shown: bool) -> Reply:
    number = number_said(ctx.argument) or 0
    service.show_name(ctx.uow, ctx.member, number, shown=shown)
    what = "named" if shown else "unnamed"
    return Reply("questions/said.txt.j2", {"what": what, "number": number})
