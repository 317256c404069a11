"""The chat doors: 排行榜, and leaving it or coming back."""

from bot.commons import members, pictures
from bot.features.rankings import keeping, reads, replies
from bot.features.rankings.mine import LINK_VALID_S, PAGE
from bot.features.rankings.reads import Chat, What
from bot.kernel.messages import Reply
from bot.kernel.ports import Links, Words
from bot.kernel.router import Router
from bot.kernel.work import Context

router = Router()


@router.command(
    *("排行榜", "排名", "榜单", "排行", "排行版", "排名榜", "打卡排行", "打卡排行榜", "打卡榜"),
    *("我的排名", "看排行榜", "连续榜", "paihangbang", "phb", "rank", "ranking"),
)
def board(ctx: Context) -> Reply:
    """Show who came most in this month and most days in a row; in a group, of its members."""
    group = ctx.update.group
    chat = Chat(ctx.update.channel, group) if group is not None else None
    found = replies.boards(ctx.uow, ctx.tools, ctx.member, chat)
    follows = _draw(ctx, found[What.MONTH])
    links = ctx.tools.use(Links)
    return Reply(
        "rankings/board.txt.j2",
        {
            **replies.words_of(ctx.uow, found, ctx.member),
            **members.addressed(ctx),
            "today": replies.today(ctx.uow, ctx.tools),
            "follows": follows,
            "is_hidden": reads.is_hidden(ctx.uow, ctx.member),
            "url": "" if group else links.to(PAGE, ctx.member, valid_s=LINK_VALID_S),
        },
    )


def _draw(ctx: Context, found: reads.Board) -> bool:
    """Let the month's board follow as a picture, where there is anybody on it and pictures can."""
    if not any(line.members for line in found.lines):
        return False
    me = None if ctx.update.in_group else ctx.member
    drawing, people = replies.picture(ctx.uow, ctx.tools, found, me)
    return pictures.soon(
        ctx.uow,
        ctx.tools,
        drawing,
        pictures.To.sender_of(ctx.update),
        key=f"rankings:{ctx.update.channel}:{ctx.update.key}",
        alt=ctx.tools.use(Words)(
            "rankings/picture.txt.j2",
            part="title",
            what="month",
            day=replies.today(ctx.uow, ctx.tools),
        ),
        why="rankings.board",
        people=people,
    )


@router.command("退出排行榜", "退出排名", "不上榜", "退出榜单", "我不要上榜", "隐藏排名")
def leave(ctx: Context) -> Reply:
    """Take the sender off all lists."""
    was = keeping.hide(ctx.uow, ctx.member)
    return Reply("rankings/left.txt.j2", {**members.addressed(ctx), "changed": was})


@router.command("加入排行榜", "加入排名", "我要上榜", "加入榜单", "恢复排名", "回到排行榜")
def come_back(ctx: Context) -> Reply:
    """Put the sender on the lists again."""
    was = keeping.show(ctx.uow, ctx.member)
    return Reply("rankings/back.txt.j2", {**members.addressed(ctx), "changed": was})
