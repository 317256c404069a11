"""The chat doors: a tap on the question, or a number after it, is her rating."""

from collections.abc import Sequence

from bot.commons import ratings
from bot.commons.wording import tidy, typed_after
from bot.features.satisfaction import service
from bot.features.satisfaction.rules import SCALE, TAP
from bot.kernel.messages import Reply, UpdateKind
from bot.kernel.router import Answer, Overheard, Router
from bot.kernel.words import count_in
from bot.kernel.work import Context

router = Router()
_RATE = ("评分", "打分", "服务评分", "pingfen")


@router.tap(TAP, quietly=True)
def tapped(ctx: Context) -> Answer:
    """Take the answer of a button."""
    number, _, said = ctx.argument.partition(":")
    rating = ratings.get(ctx.uow, count_in(number, 2**62) or 0)
    score = count_in(said, max(SCALE))
    if rating is None or not score or rating.member != ctx.member:
        return _late()
    if not rating.is_open(ctx.uow.clock.now()):
        return _late()
    return service.answer(ctx.uow, ctx.tools, rating, score)


def _late() -> Reply:
    return Reply("satisfaction/late.txt.j2")


@router.command(*_RATE, argument=True, quietly=True)
def rate(ctx: Context) -> Answer:
    """Take a rating that names itself: `评分 5`."""
    rating = None if ctx.update.in_group else ratings.open_of(ctx.uow, ctx.member)
    score = ratings.score_said(ctx.argument)
    if rating is None or score is None:
        return Reply("satisfaction/how.txt.j2", {"is_open": rating is not None})
    return service.answer(ctx.uow, ctx.tools, rating, score)


@router.overhear
def rates(ctx: Context, heard: Overheard) -> Sequence[Reply] | None:
    """Take a bare number, or 满意, as the answer when nothing else was asked since.

    A rating that names itself is answered by its command; it is no complaint either.
    """
    if heard.held or ctx.update.in_group or ctx.update.kind is not UpdateKind.TEXT:
        return None
    said = typed_after(ctx.update.text, _RATE)
    if (score := ratings.score_said(said)) is None:
        return None
    if said != tidy(ctx.update.text):
        return ()
    rating = ratings.open_of(ctx.uow, ctx.member)
    if rating is None or not ratings.was_asked_last(ctx.uow, rating):
        return None
    return service.answer(ctx.uow, ctx.tools, rating, score)
