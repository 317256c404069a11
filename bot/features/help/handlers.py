"""The chat doors for whoever does not know how to go on: 帮助, and all the rest.

This room stands last: what it says to unknown words is what nobody else wanted to answer.
"""

from collections.abc import Sequence
from datetime import timedelta

from bot.commons import cases, reception
from bot.features.help import service
from bot.features.help.rules import HelpSettings
from bot.kernel.community import Community
from bot.kernel.feature import Rooms
from bot.kernel.messages import Reply, UpdateKind
from bot.kernel.ports import Words
from bot.kernel.router import Router
from bot.kernel.work import Context

router = Router()

_ONCE = timedelta(days=36_500)
_WORDLESS_PAUSE = timedelta(hours=1)
_FOR_EYES = frozenset({UpdateKind.IMAGE, UpdateKind.VIDEO, UpdateKind.VOICE, UpdateKind.FILE})


@router.command(
    *("帮助", "菜单", "help", "menu", "功能", "指令", "命令", "使用说明", "怎么用", "怎么玩"),
    *("你会什么", "你能做什么", "有什么功能", "帮忙", "帮帮我", "bangzhu", "h"),
)
def show_help(ctx: Context) -> Reply:
    """List what the rooms of this house can do, in their own words."""
    return _help(ctx)


@router.otherwise
def did_not_understand(ctx: Context) -> Reply | None:
    """Offer a way on in a 1:1 chat; in a group people talk to each other.

    A question mark asks for help; an emoji or other sign alone asks for nothing.
    """
    if ctx.update.in_group:
        return None
    if not ctx.argument:
        return _help(ctx) if set(ctx.update.text.strip()) & {*"?？"} else None
    return Reply("help/unknown.txt.j2")


@router.without_words
def can_not_see(ctx: Context) -> Sequence[Reply] | None:
    """Show an advisor what we do not understand; say so once for a whole pile."""
    if ctx.update.in_group:
        return None
    if ctx.update.kind in _FOR_EYES:
        return reception.hand_over(ctx.uow, ctx.tools, _picture(ctx)) or None
    if not service.may_tell(ctx.uow, ctx.member, "wordless", again_after=_WORDLESS_PAUSE):
        return None
    return [Reply("help/wordless.txt.j2", {"kind": ctx.update.kind.value})]


def _picture(ctx: Context) -> cases.Concern:
    update = ctx.update
    return cases.Concern(
        ctx.member,
        cases.Kind.PICTURE,
        0,
        [ctx.tools.use(Words)("help/picture.txt.j2", kind=update.kind.value)],
        update.at,
        update.channel,
        update.via,
        update.sender or "",
        update.key,
        media=update.media[0].ref if update.media else "",
        said_as=update.kind.value,
        label="picture",
    )


@router.event("subscribe")
@router.event("enter_agent")
@router.event("enter_chat")
@router.event("enter_session")
def welcome(ctx: Context) -> Reply | None:
    """Greet a member who opens the chat for the first time.

    Where a platform gives a ticket for that, only with it may she be written to. A scene with
    words of its own greets once by itself.
    """
    if ctx.update.event == "enter_session" and ctx.update.ticket is None:
        return None
    scene = ctx.update.extra.get("scene", "")
    greeting = ctx.tools.use(HelpSettings).welcomes.get(scene, "")
    what = f"welcome:{scene}" if greeting else "welcome"
    if not service.may_tell(ctx.uow, ctx.member, what, again_after=_ONCE):
        return None
    words = {"name": ctx.tools.use(Community).name, "greeting": greeting}
    return Reply("help/welcome.txt.j2", _menu(ctx) | words)


def _help(ctx: Context) -> Reply:
    return Reply("help/help.txt.j2", _menu(ctx))


def _menu(ctx: Context) -> dict[str, object]:
    return {"menus": [f"{room.name}/menu.txt.j2" for room in ctx.tools.use(Rooms)]}
