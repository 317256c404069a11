"""The page of whoever answers: what waits, what is answered, what everybody reads."""

from collections.abc import Mapping

from bot.commons import members
from bot.features.questions import answering, experts, reads
from bot.features.questions.reads import QuestionView
from bot.features.questions.replies import PAGE
from bot.features.questions.rules import ANSWER_CHARS, MOST_CHARS, QuestionSettings
from bot.kernel.community import Community
from bot.kernel.console import Aisle, Page, number_in
from bot.kernel.errors import Refusal
from bot.kernel.feature import Metric
from bot.kernel.ports import Links, Words
from bot.kernel.sheets import sheet_of
from bot.kernel.work import Toolbox, UnitOfWork

_MOST, _MOST_ANSWERED = 100, 50
_COLUMNS = ("question", "answered_by", "answered_at", "published", "words", "answer")


class BadForm(Refusal):
    """A field of the form is wrong; nothing was written."""

    template = "questions/bad_form.txt.j2"


def _load(uow: UnitOfWork, tools: Toolbox, _query: Mapping[str, str]) -> Mapping[str, object]:
    settings, answered = tools.use(QuestionSettings), reads.answered(uow, most=_MOST_ANSWERED)
    return {
        "waiting": [_row(uow, tools, each) for each in reads.waiting(uow, most=_MOST)],
        "answered": [_row(uow, tools, each) for each in answered],
        "experts": [one.advisor.name for one in experts.experts_of(uow, tools)],
        "settings": settings,
        "group_url": tools.use(Links).for_group(PAGE),
        "answer_chars": ANSWER_CHARS,
        "most_chars": MOST_CHARS,
        "csv": _sheet(answered),
    }


def _row(uow: UnitOfWork, tools: Toolbox, question: QuestionView) -> Mapping[str, object]:
    waited = uow.clock.now() - question.asked_at
    hours = int(waited.total_seconds() // 3600)
    return {
        "question": question,
        "name": members.display_name(uow, question.member) or "",
        "member": question.member,
        "asked_at": question.asked_at.astimezone(tools.use(Community).zone),
        "hours": hours,
        "is_late": hours >= tools.use(QuestionSettings).remind_after_h,
    }


def _sheet(answered: list[QuestionView]) -> str:
    rows: list[list[object]] = []
    for each in answered:
        at = each.answered_at.isoformat() if each.answered_at else ""
        words = (each.public_words or each.words, each.answer)
        rows.append([each.id, each.answered_by, at, int(bool(each.published_at)), *words])
    return sheet_of(_COLUMNS, rows)


def _question(form: Mapping[str, str]) -> int:
    return number_in(form.get("question", "")) or 0


def _text(form: Mapping[str, str], field: str, most: int) -> str:
    text = form.get(field, "").replace("\r\n", "\n").strip()
    if not 0 < len(text) <= most:
        raise BadForm(field, field=field, most=most)
    return text


def _answer(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    words = _text(form, "answer", ANSWER_CHARS)
    answering.answer(uow, tools, _question(form), words, who=who)
    return _said(tools, "answered", form)


def _publish(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    answering.publish(uow, _question(form), _text(form, "words", MOST_CHARS), who=who)
    return _said(tools, "published", form)


def _unpublish(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    answering.unpublish(uow, _question(form), who=who)
    return _said(tools, "unpublished", form)


def _said(tools: Toolbox, what: str, form: Mapping[str, str]) -> str:
    return tools.use(Words)("questions/done.txt.j2", what=what, number=_question(form))


def _count(uow: UnitOfWork) -> float:
    return float(reads.count_waiting(uow))


pages = (
    Page(
        "questions",
        "提问",
        "questions/questions.html.j2",
        _load,
        {"answer": _answer, "publish": _publish, "unpublish": _unpublish},
        aisle=Aisle.RECEPTION,
    ),
)
metrics = (
    Metric(
        "questions_waiting",
        "Questions that wait for an expert",
        _count,
        "等专家回答的提问",
        waits_on="questions",
    ),
)
