"""Whether there is one left, and when there will be: what the feed tells, or a human."""

from collections.abc import Sequence
from dataclasses import replace

from bot.commons import answers
from bot.commons.answers import Sureness
from bot.features.guide.choosing import HUMAN, ROOM, Talk, keep, no_word, shown, told
from bot.features.guide.rules import ITEMS, product_in, size_in
from bot.features.guide.shop import Good, Shop, instead_of, shop_of
from bot.kernel.community import Community
from bot.kernel.messages import Reply
from bot.kernel.ports import Words
from bot.kernel.work import Context

_SURE, _MAYBE, _AHEAD = 0.72, 0.4, 0.06
"""As with questions; a product is called by its name, so it must be more like it."""


def ask(ctx: Context, said: str, talk: Talk | None, *, plainly: bool) -> Sequence[Reply] | None:
    """Answer a question about stock.

    Args:
        ctx: of the question.
        said: the words.
        talk: where she stands with the guide.
        plainly: it is certainly about stock; else None for what names no product of ours.
    """
    shop = shop_of(ctx.uow, ctx.tools)
    size, name = size_in(said), product_in(said)
    if not shop.goods:
        return no_word(ctx, None) if plainly else None
    if not answers.squeezed(name):
        return _without_name(ctx, shop, talk, size, plainly=plainly)
    hits = shop.index().find(f"{name} {size}" if size else name, most=ITEMS)
    sureness, meant = answers.judge(hits, sure=_SURE, unsure=_MAYBE, ahead=_AHEAD)
    if sureness is Sureness.SURE:
        return tell(ctx, meant[0].key, size, shop)
    if sureness is Sureness.UNSURE:
        return [_which(ctx, [hit.key for hit in meant], size, shop)]
    return _unknown(ctx, name) if plainly else None


def of_named(ctx: Context, name: str) -> Sequence[Reply] | None:
    """Tell of the one product that is surely called so; None when there is none."""
    shop = shop_of(ctx.uow, ctx.tools)
    hits = shop.index().find(name, most=2)
    sureness, meant = answers.judge(hits, sure=_SURE, unsure=_SURE, ahead=_AHEAD)
    return tell(ctx, meant[0].key, "", shop) if sureness is Sureness.SURE else None


def tell(ctx: Context, sku: str, size: str, shop: Shop | None = None) -> Sequence[Reply]:
    """Tell what the feed says of a product; what it does not say, a human is asked for."""
    shop = shop or shop_of(ctx.uow, ctx.tools)
    good = shop.of(sku)
    if good is None:
        return _unknown(ctx, sku)
    if size and size not in answers.PLAIN.units(good.product.name):
        return _to_human(ctx, good, size)
    if not good.is_known:
        return _to_human(ctx, good, "")
    answers.understood(ctx.uow, ctx.member)
    instead = () if good.is_there else instead_of(shop, good, ITEMS)
    options = [other.product.sku for other in instead] or [sku]
    keep(ctx, Talk(step="shown", options=options, category=good.product.category))
    now = ctx.uow.clock.now()
    coming = good.product.restock_at
    restock = coming.astimezone(ctx.tools.use(Community).zone) if coming else None
    data = shown(ctx, good) | {
        "restock": restock if restock and restock > now else None,
        "instead": [shown(ctx, other) for other in instead],
        "today": ctx.tools.use(Community).day_of(now),
    }
    return [Reply("guide/stock.txt.j2", data)]


def _to_human(ctx: Context, good: Good, size: str) -> Sequence[Reply]:
    """Say what the feed does not tell, or told too long ago, and ask a human."""
    words = {
        "name": good.product.name,
        "size": size,
        "is_old": not good.is_fresh,
        "told": told(ctx, good.told_at),
    }
    reason = ctx.tools.use(Words)(
        "guide/reason.txt.j2", what="stock", said=ctx.update.text, name=good.product.name
    )
    return [Reply("guide/not_told.txt.j2", words), *answers.hand_over(ctx, reason)]


def _without_name(
    ctx: Context, shop: Shop, talk: Talk | None, size: str, *, plainly: bool
) -> Sequence[Reply] | None:
    """Take what was shown last to be meant, or ask which."""
    skus = talk.options if talk and talk.step in {"shown", "which"} else ()
    if len(skus) == 1:
        return tell(ctx, skus[0], size, shop)
    if not skus and not plainly:
        return None
    return [_which(ctx, skus, size, shop)]


def _which(ctx: Context, skus: Sequence[str], size: str, shop: Shop) -> Reply:
    goods = [good for sku in skus if (good := shop.of(sku))]
    options = [good.product.sku for good in goods]
    keep(ctx, replace(Talk(), step="which", options=options, size=size))
    names = [good.product.name for good in goods]
    words = ctx.tools.use(Words)
    text = Reply("guide/which.txt.j2", {"names": names})
    if not names:
        return text
    buttons = [(name, f"{ROOM}:{number}") for number, name in enumerate(names, 1)]
    human = (words("guide/buttons.txt.j2").splitlines()[1], f"{ROOM}:{HUMAN}")
    return answers.offer(ctx, text, words("guide/which_title.txt.j2"), [*buttons, human])


def _unknown(ctx: Context, name: str) -> Sequence[Reply]:
    """Say that no such product is known; the second time a human is asked."""
    if answers.miss(ctx.uow, ctx.member):
        words = ctx.tools.use(Words)
        reason = words("guide/reason.txt.j2", what="unknown", said=ctx.update.text)
        return answers.hand_over(ctx, reason)
    keep(ctx, Talk(step="which"))
    return [Reply("guide/unknown.txt.j2", {"name": name[:40]})]
