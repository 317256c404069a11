"""The chat doors for whoever does not know how to go on: 帮助, 转人工, and all the rest.

This room stands last: what it says to unknown words is what nobody else wanted to answer.
"""

from datetime import timedelta

from bot.commons.notices import Notices
from bot.features.help import service
from bot.features.help.rules import HelpSettings
from bot.kernel.capability import Doors
from bot.kernel.community import Community
from bot.kernel.events import HumanWanted
from bot.kernel.feature import Rooms
from bot.kernel.messages import Reply
from bot.kernel.ports import Words
from bot.kernel.router import Router
from bot.kernel.work import Context

router = Router()

_ONCE = timedelta(days=36_500)
_WORDLESS_PAUSE = timedelta(hours=1)


@router.command(
    *("帮助", "菜单", "help", "menu", "功能", "指令", "命令", "使用说明", "怎么用", "怎么玩"),
    *("你会什么", "你能做什么", "有什么功能", "帮忙", "帮帮我", "bangzhu", "h"),
)
def show_help(ctx: Context) -> Reply:
    """List what the rooms of this house can do, in their own words."""
    return _help(ctx)


# The pinyin and the slips are what people type in a hurry, which is when they want a human.
@router.command(
    *("转人工", "人工", "人工客服", "人工服务", "转人工客服", "转人工服务", "转客服", "转接人工"),
    *("找人工", "找客服", "找人工客服", "找真人", "找顾问", "真人", "真人客服", "真人服务", "客服"),
    *("我要人工", "我要转人工", "我要找人工", "我要找客服", "我要客服", "我要真人", "要人工"),
    *("联系客服", "联系人工", "呼叫人工", "接人工", "叫人工", "请转人工", "有人吗", "有人在吗"),
    *("专人工", "转人公", "转人工啊", "转人工!", "人工人工", "人工呢", "客服呢", "客服在吗"),
    *("zhuanrengong", "zhuan ren gong", "rengong", "ren gong", "zrg", "kefu", "human", "agent"),
    always=True,
)
def call_human(ctx: Context) -> Reply:
    """Put the sender on the operators' list and say honestly what happens now."""
    service.ask_for_human(ctx.uow, ctx.member, ctx.update.at)
    hour = ctx.update.at.strftime("%Y-%m-%dT%H")
    hands_over = not ctx.update.in_group and ctx.tools.use(Doors).of(ctx.update.channel).hands_over
    text = ctx.tools.use(Words)(
        "help/notice.txt.j2",
        member=ctx.member,
        channel=ctx.update.channel,
        hands_over=hands_over,
    )
    ctx.tools.use(Notices).tell(ctx.uow, key=f"help.human:{ctx.member}:{hour}", text=text)
    if not ctx.update.in_group and ctx.update.sender:
        who = (ctx.update.channel, ctx.update.via, ctx.update.sender)
        ctx.uow.publish(HumanWanted(ctx.member, *who))
    words = {
        "contact": ctx.tools.use(Community).contact,
        "in_group": ctx.update.in_group,
        "hands_over": hands_over,
    }
    return Reply("help/human.txt.j2", words)


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
def can_not_see(ctx: Context) -> Reply | None:
    """Say kindly that pictures and the like are not understood; once for a whole pile."""
    if ctx.update.in_group or not service.may_tell(
        ctx.uow, ctx.member, "wordless", again_after=_WORDLESS_PAUSE
    ):
        return None
    return Reply("help/wordless.txt.j2", {"kind": ctx.update.kind.value})


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
