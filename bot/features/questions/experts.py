"""How whoever may answer is told: operators by a notice, advisors with the skill by a message."""

from collections.abc import Sequence
from datetime import timedelta

from bot.commons import staff
from bot.commons.notices import Notices
from bot.commons.staff import Standing
from bot.features.questions.reads import QuestionView
from bot.features.questions.rules import QuestionSettings
from bot.kernel.community import Advisors
from bot.kernel.ports import Words
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import integer, micros

_DAY = timedelta(days=1)
_DUE = Statement(
    "UPDATE questions SET remind_at = :next WHERE state = 'waiting' AND remind_at <= :now"
    " RETURNING id"
)


def tell_new(uow: UnitOfWork, tools: Toolbox, question: QuestionView) -> None:
    """Tell of a new question; what she wrote stays on the page."""
    _tell(uow, tools, f"new:{question.id}", "new", [question.id])


def remind(uow: UnitOfWork, tools: Toolbox) -> None:
    """Tell of questions that wait too long, and of those that still do a day later."""
    now = uow.clock.now()
    due = uow.run(_DUE, now=micros(now), next=micros(now + _DAY))
    if numbers := sorted(integer(row[0]) for row in due):
        _tell(uow, tools, f"waiting:{numbers[0]}:{micros(now)}", "waiting", numbers)


def _tell(uow: UnitOfWork, tools: Toolbox, key: str, what: str, numbers: Sequence[int]) -> None:
    settings, found = tools.use(QuestionSettings), experts_of(uow, tools)
    text = tools.use(Words)(
        "questions/notice.txt.j2",
        what=what,
        numbers=numbers,
        experts=[one.advisor.name for one in found],
        hours=settings.remind_after_h,
    )
    tools.use(Notices).tell(uow, key=f"questions.{key}", text=text)
    for one in found:
        staff.write_to(uow, tools, one.userid, text, key=f"questions.{key}", why="questions.expert")


def experts_of(uow: UnitOfWork, tools: Toolbox) -> list[Standing]:
    """Return the advisors who have the skill and are in the company."""
    skill = tools.use(QuestionSettings).skill
    standing = staff.standing(uow, tools.use(Advisors)) if skill else ()
    return [one for one in standing if skill in one.advisor.skills and not one.gone]
