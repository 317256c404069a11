"""The operators' page of second opinions: whether they work, what they cost, what they changed."""

from collections.abc import Mapping
from datetime import datetime

from bot.commons import members
from bot.features.opinion import days, service
from bot.features.opinion.reads import Asked, latest
from bot.features.opinion.rules import Became, State
from bot.kernel.abilities import Abilities
from bot.kernel.community import Community
from bot.kernel.console import Aisle, Page
from bot.kernel.feature import Metric
from bot.kernel.opinions import SecondOpinion
from bot.kernel.work import Toolbox, UnitOfWork

_MOST, _MOST_DAYS = 50, 14


def _load(uow: UnitOfWork, tools: Toolbox, _query: Mapping[str, str]) -> Mapping[str, object]:
    model = tools.use(Abilities).one(SecondOpinion)
    today = tools.use(Community).day_of(uow.clock.now())
    until = service.resting_until(uow)
    return {
        "model": model and {"host": model.host, "name": model.model},
        "budget": model and (model.requests_per_day, model.tokens_per_day),
        "resting_until": _local(tools, until, "%H:%M") if until else "",
        "today": days.of(uow, today),
        "days": days.latest(uow, most=_MOST_DAYS),
        "asked": [_told(uow, tools, one) for one in latest(uow, most=_MOST)],
    }


def _told(uow: UnitOfWork, tools: Toolbox, one: Asked) -> Mapping[str, object]:
    return {
        "at": _local(tools, one.at, "%m-%d %H:%M"),
        "member": one.member,
        "name": members.display_name(uow, one.member) or "",
        "one": one,
    }


def _local(tools: Toolbox, at: datetime, form: str) -> str:
    return at.astimezone(tools.use(Community).zone).strftime(form)


def _failed(uow: UnitOfWork) -> float:
    return days.total(uow, State.FAILED)


def _raised(uow: UnitOfWork) -> float:
    return days.total(uow, Became.RAISED)


pages = (Page("opinion", "第二意见", "opinion/opinion.html.j2", _load, aisle=Aisle.SYSTEM),)
metrics = (
    Metric("opinions_failed", "Second opinions that failed", _failed, "没问成的第二意见"),
    Metric(
        "opinions_raised",
        "Messages for which a second opinion called a human",
        _raised,
        "第二意见多找到的",
    ),
)
