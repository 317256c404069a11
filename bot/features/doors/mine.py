"""The members' page: how it was, of the salons that she was at."""

from collections.abc import Mapping

from bot.commons.salons import FIRST_NUMBER
from bot.features.doors import feedback
from bot.features.doors.rules import MOST_SAID_CHARS, MOST_STARS
from bot.kernel.community import Community
from bot.kernel.console import number_in
from bot.kernel.feature import MemberPage
from bot.kernel.ids import MemberId
from bot.kernel.messages import Reply
from bot.kernel.work import Toolbox, UnitOfWork


def _load(
    uow: UnitOfWork, tools: Toolbox, member: MemberId, query: Mapping[str, str]
) -> Mapping[str, object]:
    asked = number_in(query.get("salon", ""))
    went = feedback.went_to(uow, member)
    return {
        "went": [(found, mine) for found, mine in went if asked in {None, found.number}],
        "zone": tools.use(Community).zone,
        "most_stars": MOST_STARS,
        "most_chars": MOST_SAID_CHARS,
    }


def _rate(uow: UnitOfWork, _tools: Toolbox, member: MemberId, form: Mapping[str, str]) -> Reply:
    stars = number_in(form.get("stars", "")) or 0
    salon = (number_in(form.get("salon", "")) or FIRST_NUMBER) - FIRST_NUMBER
    said, now = form.get("said", "").strip(), uow.clock.now()
    found = feedback.rate(uow, member, salon, stars, said, at=now)
    return Reply("doors/rated.txt.j2", {"salon": found, "stars": stars, "in_group": False})


member_pages = (
    MemberPage(
        "feedback",
        "doors/feedback.html.j2",
        _load,
        title="活动感受",
        acts={"rate": _rate},
        ask="活动",
        listed=False,
    ),
)
