"""The members' page: what one can take part in, and how far one is."""

from collections.abc import Mapping

from bot.features.challenges import reads, service
from bot.features.challenges.rules import FIRST_NUMBER
from bot.kernel.community import Community
from bot.kernel.console import number_in
from bot.kernel.feature import MemberPage
from bot.kernel.ids import MemberId
from bot.kernel.messages import Reply
from bot.kernel.work import Toolbox, UnitOfWork

PAGE = "challenges/mine"
_MOST = 20


def _load(
    uow: UnitOfWork, tools: Toolbox, member: MemberId, query: Mapping[str, str]
) -> Mapping[str, object]:
    now = uow.clock.now()
    asked = number_in(query.get("challenge", ""))
    today = tools.use(Community).day_of(now)
    found = {view.id: view for view in reads.open_or_coming(uow, today, most=_MOST)}
    for part in reads.parts_of(uow, member, most=_MOST):
        if part.challenge not in found and (view := reads.one(uow, part.challenge)):
            found[view.id] = view
    chosen = [view for view in found.values() if asked in {None, view.number}]
    return {"all": [service.standing(uow, tools, view, member, now) for view in chosen]}


def _join(uow: UnitOfWork, tools: Toolbox, member: MemberId, form: Mapping[str, str]) -> Reply:
    number = (number_in(form.get("challenge", "")) or 0) - FIRST_NUMBER
    told, is_new = service.join(uow, tools, member, number, uow.clock.now())
    words = {"in_group": False, "name": None, "it": told, "is_new": is_new}
    return Reply("challenges/joined.txt.j2", words)


member_pages = (
    MemberPage(
        "mine",
        "challenges/mine.html.j2",
        _load,
        title="挑战",
        acts={"join": _join},
        ask="我的挑战",
    ),
)
