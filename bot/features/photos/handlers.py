"""The chat door of who was asked about a picture: 照片没错."""

from datetime import timedelta

from bot.commons import photos
from bot.kernel.events import PhotoSettled
from bot.kernel.messages import Reply
from bot.kernel.router import Router
from bot.kernel.work import Context

router = Router()
_CONFIRM_WITHIN = timedelta(days=1)


@router.command("照片没错", "照片没有错", "图片没错", "就是这张")
def photo_is_right(ctx: Context) -> Reply:
    """Let a picture count that she was asked about; operators see that she was."""
    shot = photos.confirm(ctx.uow, ctx.member, ctx.update.at - _CONFIRM_WITHIN)
    if shot is not None:
        ctx.uow.publish(PhotoSettled(shot.member, shot.day))
    return Reply("photos/right.txt.j2", {"shot": shot})
