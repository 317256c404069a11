"""The chat door: 我的勋章."""

from bot.commons import members, pictures
from bot.features.badges import replies, service
from bot.features.badges.book import book
from bot.features.badges.mine import LINK_VALID_S, PAGE, certificate
from bot.kernel.messages import Reply
from bot.kernel.ports import Links, Words
from bot.kernel.router import Router
from bot.kernel.work import Context

router = Router()


@router.command(*("我的勋章", "勋章", "徽章", "我的徽章", "我的勋张", "勋章墙", "wodexunzhang"))
def my_badges(ctx: Context) -> Reply:
    """Show what she has and what comes next; in a 1:1 chat the latest as a picture."""
    rules = book(ctx.uow, ctx.tools)
    shown = replies.shown(ctx.uow, rules, ctx.member)
    if ctx.update.in_group:
        name = members.display_name(ctx.uow, ctx.member)
        return Reply("badges/in_group.txt.j2", {**shown, "name": name})
    _draw(ctx)
    service.seen(ctx.uow, ctx.member)
    url = ctx.tools.use(Links).to(PAGE, ctx.member, valid_s=LINK_VALID_S)
    hours = LINK_VALID_S // 3600
    return Reply("badges/badges.txt.j2", {**shown, "url": url, "link_hours": hours})


def _draw(ctx: Context) -> None:
    """Let the latest badge follow as a picture, where pictures can; the link shows the same."""
    has = [each for each in service.grants_of(ctx.uow, ctx.member) if not each.is_revoked]
    if not has:
        return
    pictures.soon(
        ctx.uow,
        ctx.tools,
        certificate(ctx.uow, ctx.tools, has[-1]),
        pictures.To.sender_of(ctx.update),
        key=f"badges:{ctx.update.channel}:{ctx.update.key}",
        alt=ctx.tools.use(Words)("badges/picture.txt.j2", title=has[-1].title),
        why="badges.latest",
        people=[ctx.member],
    )
