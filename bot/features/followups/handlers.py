"""The chat doors: 不接受电话营销, said as a command or in a sentence, and its undo."""

from collections.abc import Sequence

from bot.commons import outreach
from bot.commons.outreach import Hushed
from bot.features.followups.rules import refuses_calls
from bot.kernel.messages import Reply, UpdateKind
from bot.kernel.router import Overheard, Router
from bot.kernel.work import Context

router = Router()


@router.command(
    *(
        "不接受电话营销",
        "不接受电话",
        "不接受电话推销",
        "不接受营销电话",
        "拒绝电话营销",
        "拒绝电话",
    ),
    *("别给我打电话", "别打电话", "不要给我打电话", "不要打电话", "不要打电话给我", "别打电话给我"),
    *("不要电话营销", "不要电话回访", "请勿来电", "请勿致电", "别打我电话"),
    always=True,
)
def no_calls(ctx: Context) -> Reply:
    """Let nobody call the sender any more."""
    is_new = outreach.hush(ctx.uow, ctx.member, Hushed.CALLS)
    return Reply("followups/calls.txt.j2", {"refused": True, "is_new": is_new})


@router.command(
    "可以打电话", "可以打电话给我", "可以给我打电话", "接受电话", "恢复电话", always=True
)
def calls_again(ctx: Context) -> Reply:
    """Let the sender be called again."""
    is_new = outreach.unhush(ctx.uow, ctx.member, Hushed.CALLS)
    return Reply("followups/calls.txt.j2", {"refused": False, "is_new": is_new})


@router.overhear
def heard(ctx: Context, _heard: Overheard) -> Sequence[Reply] | None:
    """Keep it at once when she says it in a sentence, whoever answers her."""
    if _says_no(ctx):
        outreach.hush(ctx.uow, ctx.member, Hushed.CALLS)
    return None


@router.otherwise
def understood(ctx: Context) -> Reply | None:
    """Say that it is kept, where nobody else answers what she said."""
    if ctx.update.in_group or not _says_no(ctx):
        return None
    return Reply("followups/calls.txt.j2", {"refused": True, "is_new": True})


def _says_no(ctx: Context) -> bool:
    spoken = ctx.update.kind in {UpdateKind.TEXT, UpdateKind.VOICE}
    return spoken and refuses_calls(ctx.update.text)
