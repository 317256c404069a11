"""The chat doors: 活动 lists, 报名 and 取消报名, 我的报名, 日历."""

from collections.abc import Mapping
from dataclasses import replace

from bot.commons import salons
from bot.commons.salons import FIRST_NUMBER, NoSuchSalon, SalonView, State
from bot.features.salons import calendars, replies, service
from bot.features.salons.rules import Asked, asked_in
from bot.features.salons.service import NotSignedUp, Wish
from bot.kernel.messages import Button, Card, CardKind, Reply
from bot.kernel.ports import Groups, Words
from bot.kernel.router import Answer, Router
from bot.kernel.work import Context

router = Router()
_MOST_LISTED = 8


@router.command(
    *("活动", "活动列表", "近期活动", "有什么活动", "活动报名", "沙龙", "huodong", "hd"),
    argument=True,
)
def coming(ctx: Context) -> Answer:
    """List what can be signed up for, or show one."""
    asked = asked_in(ctx.argument)
    if _is_chatter(ctx, asked):
        return None
    planned = _planned(ctx) if asked.salon is None else [_found(ctx, asked.salon)]
    each = [replies.shown(ctx.uow, ctx.tools, one, ctx.member) for one in planned]
    data = {"salons": each, "is_one": len(each) == 1, **replies.about(ctx)}
    button = replies.button(planned[0], each[0], in_group=ctx.update.in_group)
    if button is None or len(each) > 1:
        return Reply("salons/list.txt.j2", data)
    return Reply(part=_card(ctx, planned[0], data, button))


def _planned(ctx: Context) -> list[SalonView]:
    if planned := salons.coming(ctx.uow, most=_MOST_LISTED):
        return planned
    raise NoSuchSalon("nothing is planned", number=None)


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
    found = salons.salon(ctx.uow, number - FIRST_NUMBER)
    if found is None or found.state is State.WITHDRAWN:
        raise NoSuchSalon(f"salon {number}", number=number)
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
        planned = _planned(ctx)
        if len(planned) > 1 or _says_nothing(ctx, asked):
            return _which(planned, "报名")
        number = planned[0].number
    wish = Wish(ctx.member, number - FIRST_NUMBER, ctx.update.at, asked.heads)
    signed = service.sign_up(ctx.uow, ctx.tools.use(Groups), wish)
    return Reply("salons/signed.txt.j2", replies.signed_words(signed, replies.about(ctx)))


def _which(planned: list[SalonView], verb: str) -> Reply:
    return Reply("console/which_salon.txt.j2", {"salons": planned, "verb": verb})


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
        hers = _hers(ctx)
        if len(hers) > 1 or ctx.argument:
            return _which(hers, "取消报名")
        number = hers[0].number
    signed = service.cancel(ctx.uow, Wish(ctx.member, number - FIRST_NUMBER, ctx.update.at))
    return Reply("salons/out.txt.j2", replies.signed_words(signed, replies.about(ctx)))


def _hers(ctx: Context, number: int | None = None) -> list[SalonView]:
    """Return what she has signed up for, or the one of a number."""
    hers = salons.hers(ctx.uow, ctx.member, ctx.uow.clock.now())
    if found := [one for one in hers if number in {None, one.number}]:
        return found
    raise NotSignedUp("nowhere", salon=None)


@router.command("我的报名", "我报的活动", "我报名的活动", "报名记录", "wodebaoming")
def mine(ctx: Context) -> Answer:
    """Show what she has signed up for; in a group only where that stands."""
    hers = salons.hers(ctx.uow, ctx.member, ctx.uow.clock.now())
    each = [replies.shown(ctx.uow, ctx.tools, one, ctx.member) for one in hers]
    return Reply("salons/mine.txt.j2", {"salons": each, **replies.about(ctx)})


@router.command("日历", "加到日历", "加日历", "日历文件", argument=True)
def calendar(ctx: Context) -> Answer:
    """Let a calendar file follow, or say where it is."""
    asked = asked_in(ctx.argument)
    if _is_chatter(ctx, asked):
        return None
    hers = _hers(ctx, asked.salon)
    if len(hers) > 1:
        return _which(hers, "日历")
    follows = calendars.ask(ctx.uow, ctx.tools, hers[0], ctx.update, ctx.member)
    data = {"salon": hers[0], "follows": follows, **replies.about(ctx)}
    return Reply("salons/calendar.txt.j2", data)
