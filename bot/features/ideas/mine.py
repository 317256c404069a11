"""The members' page: propose, support, see what became of one's own."""

from collections.abc import Mapping

from bot.commons.wording import tidy
from bot.features.ideas import reads, replies, service
from bot.features.ideas.rules import MOST_CHARS, IdeaSettings
from bot.kernel.console import number_in
from bot.kernel.feature import MemberPage
from bot.kernel.ids import MemberId
from bot.kernel.messages import Reply
from bot.kernel.work import Toolbox, UnitOfWork

_MOST = 30


def _load(
    uow: UnitOfWork, tools: Toolbox, member: MemberId, _query: Mapping[str, str]
) -> Mapping[str, object]:
    mine = reads.supported_by(uow, member)
    own = reads.of_member(uow, member, most=_MOST)
    return {
        "own": [replies.seen(uow, tools, each, member) for each in own],
        "ideas": [
            {"idea": each, "is_mine": each.id in mine}
            for each in reads.shown(uow, most=_MOST)
            if each.member != member
        ],
        "settings": tools.use(IdeaSettings),
        "most_chars": MOST_CHARS,
    }


def _number(form: Mapping[str, str]) -> int:
    return number_in(form.get("idea", "")) or 0


def _propose(uow: UnitOfWork, tools: Toolbox, member: MemberId, form: Mapping[str, str]) -> Reply:
    words = tidy(form.get("words", ""))
    proposed = service.propose(uow, member, words, tools.use(IdeaSettings))
    data = replies.seen(uow, tools, proposed.idea, member)
    return Reply("ideas/proposed.txt.j2", data | {"proposed": proposed, "in_group": False})


def _support(uow: UnitOfWork, tools: Toolbox, member: MemberId, form: Mapping[str, str]) -> Reply:
    supported = service.support(uow, tools, member, _number(form), uow.clock.now())
    data = {"supported": supported, "settings": tools.use(IdeaSettings)}
    return Reply("ideas/supported.txt.j2", data)


def _unsupport(uow: UnitOfWork, _: Toolbox, member: MemberId, form: Mapping[str, str]) -> Reply:
    supported = service.unsupport(uow, member, _number(form))
    return Reply("ideas/unsupported.txt.j2", {"supported": supported})


def _withdraw(uow: UnitOfWork, _: Toolbox, member: MemberId, form: Mapping[str, str]) -> Reply:
    service.withdraw(uow, member, _number(form))
    return Reply("ideas/withdrawn.txt.j2", {"number": _number(form)})


member_pages = (
    MemberPage(
        "board",
        "ideas/board.html.j2",
        _load,
        title="建议",
        acts={
            "propose": _propose,
            "support": _support,
            "unsupport": _unsupport,
            "withdraw": _withdraw,
        },
        ask="我的建议",
    ),
)
