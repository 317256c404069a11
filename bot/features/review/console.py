"""The pages of whoever reviews: what was in doubt, and the sample of a week."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby

from bot.commons import members
from bot.commons.verdicts import Verdict, doubts, lessons, sampling
from bot.commons.verdicts.doubts import Doubt
from bot.commons.verdicts.sampling import Chat
from bot.features.review import service
from bot.features.review.service import Decided
from bot.kernel.community import Community
from bot.kernel.console import Aisle, Page, number_in
from bot.kernel.exporting import Asked, Cell, Export
from bot.kernel.feature import Metric
from bot.kernel.ports import Groups, Words
from bot.kernel.work import Toolbox, UnitOfWork

_MOST, _RECENT, _SHOWN, _WEEKS = 50, 20, 5, 12


def _load(uow: UnitOfWork, tools: Toolbox, _query: Mapping[str, str]) -> Mapping[str, object]:
    rows = [_open(uow, tools, one) for one in doubts.undecided(uow, most=_MOST)]
    days = groupby(rows, key=lambda row: row["day"])
    return {
        "days": [(day, list(found)) for day, found in days],
        "waiting": doubts.count_undecided(uow),
        "decided": [_row(uow, tools, one) for one in doubts.decided(uow, most=_RECENT)],
        "most": _MOST,
    }


def _row(uow: UnitOfWork, tools: Toolbox, doubt: Doubt) -> Mapping[str, object]:
    at = doubt.at.astimezone(tools.use(Community).zone)
    return {
        "doubt": doubt,
        "member": doubt.member,
        "name": members.display_name(uow, doubt.member) or "",
        "at": at,
        "day": at.date(),
        "group": _group(tools, doubt.in_group),
        "percent": round(doubt.score * 100),
    }


def _open(uow: UnitOfWork, tools: Toolbox, doubt: Doubt) -> Mapping[str, object]:
    said = service.before(uow, tools, doubt)
    return {**_row(uow, tools, doubt), "before": [(one.by.value, one.words) for one in said]}


def _group(tools: Toolbox, chat_id: str) -> str:
    known = tools.use(Groups).by_id.values()
    return next((one.name for one in known if one.recipient == chat_id), chat_id)


def _human(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    asked, told = service.needs_human(uow, tools, _doubt(uow, form), who=who)
    return tools.use(Words)("review/done.txt.j2", what="human", asked=asked, told=told)


def _fine(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    service.fine(uow, tools, _doubt(uow, form), who=who)
    return tools.use(Words)("review/done.txt.j2", what="fine", told=True)


def _undo(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    if not doubts.undo(uow, _doubt(uow, form), who=who):
        raise Decided
    return tools.use(Words)("review/done.txt.j2", what="undone", told=True)


def _doubt(uow: UnitOfWork, form: Mapping[str, str]) -> Doubt:
    found = doubts.get(uow, number_in(form.get("doubt", "")) or 0)
    if found is None:
        raise Decided
    return found


def _load_sample(uow: UnitOfWork, tools: Toolbox, query: Mapping[str, str]) -> Mapping[str, object]:
    weeks, community = sampling.weeks(uow, most=_WEEKS), tools.use(Community)
    week = _week(query.get("week", ""), weeks)
    drawn = sampling.chats(uow, week) if week else []
    unread = [one for one in drawn if not one.verdict]
    return {
        "weeks": weeks,
        "week": week,
        "progress": sampling.progress(uow, community, week) if week else None,
        "unread": [_chat(uow, tools, one) for one in unread[:_SHOWN]],
        "read": [one for one in drawn if one.verdict],
    }


def _week(asked: str, weeks: Sequence[date]) -> date | None:
    found = [week for week in weeks if week.isoformat() == asked]
    return next(iter([*found, *weeks]), None)


def _chat(uow: UnitOfWork, tools: Toolbox, chat: Chat) -> Mapping[str, object]:
    zone = tools.use(Community).zone
    said = service.read(uow, tools, chat)[-service.MOST_TURNS :]
    return {
        "chat": chat,
        "member": chat.member,
        "name": members.display_name(uow, chat.member) or "",
        "said": [(one.by.value, one.at.astimezone(zone), one.words) for one in said],
    }


def _sample_human(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    return _decide(uow, tools, form, Verdict.HUMAN, who)


def _sample_fine(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    return _decide(uow, tools, form, Verdict.FINE, who)


def _decide(
    uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], verdict: Verdict, who: str
) -> str:
    service.decide(uow, tools, _drawn(uow, form), verdict, who=who)
    return tools.use(Words)("review/done.txt.j2", what=f"sample_{verdict}", told=True)


def _sample_undo(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    if not sampling.undo(uow, _drawn(uow, form), who=who):
        raise Decided
    return tools.use(Words)("review/done.txt.j2", what="undone", told=True)


def _drawn(uow: UnitOfWork, form: Mapping[str, str]) -> Chat:
    found = sampling.get(uow, number_in(form.get("chat", "")) or 0)
    if found is None:
        raise Decided
    return found


def _rows(uow: UnitOfWork, asked: Asked) -> Iterator[tuple[Cell, ...]]:
    for one in lessons.lessons(uow):
        at = one.at.astimezone(asked.community.zone).isoformat()
        yield (one.turns, one.escalate, one.source, one.key, at)


def _waiting(uow: UnitOfWork) -> float:
    return float(doubts.count_undecided(uow))


pages = (
    Page(
        "review",
        "待复核",
        "review/review.html.j2",
        _load,
        {"human": _human, "fine": _fine, "undo": _undo},
        aisle=Aisle.RECEPTION,
        place=3,
        advisors=True,
    ),
    Page(
        "sample",
        "对话抽查",
        "review/sample.html.j2",
        _load_sample,
        {"human": _sample_human, "fine": _sample_fine, "undo": _sample_undo},
        aisle=Aisle.RECEPTION,
        place=6,
    ),
)
metrics = (
    Metric(
        "detector_doubts_waiting",
        "Messages of which the detector was not sure and that nobody has read",
        _waiting,
        "待复核的话",
        waits_on="review",
    ),
)
exports = (Export("detector-feedback", ("turns", "escalate", "source", "key", "at"), _rows),)
