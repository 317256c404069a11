"""What an idea looks like to a member."""

from bot.features.ideas import reads
from bot.features.ideas.reads import IdeaView
from bot.features.ideas.rules import IdeaSettings
from bot.kernel.community import Community
from bot.kernel.ids import MemberId
from bot.kernel.ports import Links
from bot.kernel.work import Context, Toolbox, UnitOfWork

PAGE = "ideas/board"
LINK_VALID_S = 24 * 3600


def seen(uow: UnitOfWork, tools: Toolbox, idea: IdeaView, member: MemberId) -> dict[str, object]:
    """Return everything that a template says of an idea to one member."""
    zone, step = tools.use(Community).zone, reads.last_step(uow, idea.id)
    reward = reads.reward_of(uow, idea.id)
    return {
        "idea": idea,
        "is_hers": idea.member == member,
        "due_at": idea.due_at.astimezone(zone) if idea.due_at else None,
        "needed": tools.use(IdeaSettings).supporters_needed,
        "reply": step.reply if step else "",
        "reward": reward if reward and reward.state == "given" else None,
    }


def link(ctx: Context) -> str:
    """Return the address of the page, fit for where it is read."""
    links = ctx.tools.use(Links)
    if ctx.update.in_group:
        return links.for_group(PAGE)
    return links.to(PAGE, ctx.member, valid_s=LINK_VALID_S)
