"""The chat doors: 推荐 begins the guide, 有货吗 asks for stock; sentences are understood, too."""

from collections.abc import Sequence
from dataclasses import replace

from bot.commons import answers
from bot.features.guide import choosing, stock
from bot.features.guide.choosing import HUMAN, SKIP, Talk, talk_of
from bot.features.guide.rules import (
    MORE,
    NEW_BUDGET,
    NEW_STYLE,
    NONE_FIT,
    QUIT,
    Wish,
    asks_stock,
    budget_in,
    is_of_something_else,
    may_want_guide,
    named_in,
    wants_guide,
    wish_in,
)
from bot.features.guide.rules import SKIP as SKIPS
from bot.features.guide.shop import shop_of
from bot.kernel.messages import Reply
from bot.kernel.ports import Words
from bot.kernel.router import Router
from bot.kernel.words import closed, number_said
from bot.kernel.work import Context

router = Router()
Said = Sequence[Reply] | None


@router.command(
    *("导购", "推荐", "推荐一下", "帮我推荐", "帮我挑", "帮我选", "穿搭推荐", "搭配推荐", "选衣服"),
    "daogou",
    argument=True,
)
def guide(ctx: Context) -> Said:
    """Ask what is not known, and show what fits; only where nobody reads along."""
    return None if ctx.update.in_group else choosing.start(ctx, _wish(ctx, ctx.argument))


@router.command(
    *("有货吗", "还有货吗", "有没有货", "查库存", "库存", "什么时候补货", "补货时间", "有现货吗"),
    argument=True,
)
def in_stock(ctx: Context) -> Said:
    """Tell what the product file says; only where nobody reads along."""
    if ctx.update.in_group:
        return None
    return stock.ask(ctx, ctx.argument, talk_of(ctx), plainly=True)


@router.tap("guide")
def tapped(ctx: Context) -> Said:
    """Take a button of a question: the number of a choice, skip, or a human."""
    talk = talk_of(ctx)
    if ctx.argument == HUMAN:
        return _to_human(ctx, "asked")
    if ctx.argument == SKIP and talk and talk.step in {"category", "style", "budget"}:
        return choosing.skip(ctx, talk)
    return _taken(ctx, talk, ctx.argument) if talk else [Reply("guide/over.txt.j2")]


@router.otherwise
def step(ctx: Context) -> Said:
    """Go on where she stands, or find out that she wants the guide; None for all else."""
    if ctx.update.in_group or not ctx.argument:
        return None
    talk, said = talk_of(ctx), ctx.argument
    if talk and (taken := _taken(ctx, talk, said)) is not None:
        return taken
    if asks_stock(said) and (told := stock.ask(ctx, said, talk, plainly=False)) is not None:
        return told
    if not may_want_guide(said):
        return None  # most words: the products need not be read for them
    if (told := stock.of_named(ctx, named_in(said))) is not None:
        return told
    wish = _wish(ctx, said)
    return choosing.start(ctx, wish) if wants_guide(said, wish) else None


def _wish(ctx: Context, said: str) -> Wish:
    told = [good.product for good in shop_of(ctx.uow, ctx.tools).goods] if said else ()
    categories, styles = {one.category for one in told}, {one.style for one in told}
    names = [(one.name, one.category) for one in told if one.category]
    return wish_in(said, categories - {""}, sorted(styles), names)


def _taken(ctx: Context, talk: Talk, said: str) -> Said:
    """Take what belongs to the dialogue; None for what does not."""
    word = closed(said)
    if word in QUIT:
        answers.end(ctx.uow, ctx.member)
        return [Reply("guide/over.txt.j2")]
    number = number_said(said)
    chosen = talk.options[number - 1] if number and number <= len(talk.options) else ""
    if talk.step == "which":
        if chosen:
            return stock.tell(ctx, chosen, talk.size)
        return stock.ask(ctx, f"{said} {talk.size}", None, plainly=not talk.options)
    return (
        _after(ctx, talk, word, chosen) if talk.step == "shown" else _step(ctx, talk, word, chosen)
    )


def _step(ctx: Context, talk: Talk, word: str, chosen: str) -> Said:
    """Take the answer to what was asked."""
    if word in SKIPS:
        return choosing.skip(ctx, talk)
    if talk.step == "budget":
        limit = None if is_of_something_else(word) else budget_in(word, alone=not chosen)
        return choosing.choose(ctx, talk, chosen or str(limit)) if chosen or limit else None
    named = wish_in(word, talk.options, talk.options).category
    return choosing.choose(ctx, talk, chosen or named) if chosen or named else None


def _after(ctx: Context, talk: Talk, word: str, chosen: str) -> Said:
    """Take what is said about things that were shown."""
    if chosen:
        return stock.tell(ctx, chosen, "")
    if word in NONE_FIT | MORE:
        return _to_human(ctx, "none_fit") if word in NONE_FIT else choosing.go_on(ctx, talk)
    if word in {*NEW_STYLE, *NEW_BUDGET}:
        again = "style" if word in NEW_STYLE else "budget"
        return choosing.go_on(ctx, replace(talk, again=again, seen=(), skipped=()))
    limit = None if is_of_something_else(word) else budget_in(word)
    if limit is not None and not asks_stock(word) and not may_want_guide(word):
        return choosing.go_on(ctx, replace(talk, budget_yuan=limit, seen=()))
    return None


def _to_human(ctx: Context, what: str) -> Sequence[Reply]:
    words = ctx.tools.use(Words)
    reason = words("guide/reason.txt.j2", what=what, said=ctx.update.text)
    return answers.hand_over(ctx, reason)
