"""The chat door: 集杯卡."""

from bot.commons import members
from bot.features.stamps.mine import LINK_VALID_S, PAGE, cards_of
from bot.features.stamps.service import book
from bot.kernel.messages import Reply
from bot.kernel.ports import Links
from bot.kernel.router import Router
from bot.kernel.work import Context

router = Router()


@router.command("集杯卡", "我的集杯卡", "集杯", "集点卡", "集怀卡", "积杯卡", "jibeika")
def my_cards(ctx: Context) -> Reply:
    """Show how many cups are on each card, and a link to the page."""
    in_group = ctx.update.in_group
    links = ctx.tools.use(Links)
    return Reply(
        "stamps/cards.txt.j2",
        {
            "cards": cards_of(ctx.uow, book(ctx.uow, ctx.tools), ctx.member),
            "name": members.display_name(ctx.uow, ctx.member) if in_group else None,
            "url": "" if in_group else links.to(PAGE, ctx.member, valid_s=LINK_VALID_S),
            "link_hours": LINK_VALID_S // 3600,
        },
    )
