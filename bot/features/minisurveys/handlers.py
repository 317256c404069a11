"""The chat doors: what follows our question is its answer; 回答 names itself, 跳过 passes it by."""

from collections.abc import Sequence

from bot.features.minisurveys import service
from bot.kernel.messages import Reply, UpdateKind
from bot.kernel.router import Overheard, Router
from bot.kernel.work import Context

router = Router()


@router.overhear
def heard(ctx: Context, heard: Overheard) -> Sequence[Reply] | None:
    """Keep what answers our question; it is judged all the same, as whatever she writes.

    `回答 …` is no command: an answer may be a complaint, and is to be judged as one.
    """
    is_said = ctx.update.kind in {UpdateKind.TEXT, UpdateKind.VOICE}
    if is_said and not ctx.update.in_group and not heard.held and not heard.in_command:
        service.hear(ctx)
    return None


@router.otherwise
def answered(ctx: Context) -> Sequence[Reply] | None:
    """Ask the next question, or thank her; None for what is no answer."""
    return None if ctx.update.in_group else service.reply(ctx)


@router.command("回答", "小问卷", "回答小问卷")
def what(ctx: Context) -> Reply | None:
    """Say what waits for an answer, and how to give it."""
    return None if ctx.update.in_group else service.how(ctx)
