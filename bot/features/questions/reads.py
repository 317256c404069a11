"""Questions as the room's doors need them."""

from dataclasses import dataclass
from datetime import datetime

from bot.commons.wording import alike
from bot.features.questions.rules import DRAFT_LASTS, State
from bot.kernel.ids import MemberId
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

_COMPARED = 2000
"""So many published ones are compared with a new one."""
_COLUMNS = (
    "id, member_id, words, flags, named, state, asked_at, answer, answered_by, answered_at,"
    " answers, public_words, published_at"
)
_ONE = Statement(f"SELECT {_COLUMNS} FROM questions WHERE id = :question")
_MINE = Statement(
    f"SELECT {_COLUMNS} FROM questions WHERE member_id = :member ORDER BY id DESC LIMIT :most"
)
_WAITING = Statement(
    f"SELECT {_COLUMNS} FROM questions WHERE state = 'waiting' ORDER BY asked_at, id LIMIT :most"
)
_ANSWERED = Statement(
    f"SELECT {_COLUMNS} FROM questions WHERE state = 'answered'"
    " ORDER BY answered_at DESC, id DESC LIMIT :most"
)
_PUBLISHED = Statement(
    f"SELECT {_COLUMNS} FROM questions WHERE published_at IS NOT NULL"
    " ORDER BY published_at DESC, id DESC LIMIT :most"
)
_DRAFT = Statement("SELECT words FROM question_drafts WHERE member_id = :member AND at > :since")
_COUNT = Statement("SELECT COUNT(*) FROM questions WHERE state = 'waiting'")


@dataclass(frozen=True, slots=True)
class QuestionView:
    """A question and its answer."""

    id: int
    member: MemberId
    words: str
    flags: tuple[str, ...]
    is_named: bool
    state: State
    asked_at: datetime
    answer: str
    answered_by: str
    answered_at: datetime | None
    answers: int
    public_words: str
    published_at: datetime | None


def question(uow: UnitOfWork, number: int) -> QuestionView | None:
    """Return a question; None when there is none."""
    rows = uow.run(_ONE, question=number)
    return _view(rows[0]) if rows else None


def of_member(uow: UnitOfWork, member: MemberId, *, most: int) -> list[QuestionView]:
    """Return a member's own questions, the newest first."""
    return [_view(row) for row in uow.run(_MINE, member=member, most=most)]


def waiting(uow: UnitOfWork, *, most: int) -> list[QuestionView]:
    """Return what waits for an answer, the oldest first."""
    return [_view(row) for row in uow.run(_WAITING, most=most)]


def answered(uow: UnitOfWork, *, most: int) -> list[QuestionView]:
    """Return what is answered, the latest first."""
    return [_view(row) for row in uow.run(_ANSWERED, most=most)]


def published(uow: UnitOfWork, *, most: int) -> list[QuestionView]:
    """Return what everybody may read, the latest first."""
    return [_view(row) for row in uow.run(_PUBLISHED, most=most)]


def similar(uow: UnitOfWork, words: str, least: float, *, most: int) -> list[QuestionView]:
    """Return published questions that are like some words, the most alike first."""
    found = [(alike(words, each.public_words), each) for each in published(uow, most=_COMPARED)]
    near = [pair for pair in found if pair[0] >= least]
    return [each for _, each in sorted(near, key=lambda pair: -pair[0])[:most]]


def draft_of(uow: UnitOfWork, member: MemberId) -> str:
    """Return what a member was about to ask a moment ago; empty for nothing."""
    since = micros(uow.clock.now() - DRAFT_LASTS)
    rows = uow.run(_DRAFT, member=member, since=since)
    return str(rows[0][0]) if rows else ""


def count_waiting(uow: UnitOfWork) -> int:
    """Return how many wait for an answer."""
    return integer(uow.run(_COUNT)[0][0])


def _view(row: Row) -> QuestionView:
    number, member, words, flags, named, state, asked, answer, by, answered_at, *rest = row
    answers, public_words, published_at = rest
    return QuestionView(
        id=integer(number),
        member=MemberId(integer(member)),
        words=str(words),
        flags=tuple(str(flags).split()),
        is_named=bool(named),
        state=State(str(state)),
        asked_at=instant(asked),
        answer=str(answer),
        answered_by=str(by),
        answered_at=None if answered_at is None else instant(answered_at),
        answers=integer(answers),
        public_words=str(public_words),
        published_at=None if published_at is None else instant(published_at),
    )
