"""Surveys as the room's doors need them."""

from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter

from bot.features.surveys.rules import Answer, Question, State, token
from bot.kernel.ids import MemberId
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

_SURVEY = (
    "SELECT id, path, title, words, questions, audience, anonymous, closes_at, state, salt,"
    " sent_by, sent_at, next_member FROM surveys"
)
_ONE = Statement(f"{_SURVEY} WHERE id = :survey")
_HOLD = Statement("UPDATE surveys SET state = state WHERE id = :survey")
_ALL = Statement(f"{_SURVEY} WHERE state <> 'withdrawn' ORDER BY id DESC LIMIT :most")
_HERS = Statement(
    "SELECT i.survey_id FROM survey_invitations i JOIN surveys s ON s.id = i.survey_id"
    " WHERE i.member_id = :member AND s.state = 'sent' AND s.closes_at > :now"
    " ORDER BY s.closes_at, s.id"
)
_INVITED = Statement(
    "SELECT answered FROM survey_invitations WHERE survey_id = :survey AND member_id = :member"
)
_REACH = Statement(
    "SELECT COUNT(*), COUNT(delivered_at),"
    " COUNT(CASE WHEN answered = 1 AND delivered_at IS NOT NULL THEN 1 END),"
    " COUNT(CASE WHEN answered = 1 AND delivered_at IS NULL THEN 1 END),"
    " COUNT(CASE WHEN told = 'hushed' THEN 1 END), COUNT(CASE WHEN told = 'no_way' THEN 1 END)"
    " FROM survey_invitations WHERE survey_id = :survey"
)
_NAMED = Statement(
    "SELECT member_id, answers FROM survey_answers WHERE survey_id = :survey ORDER BY member_id"
)
# In the order of their words: the order in which they came would tell who wrote them.
_VOICES = Statement("SELECT answers FROM survey_voices WHERE survey_id = :survey ORDER BY answers")
_MINE = Statement(
    "SELECT answers FROM survey_answers WHERE survey_id = :survey AND member_id = :member"
)
_MY_VOICE = Statement(
    "SELECT answers FROM survey_voices WHERE survey_id = :survey AND token = :token"
)

questions_json: TypeAdapter[tuple[Question, ...]] = TypeAdapter(tuple[Question, ...])
answers_json: TypeAdapter[tuple[Answer, ...]] = TypeAdapter(tuple[Answer, ...])
words_json: TypeAdapter[tuple[str, ...]] = TypeAdapter(tuple[str, ...])


@dataclass(frozen=True, slots=True)
class SurveyView:
    """A survey."""

    id: int
    path: str
    title: str
    words: str
    questions: tuple[Question, ...]
    audience: tuple[str, ...]
    is_anonymous: bool
    closes_at: datetime
    state: State
    salt: str
    sent_by: str
    sent_at: datetime | None
    next_member: int | None

    def takes(self, at: datetime) -> bool:
        """Return True when an answer sent at `at` is in time; the closing instant is too late."""
        return self.state is State.SENT and at < self.closes_at


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a survey came."""

    invited: int
    delivered: int
    """Messages that really left."""
    answered: int
    """Of those to whom it was delivered."""
    by_themselves: int
    """Who answered without having got the message: they found it by 问卷."""
    hushed: int
    no_way: int


def survey(uow: UnitOfWork, number: int) -> SurveyView | None:
    """Return a survey; None when there is none."""
    rows = uow.run(_ONE, survey=number)
    return _view(rows[0]) if rows else None


def held(uow: UnitOfWork, number: int) -> SurveyView | None:
    """Return a survey and keep it to the commit: an answer is in, or comes too late."""
    uow.run(_HOLD, survey=number)
    return survey(uow, number)


def surveys(uow: UnitOfWork, *, most: int) -> list[SurveyView]:
    """Return all surveys, the newest first."""
    return [_view(row) for row in uow.run(_ALL, most=most)]


def hers(uow: UnitOfWork, member: MemberId) -> list[SurveyView]:
    """Return the surveys that a member is asked and may answer now, what ends first in front."""
    rows = uow.run(_HERS, member=member, now=micros(uow.clock.now()))
    found = (survey(uow, integer(row[0])) for row in rows)
    return [one for one in found if one is not None]


def is_invited(uow: UnitOfWork, member: MemberId, number: int) -> bool:
    """Return True when a member is asked."""
    return bool(uow.run(_INVITED, survey=number, member=member))


def has_answered(uow: UnitOfWork, member: MemberId, number: int) -> bool:
    """Return True when a member has answered."""
    rows = uow.run(_INVITED, survey=number, member=member)
    return bool(rows and rows[0][0])


def reach(uow: UnitOfWork, number: int) -> Reach:
    """Return how far a survey came."""
    return Reach(*(integer(value) for value in uow.run(_REACH, survey=number)[0]))


def named(uow: UnitOfWork, number: int) -> list[tuple[MemberId, tuple[Answer, ...]]]:
    """Return the answers to a survey with names."""
    return [
        (MemberId(integer(member)), answers_json.validate_json(str(answers)))
        for member, answers in uow.run(_NAMED, survey=number)
    ]


def answers(uow: UnitOfWork, one: SurveyView) -> list[tuple[Answer, ...]]:
    """Return all answers to a survey without names."""
    if not one.is_anonymous:
        return [given for _, given in named(uow, one.id)]
    rows = uow.run(_VOICES, survey=one.id)
    return [answers_json.validate_json(str(row[0])) for row in rows]


def answer_of(uow: UnitOfWork, member: MemberId, one: SurveyView) -> tuple[Answer, ...]:
    """Return what a member answered; nothing when she has not, or nobody can know any more."""
    if not one.is_anonymous:
        rows = uow.run(_MINE, survey=one.id, member=member)
    elif one.salt:
        rows = uow.run(_MY_VOICE, survey=one.id, token=token(one.salt, member))
    else:
        rows = []
    return answers_json.validate_json(str(rows[0][0])) if rows else ()


def _view(row: Row) -> SurveyView:
    number, path, title, words, questions, audience, anonymous, closes, state, *rest = row
    salt, sent_by, sent_at, next_member = rest
    return SurveyView(
        id=integer(number),
        path=str(path),
        title=str(title),
        words=str(words),
        questions=questions_json.validate_json(str(questions)),
        audience=words_json.validate_json(str(audience)),
        is_anonymous=bool(anonymous),
        closes_at=instant(closes),
        state=State(str(state)),
        salt=str(salt),
        sent_by=str(sent_by),
        sent_at=None if sent_at is None else instant(sent_at),
        next_member=None if next_member is None else integer(next_member),
    )
