"""Use case of members: answer, once, and change it until it closes."""

from collections.abc import Mapping
from enum import StrEnum

from bot.features.surveys.reads import SurveyView, answers_json, has_answered, held, is_invited
from bot.features.surveys.rules import TEXT_CHARS, BadAnswer, State, read, token
from bot.kernel.errors import Refusal
from bot.kernel.ids import MemberId
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import micros

_ANSWER = Statement(
    "INSERT INTO survey_answers (survey_id, member_id, answers, at)"
    " VALUES (:survey, :member, :answers, :now) ON CONFLICT (survey_id, member_id)"
    " DO UPDATE SET answers = excluded.answers, at = excluded.at"
)
_VOICE = Statement(
    "INSERT INTO survey_voices (survey_id, token, answers) VALUES (:survey, :token, :answers)"
    " ON CONFLICT (survey_id, token) DO UPDATE SET answers = excluded.answers"
)
_ANSWERED = Statement(
    "UPDATE survey_invitations SET answered = 1 WHERE survey_id = :survey AND member_id = :member"
)


class Why(StrEnum):
    """Why something can't be done."""

    NOT_HERS = "not_hers"
    """There is none, or she is not asked; who is asked is not told to others."""
    CLOSED = "closed"
    BAD_ANSWER = "bad_answer"


class SurveyRefused(Refusal):
    """A member asked for what can't be; nothing was written."""

    template = "surveys/refused.txt.j2"

    def __init__(self, why: Why, **words: object) -> None:
        super().__init__(why, why=why.value, **words)


def for_her(uow: UnitOfWork, member: MemberId, number: int) -> SurveyView:
    """Return a survey that a member is asked, kept to the commit.

    Raises:
        SurveyRefused: there is none, or it is not for her.
    """
    found = held(uow, number)
    sent = found is not None and found.state in {State.SENT, State.CLOSED}
    if found is None or not sent or not is_invited(uow, member, number):
        raise SurveyRefused(Why.NOT_HERS, number=number)
    return found


def answer(uow: UnitOfWork, member: MemberId, number: int, form: Mapping[str, str]) -> bool:
    """Take a member's answers, or change them; return True for the first time.

    Raises:
        SurveyRefused: it is not for her, closed, or a question is not answered.
    """
    found, now = for_her(uow, member, number), uow.clock.now()
    if not found.takes(now):
        raise SurveyRefused(Why.CLOSED, survey=found)
    try:
        given = read(form, found.questions)
    except BadAnswer as exc:
        asked = found.questions[exc.question - 1].text
        words = {"what": exc.why, "question": exc.question, "asked": asked, "most": TEXT_CHARS}
        raise SurveyRefused(Why.BAD_ANSWER, **words) from exc
    is_first = not has_answered(uow, member, number)
    said = answers_json.dump_json(given).decode()
    if found.is_anonymous:
        uow.run(_VOICE, survey=number, token=token(found.salt, member), answers=said)
    else:
        uow.run(_ANSWER, survey=number, member=member, answers=said, now=micros(now))
    uow.run(_ANSWERED, survey=number, member=member)
    return is_first
