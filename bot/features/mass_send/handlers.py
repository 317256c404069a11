"""The button on the card that an owner gets; members who want no mass sends."""

from bot.commons import audit
from bot.features.mass_send import opting
from bot.features.mass_send.nudging import SEEN
from bot.kernel.messages import CardUpdate, Reply
from bot.kernel.ports import Words
from bot.kernel.router import Router
from bot.kernel.work import Context

router = Router()


@router.tap(SEEN)
def seen(ctx: Context) -> Reply:
    """Grey the button: she knows. What counts is her confirmation on the platform."""
    tap = ctx.update.tap
    if tap is None or not tap.handle:
        return Reply("mass_send/seen.txt.j2")
    words = ctx.tools.use(Words)("mass_send/seen.txt.j2")
    return Reply(part=CardUpdate(tap.handle, words))


@router.command("退订群发", "不要群发", "不收群发", "不想收群发", "拒收群发")
def opt_out(ctx: Context) -> Reply:
    """Send her no mass sends from now on."""
    if opting.opt_out(ctx.uow, ctx.member):
        audit.record(ctx.uow, "member", "mass_send.opted_out", "", member=ctx.member)
    return Reply("mass_send/opted_out.txt.j2")


@router.command("恢复群发", "订阅群发", "接收群发")
def opt_in(ctx: Context) -> Reply:
    """Let her have them again."""
    if opting.opt_in(ctx.uow, ctx.member):
        audit.record(ctx.uow, "member", "mass_send.opted_in", "", member=ctx.member)
    return Reply("mass_send/opted_in.txt.j2")
