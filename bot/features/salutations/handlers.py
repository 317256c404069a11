"""The chat doors, in 1:1 chats only: 叫我 …, 确认称呼, 不用称呼, 我的称呼."""

from collections.abc import Callable
from functools import wraps

from bot.commons import salutations
from bot.commons.content import Shelf
from bot.commons.salutations.rules import said_in
from bot.commons.vetting import WordsTable
from bot.kernel.messages import Reply
from bot.kernel.router import Router
from bot.kernel.work import Context

router = Router()


def _in_private(handler: Callable[[Context], Reply]) -> Callable[[Context], Reply]:
    """Let a handler answer in 1:1 chats only: others need not know what she is called."""

    @wraps(handler)
    def guarded(ctx: Context) -> Reply:
        return Reply("salutations/in_private.txt.j2") if ctx.update.in_group else handler(ctx)

    return guarded


@router.command(
    "叫我", "称呼我", "以后叫我", "请叫我", "我的称呼", "称呼", "chenghu", argument=True
)
@_in_private
def call_me(ctx: Context) -> Reply:
    """Ask whether she really wants to be called that; without words show what she is called."""
    return _ask(ctx, ctx.argument) if ctx.argument else _show(ctx)


@router.command("确认称呼", "确定称呼", "可以这样叫")
@_in_private
def agree(ctx: Context) -> Reply:
    """Call her what she has asked for."""
    words = salutations.agree(ctx.uow, ctx.member)
    return Reply("salutations/agreed.txt.j2", {"words": words}) if words else _show(ctx)


@router.command(
    *("不用称呼", "取消称呼", "删除称呼", "别这样叫我", "不要这样叫我"),
    always=True,  # taking back is her right, whoever has the conversation
)
@_in_private
def drop(ctx: Context) -> Reply:
    """Call her nothing any more."""
    dropped = salutations.drop(ctx.uow, ctx.member)
    return Reply("salutations/dropped.txt.j2", {"dropped": dropped})


@router.otherwise
def hear(ctx: Context) -> Reply | None:
    """Understand 以后叫我小满妈妈吧, in a 1:1 chat."""
    if ctx.update.in_group:
        return None
    words = said_in(ctx.update.text)
    return _ask(ctx, words) if words else None


def _ask(ctx: Context, written: str) -> Reply:
    shelf = ctx.tools.use(Shelf).at_hand(ctx.uow.clock.now())
    listed = shelf.library.table(WordsTable) or WordsTable()
    words = salutations.propose(ctx.uow, ctx.member, written, listed)
    return Reply("salutations/asked.txt.j2", {"words": words})


def _show(ctx: Context) -> Reply:
    found = salutations.of_member(ctx.uow, ctx.member)
    return Reply("salutations/shown.txt.j2", {"words": found.words, "asked": found.asked})
