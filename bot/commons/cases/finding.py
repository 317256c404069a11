"""Finds cases, and what belongs to them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.commons.cases.rules import REOPENS_WITHIN_DAYS, Kind, State
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

_COLUMNS = (
    "id, member_id, kind, severity, state, reasons, channel, account, identity, in_group, advisor,"
    " opened_at, since, heard_at, assigned_at, accepted_at, answered_at, spoke_at, ended_at,"
    " closed_at, code, times_opened"
)
_GET = Statement(f"SELECT {_COLUMNS} FROM cases WHERE id = :id")
_OPEN_OF = Statement(
    f"SELECT {_COLUMNS} FROM cases WHERE member_id = :member AND state <> 'closed'"
)
_OPEN_ONES = Statement(
    f"SELECT {_COLUMNS} FROM cases WHERE state IN ('new', 'assigned', 'accepted', 'waiting')"
    " ORDER BY opened_at, id LIMIT :most"
)
_RESOLVED = Statement(
    f"SELECT {_COLUMNS} FROM cases WHERE state = 'resolved' ORDER BY ended_at, id LIMIT :most"
)
ENDED = Statement(
    # what was closed has ended before: the index finds it, however many there ever were
    f"SELECT {_COLUMNS} FROM cases WHERE (state = 'resolved' OR closed_at >= :since)"
    " AND ended_at >= :since AND ended_at < :until ORDER BY ended_at DESC, id DESC LIMIT :most"
)
_OF_MEMBER = Statement(
    f"SELECT {_COLUMNS} FROM cases WHERE member_id = :member ORDER BY opened_at DESC LIMIT :most"
)
_LAST_OF = Statement(
    f"SELECT {_COLUMNS} FROM cases WHERE member_id = :member AND state = 'closed'"
    " AND closed_at > :since ORDER BY closed_at DESC LIMIT 1"
)
_LOAD = Statement(
    "SELECT advisor, count(*) FROM cases WHERE state IN ('assigned', 'accepted', 'waiting')"
    " GROUP BY advisor"
)
_COUNT = Statement("SELECT state, count(*) FROM cases WHERE state <> 'closed' GROUP BY state")
_LAST_ADVISOR = Statement(
    # a case that is opened again has forgotten who had it; its history has not
    "SELECT case_steps.who FROM cases JOIN case_steps ON case_steps.case_id = cases.id"
    " WHERE cases.member_id = :member AND what = 'answered' ORDER BY case_steps.id DESC LIMIT 1"
)
_EVIDENCE_OF = Statement(
    "SELECT words, kind, media, label, severity, score_milli, reasons, at FROM case_evidence"
    " WHERE case_id = :case ORDER BY at, id"
)
_STEPS_OF = Statement(
    "SELECT at, who, what, words FROM case_steps WHERE case_id = :case ORDER BY id"
)
_COMPLAINED = Statement(
    "SELECT 1 FROM case_steps s WHERE s.case_id = :case"
    " AND s.what IN ('opened', 'reopened', 'joined') AND s.words IN ('complaint', 'safety')"
    " AND NOT EXISTS (SELECT 1 FROM case_steps later WHERE later.case_id = s.case_id"
    " AND later.what = 'closed' AND later.id > s.id) LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class Case:
    """A case as it stands."""

    id: int
    member: MemberId
    kind: Kind
    severity: int
    state: State
    reasons: Sequence[str]
    channel: ChannelName
    account: str
    identity: str
    in_group: str
    advisor: str
    """Userid in lower case of whom it is assigned to; empty for nobody."""
    opened_at: datetime
    since: datetime
    heard_at: datetime
    assigned_at: datetime | None
    accepted_at: datetime | None
    answered_at: datetime | None
    spoke_at: datetime | None
    ended_at: datetime | None
    closed_at: datetime | None
    code: str
    times_opened: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """A message of a case, as it was judged."""

    words: str
    kind: str
    media: str
    label: str
    severity: int
    score: float
    reasons: Sequence[str]
    at: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """Something that was done with a case."""

    at: datetime
    who: str
    what: str
    words: str


def get(uow: UnitOfWork, number: int) -> Case | None:
    """Return a case; None for one that is not there."""
    return _first(uow.run(_GET, id=number))


def open_of(uow: UnitOfWork, member: MemberId) -> Case | None:
    """Return the case of a member that is not closed, be it resolved; None when there is none."""
    return _first(uow.run(_OPEN_OF, member=member))


def is_upset(uow: UnitOfWork, member: MemberId) -> bool:
    """Return True while a complaint of hers, or worse, is not closed: nothing is sold to her.

    What she asked for when it was opened again does not change what she had to complain of.
    """
    case = open_of(uow, member)
    if case is None or case.kind in {Kind.COMPLAINT, Kind.SAFETY}:
        return case is not None
    return case.times_opened > 1 and bool(uow.run(_COMPLAINED, case=case.id))


def of_member(uow: UnitOfWork, member: MemberId, *, most: int = 20) -> Sequence[Case]:
    """Return the cases of a member, the latest first."""
    return [_case(row) for row in uow.run(_OF_MEMBER, member=member, most=most)]


def with_humans(uow: UnitOfWork, *, most: int = 2000) -> Sequence[Case]:
    """Return the cases that are neither resolved nor closed, the oldest first."""
    return [_case(row) for row in uow.run(_OPEN_ONES, most=most)]


def resolved(uow: UnitOfWork, *, most: int = 500) -> Sequence[Case]:
    """Return the cases that are resolved and not closed, the longest first."""
    return [_case(row) for row in uow.run(_RESOLVED, most=most)]


def ended(uow: UnitOfWork, since: datetime, until: datetime, *, most: int = 5000) -> Sequence[Case]:
    """Return the cases that ended in a span of time, the latest first."""
    span = {"since": micros(since), "until": micros(until)}
    return [_case(row) for row in uow.run(ENDED, **span, most=most)]


def load(uow: UnitOfWork) -> Mapping[str, int]:
    """Return how many open cases each advisor (userid) has; open ones only."""
    return {str(advisor): integer(many) for advisor, many in uow.run(_LOAD)}


def count(uow: UnitOfWork) -> Mapping[State, int]:
    """Return how many cases stand where; closed ones are not counted."""
    return {State(str(state)): integer(many) for state, many in uow.run(_COUNT)}


def last_advisor(uow: UnitOfWork, member: MemberId) -> str:
    """Return the userid of who served a member last; empty for nobody."""
    rows = uow.run(_LAST_ADVISOR, member=member)
    return str(rows[0][0]) if rows else ""


def evidence_of(uow: UnitOfWork, case: int) -> Sequence[Evidence]:
    """Return the messages of a case, the oldest first."""
    return [
        Evidence(
            str(words),
            str(kind),
            str(media),
            str(label),
            integer(severity),
            integer(score) / 1000,
            json.loads(str(reasons)),
            instant(at),
        )
        for words, kind, media, label, severity, score, reasons, at in uow.run(
            _EVIDENCE_OF, case=case
        )
    ]


def steps_of(uow: UnitOfWork, case: int) -> Sequence[Step]:
    """Return what was done with a case, the oldest first."""
    rows = uow.run(_STEPS_OF, case=case)
    return [Step(instant(at), str(who), str(what), str(words)) for at, who, what, words in rows]


def just_closed(uow: UnitOfWork, member: MemberId) -> Case | None:
    """Return the case of a member that was closed a short while ago."""
    since = uow.clock.now() - timedelta(days=REOPENS_WITHIN_DAYS)
    return _first(uow.run(_LAST_OF, member=member, since=micros(since)))


def _first(rows: Sequence[Row]) -> Case | None:
    return _case(rows[0]) if rows else None


def _case(row: Row) -> Case:
    texts = [str(value) for value in row[6:11]]
    assigned, accepted, answered_at, spoke, ended_at, closed = map(_maybe, row[14:20])
    return Case(
        integer(row[0]),
        MemberId(integer(row[1])),
        Kind(str(row[2])),
        integer(row[3]),
        State(str(row[4])),
        json.loads(str(row[5])),
        ChannelName(texts[0]),
        texts[1],
        texts[2],
        texts[3],
        texts[4],
        instant(row[11]),
        instant(row[12]),
        instant(row[13]),
        assigned,
        accepted,
        answered_at,
        spoke,
        ended_at,
        closed,
        str(row[20]),
        integer(row[21]),
    )


def _maybe(value: object) -> datetime | None:
    return None if value is None else instant(value)
