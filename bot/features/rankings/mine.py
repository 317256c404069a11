"""The members' page: both boards, one's own place, and whether one is on them."""

from collections.abc import Mapping

from bot.commons import pictures
from bot.features.rankings import keeping, reads, replies
from bot.features.rankings.reads import Chat, What
from bot.kernel.console import Download
from bot.kernel.feature import MemberPage
from bot.kernel.ids import GroupId, MemberId
from bot.kernel.messages import Reply
from bot.kernel.ports import Groups
from bot.kernel.work import Toolbox, UnitOfWork

PAGE = "rankings/board"
LINK_VALID_S = 24 * 3600
_PICTURES = {1: What.MONTH, 2: What.RUN}


def _load(
    uow: UnitOfWork, tools: Toolbox, member: MemberId, query: Mapping[str, str]
) -> Mapping[str, object]:
    group = tools.use(Groups).by_id.get(GroupId(query.get("group", "")))
    chat = Chat(group.channel, group.recipient) if group else None
    if chat is not None and not reads.is_in(uow, chat, member):
        group = chat = None  # a group's people are for those in it
    found = replies.boards(uow, tools, member, chat)
    return {
        **replies.words_of(uow, found, member),
        "today": replies.today(uow, tools),
        "group": group.name if group else "",
        "is_hidden": reads.is_hidden(uow, member),
    }


def _leave(uow: UnitOfWork, _tools: Toolbox, member: MemberId, _form: Mapping[str, str]) -> Reply:
    changed = keeping.hide(uow, member)
    return Reply("rankings/left.txt.j2", {"in_group": False, "name": None, "changed": changed})


def _join(uow: UnitOfWork, _tools: Toolbox, member: MemberId, _form: Mapping[str, str]) -> Reply:
    changed = keeping.show(uow, member)
    return Reply("rankings/back.txt.j2", {"in_group": False, "name": None, "changed": changed})


def _give(uow: UnitOfWork, tools: Toolbox, member: MemberId, number: int) -> Download | None:
    what = _PICTURES.get(number)
    if what is None:
        return None
    drawing, _ = replies.picture(uow, tools, replies.boards(uow, tools, member)[what], member)
    return pictures.download(drawing, f"{what.value}.png")


member_pages = (
    MemberPage(
        "board",
        "rankings/board.html.j2",
        _load,
        title="排行榜",
        acts={"leave": _leave, "join": _join},
        ask="排行榜",
        files=_give,
    ),
)
