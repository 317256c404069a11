"""The chat door: 我的积分."""

from collections.abc import Sequence

from bot.commons import members
from bot.features.wallet import service
from bot.features.wallet.mine import PAGE, reasons_of
from bot.features.wallet.rules import LINK_VALID_S
from bot.kernel.community import Community
from bot.kernel.feature import Feature, Rooms
from bot.kernel.messages import Reply
from bot.kernel.ports import Links
from bot.kernel.router import Router
from bot.kernel.work import Context

router = Router()

_LINES = 5


@router.command(
    *("我的积分", "积分", "查积分", "查询积分", "积分查询", "积分余额", "积分明细", "wodejifen"),
    *("我的积份", "积份", "我的记分", "jifen"),
)
def my_points(ctx: Context) -> Reply:
    """Show the balance; in a 1:1 chat what is held and expires, the last entries, how to earn."""
    zone, reasons = ctx.tools.use(Community).zone, reasons_of(ctx.tools)
    has = service.statement(ctx.uow, ctx.member, zone, reasons)
    if ctx.update.in_group:
        name = members.display_name(ctx.uow, ctx.member)
        return Reply("wallet/in_group.txt.j2", {**has, "name": name})
    last = service.last_entries(ctx.uow, ctx.member, most=_LINES)
    return Reply(
        "wallet/points.txt.j2",
        {
            **has,
            "lines": service.lines(last, zone, reasons),
            "earn": {room.name: ctx.tools.use(room.settings) for room in _earning(ctx)},
            "url": ctx.tools.use(Links).to(PAGE, ctx.member, valid_s=LINK_VALID_S),
            "link_hours": LINK_VALID_S // 3600,
        },
    )


def _earning(ctx: Context) -> Sequence[Feature]:
    return [room for room in ctx.tools.use(Rooms) if room.settings.model_fields]
