"""The members' page: the surveys that she is asked, her answers, changing them."""

from collections.abc import Mapping

from bot.features.surveys import reads, service
from bot.features.surveys.rules import POINTS, TEXT_CHARS
from bot.kernel.community import Community
from bot.kernel.console import number_in
from bot.kernel.feature import MemberPage
from bot.kernel.ids import MemberId
from bot.kernel.messages import Reply
from bot.kernel.work import Toolbox, UnitOfWork


def _load(
    uow: UnitOfWork, tools: Toolbox, member: MemberId, query: Mapping[str, str]
) -> Mapping[str, object]:
    asked, zone = number_in(query.get("survey", "")), tools.use(Community).zone
    return {
        "surveys": [
            {
                "survey": each,
                "closes_at": each.closes_at.astimezone(zone),
                "answers": reads.answer_of(uow, member, each),
            }
            for each in reads.hers(uow, member)
            if asked in {None, each.id}
        ],
        "points": POINTS,
        "most_chars": TEXT_CHARS,
    }


def _answer(uow: UnitOfWork, _: Toolbox, member: MemberId, form: Mapping[str, str]) -> Reply:
    number = number_in(form.get("survey", "")) or 0
    is_first = service.answer(uow, member, number, form)
    return Reply("surveys/thanks.txt.j2", {"is_first": is_first})


member_pages = (
    MemberPage(
        "mine", "surveys/mine.html.j2", _load, title="问卷", acts={"answer": _answer}, ask="问卷"
    ),
)
