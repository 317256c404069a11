"""The chat doors: 活动 lists, 报名 and 取消报名, 我的报名, 评价, and a host's consent."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from bot.commons import members
from bot.features.salons import calendars, hosting, reads, replies, service
from bot.features.salons.reads import SalonView
from bot.features.salons.rules import FIRST_NUMBER, Asked, asked_in, stars_in
from bot.features.salons.service import Wish
from bot.kernel.messages import Button, Card, CardKind, Reply
from bot.kernel.ports import Groups, Words
from bot.kernel.router import Answer, Router
from bot.kernel.work import Context

router = Router()
_MOST_LISTED = 8
_RATED_WITHIN = timedelta(days=30)


@router.command(
    *("活动", "活动列表", "近期活动", "有什么活动", "活动报名", "沙龙", "huodong", "hd"),
    argument=True,
)
def coming(ctx: Context) -> Answer:
    """List what can be signed up for, or show one."""
    wanted = asked_in(ctx.argument).salon
    if _is_chatter(ctx, asked_in(ctx.argument)):
        return None
    salons = reads.coming(ctx.uow, most=_MOST_LISTED)
    if wanted is not None:
        salons = [_found(ctx, wanted)]
    if not salons:
        raise service.NoSuchSalon("nothing is planned", number=None)
    each = [replies.shown(ctx.uow, ctx.tools, one, ctx.member) for one in salons]
    data = {"salons": each, "is_one": len(each) == 1, **replies.about(ctx)}
    button = replies.button(salons[0], each[0], in_group=ctx.update.in_group)
    if button is None or len(each) > 1:
        return Reply("salons/list.txt.j2", data)
    return Reply(part=_card(ctx, salons[0], data, button))


def _card(ctx: Context, found: SalonView, data: Mapping[str, object], button: Button) -> Card:
    """Return one salon with a button; `fallback` is how it reads where there are none."""
    words = ctx.tools.use(Words)
    return Card(
        id=f"salon-{found.id}-{ctx.update.key}"[:64],
        shape=CardKind.BUTTONS,
        title=found.title,
        fallback=words("salons/list.txt.j2", **data),
        description=words("salons/facts.txt.j2", salon=found, zone=data["zone"]),
        buttons=(button,),
    )


@router.tap("salon")
def tapped(ctx: Context) -> Answer:
    """Do what the button of a card says."""
    verb, _, number = ctx.argument.partition(":")
    asked = replace(ctx, argument=number)
    return cancel(asked) if verb == "out" else sign_up(asked)


def _found(ctx: Context, number: int) -> SalonView:
    found = reads.salon(ctx.uow, number - FIRST_NUMBER)
    if found is None or found.state == "withdrawn":
        raise service.NoSuchSalon(f"salon {number}", number=number)
    return found


def _says_nothing(ctx: Context, asked: Asked) -> bool:
    """Return True when more was said than the command, and none of it is known."""
    return bool(ctx.argument) and asked == Asked()


def _is_chatter(ctx: Context, asked: Asked) -> bool:
    """Return True where people only talk of it: 报名 的人真多, in a group."""
    return ctx.update.in_group and _says_nothing(ctx, asked)


@router.command(
    "报名", "我要报名", "参加活动", "报名活动", "报名参加", "baoming", "bm", argument=True
)
def sign_up(ctx: Context) -> Answer:
    """Give her a place, or one in the line."""
    asked = asked_in(ctx.argument)
    if _is_chatter(ctx, asked):
        return None
    number = asked.salon
    if number is None:
        salons = reads.coming(ctx.uow, most=_MOST_LISTED)
        if not salons:
            raise service.NoSuchSalon("nothing is planned", number=None)
        if len(salons) > 1 or _says_nothing(ctx, asked):
            return Reply("salons/which.txt.j2", {"salons": salons, "verb": "报名"})
        number = salons[0].number
    wish = Wish(ctx.member, number - FIRST_NUMBER, ctx.update.at, asked.heads)
    signed = service.sign_up(ctx.uow, ctx.tools.use(Groups), wish)
    return Reply("salons/signed.txt.j2", replies.signed_words(signed, replies.about(ctx)))


@router.command(
    *("取消报名", "报名取消", "退出报名", "撤销报名", "不报名了", "quxiaobaoming"), argument=True
)
def cancel(ctx: Context) -> Answer:
    """Give up her place."""
    asked = asked_in(ctx.argument)
    if _is_chatter(ctx, asked):
        return None
    number = asked.salon
    if number is None:
        salons = reads.hers(ctx.uow, ctx.member, ctx.update.at)
        if not salons:
            raise service.NotSignedUp("nowhere", salon=None)
        if len(salons) > 1 or ctx.argument:
            return Reply("salons/which.txt.j2", {"salons": salons, "verb": "取消报名"})
        number = salons[0].number
    signed = service.cancel(ctx.uow, Wish(ctx.member, number - FIRST_NUMBER, ctx.update.at))
    return Reply("salons/out.txt.j2", replies.signed_words(signed, replies.about(ctx)))


@router.command("我的报名", "我报的活动", "我报名的活动", "报名记录", "wodebaoming")
def mine(ctx: Context) -> Answer:
    """Show what she has signed up for; in a group only where that stands."""
    salons = reads.hers(ctx.uow, ctx.member, ctx.uow.clock.now())
    each = [replies.shown(ctx.uow, ctx.tools, one, ctx.member) for one in salons]
    return Reply("salons/mine.txt.j2", {"salons": each, **replies.about(ctx)})


@router.command("日历", "加到日历", "加日历", "日历文件", argument=True)
def calendar(ctx: Context) -> Answer:
    """Let a calendar file follow, or say where it is."""
    asked = asked_in(ctx.argument)
    if _is_chatter(ctx, asked):
        return None
    salons = reads.hers(ctx.uow, ctx.member, ctx.uow.clock.now())
    salons = [one for one in salons if asked.salon in {None, one.number}]
    if not salons:
        raise service.NotSignedUp("nowhere", salon=None)
    if len(salons) > 1:
        return Reply("salons/which.txt.j2", {"salons": salons, "verb": "日历"})
    follows = calendars.ask(ctx.uow, ctx.tools, salons[0], ctx.update, ctx.member)
    data = {"salon": salons[0], "follows": follows, **replies.about(ctx)}
    return Reply("salons/calendar.txt.j2", data)


@router.command("评价", "评价活动", "活动评价", "pingjia", argument=True)
def rate(ctx: Context) -> Answer:
    """Take how she liked a salon."""
    number, stars, said = stars_in(ctx.argument)
    if ctx.update.in_group and number is None and not stars:
        return None
    if number is None:
        since = ctx.uow.clock.now() - _RATED_WITHIN
        went = [
            one
            for one in reads.hers(ctx.uow, ctx.member, since)
            if (place := reads.signup(ctx.uow, one.id, ctx.member)) and place.came_at
        ]
        if len(went) != 1:
            return Reply("salons/which.txt.j2", {"salons": went, "verb": "评价"})
        number = went[0].number
    wish = Wish(ctx.member, number - FIRST_NUMBER, ctx.update.at)
    found = service.rate(ctx.uow, wish, stars, said)
    return Reply("salons/rated.txt.j2", {"salon": found, "stars": stars, **replies.about(ctx)})


@router.command("同意主持", "同意主持活动", "我来主持", argument=True)
def agree(ctx: Context) -> Answer:
    """Take a host's consent to be named."""
    return _host(ctx, agrees=True)


@router.command("不同意主持", "不主持", "取消主持", argument=True)
def refuse(ctx: Context) -> Answer:
    """Take a host's refusal, or take back her consent."""
    return _host(ctx, agrees=False)


def _host(ctx: Context, *, agrees: bool) -> Answer:
    number = asked_in(ctx.argument).salon
    found = hosting.answer(ctx.uow, ctx.member, number, agrees=agrees)
    name = members.display_name(ctx.uow, ctx.member)
    return Reply("salons/host.txt.j2", {"salon": found, "agrees": agrees, "name": name})
