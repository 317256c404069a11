"""The operators' page of ratings."""

from collections.abc import Mapping

from bot.commons import members
from bot.features.feedback import service
from bot.features.feedback.rules import Verdict
from bot.features.feedback.service import Opinion
from bot.kernel.community import Community
from bot.kernel.console import Aisle, Page
from bot.kernel.desk import Answers
from bot.kernel.feature import Metric
from bot.kernel.words import cut_chars
from bot.kernel.work import Toolbox, UnitOfWork

_MOST = 100
_EXCERPT_CHARS = 80


def _load(uow: UnitOfWork, tools: Toolbox, _query: Mapping[str, str]) -> Mapping[str, object]:
    return {
        "counts": {verdict.value: service.count(uow, verdict) for verdict in Verdict},
        "reasons": service.count_reasons(uow),
        "opinions": [_told(uow, tools, one) for one in service.latest(uow, most=_MOST)],
    }


def _told(uow: UnitOfWork, tools: Toolbox, opinion: Opinion) -> Mapping[str, object]:
    answer = tools.use(Answers).find(uow, opinion.channel, opinion.answer)
    at = opinion.at.astimezone(tools.use(Community).zone)
    return {
        "at": at.strftime("%m-%d %H:%M"),
        "member": opinion.member,
        "name": members.display_name(uow, opinion.member) or "",
        "verdict": opinion.verdict.value,
        "reasons": opinion.reasons,
        "words": opinion.words,
        "answer": cut_chars(answer.words, _EXCERPT_CHARS) if answer else "",
        "why": answer.why if answer else "",
        "trace": answer.trace if answer else "",
    }


def _inaccurate(uow: UnitOfWork) -> float:
    return service.count(uow, Verdict.INACCURATE)


def _accurate(uow: UnitOfWork) -> float:
    return service.count(uow, Verdict.ACCURATE)


pages = (Page("feedback", "评价", "feedback/feedback.html.j2", _load, aisle=Aisle.RECEPTION),)
metrics = (
    Metric(
        "answers_rated_accurate",
        "Answers that members find accurate",
        _accurate,
        "会员觉得准的回答",
    ),
    Metric(
        "answers_rated_inaccurate",
        "Answers that members find inaccurate",
        _inaccurate,
        "会员觉得不准的回答",
    ),
)
