"""The chat doors: by which link somebody came, the way into her group, accounts that change."""

from bot.commons import members
from bot.commons.notices import Notices
from bot.features.arrivals import inviting, service
from bot.features.arrivals.rules import SURVEY
from bot.kernel.abilities import Errands
from bot.kernel.community import Community
from bot.kernel.messages import Reply, Update
from bot.kernel.ports import Words
from bot.kernel.router import Router
from bot.kernel.work import Context, Toolbox, UnitOfWork

router = Router()
_VERBS = ("given", "taken")


@router.news("enter_session")
def came_by_a_link(uow: UnitOfWork, update: Update, _tools: Toolbox) -> None:
    """Keep where a member came from."""
    scene, param = update.extra.get("scene", ""), update.extra.get("scene_param", "")
    if update.sender is None or not (scene or param or update.via):
        return
    member = members.resolve(uow, update.channel, update.sender, update.at, name=update.nickname)
    seen = service.Seen(member, update.channel, update.via, update.sender)
    service.arrived(uow, seen, scene=scene, param=param, at=update.at)


@router.command(
    "进群", "加群", "入群", "进社群", "加社群", "我要进群", "我要加群", "怎么进群", "拉我进群"
)
def into_the_group(ctx: Context) -> Reply | None:
    """Show the sender the group that belongs to where she came from."""
    update = ctx.update
    if update.in_group:
        return None
    seen = service.Seen(ctx.member, update.channel, update.via, update.sender or "")
    answer = inviting.invite(ctx.uow, seen, ctx.tools, why="asked")
    contact = ctx.tools.use(Community).contact
    return Reply("arrivals/group.txt.j2", {"answer": answer.value, "contact": contact})


@router.news("kf_account_auth_change")
def accounts_changed(uow: UnitOfWork, update: Update, tools: Toolbox) -> None:
    """Tell operators which accounts were given to us, or taken away."""
    told = {verb: [*filter(None, update.extra.get(verb, "").split(","))] for verb in _VERBS}
    if any(told.values()):
        text = tools.use(Words)("arrivals/accounts.txt.j2", **told)
        tools.use(Notices).tell(uow, key=f"arrivals.accounts:{update.key}", text=text)
        tools.use(Errands).soon(uow, SURVEY)
