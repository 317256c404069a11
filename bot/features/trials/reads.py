"""Trials and applications as the room's doors need them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from bot.features.trials.rules import State, is_open
from bot.kernel.ids import MemberId
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

_TRIAL = (
    "SELECT id, path, title, words, quota, opens_at, closes_at, audience, questions, feedback,"
    " feedback_after_days, consent, pick, seed, is_cohort, tag, state FROM trials"
)
_ONE = Statement(f"{_TRIAL} WHERE id = :trial")
_HOLD = Statement("UPDATE trials SET state = state WHERE id = :trial")
_OPEN = Statement(
    f"{_TRIAL} WHERE state = 'open' AND opens_at <= :now"
    " AND (closes_at IS NULL OR closes_at > :now) ORDER BY closes_at IS NULL, closes_at, id"
)
_ALL = Statement(f"{_TRIAL} WHERE state <> 'withdrawn' ORDER BY id DESC LIMIT :most")
_APPLICATION = (
    "SELECT id, trial_id, member_id, state, sent_at, place, consent, agreed_at, answers,"
    " decided_at, handed_at, handed_by, asked FROM trial_applications"
)
_OF = Statement(f"{_APPLICATION} WHERE trial_id = :trial AND member_id = :member")
_NUMBERED = Statement(f"{_APPLICATION} WHERE id = :application")
_MINE = Statement(
    f"{_APPLICATION} WHERE member_id = :member AND state <> 'reading' ORDER BY id DESC LIMIT 30"
)
_LISTED = Statement(
    f"{_APPLICATION} WHERE trial_id = :trial AND state <> 'reading'"
    " ORDER BY CASE state WHEN 'accepted' THEN 0 WHEN 'pending' THEN 1 WHEN 'waiting' THEN 2"
    " ELSE 3 END, place, id LIMIT :most"
)
_READING = Statement(
    "SELECT a.trial_id FROM trial_applications a WHERE a.member_id = :member"
    " AND a.state = 'reading'"
)
_COUNTS = Statement(
    "SELECT state, COUNT(*) FROM trial_applications WHERE trial_id = :trial GROUP BY state"
)
_BEFORE = Statement(
    "SELECT COUNT(*) FROM trial_applications WHERE trial_id = :trial AND state = 'waiting'"
    " AND (place < :place OR (place = :place AND id < :id))"
)
_FEEDBACK = Statement(
    "SELECT member_id, answers, at, id FROM trial_feedback WHERE trial_id = :trial ORDER BY id"
)
_HER_FEEDBACK = Statement(
    "SELECT answers FROM trial_feedback WHERE trial_id = :trial AND member_id = :member"
)

texts_json: TypeAdapter[tuple[str, ...]] = TypeAdapter(tuple[str, ...])


@dataclass(frozen=True, slots=True)
class TrialView:
    """A trial."""

    id: int
    path: str
    title: str
    words: str
    quota: int
    opens_at: datetime
    closes_at: datetime | None
    audience: tuple[str, ...]
    questions: tuple[str, ...]
    feedback: tuple[str, ...]
    feedback_after_days: int
    consent: str
    pick: str
    seed: str
    is_cohort: bool
    tag: str
    state: str

    def takes(self, at: datetime) -> bool:
        """Return True when an application sent at `at` is in time."""
        return self.state == "open" and is_open(self.opens_at, self.closes_at, at)


@dataclass(frozen=True, slots=True)
class Application:
    """A member's application."""

    id: int
    trial: int
    member: MemberId
    state: State
    sent_at: datetime
    place: int
    consent: str
    agreed_at: datetime | None
    answers: tuple[str, ...]
    decided_at: datetime | None
    handed_at: datetime | None
    handed_by: str
    asked: int


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a member said after she tried."""

    member: MemberId
    answers: tuple[str, ...]
    at: datetime
    id: int


def trial(uow: UnitOfWork, number: int) -> TrialView | None:
    """Return a trial; None when there is none."""
    rows = uow.run(_ONE, trial=number)
    return _trial(rows[0]) if rows else None


def held(uow: UnitOfWork, number: int) -> TrialView | None:
    """Return a trial and keep it to the commit: its places are given out one after another."""
    uow.run(_HOLD, trial=number)
    return trial(uow, number)


def open_trials(uow: UnitOfWork) -> list[TrialView]:
    """Return what can be applied for, what ends first in front."""
    return [_trial(row) for row in uow.run(_OPEN, now=micros(uow.clock.now()))]


def trials(uow: UnitOfWork, *, most: int) -> list[TrialView]:
    """Return all trials, the newest first."""
    return [_trial(row) for row in uow.run(_ALL, most=most)]


def application_of(uow: UnitOfWork, member: MemberId, number: int) -> Application | None:
    """Return a member's application for a trial; None when she never tried."""
    rows = uow.run(_OF, trial=number, member=member)
    return _application(rows[0]) if rows else None


def application(uow: UnitOfWork, number: int) -> Application | None:
    """Return an application by its number; None when there is none."""
    rows = uow.run(_NUMBERED, application=number)
    return _application(rows[0]) if rows else None


def of_member(uow: UnitOfWork, member: MemberId) -> list[Application]:
    """Return a member's applications, the newest first."""
    return [_application(row) for row in uow.run(_MINE, member=member)]


def listed(uow: UnitOfWork, number: int, *, most: int) -> list[Application]:
    """Return the applications for a trial: who is in, then who waits in order."""
    return [_application(row) for row in uow.run(_LISTED, trial=number, most=most)]


def reading(uow: UnitOfWork, member: MemberId) -> list[int]:
    """Return the trials whose terms a member was shown and has not agreed to."""
    return [integer(row[0]) for row in uow.run(_READING, member=member)]


def counts(uow: UnitOfWork, number: int) -> dict[str, int]:
    """Return how many applications stand where; 0 for a state with none."""
    found = {str(state): integer(many) for state, many in uow.run(_COUNTS, trial=number)}
    return {state.value: found.get(state, 0) for state in State}


def before(uow: UnitOfWork, one: Application) -> int:
    """Return how many stand in front of one on the waiting list."""
    rows = uow.run(_BEFORE, trial=one.trial, place=one.place, id=one.id)
    return integer(rows[0][0])


def feedback(uow: UnitOfWork, number: int) -> list[Feedback]:
    """Return the feedback of a trial, the oldest first."""
    return [
        Feedback(_member(member), _texts(answers), instant(at), integer(key))
        for member, answers, at, key in uow.run(_FEEDBACK, trial=number)
    ]


def feedback_of(uow: UnitOfWork, member: MemberId, number: int) -> tuple[str, ...]:
    """Return what a member said of a trial; nothing when she has not."""
    rows = uow.run(_HER_FEEDBACK, trial=number, member=member)
    return _texts(rows[0][0]) if rows else ()


def _texts(value: object) -> tuple[str, ...]:
    return texts_json.validate_json(str(value))


def _instant(value: object) -> datetime | None:
    return None if value is None else instant(value)


def _member(value: object) -> MemberId:
    return MemberId(integer(value))


_Readers = tuple[Callable[[object], Any], ...]
_TRIAL_AS: _Readers = (
    *(integer, str, str, str, integer, instant, _instant, _texts, _texts, _texts, integer),
    *(str, str, str, bool, str, str),
)
_APPLICATION_AS: _Readers = (
    *(integer, integer, _member, lambda value: State(str(value)), instant, integer, str),
    *(_instant, _texts, _instant, _instant, str, integer),
)


def _trial(row: Row) -> TrialView:
    return TrialView(*(read(value) for read, value in zip(_TRIAL_AS, row, strict=True)))


def _application(row: Row) -> Application:
    return Application(*(read(value) for read, value in zip(_APPLICATION_AS, row, strict=True)))
