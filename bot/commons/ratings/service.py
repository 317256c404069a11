"""Use cases of ratings: a case has ended, its member is asked, answers, changes her mind."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.commons import cases, members, outreach
from bot.commons.cases import Case, Did
from bot.commons.outreach import Hushed
from bot.commons.ratings.rules import AGAIN, ALWAYS_ASKED, LOW, NOT_ASKED, OPEN, State
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.messages import Outgoing
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

_COLUMNS = (
    "id, case_id, member_id, kind, advisor, channel, identity, state, asked_at, score,"
    " answered_at, times_opened"
)
_ADD = Statement(
    "INSERT INTO case_ratings (case_id, member_id, times_opened, kind, advisor, channel, identity,"
    " state, key, due_at, asked_at, score, first_score, told) VALUES (:case, :member, :times,"
    " :kind, :advisor, :channel, :identity, :state, '', :due_at, NULL, 0, 0, 0)"
    " ON CONFLICT (case_id, times_opened) DO NOTHING RETURNING id"
)
_OF_CASE = Statement(
    f"SELECT {_COLUMNS} FROM case_ratings WHERE case_id = :case AND times_opened = :times"
)
_GET = Statement(f"SELECT {_COLUMNS} FROM case_ratings WHERE id = :id")
_DUE = Statement(
    f"SELECT {_COLUMNS} FROM case_ratings WHERE state = 'due' AND due_at <= :now"
    " ORDER BY due_at, id LIMIT :most"
)
_NEXT = Statement("SELECT min(due_at) FROM case_ratings WHERE state = 'due' AND due_at > :after")
_LAPSE = Statement(
    "UPDATE case_ratings SET state = 'not_asked' WHERE state = 'expected' AND due_at <= :now"
)
_LEFT_UNSAID = Statement(
    "UPDATE case_ratings SET state = 'not_asked', asked_at = NULL WHERE state = 'asked'"
    " AND asked_at > :since AND EXISTS (SELECT 1 FROM outbox o WHERE o.key = case_ratings.key"
    " AND o.status IN ('dropped', 'withdrawn', 'parked'))"
)
_ASKED = Statement(
    "UPDATE case_ratings SET state = 'asked', asked_at = :now, key = :key, channel = :channel,"
    " identity = :identity WHERE id = :id AND state IN ('due', 'expected') RETURNING id"
)
_NOT = Statement(
    "UPDATE case_ratings SET state = 'not_asked' WHERE id = :id AND state <> 'answered'"
)
_LAST_ASKED = Statement(
    "SELECT max(asked_at) FROM (SELECT asked_at FROM case_ratings"
    " WHERE member_id = :member AND id <> :rating"
    " UNION ALL SELECT asked_at FROM mini_surveys WHERE member_id = :member) AS asked"
)
_OPEN_OF = Statement(
    f"SELECT {_COLUMNS} FROM case_ratings WHERE member_id = :member"
    " AND state IN ('asked', 'answered') ORDER BY asked_at DESC, id DESC LIMIT 1"
)
_EXPECTED_OF = Statement(
    f"SELECT {_COLUMNS} FROM case_ratings WHERE member_id = :member AND state = 'expected'"
    " ORDER BY id DESC LIMIT 1"
)
_ANSWER = Statement(
    "UPDATE case_ratings SET state = 'answered', score = :score,"
    " first_score = CASE first_score WHEN 0 THEN :score ELSE first_score END,"
    " answered_at = COALESCE(answered_at, :now) WHERE id = :id"
)
_LATEST_SCORE = Statement(
    "SELECT score FROM case_ratings WHERE member_id = :member AND state = 'answered'"
    " AND answered_at >= :since ORDER BY answered_at DESC, id DESC LIMIT 1"
)
_TELL = Statement("UPDATE case_ratings SET told = 1 WHERE id = :id AND told = 0 RETURNING id")
_ANSWERED = Statement(
    f"SELECT {_COLUMNS} FROM case_ratings WHERE state = 'answered'"
    " AND answered_at >= :since AND answered_at < :until ORDER BY answered_at DESC, id DESC"
)
_SCORES_OF = Statement(
    "SELECT score FROM case_ratings WHERE member_id = :member AND state = 'answered'"
    " AND answered_at >= :since ORDER BY answered_at, id"
)
_ASKED_IN = Statement(
    "SELECT count(*) FROM case_ratings WHERE asked_at >= :since AND asked_at < :until"
)
# what was said to her in a 1:1 chat since, except about the handing over and the question itself
_SAID_SINCE = Statement(
    "SELECT 1 FROM outbox WHERE channel = :channel AND recipient = :identity"
    " AND created_at > :since AND status NOT IN ('dropped', 'withdrawn', 'parked')"
    " AND key <> :key AND why NOT IN ('care', 'handoff', :room) AND why NOT LIKE :doors LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class Rating:
    """A case that has ended, and what its member says of it."""

    id: int
    case: int
    member: MemberId
    kind: str
    advisor: str
    channel: ChannelName
    identity: str
    state: State
    asked_at: datetime | None
    score: int
    answered_at: datetime | None
    times_opened: int

    def is_open(self, now: datetime) -> bool:
        """Return whether an answer counts, or changes the one before."""
        since = self.answered_at or self.asked_at
        return since is not None and now < since + OPEN


def expect(uow: UnitOfWork, case: Case, state: State, *, wait: timedelta) -> Rating | None:
    """Note that the member of a case is to be asked; None when that was noted before."""
    rows = uow.run(
        _ADD,
        case=case.id,
        member=case.member,
        times=case.times_opened,
        kind=case.kind.value,
        advisor=case.advisor,
        channel=case.channel,
        identity=case.identity,
        state=state.value,
        due_at=micros(uow.clock.now() + wait),
    )
    return get(uow, integer(rows[0][0])) if rows else None


def may_be_asked(uow: UnitOfWork, case: Case) -> bool:
    """Return whether there is something to rate: neither a mere picture nor a false alarm."""
    if case.kind is cases.Kind.PICTURE or case.in_group or not case.identity:
        return False
    if case.code in set(NOT_ASKED):
        return False
    said = [
        one.what
        for one in cases.steps_of(uow, case.id)
        if one.what in {Did.FOUND_TRUE, Did.FOUND_FALSE, Did.OPENED, Did.REOPENED}
    ]
    return not said or said[-1] != Did.FOUND_FALSE


def wants_to_be_asked(uow: UnitOfWork, rating: Rating) -> bool:
    """Return whether she may be written to about it: not in quiet, not leaving, not too often."""
    now, who = uow.clock.now(), rating.member
    if Hushed.QUIET in outreach.hushes_of(uow, who):
        return False
    if members.erasure_due_at(uow, who) is not None:
        return False
    if rating.kind in {kind.value for kind in ALWAYS_ASKED}:
        return True
    last = last_asked(uow, who, but=rating.id)
    return last is None or last <= now - AGAIN


def turn_of(member: MemberId) -> str:
    """Return the key under which a member is asked anything: one question at a time."""
    return f"asked:{member}"


def last_asked(uow: UnitOfWork, member: MemberId, *, but: int = 0) -> datetime | None:
    """Return when a member was last asked anything by the bot itself: a rating, a mini survey.

    What operators send by hand (问卷) does not count, nor does the rating `but`.
    """
    last = uow.run(_LAST_ASKED, member=member, rating=but)[0][0]
    return None if last is None else instant(last)


def asked(uow: UnitOfWork, rating: Rating, question: Outgoing) -> bool:
    """Note with which message she is asked; False when she was before."""
    way = {"channel": question.channel, "identity": question.recipient}
    now = micros(uow.clock.now())
    return bool(uow.run(_ASKED, id=rating.id, key=question.key, now=now, **way))


def not_asked(uow: UnitOfWork, rating: Rating) -> None:
    """Note that she is not asked about it any more."""
    uow.run(_NOT, id=rating.id)


def lapse(uow: UnitOfWork) -> None:
    """Let go of questions that can't be asked any more, or never left."""
    now = uow.clock.now()
    uow.run(_LAPSE, now=micros(now))
    uow.run(_LEFT_UNSAID, since=micros(now - AGAIN))


def get(uow: UnitOfWork, number: int) -> Rating | None:
    """Return a rating; None for one that is not there."""
    return _first(uow.run(_GET, id=number))


def of_case(uow: UnitOfWork, case: Case) -> Rating | None:
    """Return the rating of a case as it was opened last."""
    return _first(uow.run(_OF_CASE, case=case.id, times=case.times_opened))


def expected_of(uow: UnitOfWork, member: MemberId) -> Rating | None:
    """Return the rating for which a member is to be asked when her session ends."""
    return _first(uow.run(_EXPECTED_OF, member=member))


def due(uow: UnitOfWork, *, most: int) -> Sequence[Rating]:
    """Return what is to be asked now."""
    now = micros(uow.clock.now())
    return [_rating(row) for row in uow.run(_DUE, now=now, most=most)]


def next_due(uow: UnitOfWork, after: datetime) -> datetime | None:
    """Return when somebody is asked next."""
    at = uow.run(_NEXT, after=micros(after))[0][0]
    return None if at is None else instant(at)


def open_of(uow: UnitOfWork, member: MemberId) -> Rating | None:
    """Return the rating that an answer of a member is for; None when she has nothing to answer."""
    found = _first(uow.run(_OPEN_OF, member=member))
    return found if found and found.is_open(uow.clock.now()) else None


def was_asked_last(uow: UnitOfWork, rating: Rating) -> bool:
    """Return whether nothing else was said to her since: a number is an answer to it then."""
    if rating.asked_at is None:
        return False
    way = (rating.channel, rating.identity)
    return not said_since(uow, *way, rating.asked_at, room="satisfaction")


def said_since(
    uow: UnitOfWork,
    channel: ChannelName,
    identity: str,
    since: datetime,
    *,
    room: str,
    key: str = "",
) -> bool:
    """Return whether something else was said to her since a question of `room`.

    Args:
        uow: the unit of work.
        channel: where she was asked.
        identity: her name there.
        since: when she was asked.
        room: whose own words about its question don't count.
        key: of the question.
    """
    way, doors = {"channel": channel, "identity": identity}, f"features.{room}.%"
    return bool(uow.run(_SAID_SINCE, since=micros(since), key=key, room=room, doors=doors, **way))


def answer(uow: UnitOfWork, rating: Rating, score: int) -> bool:
    """Keep what she says; return whether a supervisor is to be told of it, which is so once."""
    uow.run(_ANSWER, id=rating.id, score=score, now=micros(uow.clock.now()))
    if case := cases.get(uow, rating.case):
        cases.step(uow, case, "member", Did.NOTED, f"csat {score}")
    return score <= LOW and bool(uow.run(_TELL, id=rating.id))


def latest_score(uow: UnitOfWork, member: MemberId, since: datetime) -> int | None:
    """Return how a member has rated us last; None when she has not since then."""
    rows = uow.run(_LATEST_SCORE, member=member, since=micros(since))
    return integer(rows[0][0]) if rows else None


def answered(uow: UnitOfWork, since: datetime, until: datetime) -> Sequence[Rating]:
    """Return the answers of a span of time, the latest first."""
    span = {"since": micros(since), "until": micros(until)}
    return [_rating(row) for row in uow.run(_ANSWERED, **span)]


def scores_of(uow: UnitOfWork, member: MemberId, since: datetime) -> Sequence[int]:
    """Return the scores that a member has given since then, the oldest first."""
    rows = uow.run(_SCORES_OF, member=member, since=micros(since))
    return [integer(score) for (score,) in rows]


def count_asked(uow: UnitOfWork, since: datetime, until: datetime) -> int:
    """Return how many were asked in a span of time."""
    return integer(uow.run(_ASKED_IN, since=micros(since), until=micros(until))[0][0])


def _first(rows: Sequence[Row]) -> Rating | None:
    return _rating(rows[0]) if rows else None


def _rating(row: Row) -> Rating:
    asked_at, answered_at = (None if row[n] is None else instant(row[n]) for n in (8, 10))
    return Rating(
        integer(row[0]),
        integer(row[1]),
        MemberId(integer(row[2])),
        str(row[3]),
        str(row[4]),
        ChannelName(str(row[5])),
        str(row[6]),
        State(str(row[7])),
        asked_at,
        integer(row[9]),
        answered_at,
        integer(row[11]),
    )
