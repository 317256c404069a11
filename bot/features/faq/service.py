"""What was asked, what came of it, and the figures of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.features.faq.rules import MOST_SAID, Outcome
from bot.kernel.ids import MemberId
from bot.kernel.words import cut_chars
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

SHOWN_DAYS = 30
RATED_WITHIN = timedelta(minutes=30)
_MOST_MISSED = 2_000

_NOTE = Statement(
    "INSERT INTO faq_questions (member_id, at, said, outcome, path, score)"
    " VALUES (:member, :now, :said, :outcome, :path, :score) RETURNING id"
)
_PICK = Statement(
    "UPDATE faq_questions SET outcome = 'picked', path = :path"
    " WHERE id = :question AND member_id = :member"
)
_MISS = Statement(
    "UPDATE faq_questions SET outcome = 'missed' WHERE id = :question AND member_id = :member"
    " AND outcome = 'offered'"
)
_ANSWERED = Statement(
    "SELECT id FROM faq_questions WHERE member_id = :member AND at > :since"
    " AND outcome IN ('answered', 'picked') ORDER BY at DESC, id DESC LIMIT 1"
)
_RATE = Statement(
    "UPDATE faq_questions SET helpful = :helpful"
    " WHERE id = :question AND member_id = :member AND helpful IS NULL RETURNING 1"
)
_FIGURES = Statement(
    "SELECT path, SUM(CASE WHEN outcome IN ('answered', 'picked') THEN 1 ELSE 0 END),"
    " SUM(CASE WHEN helpful = 1 THEN 1 ELSE 0 END), SUM(CASE WHEN helpful = 0 THEN 1 ELSE 0 END),"
    " COUNT(*) FROM faq_questions WHERE at > :since AND path <> '' AND outcome <> 'missed'"
    " GROUP BY path"
)
_OUTCOMES = Statement(
    "SELECT outcome, COUNT(*) FROM faq_questions WHERE at > :since GROUP BY outcome"
)
# A question that she was asked back about, and did not come back to, has no answer either.
_MISSED = Statement(
    "SELECT said, at FROM faq_questions WHERE at > :since AND (outcome IN ('missed', 'offered')"
    " OR helpful = 0) ORDER BY at DESC, id DESC LIMIT :most"
)
_FORGET = Statement("DELETE FROM faq_questions WHERE at < :before")


@dataclass(frozen=True, slots=True)
class Figures:
    """How often a file was asked for, answered, and found helpful or not."""

    asked: int = 0
    answered: int = 0
    helpful: int = 0
    unhelpful: int = 0


def note(
    uow: UnitOfWork, member: MemberId, said: str, outcome: Outcome, *, path: str, score: float
) -> int:
    """Keep what a member asked; return its number."""
    rows = uow.run(
        _NOTE,
        member=member,
        now=micros(uow.clock.now()),
        said=cut_chars(said, MOST_SAID),
        outcome=outcome.value,
        path=path,
        score=round(100 * score),
    )
    return integer(rows[0][0])


def picked(uow: UnitOfWork, member: MemberId, question: int, path: str) -> None:
    """Note which of the offered questions a member meant."""
    uow.run(_PICK, question=question, member=member, path=path)


def refused(uow: UnitOfWork, member: MemberId, question: int) -> None:
    """Note that a member meant none of what was offered."""
    uow.run(_MISS, question=question, member=member)


def answered_last(uow: UnitOfWork, member: MemberId) -> int | None:
    """Return the number of the question whose answer a member may rate; None for none of late."""
    since = micros(uow.clock.now() - RATED_WITHIN)
    rows = uow.run(_ANSWERED, member=member, since=since)
    return integer(rows[0][0]) if rows else None


def rate(uow: UnitOfWork, member: MemberId, question: int, *, helpful: bool) -> bool:
    """Keep whether an answer was of use; False when she has said so before."""
    return bool(uow.run(_RATE, question=question, member=member, helpful=int(helpful)))


def figures(uow: UnitOfWork) -> dict[str, Figures]:
    """Return the figures of the last days by the paths of the files."""
    rows = uow.run(_FIGURES, since=_since(uow))
    return {
        str(path): Figures(integer(asked), integer(answered), integer(yes), integer(no))
        for path, answered, yes, no, asked in rows
    }


def outcomes(uow: UnitOfWork) -> dict[str, int]:
    """Return how many questions of the last days came to what."""
    return {str(outcome): integer(n) for outcome, n in uow.run(_OUTCOMES, since=_since(uow))}


def missed(uow: UnitOfWork) -> Sequence[tuple[str, datetime]]:
    """Return what was asked in the last days and not answered, or not well, the latest first."""
    rows = uow.run(_MISSED, since=_since(uow), most=_MOST_MISSED)
    return [(str(said), instant(at)) for said, at in rows]


def forget_old(uow: UnitOfWork, days: int) -> None:
    """Delete what was asked long ago."""
    uow.run(_FORGET, before=micros(uow.clock.now() - timedelta(days=days)))


def _since(uow: UnitOfWork) -> int:
    return micros(uow.clock.now() - timedelta(days=SHOWN_DAYS))
