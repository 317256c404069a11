"""The chat door for operators who want to name a group in the configuration."""

from bot.kernel.messages import Reply
from bot.kernel.router import Router
from bot.kernel.work import Context

router = Router()


@router.command("群编号", "群号", "chat_id", "chatid")
def tell(ctx: Context) -> Reply:
    """Say what the platform calls this group."""
    update = ctx.update
    return Reply("chatid/told.txt.j2", {"channel": update.channel, "chat": update.group or ""})
