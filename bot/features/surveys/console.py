"""The operators' page of surveys: make, send, see how far they came and what came of them."""

from collections.abc import Mapping

from bot.commons import audience
from bot.commons.ratings import ENOUGH
from bot.features.surveys import reads, sending
from bot.features.surveys.filing import SURVEYS
from bot.features.surveys.reads import SurveyView
from bot.features.surveys.rules import (
    LEAST_ANONYMOUS,
    Answer,
    Question,
    State,
    count,
    questions_in,
    share,
)
from bot.kernel.community import Community
from bot.kernel.console import Aisle, Download, Page, instant_in, number_in
from bot.kernel.errors import Refusal
from bot.kernel.feature import Metric
from bot.kernel.ports import Groups, Words
from bot.kernel.sheets import csv_file
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import integer

_MOST, _TITLE_CHARS, _COUNTED = 20, 60, 2000
_SHOWN_TEXTS = 20
_OPEN = Statement("SELECT COUNT(*) FROM surveys WHERE state = 'sent'")


class BadForm(Refusal):
    """A field of the form is wrong; nothing was written."""

    template = "surveys/bad_form.txt.j2"


def _load(uow: UnitOfWork, tools: Toolbox, query: Mapping[str, str]) -> Mapping[str, object]:
    asked = number_in(query.get("survey", ""))
    found = [each for each in reads.surveys(uow, most=_MOST) if asked in {None, each.id}]
    return {
        "surveys": [_row(uow, tools, each) for each in found],
        "title_chars": _TITLE_CHARS,
        "least": LEAST_ANONYMOUS,
        "enough": ENOUGH,
        "shown_texts": _SHOWN_TEXTS,
        "counted": _COUNTED,
    }


def _row(uow: UnitOfWork, tools: Toolbox, one: SurveyView) -> Mapping[str, object]:
    zone, answers = tools.use(Community).zone, reads.answers(uow, one)
    reach, is_draft = reads.reach(uow, one.id), one.state is State.DRAFT
    groups = tools.use(Groups)
    people = audience.members_of(uow, one.audience, groups, most=_COUNTED) if is_draft else ()
    return {
        "survey": one,
        "closes_at": one.closes_at.astimezone(zone),
        "is_over": one.closes_at <= uow.clock.now(),
        "people": len(people),
        "reach": reach,
        "rate": share(reach.answered, reach.delivered),
        "n": len(answers),
        "results": count(one.questions, answers) if _may_show(one, len(answers)) else None,
    }


def _may_show(one: SurveyView, n: int) -> bool:
    """Return True when nobody's answer can be told from the others.

    Anonymous ones not before the end: who looks after each answer sees what the next one adds.
    """
    if one.is_anonymous:
        return n >= LEAST_ANONYMOUS and one.state is State.CLOSED
    return n > 0


def _sheet(uow: UnitOfWork, _tools: Toolbox, number: int) -> Download | None:
    """Return the answers as CSV; of too few anonymous ones only the questions."""
    one = reads.survey(uow, number)
    if one is None:
        return None
    named = [] if one.is_anonymous else reads.named(uow, number)
    lines = [(str(member), given) for member, given in named]
    if one.is_anonymous and _may_show(one, len(voices := reads.answers(uow, one))):
        lines = [("", given) for given in voices]
    rows = [[who, *map(_said, given, one.questions)] for who, given in lines]
    return csv_file(f"survey-{number}", ["member", *(each.text for each in one.questions)], rows)


def _said(answer: Answer, question: Question) -> str:
    if isinstance(answer, str):
        return answer
    options = question.options
    return "、".join(options[n - 1] if options else str(n) for n in answer)


def _survey(form: Mapping[str, str]) -> int:
    return number_in(form.get("survey", "")) or 0


def _send(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    one = sending.send(uow, _survey(form), who=who)
    return tools.use(Words)("surveys/done.txt.j2", what="sent", title=one.title, path="")


def _close(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    one = sending.close_now(uow, _survey(form), who=who)
    return tools.use(Words)("surveys/done.txt.j2", what="closed", title=one.title, path="")


def _make(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    title, questions = form.get("title", "").strip(), questions_in(form.get("questions", ""))
    if not 0 < len(title) <= _TITLE_CHARS:
        raise BadForm("title", field="title")
    if questions is None:
        raise BadForm("questions", field="questions")
    if (closes_at := instant_in(form.get("closes_at", ""), tools.use(Community).zone)) is None:
        raise BadForm("date", field="date")
    matter: dict[str, object] = {
        "title": title,
        "audience": form.get("audience", "").split(),
        "anonymous": bool(form.get("anonymous")),
        "closes_at": closes_at,
        "questions": questions,
    }
    path = SURVEYS.make(uow, tools, matter, form.get("body", ""), who)
    return tools.use(Words)("surveys/done.txt.j2", what="made", title=title, path=path)


def _count_open(uow: UnitOfWork) -> float:
    return float(integer(uow.run(_OPEN)[0][0]))


pages = (
    Page(
        "surveys",
        "问卷",
        "surveys/surveys.html.j2",
        _load,
        {"send": _send, "close": _close, "make": _make},
        files=_sheet,
        aisle=Aisle.PLAY,
    ),
)
metrics = (Metric("surveys_open", "Surveys that can be answered", _count_open, "进行中的问卷"),)
