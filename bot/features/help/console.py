"""The operators' page of those who wait for a human, and their number in the metrics."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

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
_MOST_CLOSED = 20


class NotClosed(Refusal):
    """Nobody waits there any more, or nobody was taken off the list there."""

    template = "help/closed.txt.j2"


def _load(uow: UnitOfWork, tools: Toolbox, _query: Mapping[str, str]) -> Mapping[str, object]:
    when = partial(_when, tools.use(Community).zone)
    return {
        "total": int(service.count_waiting(uow)),
        "people": [_person(uow, one, when) for one in service.waiting(uow, most=_MOST)],
        "closed": [
            _person(uow, one.waiting, when) | {"closed_at": when(one.at), "closed_by": one.by}
            for one in service.closed(uow, most=_MOST_CLOSED)
        ],
    }


def _person(
    uow: UnitOfWork, one: service.Waiting, when: Callable[[datetime], str]
) -> dict[str, object]:
    return {
        "member": one.member,
        "name": members.display_name(uow, one.member) or "",
        "identities": members.identities_of(uow, one.member),
        "asked_at": when(one.asked_at),
        "last_asked_at": when(one.last_asked_at),
        "times": one.times,
    }


def _when(zone: ZoneInfo, at: datetime) -> str:
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def _close(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    member = number_in(form.get("member", ""))
    if member is None or not service.close_request(uow, MemberId(member), who):
        raise NotClosed("nobody waits", became="")
    return tools.use(Words)("help/closed.txt.j2", became="closed", member=member)


def _reopen(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    member = number_in(form.get("member", ""))
    if member is None or not service.reopen_request(uow, MemberId(member), who):
        raise NotClosed("not closed, or too long ago", became="")
    return tools.use(Words)("help/closed.txt.j2", became="reopened", member=member)


pages = (
    Page(
        "waiting",
        "找人工",
        "help/waiting.html.j2",
        _load,
        {"close": _close, "reopen": _reopen},
        aisle=Aisle.RECEPTION,
        place=1,
    ),
)
metrics = (
    Metric(
        "members_waiting_for_human",
        "Members who asked for a human and were not contacted yet",
        service.count_waiting,
        title="在等真人的会员",
        waits_on="waiting",
    ),
)
