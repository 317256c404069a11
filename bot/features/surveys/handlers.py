"""The chat door: 问卷 lists what the sender is asked, with a link to answer."""

from bot.features.surveys import reads, service
from bot.features.surveys.sending import PAGE
from bot.kernel.community import Community
from bot.kernel.messages import Reply
from bot.kernel.ports import Links
from bot.kernel.router import Router
from bot.kernel.words import number_said
from bot.kernel.work import Context

router = Router()
_LINK_VALID_S = 24 * 3600


@router.command("问卷", "填问卷", "我的问卷", "调查", "wenjuan", argument=True)
def surveys(ctx: Context) -> Reply:
    """List what the sender is asked; in a group only where to look."""
    number = number_said(ctx.argument)
    if ctx.update.in_group:
        url = ctx.tools.use(Links).for_group(PAGE)
        return Reply("surveys/list.txt.j2", {"surveys": [], "in_group": True, "url": url})
    page = PAGE
    if number is not None:
        page += f"?survey={service.for_her(ctx.uow, ctx.member, number).id}"
    url = ctx.tools.use(Links).to(page, ctx.member, valid_s=_LINK_VALID_S)
    zone = ctx.tools.use(Community).zone
    listed = [
        {
            "survey": each,
            "closes_at": each.closes_at.astimezone(zone),
            "has_answered": reads.has_answered(ctx.uow, ctx.member, each.id),
        }
        for each in reads.hers(ctx.uow, ctx.member)
        if number in {None, each.id}
    ]
    return Reply("surveys/list.txt.j2", {"surveys": listed, "in_group": False, "url": url})
