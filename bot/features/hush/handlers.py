"""The chat doors: 安静, 恢复, 退订, 订阅. They answer even while a human has the conversation."""

from collections.abc import Callable

from bot.commons import outreach
from bot.commons.outreach import Hushed
from bot.kernel.ids import MemberId
from bot.kernel.messages import Reply
from bot.kernel.router import Router
from bot.kernel.work import Context, UnitOfWork

router = Router()

Change = Callable[[UnitOfWork, MemberId, Hushed], bool]


_QUIET = (
    *("安静", "安静点", "安静一点", "安静模式", "免打扰", "勿扰", "别打扰", "不要打扰"),
    *("别吵", "闭嘴", "静音", "anjing", "mute"),
)
_SPEAK = (
    *("恢复", "取消安静", "解除安静", "关闭安静", "取消免打扰", "关闭免打扰", "可以说话了"),
    *("取消静音", "huifu", "unmute"),
)
_NO_OFFERS = (
    *("退订", "退订推送", "退订群发", "取消订阅", "取消推送", "不要推送", "不要群发", "不收群发"),
    *("不想收群发", "不要广告", "别发广告", "拒收", "拒收群发", "拒绝推送", "退", "td", "t"),
    *("tuiding", "unsubscribe", "stop"),
)
_OFFERS = (
    *("订阅", "订阅推送", "订阅群发", "重新订阅", "恢复订阅", "恢复群发", "接收群发"),
    *("dingyue", "subscribe"),
)


@router.command(*_QUIET, always=True)
def be_quiet(ctx: Context) -> Reply:
    """Write to the sender no more unless it is essential."""
    return _change(ctx, "quiet", outreach.hush, Hushed.QUIET)


@router.command(*_SPEAK, always=True)
def speak_again(ctx: Context) -> Reply:
    """Write to the sender as before."""
    return _change(ctx, "speak", outreach.unhush, Hushed.QUIET)


@router.command(*_NO_OFFERS, always=True)
def unsubscribe(ctx: Context) -> Reply:
    """Offer the sender nothing any more."""
    return _change(ctx, "unsubscribed", outreach.hush, Hushed.OFFERS)


@router.command(*_OFFERS, always=True)
def subscribe(ctx: Context) -> Reply:
    """Offer the sender things again."""
    return _change(ctx, "subscribed", outreach.unhush, Hushed.OFFERS)


def _change(ctx: Context, what: str, change: Change, kind: Hushed) -> Reply:
    is_new = change(ctx.uow, ctx.member, kind)
    others = outreach.hushes_of(ctx.uow, ctx.member).keys() - {kind}
    words = {"what": what, "is_new": is_new, "others": others, "in_group": ctx.update.in_group}
    return Reply("hush/changed.txt.j2", words)
