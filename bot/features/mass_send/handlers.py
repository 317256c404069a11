"""The button on the card that an owner gets."""

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
