"""The chat doors of 补签: asked first, done when she confirms."""

from bot.commons import members
from bot.features.makeups import replies
from bot.features.makeups.said import NEAR, WEEKDAYS
from bot.kernel.messages import Button, Card, CardKind, Reply
from bot.kernel.ports import Words
from bot.kernel.router import Router
from bot.kernel.work import Context

router = Router()

_MAKE_UP = ("补签", "我要补签", "补卡", "补打卡", "buqian", "补千", "补签到")
_CONFIRM = ("确认补签", "确定补签", "补签确认")
# Said without a space behind 补签, they are words of their own.
_DAYS = (*NEAR, *(f"{week}{day}" for week in ("周", "星期", "礼拜") for day in WEEKDAYS))


@router.command(*_MAKE_UP, argument=True)
def ask_makeup(ctx: Context) -> Reply:
    """Say what it costs to make a day up; nothing is done yet."""
    return _ask_makeup(ctx, ctx.argument)


def _ask_makeup(ctx: Context, words: str) -> Reply:
    if ctx.update.in_group:
        return Reply("makeups/in_group.txt.j2", {"name": members.display_name(ctx.uow, ctx.member)})
    told = replies.ask(ctx.uow, ctx.tools, ctx.member, words, ctx.update.at)
    say, key = ctx.tools.use(Words), ctx.update.key
    card = Card(
        id=f"makeup-{key}"[:64],
        shape=CardKind.BUTTONS,
        title=say("makeups/title.txt.j2", **told),
        fallback=say("makeups/ask.txt.j2", **told),
        description=say("makeups/cost.txt.j2", **told),
        buttons=(Button(_CONFIRM[0], f"makeup:{told['day']}"),),
    )
    return Reply(part=card)


@router.tap("makeup")
def tapped(ctx: Context) -> Reply:
    """Make the day of a card up."""
    return _make_up(ctx, ctx.argument)


@router.command(*_CONFIRM, argument=True)
def make_up(ctx: Context) -> Reply:
    """Make a day up and pay for it."""
    return _make_up(ctx, ctx.argument)


def _make_up(ctx: Context, words: str) -> Reply:
    if ctx.update.in_group:
        return Reply("makeups/in_group.txt.j2", {"name": members.display_name(ctx.uow, ctx.member)})
    return replies.make_up(ctx.uow, ctx.tools, ctx.member, words, ctx.update.at)


def _declare(day: str) -> None:
    """Let a day be named without a space."""

    @router.command(*(f"{word}{day}" for word in _MAKE_UP))
    def ask_makeup_of(ctx: Context) -> Reply:
        return _ask_makeup(ctx, day)

    @router.command(*(f"{word}{day}" for word in _CONFIRM))
    def make_up_of(ctx: Context) -> Reply:
        return _make_up(ctx, day)


for _day in _DAYS:
    _declare(_day)
