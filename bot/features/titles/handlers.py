"""The chat doors: 提议活动, 我的头衔."""

from bot.commons.content import Shelf
from bot.commons.notices import Notices
from bot.commons.wording import typed_after
from bot.features.titles import service
from bot.features.titles.matter import Titles
from bot.kernel.community import Community
from bot.kernel.messages import Reply
from bot.kernel.ports import Words
from bot.kernel.router import Router
from bot.kernel.work import Context

router = Router()
_MOST = 5
_PROPOSE = ("提议活动", "活动提议", "我要提议", "提议", "提个活动")


def _titles(ctx: Context) -> Titles:
    library = ctx.tools.use(Shelf).at_hand(ctx.uow.clock.now()).library
    return library.table(Titles) or Titles()


@router.command(*_PROPOSE, argument=True)
def propose(ctx: Context) -> Reply:
    """Put an event that she proposes on the operators' list."""
    at = ctx.update.at
    words = " ".join(typed_after(ctx.update.text, _PROPOSE).split())
    wish = service.Wish(ctx.member, words, at, f"{ctx.update.channel}:{ctx.update.key}")
    day = ctx.tools.use(Community).day_of(at)
    if number := service.propose(ctx.uow, _titles(ctx), wish, day):
        text = ctx.tools.use(Words)("titles/notice.txt.j2")
        ctx.tools.use(Notices).tell(ctx.uow, key=f"titles.proposal:{number}", text=text)
    return Reply("titles/proposed.txt.j2")


@router.command("我的头衔", "头衔", "我的称号", "称号", "我的提议")
def my_titles(ctx: Context) -> Reply:
    """Show which titles she holds, and in a 1:1 chat what became of what she proposed."""
    known, uow = _titles(ctx), ctx.uow
    today = ctx.tools.use(Community).day_of(uow.clock.now())
    held = [(known.of(each.name), each) for each in service.titles_of(uow, ctx.member, today)]
    mine = [] if ctx.update.in_group else service.proposals_of(uow, ctx.member, most=_MOST)
    return Reply("titles/mine.txt.j2", {"held": held, "proposals": mine})
