"""The members' page: all polls, and voting by two taps."""

from collections.abc import Mapping

from bot.features.polls import reads, replies, service
from bot.features.polls.drawing import download
from bot.features.polls.rules import FIRST_NUMBER
from bot.kernel.console import Download, number_in
from bot.kernel.feature import MemberPage
from bot.kernel.ids import MemberId
from bot.kernel.messages import Reply
from bot.kernel.ports import Groups
from bot.kernel.work import Toolbox, UnitOfWork

PAGE = "polls/vote"
_MOST = 30
_ALONE: Mapping[str, object] = {"in_group": False, "name": None}


def _load(
    uow: UnitOfWork, tools: Toolbox, member: MemberId, query: Mapping[str, str]
) -> Mapping[str, object]:
    asked = number_in(query.get("poll", ""))
    polls = [poll for poll in reads.latest(uow, most=_MOST) if asked in {None, poll.number}]
    shown = [replies.shown(uow, tools, poll, member) for poll in polls]
    return {
        "open": [each for each in shown if each["takes_ballots"]],
        "coming": [each for each in shown if each["is_early"]],
        "over": [each for each in shown if not each["takes_ballots"] and not each["is_early"]],
        "is_one": asked is not None,
    }


def _vote(uow: UnitOfWork, tools: Toolbox, member: MemberId, form: Mapping[str, str]) -> Reply:
    number = number_in(form.get("poll", "")) or 0
    chosen = [n for n in range(1, 21) if form.get("choice") == str(n) or form.get(f"choice-{n}")]
    wish = service.Wish(member, number, chosen, uow.clock.now())
    cast = service.cast(uow, tools.use(Groups), wish)
    poll = reads.poll(uow, number)
    if poll is None:
        raise service.NoSuchPoll(f"poll {number}", number=FIRST_NUMBER + number)
    return Reply("polls/cast.txt.j2", replies.cast_words(poll, cast, _ALONE))


def _give(uow: UnitOfWork, tools: Toolbox, _member: MemberId, number: int) -> Download | None:
    return download(uow, tools, reads.poll(uow, number))


member_pages = (
    MemberPage(
        "vote",
        "polls/vote.html.j2",
        _load,
        title="投票",
        acts={"vote": _vote},
        ask="投票",
        files=_give,
    ),
)
