"""The chat doors of scenes: somebody follows by a code, or scans one."""

from bot.features.scenes import service
from bot.kernel.messages import Reply
from bot.kernel.router import Router
from bot.kernel.work import Context

router = Router()
_SCENE_CHARS = 64


@router.event("subscribe")
@router.event("SCAN")
def arrive(ctx: Context) -> Reply | None:
    """Note by which scene she came, and say what belongs to it; else the next room may greet."""
    scene = ctx.update.extra.get("scene", "")[:_SCENE_CHARS]
    if not scene:
        return None
    greeting = service.arrive(
        ctx.uow,
        ctx.member,
        ctx.update.channel,
        scene,
        ctx.update.at,
        followed=ctx.update.event == "subscribe",
    )
    return Reply("scenes/greeting.txt.j2", {"greeting": greeting}) if greeting else None
