"""Use cases of members: ask, change, take back, and say whether her name may be shown."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bot.commons.vetting import kinds_in
from bot.commons.wording import tight
from bot.features.questions import experts
from bot.features.questions.reads import QuestionView, draft_of, of_member, question, similar
from bot.features.questions.rules import FEWEST_CHARS, MOST_CHARS, QuestionSettings, State
from bot.kernel.errors import Refusal
from bot.kernel.ids import MemberId
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import integer, micros

_DAY = timedelta(days=1)
_SIMILAR, _RECENT = 3, 20

_ADD = Statement(
    "INSERT INTO questions (member_id, words, flags, named, state, asked_at, remind_at, answer,"
    " answered_by, answers, public_words)"
    " VALUES (:member, :words, :flags, 0, 'waiting', :now, :remind, '', '', 0, '') RETURNING id"
)
_LATELY = Statement(
    "SELECT COUNT(*) FROM questions WHERE member_id = :member AND asked_at > :since"
)
_DRAFT = Statement(
    "INSERT INTO question_drafts (member_id, words, at) VALUES (:member, :words, :now)"
    " ON CONFLICT (member_id) DO UPDATE SET words = excluded.words, at = excluded.at"
)
_DRAFT_DONE = Statement("DELETE FROM question_drafts WHERE member_id = :member")
_CHANGE = Statement(
    "UPDATE questions SET words = :words, flags = :flags"
    " WHERE id = :question AND member_id = :member AND state = 'waiting' RETURNING id"
)
_NAME = Statement(
    "UPDATE questions SET named = :named WHERE id = :question AND member_id = :member"
    " AND state <> 'withdrawn' RETURNING id"
)
_WITHDRAW = Statement(
    "UPDATE questions SET state = 'withdrawn', words = '', flags = '', answer = '', named = 0,"
    " public_words = '', published_at = NULL, remind_at = NULL"
    " WHERE id = :question AND member_id = :member AND state <> 'withdrawn' RETURNING id"
)
_FORGET = Statement("DELETE FROM question_drafts WHERE at < :before")


class Why(StrEnum):
    """Why something can't be done."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    TOO_MANY = "too_many"
    NO_DRAFT = "no_draft"
    NOT_YOURS = "not_yours"
    ANSWERED = "answered"
    NOT_THERE = "not_there"


class QuestionRefused(Refusal):
    """A member asked for what can't be; nothing was written."""

    template = "questions/refused.txt.j2"

    def __init__(self, why: Why, **words: object) -> None:
        super().__init__(why, why=why.value, **words)


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of a question."""

    question: QuestionView | None
    """None when it waits for her word, because of what is `similar`."""
    similar: tuple[QuestionView, ...] = ()
    is_new: bool = True
    """False when she has asked the same, and it waits."""


def ask(uow: UnitOfWork, tools: Toolbox, member: MemberId, words: str) -> Asked:
    """Take a question into the queue; when similar ones are answered, show those first.

    Raises:
        QuestionRefused: too short, too long, or too many of them in a day.
    """
    _check(words)
    settings = tools.use(QuestionSettings)
    uow.take_turns([f"questions:{member}"])  # the same words from two phones at once
    if same := _same(uow, member, words):
        return Asked(same, is_new=False)
    near = similar(uow, words, settings.alike, most=_SIMILAR)
    if near:
        uow.run(_DRAFT, member=member, words=words, now=micros(uow.clock.now()))
        return Asked(None, tuple(near))
    return _queue(uow, tools, member, words)


def ask_all_the_same(uow: UnitOfWork, tools: Toolbox, member: MemberId) -> Asked:
    """Take the question of a moment ago into the queue, although there are similar ones.

    Raises:
        QuestionRefused: there is none, or it is long ago, or too many in a day.
    """
    words = draft_of(uow, member)
    if not words:
        raise QuestionRefused(Why.NO_DRAFT)
    asked = _queue(uow, tools, member, words)
    uow.run(_DRAFT_DONE, member=member)
    return asked


def _check(words: str) -> None:
    if len(tight(words)) < FEWEST_CHARS:
        raise QuestionRefused(Why.TOO_SHORT, fewest=FEWEST_CHARS)
    if len(words) > MOST_CHARS:
        raise QuestionRefused(Why.TOO_LONG, most=MOST_CHARS, chars=len(words))


def _same(uow: UnitOfWork, member: MemberId, words: str) -> QuestionView | None:
    recent = of_member(uow, member, most=_RECENT)
    same = (each for each in recent if tight(each.words) == tight(words))
    return next((each for each in same if each.state is State.WAITING), None)


def _queue(uow: UnitOfWork, tools: Toolbox, member: MemberId, words: str) -> Asked:
    settings, now = tools.use(QuestionSettings), uow.clock.now()
    lately = integer(uow.run(_LATELY, member=member, since=micros(now - _DAY))[0][0])
    if lately >= settings.most_a_day:
        raise QuestionRefused(Why.TOO_MANY, most=settings.most_a_day)
    remind = now + timedelta(hours=settings.remind_after_h)
    values = {"member": member, "words": words, "flags": " ".join(kinds_in(words))}
    rows = uow.run(_ADD, **values, now=micros(now), remind=micros(remind))
    found = there(uow, integer(rows[0][0]))
    experts.tell_new(uow, tools, found)
    return Asked(found)


def there(uow: UnitOfWork, number: int) -> QuestionView:
    """Return a question.

    Raises:
        QuestionRefused: there is none.
    """
    found = question(uow, number)
    if found is None:
        raise QuestionRefused(Why.NOT_THERE, number=number)
    return found


def change(uow: UnitOfWork, member: MemberId, number: int, words: str) -> QuestionView:
    """Change the words of a question that is not answered yet.

    Raises:
        QuestionRefused: it is not hers, or answered, or the words can't be taken.
    """
    _check(words)
    flags = " ".join(kinds_in(words))
    if not uow.run(_CHANGE, question=number, member=member, words=words, flags=flags):
        raise _not_yours(uow, member, number)
    return there(uow, number)


def show_name(uow: UnitOfWork, member: MemberId, number: int, *, shown: bool) -> None:
    """Say whether the asker's name may stand beside a question.

    Raises:
        QuestionRefused: it is not hers.
    """
    if not uow.run(_NAME, question=number, member=member, named=int(shown)):
        raise QuestionRefused(Why.NOT_YOURS, number=number)


def withdraw(uow: UnitOfWork, member: MemberId, number: int) -> None:
    """Take a question back, also one that is published; its words are gone at once.

    Raises:
        QuestionRefused: it is not hers.
    """
    if not uow.run(_WITHDRAW, question=number, member=member):
        raise QuestionRefused(Why.NOT_YOURS, number=number)


def _not_yours(uow: UnitOfWork, member: MemberId, number: int) -> QuestionRefused:
    found = question(uow, number)
    is_answered = found is not None and found.member == member and found.state is State.ANSWERED
    return QuestionRefused(Why.ANSWERED if is_answered else Why.NOT_YOURS, number=number)


def forget_drafts(uow: UnitOfWork) -> None:
    """Delete what nobody has confirmed."""
    uow.run(_FORGET, before=micros(uow.clock.now() - _DAY))
