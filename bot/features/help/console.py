"""The operators' page of those who wait for a human, and their number in the metrics."""

from collections.abc import Mapping

from bot.commons import members
from bot.features.help import service
from bot.kernel.community import Community
from bot.kernel.console import Aisle, Page, number_in
from bot.kernel.errors import Refusal
from bot.kernel.feature import Metric
from bot.kernel.ids import MemberId
from bot.kernel.ports import Words
from bot.kernel.work import Toolbox, UnitOfWork

_MOST = 200


class NotClosed(Refusal):
    """Nobody waits there any more."""

    template = "help/closed.txt.j2"


def _load(uow: UnitOfWork, tools: Toolbox, _query: Mapping[str, str]) -> Mapping[str, object]:
    zone = tools.use(Community).zone
    return {
        "total": int(service.count_waiting(uow)),
        "people": [
            {
                "member": one.member,
                "name": members.display_name(uow, one.member) or "",
                "identities": members.identities_of(uow, one.member),
                "asked_at": one.asked_at.astimezone(zone).strftime("%Y-%m-%d %H:%M"),
                "last_asked_at": one.last_asked_at.astimezone(zone).strftime("%Y-%m-%d %H:%M"),
                "times": one.times,
            }
            for one in service.waiting(uow, most=_MOST)
        ],
    }


def _close(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    member = number_in(form.get("member", ""))
    if member is None or not service.close_request(uow, MemberId(member), who):
        raise NotClosed("nobody waits", closed=False)
    return tools.use(Words)("help/closed.txt.j2", closed=True, member=member)


pages = (
    Page(
        "waiting", "找人工", "help/waiting.html.j2", _load, {"close": _close}, aisle=Aisle.RECEPTION
    ),
)
metrics = (
    Metric(
        "members_waiting_for_human",
        "Members who asked for a human and were not contacted yet",
        service.count_waiting,
        title="在等真人的会员",
    ),
)
