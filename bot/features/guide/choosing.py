"""The guide's dialogue: what is not known is asked, at most three times, then things are shown."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from bot.commons import answers
from bot.features.guide.rules import CHOICES, ITEMS, NO_LIMIT, Wish, bands
from bot.features.guide.shop import Good, Shop, often, shop_of
from bot.features.guide.tastes import Taste, remember, taste_of
from bot.kernel.community import Community
from bot.kernel.messages import Reply
from bot.kernel.ports import Words
from bot.kernel.work import Context

ROOM = "guide"
SKIP, HUMAN = "skip", "human"
_STEPS = ("category", "style", "budget")


@dataclass(frozen=True, slots=True)
class Talk:
    """Where a member stands with the guide."""

    step: str = ""
    """`category`, `style` or `budget` while it is asked for, `shown` afterwards, `which` when it
    is asked which product is meant."""
    options: Sequence[str] = ()
    """What the numbers mean: names, limits in yuan, or skus."""
    category: str = ""
    style: str = ""
    budget_yuan: int | None = None
    skipped: Sequence[str] = ()
    seen: Sequence[str] = ()
    """Skus that were shown."""
    size: str = ""
    again: str = ""
    """What is asked although it is known: she wants to change it."""


def talk_of(ctx: Context) -> Talk | None:
    """Return where the sender stands with the guide; None when nothing is under way."""
    found = answers.dialogue_of(ctx.uow, ctx.member, ROOM)
    return Talk(**found.state) if found else None


def keep(ctx: Context, talk: Talk) -> None:
    """Keep where the sender stands now."""
    answers.keep(ctx.uow, ctx.member, ROOM, asdict(talk))


def start(ctx: Context, wish: Wish) -> Sequence[Reply]:
    """Begin with what a sentence says."""
    said = Talk(category=wish.category, style=wish.style, budget_yuan=wish.budget_yuan)
    return go_on(ctx, said)


def choose(ctx: Context, talk: Talk, value: str) -> Sequence[Reply]:
    """Take what a member chose for what was asked."""
    if talk.step == "budget":
        return go_on(ctx, replace(talk, budget_yuan=int(value), again=""))
    if talk.step == "style":
        return go_on(ctx, replace(talk, style=value, again=""))
    return go_on(ctx, replace(talk, category=value, again=""))


def skip(ctx: Context, talk: Talk) -> Sequence[Reply]:
    """Let what was asked be open, this time."""
    return go_on(ctx, replace(talk, skipped=(*talk.skipped, talk.step), again=""))


def go_on(ctx: Context, talk: Talk) -> Sequence[Reply]:
    """Ask for what is not known yet, or show things."""
    answers.understood(ctx.uow, ctx.member)
    if talk.style or talk.budget_yuan is not None:
        remember(ctx.uow, ctx.member, style=talk.style, budget_yuan=talk.budget_yuan)
    shop = shop_of(ctx.uow, ctx.tools)
    if not shop.there:
        return no_word(ctx, shop.told_at)
    taste = taste_of(ctx.uow, ctx.member)
    for step in _STEPS:
        if step == talk.again or not _is_known(step, talk, taste):
            options = _options(step, _matching(shop, talk, taste, without=step))
            if len(options) > 1:
                return [_ask(ctx, replace(talk, step=step, options=options))]
    return [_show(ctx, talk, taste, shop)]


def no_word(ctx: Context, told_at: datetime | None) -> Sequence[Reply]:
    """Say that nothing certain is known, and ask a human."""
    words = {"told": told(ctx, told_at) if told_at else ""}
    reason = ctx.tools.use(Words)("guide/reason.txt.j2", what="feed", said=ctx.update.text)
    return [Reply("guide/no_word.txt.j2", words), *answers.hand_over(ctx, reason)]


def told(ctx: Context, at: datetime) -> Mapping[str, object]:
    """Return when something was told, and how long ago, for a template."""
    hours = int((ctx.uow.clock.now() - at).total_seconds() // 3600)
    return {"at": at.astimezone(ctx.tools.use(Community).zone), "hours": max(0, hours)}


def shown(ctx: Context, good: Good) -> dict[str, object]:
    """Return a product as templates want it."""
    return {"good": good, "told": told(ctx, good.told_at)}


def _is_known(step: str, talk: Talk, taste: Taste) -> bool:
    if step in talk.skipped:
        return True
    if step == "category":
        return bool(talk.category)
    if step == "style":
        return bool(talk.style or taste.styles)
    return talk.budget_yuan is not None or taste.budget_yuan is not None


def _options(step: str, goods: Sequence[Good]) -> list[str]:
    if step == "category":
        return often((good.product.category for good in goods), CHOICES)
    if step == "style":
        return often((good.product.style for good in goods), CHOICES)
    return [str(limit) for limit in bands(good.product.price_fen // 100 for good in goods)]


def _matching(shop: Shop, talk: Talk, taste: Taste, *, without: str = "") -> Sequence[Good]:
    """Return what is there and fits what is known; `without` is what is being asked for."""
    styles = () if "style" in {without, *talk.skipped} else _styles(talk, taste)
    limit = _limit(talk, taste) if without != "budget" else NO_LIMIT
    return [
        good
        for good in shop.there
        if (not talk.category or without == "category" or good.product.category == talk.category)
        and (not styles or good.product.style in styles)
        and (limit == NO_LIMIT or good.product.price_fen <= limit * 100)
    ]


def _styles(talk: Talk, taste: Taste) -> Sequence[str]:
    return (talk.style,) if talk.style else taste.styles


def _limit(talk: Talk, taste: Taste) -> int:
    if "budget" in talk.skipped:
        return NO_LIMIT
    known = taste.budget_yuan if talk.budget_yuan is None else talk.budget_yuan
    return NO_LIMIT if known is None else known


def _ask(ctx: Context, talk: Talk) -> Reply:
    keep(ctx, talk)
    words = ctx.tools.use(Words)
    data = {"step": talk.step, "options": talk.options}
    labels = words("guide/labels.txt.j2", **data).splitlines()
    buttons = [(label, f"{ROOM}:{n}") for n, label in enumerate(labels, 1)]
    more = words("guide/buttons.txt.j2").splitlines()
    buttons += [(more[0], f"{ROOM}:{SKIP}"), (more[1], f"{ROOM}:{HUMAN}")]
    title = words("guide/title.txt.j2", **data)
    return answers.offer(ctx, Reply("guide/ask.txt.j2", data | {"labels": labels}), title, buttons)


def _show(ctx: Context, talk: Talk, taste: Taste, shop: Shop) -> Reply:
    """Show what fits; where nothing of her style is there, say so and show others."""
    fits, is_other_style = _matching(shop, talk, taste), False
    if not fits and not talk.style and taste.styles:
        fits, is_other_style = _matching(shop, talk, taste, without="style"), True
    fresh = [good for good in fits if good.product.sku not in talk.seen]
    fresh.sort(key=lambda good: (-(good.product.stock or 0), good.product.sku))
    found = fresh[:ITEMS]
    skus = [good.product.sku for good in found]
    seen = [*talk.seen, *skus]
    keep(ctx, replace(talk, step="shown", options=skus, seen=seen))
    data = {
        "goods": [shown(ctx, good) for good in found],
        "category": talk.category,
        "styles": _styles(talk, taste) if "style" not in talk.skipped else (),
        "limit": _limit(talk, taste),
        "is_other_style": is_other_style,
        "more": len(fresh) > len(found),
        "had": bool(talk.seen),
        "told": told(ctx, max(good.told_at for good in found)) if found else None,
    }
    return Reply("guide/shown.txt.j2", data)
