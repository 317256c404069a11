"""The chat doors: 预约 lists, shows times and books; 改约 and 取消预约 change it."""

from bot.features.bookings import reads, replies, service
from bot.features.bookings.mine import LINK_VALID_S, PAGE
from bot.features.bookings.reads import Offer
from bot.features.bookings.rules import Slot, meant, said_in, slots
from bot.features.bookings.service import Wish
from bot.kernel.community import Community
from bot.kernel.messages import Reply
from bot.kernel.ports import Links
from bot.kernel.router import Router
from bot.kernel.work import Context

router = Router()
_SLOTS_SHOWN = 12


@router.command(
    *("预约", "我的预约", "我要预约", "预约服务", "预定", "yuyue", "預約", "我的預約"),
    argument=True,
)
def book(ctx: Context) -> Reply:
    """List what can be booked, show the free times of one, or book one of them."""
    if ctx.update.in_group:
        return _in_group(ctx)
    said = said_in(ctx.argument)
    if said.number is None:
        return _list(ctx)
    offer = service.offer_of(ctx.uow, ctx.tools, said.number, ctx.member)
    if not said.words:
        return _times(ctx, offer, "times")
    slot = _meant(ctx, offer, said.words)
    if slot is None:
        return _times(ctx, offer, "unclear")
    found = service.book(ctx.uow, ctx.tools, Wish(ctx.member, offer.number, slot))
    return replies.done(ctx.uow, ctx.tools, "booked", found, _url(ctx))


@router.command("改约", "改预约", "换时间", "改約", argument=True)
def move(ctx: Context) -> Reply:
    """Move what the sender has booked."""
    if ctx.update.in_group:
        return _in_group(ctx)
    said = said_in(ctx.argument)
    if said.number is None:
        return _list(ctx)
    offer = service.offer_of(ctx.uow, ctx.tools, said.number, ctx.member)
    slot = _meant(ctx, offer, said.words)
    if slot is None:
        return _times(ctx, offer, "unclear" if said.words else "times")
    found = service.move(ctx.uow, ctx.tools, Wish(ctx.member, offer.number, slot))
    return replies.done(ctx.uow, ctx.tools, "moved", found, _url(ctx))


@router.command("取消预约", "退预约", "不预约了", "取消預約", argument=True)
def cancel(ctx: Context) -> Reply:
    """Cancel what the sender has booked; without a number, what she has if it is one."""
    if ctx.update.in_group:
        return _in_group(ctx)
    number = said_in(ctx.argument).number
    hers = reads.of_member(ctx.uow, ctx.member)
    if number is None and len(hers) == 1:
        number = hers[0].service
    if number is None:
        return _list(ctx)
    found = service.cancel(ctx.uow, ctx.tools, ctx.member, number)
    return replies.done(ctx.uow, ctx.tools, "cancelled", found)


def _meant(ctx: Context, offer: Offer, words: str) -> Slot | None:
    """A time that is taken is understood too, so that the answer can say so."""
    zone = ctx.tools.use(Community).zone
    return meant(words, slots(offer.terms, ctx.uow.clock.now(), zone), zone)


def _list(ctx: Context) -> Reply:
    hers = [replies.shown(ctx.uow, ctx.tools, one) for one in reads.of_member(ctx.uow, ctx.member)]
    offers = replies.offers_for(ctx.uow, ctx.tools, ctx.member)
    words = {"hers": hers, "offers": offers, "url": _url(ctx)}
    return Reply("bookings/list.txt.j2", words)


def _times(ctx: Context, offer: Offer, what: str) -> Reply:
    days = replies.slots_of(ctx.uow, ctx.tools, offer, most=_SLOTS_SHOWN)
    words = {"offer": offer, "days": days, "what": what, "url": _url(ctx)}
    return Reply("bookings/times.txt.j2", words)


def _in_group(ctx: Context) -> Reply:
    return Reply("bookings/in_group.txt.j2", {"url": ctx.tools.use(Links).for_group(PAGE)})


def _url(ctx: Context) -> str:
    return ctx.tools.use(Links).to(PAGE, ctx.member, valid_s=LINK_VALID_S)
