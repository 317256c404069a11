"""Use cases of whoever answers: answer, correct, publish, take back."""

from bot.commons import audit, outreach
from bot.commons.outreach import Letter, Purpose
from bot.features.questions.reads import QuestionView, question
from bot.kernel.errors import Refusal
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import micros

_ANSWER = Statement(
    "UPDATE questions SET state = 'answered', answer = :answer, answered_by = :who,"
    " answered_at = :now, answers = answers + 1, remind_at = NULL"
    " WHERE id = :question AND state <> 'withdrawn' AND answer <> :answer RETURNING id"
)
_PUBLISH = Statement(
    "UPDATE questions SET published_at = COALESCE(published_at, :now), public_words = :words"
    " WHERE id = :question AND state = 'answered' RETURNING id"
)
_UNPUBLISH = Statement(
    "UPDATE questions SET published_at = NULL, public_words = ''"
    " WHERE id = :question AND published_at IS NOT NULL RETURNING id"
)


class NotThere(Refusal):
    """The question is not as the page showed it; nothing was written."""

    template = "questions/not_there.txt.j2"


def answer(uow: UnitOfWork, tools: Toolbox, number: int, words: str, *, who: str) -> QuestionView:
    """Answer a question, or correct the answer; who asked gets it.

    Raises:
        NotThere: it was taken back, or this is the answer already.
    """
    now = micros(uow.clock.now())
    if not uow.run(_ANSWER, question=number, answer=words, who=who, now=now):
        raise NotThere(f"question {number}")
    found = _again(uow, number)
    audit.record(uow, who, "questions.answered", f"question {number}", member=found.member)
    letter = Letter(
        key=f"questions.answer:{number}:{found.answers}",
        subject=f"提问 {number} 的回答",
        purpose=Purpose.SERVICE,
        template="questions/letter.txt.j2",
        data={"question": found},
    )
    outreach.tell(uow, tools, found.member, letter)
    return found


def publish(uow: UnitOfWork, number: int, words: str, *, who: str) -> QuestionView:
    """Let everybody read a question, in the words given, with its answer.

    Raises:
        NotThere: it is not answered, or was taken back.
    """
    if not uow.run(_PUBLISH, question=number, words=words, now=micros(uow.clock.now())):
        raise NotThere(f"question {number}")
    found = _again(uow, number)
    audit.record(uow, who, "questions.published", f"question {number}", member=found.member)
    return found


def unpublish(uow: UnitOfWork, number: int, *, who: str) -> None:
    """Let nobody read a question any more.

    Raises:
        NotThere: nobody can.
    """
    if not uow.run(_UNPUBLISH, question=number):
        raise NotThere(f"question {number}")
    member = _again(uow, number).member
    audit.record(uow, who, "questions.unpublished", f"question {number}", member=member)


def _again(uow: UnitOfWork, number: int) -> QuestionView:
    found = question(uow, number)
    if found is None:
        raise NotThere(f"question {number}")
    return found
