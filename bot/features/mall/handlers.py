"""The chat doors: 我的权益, 积分商城, 兑换 and 确认兑换, 秒杀, 我的兑换, 取消兑换."""

from bot.commons import claims, members
from bot.commons.claims import Asking, GoodsView
from bot.features.mall import replies
from bot.features.mall.mine import BENEFITS, LINK_VALID_S, MALL
from bot.features.mall.rules import MallSettings
from bot.kernel.messages import Button, Card, CardKind, Reply
from bot.kernel.ports import Links, Words
from bot.kernel.router import Answer, Router
from bot.kernel.words import number_said
from bot.kernel.work import Context

router = Router()
_REASON = "by herself"


@router.command(
    *("我的权益", "权益", "会员权益", "我的券", "我的优惠券", "优惠券", "卡券", "我的卡券"),
    *("我的全益", "我的权意", "quanyi", "wodequanyi"),
)
def my_benefits(ctx: Context) -> Reply:
    """Show what she has; in a group only how much, for others read along."""
    has = replies.benefits(ctx.uow, ctx.tools, ctx.member)
    return Reply(
        "mall/benefits.txt.j2", {**has, **members.addressed(ctx), "url": _url(ctx, BENEFITS)}
    )


@router.command("积分商城", "商城", "积分兑换", "兑换商城", "积分换什么", "shangcheng")
def shelf(ctx: Context) -> Reply:
    """Show what there is, and what it costs."""
    found = replies.shelf(ctx.uow, ctx.tools, ctx.member)
    return Reply(
        "mall/shelf.txt.j2", {**members.addressed(ctx), "shelf": found, "url": _url(ctx, MALL)}
    )


@router.command("兑换", "我要兑换", "duihuan", argument=True)
def exchange(ctx: Context) -> Answer:
    """Ask whether she is sure, before anything is spent."""
    if not ctx.argument:
        return shelf(ctx)
    number = _number(ctx, "兑换")
    if ctx.update.in_group:  # a yes belongs to one person
        return _in_private(ctx, number)
    counter, asking = _counter(ctx), _asking(ctx, number)
    return Reply(part=_question(ctx, claims.ask(ctx.uow, counter, asking)))


def _question(ctx: Context, goods: GoodsView) -> Card:
    settings, words = ctx.tools.use(MallSettings), ctx.tools.use(Words)
    seen = replies.shown(ctx.uow, ctx.tools, goods, ctx.member)
    text = words("mall/ask.txt.j2", **seen, settings=settings)
    return Card(
        id=f"mall-{goods.id}-{ctx.update.key}"[:64],
        shape=CardKind.BUTTONS,
        title=goods.title,
        fallback=text,
        description=words("mall/terms.txt.j2", **seen),
        buttons=(Button("确认兑换", "mall:yes"),),
    )


@router.tap("mall")
@router.command("确认兑换", "确定兑换", "兑换确认", "querenduihuan")
def confirm(ctx: Context) -> Reply:
    """Do what was asked about last."""
    if ctx.update.in_group:
        return _in_private(ctx, None)
    minutes, at = ctx.tools.use(MallSettings).confirm_minutes, ctx.update.at
    counter = _counter(ctx)
    taken = claims.confirm(ctx.uow, counter, ctx.member, at, within_minutes=minutes)
    return Reply("mall/taken.txt.j2", replies.taken_words(ctx.tools, taken, members.addressed(ctx)))


@router.command("秒杀", "我要秒杀", "miaosha", argument=True)
def flash(ctx: Context) -> Answer:
    """Claim at once: who is first has it. Without a number, show what there is."""
    if not ctx.argument:
        found = [
            each
            for each in replies.shelf(ctx.uow, ctx.tools, ctx.member)
            if isinstance(goods := each["goods"], GoodsView) and goods.is_flash
        ]
        words = {**members.addressed(ctx), "shelf": found, "url": _url(ctx, MALL)}
        return Reply("mall/flash.txt.j2", words)
    number = _number(ctx, "秒杀")
    goods = claims.one(ctx.uow, number)
    if goods is not None and not goods.is_flash:
        return exchange(ctx)
    try:
        with ctx.uow.attempt():
            taken = claims.take(ctx.uow, _counter(ctx), _asking(ctx, number))
    except claims.TooPoor:
        if not ctx.update.in_group:
            raise
        return _in_private(ctx, number)  # what she has is nobody else's business
    return Reply("mall/taken.txt.j2", replies.taken_words(ctx.tools, taken, members.addressed(ctx)))


@router.command("我的兑换", "兑换记录", "取货码", "我的预留", "wodeduihuan")
def my_claims(ctx: Context) -> Reply:
    """Show what waits for her in the shop, and its codes; in a group nothing of it."""
    found = replies.fetched(ctx.uow, ctx.tools, ctx.member)
    words = {**members.addressed(ctx), "claims": found, "url": _url(ctx, BENEFITS)}
    return Reply("mall/claims.txt.j2", words)


@router.command("取消兑换", "取消预留", "不兑换了", "quxiaoduihuan", argument=True)
def cancel(ctx: Context) -> Reply:
    """Give up what waits for her in the shop; without a number, the only one there is."""
    live = [one for one in claims.of_member(ctx.uow, ctx.member) if one.state.is_live]
    if not ctx.argument and len(live) != 1:
        found = [replies.claim_words(ctx.tools, one) for one in live]
        words = {**members.addressed(ctx), "claims": found, "url": _url(ctx, BENEFITS)}
        return Reply("mall/which.txt.j2", words)
    number = _number(ctx, "取消兑换") if ctx.argument else live[0].id
    claim = claims.cancel(ctx.uow, number, by="member", why=_REASON, member=ctx.member)
    return Reply("mall/cancelled.txt.j2", {**members.addressed(ctx), "claim": claim})


def _in_private(ctx: Context, number: int | None) -> Reply:
    words = {**members.addressed(ctx), "number": number, "url": _url(ctx, MALL)}
    return Reply("mall/in_private.txt.j2", words)


def _number(ctx: Context, command: str) -> int:
    number = number_said(ctx.argument)
    if number is None:
        raise claims.NoSuchGoods(ctx.argument[:20], number=None, command=command)
    return number


def _asking(ctx: Context, number: int) -> Asking:
    return Asking(ctx.member, number, ctx.update.at)


def _counter(ctx: Context) -> claims.Counter:
    return replies.counter_of(ctx.uow, ctx.tools)


def _url(ctx: Context, page: str) -> str:
    links = ctx.tools.use(Links)
    if ctx.update.in_group:
        return links.for_group(page)
    return links.to(page, ctx.member, valid_s=LINK_VALID_S)
