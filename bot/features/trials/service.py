"""Use cases of members: apply, agree, cancel or leave, say how it was."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from bot.commons import audience
from bot.features.trials import places
from bot.features.trials.reads import (
    Application,
    TrialView,
    application_of,
    counts,
    held,
    texts_json,
    trial,
)
from bot.features.trials.rules import ALIVE, ANSWER_CHARS, State
from bot.kernel.errors import Refusal
from bot.kernel.events import FeedbackGiven
from bot.kernel.ids import MemberId
from bot.kernel.ports import Groups
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import integer, micros

_PUT = Statement(
    "INSERT INTO trial_applications (trial_id, member_id, state, sent_at, place, consent,"
    " agreed_at, answers, decided_at, told, handed_by, asked) VALUES (:trial, :member, :state,"
    " :at, :at, :consent, :agreed, :answers, :decided, 1, '', 0)"
    " ON CONFLICT (trial_id, member_id) DO UPDATE SET state = excluded.state,"
    " sent_at = excluded.sent_at, place = excluded.place, consent = excluded.consent,"
    " agreed_at = excluded.agreed_at, answers = excluded.answers,"
    " decided_at = excluded.decided_at, told = 1"
    " WHERE trial_applications.state IN ('reading', 'cancelled')"
)
_CANCEL = Statement(
    "UPDATE trial_applications SET state = 'cancelled', decided_at = :now, told = 1"
    " WHERE id = :application AND state IN ('pending', 'waiting', 'accepted')"
    " AND (handed_at IS NULL OR :is_cohort = 1) RETURNING id"
)
_ANSWERS = Statement(
    "UPDATE trial_applications SET answers = :answers WHERE id = :application RETURNING id"
)
_SAID = Statement(
    "INSERT INTO trial_feedback (trial_id, member_id, answers, first_at, at)"
    " VALUES (:trial, :member, :answers, :now, :now)"
    " ON CONFLICT (trial_id, member_id) DO NOTHING RETURNING id"
)
_SAID_ANEW = Statement(
    "UPDATE trial_feedback SET answers = :answers, at = :now"
    " WHERE trial_id = :trial AND member_id = :member"
)


class Why(StrEnum):
    """Why something can't be done."""

    NOT_THERE = "not_there"
    EARLY = "early"
    CLOSED = "closed"
    NOT_FOR_HER = "not_for_her"
    NOT_SHOWN = "not_shown"
    """She agrees to what she was not shown, or what has changed since."""
    NONE = "none"
    HANDED = "handed"
    NOT_IN = "not_in"
    NO_QUESTIONS = "no_questions"
    NO_WORDS = "no_words"
    TOO_LONG = "too_long"


class TrialRefused(Refusal):
    """A member asked for what can't be; nothing was written."""

    template = "trials/refused.txt.j2"

    def __init__(self, why: Why, **words: object) -> None:
        super().__init__(why, why=why.value, **words)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a member wants to try."""

    member: MemberId
    trial: int
    at: datetime
    """When she sent it; that decides whether it was in time, and her place."""
    agreed: bool = False
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of an application."""

    trial: TrialView
    application: Application
    is_new: bool
    """False for a second try, which changes nothing."""


def wording(found: TrialView) -> str:
    """Return what tells the words of consent from any others."""
    return sha256(found.consent.encode()).hexdigest()[:16]


def apply(uow: UnitOfWork, tools: Toolbox, wish: Wish) -> Applied:
    """Apply for a trial; where there is something to agree to, show that first.

    Raises:
        TrialRefused: there is none, it is not open, it is not for her, or she agrees to what
            she was not shown.
    """
    found = held(uow, wish.trial)
    if found is None or found.state == "withdrawn":
        raise TrialRefused(Why.NOT_THERE, number=wish.trial)
    before = application_of(uow, wish.member, wish.trial)
    if before is not None and before.state in {*ALIVE, State.DECLINED}:
        return Applied(found, before, is_new=False)
    _may(uow, tools, wish, found)
    if found.consent and not wish.agreed:
        return _put(uow, found, wish, State.READING)
    shown = before is not None and before.consent == found.consent
    if found.consent and not (shown and before and before.state is State.READING):
        raise TrialRefused(Why.NOT_SHOWN, trial=found)
    return _place(uow, tools, found, wish)


def _may(uow: UnitOfWork, tools: Toolbox, wish: Wish, found: TrialView) -> None:
    if not found.takes(wish.at):
        why = Why.EARLY if wish.at < found.opens_at else Why.CLOSED
        raise TrialRefused(why, trial=found)
    groups = tools.use(Groups)
    if found.audience and not audience.includes(uow, found.audience, wish.member, groups):
        raise TrialRefused(Why.NOT_FOR_HER, trial=found)


def _place(uow: UnitOfWork, tools: Toolbox, found: TrialView, wish: Wish) -> Applied:
    if found.pick != "first":
        return _put(uow, found, wish, State.PENDING)
    places.fill(uow, tools, found)  # who waits comes before who comes now
    is_free = counts(uow, found.id)[State.ACCEPTED] < found.quota
    applied = _put(uow, found, wish, State.ACCEPTED if is_free else State.WAITING)
    if is_free:
        places.enter(uow, found, wish.member)
    return applied


def _put(uow: UnitOfWork, found: TrialView, wish: Wish, state: State) -> Applied:
    at = micros(wish.at)
    is_in = state is State.ACCEPTED
    uow.run(
        _PUT,
        trial=found.id,
        member=wish.member,
        state=state,
        at=at,
        consent=found.consent,
        agreed=at if found.consent and wish.agreed else None,
        answers=_json(wish.answers, len(found.questions)),
        decided=micros(uow.clock.now()) if is_in else None,
    )
    one = application_of(uow, wish.member, found.id)
    if one is None:
        raise TrialRefused(Why.NOT_THERE, number=found.id)
    return Applied(found, one, is_new=True)


def _json(answers: Sequence[str], most: int) -> str:
    kept = tuple(answers[:most])
    if too_long := [len(one) for one in kept if len(one) > ANSWER_CHARS]:
        raise TrialRefused(Why.TOO_LONG, chars=max(too_long), most=ANSWER_CHARS)
    return texts_json.dump_json(kept).decode()


def answer(uow: UnitOfWork, member: MemberId, number: int, answers: Sequence[str]) -> None:
    """Keep a member's answers to the questions of an application, or change them.

    Raises:
        TrialRefused: she has not applied.
    """
    found, one = trial(uow, number), application_of(uow, member, number)
    if found is None or one is None or one.state not in ALIVE:
        raise TrialRefused(Why.NONE, number=number)
    uow.run(_ANSWERS, application=one.id, answers=_json(answers, len(found.questions)))


def cancel(uow: UnitOfWork, tools: Toolbox, member: MemberId, number: int) -> TrialView:
    """Cancel an application, or leave a cohort; the first who waits gets the place.

    Raises:
        TrialRefused: she has none, or it is on its way to her.
    """
    found = held(uow, number)
    one = application_of(uow, member, number)
    if found is None or one is None or one.state not in ALIVE:
        raise TrialRefused(Why.NONE, number=number)
    values = {"application": one.id, "now": micros(uow.clock.now())}
    if not uow.run(_CANCEL, **values, is_cohort=int(found.is_cohort)):
        raise TrialRefused(Why.HANDED, trial=found)
    if one.state is State.ACCEPTED:
        places.leave(uow, found, member)
        places.fill(uow, tools, found)
    return found


def give_feedback(
    uow: UnitOfWork, member: MemberId, number: int, answers: Sequence[str]
) -> TrialView:
    """Keep what a member says after she tried, or change it.

    Raises:
        TrialRefused: she is not in the trial, it asks nothing, or she says nothing.
    """
    found, one = trial(uow, number), application_of(uow, member, number)
    if found is None or one is None or one.state is not State.ACCEPTED:
        raise TrialRefused(Why.NOT_IN, number=number)
    if not found.feedback:
        raise TrialRefused(Why.NO_QUESTIONS, trial=found)
    if not any(answers):
        raise TrialRefused(Why.NO_WORDS, number=number)
    said = _json(answers, len(found.feedback))
    now = micros(uow.clock.now())
    values = {"trial": number, "member": member, "answers": said, "now": now}
    if rows := uow.run(_SAID, **values):
        uow.publish(FeedbackGiven(member, f"trials:{integer(rows[0][0])}"))
    else:
        uow.run(_SAID_ANEW, **values)
    return found
