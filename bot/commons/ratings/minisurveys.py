"""Mini surveys (极简问卷) as they are kept: noted at a node of an order, asked once, answered."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.commons.ratings.rules import Node, Skipped, Stage
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

_COLUMNS = (
    "id, member_id, order_id, node, at, state, key, channel, identity, questions, answers, step,"
    " said_key, asked_at, answered_at"
)
_NOTE = Statement(
    "INSERT INTO mini_surveys (member_id, order_id, node, at, look_at, state, why, key, channel,"
    " identity, questions, answers, step, said_key) VALUES (:member, :order, :node, :at, :at,"
    " 'waiting', '', '', '', '', '[]', '[]', 0, '') ON CONFLICT (order_id, node) DO NOTHING"
)
_DUE = Statement(
    f"SELECT {_COLUMNS} FROM mini_surveys WHERE state = 'waiting' AND node = :node AND at <= :until"
    " AND look_at <= :now ORDER BY at, id LIMIT :most"
)
_NEXT = Statement(
    "SELECT min(at) FROM mini_surveys WHERE state = 'waiting' AND node = :node AND at > :since"
)
_GET = Statement(f"SELECT {_COLUMNS} FROM mini_surveys WHERE id = :id")
_REST = Statement("UPDATE mini_surveys SET look_at = :until WHERE id = :id AND state = 'waiting'")
_ASK = Statement(
    "UPDATE mini_surveys SET state = 'asked', asked_at = :now, key = :key, channel = :channel,"
    " identity = :identity, questions = :questions, step = 1"
    " WHERE id = :id AND state = 'waiting' RETURNING id"
)
_SKIP = Statement(
    "UPDATE mini_surveys SET state = 'skipped', why = :why, asked_at = NULL, step = 0"
    " WHERE id = :id AND state = :was"
)
_OPEN_OF = Statement(
    f"SELECT {_COLUMNS} FROM mini_surveys WHERE member_id = :member AND step > 0"
    " ORDER BY asked_at DESC, id DESC LIMIT 1"
)
_SAID_BY = Statement(
    f"SELECT {_COLUMNS} FROM mini_surveys WHERE member_id = :member AND said_key = :key"
)
_TAKE = Statement(
    "UPDATE mini_surveys SET answers = :answers, state = :state, step = 0, said_key = :key,"
    " answered_at = :answered WHERE id = :id AND step = :step RETURNING id"
)
_GO_ON = Statement("UPDATE mini_surveys SET step = :step WHERE id = :id")
_CLOSE = Statement("UPDATE mini_surveys SET step = 0 WHERE step > 0 AND asked_at <= :before")
_LEFT_UNSAID = Statement(
    "UPDATE mini_surveys SET state = 'skipped', why = 'unsaid', asked_at = NULL, step = 0"
    " WHERE state = 'asked' AND asked_at > :since AND EXISTS (SELECT 1 FROM outbox o"
    " WHERE o.key = mini_surveys.key AND o.status IN ('dropped', 'withdrawn', 'parked'))"
)
_FORGET = Statement("DELETE FROM mini_surveys WHERE state = 'waiting' AND at < :before")
_COUNT = Statement(
    "SELECT node, state, why, count(*) FROM mini_surveys"
    " WHERE at >= :since AND state <> 'waiting' GROUP BY node, state, why"
)
_KNOWN = Statement("SELECT DISTINCT node FROM mini_surveys WHERE at >= :since")
_LATEST = Statement(
    f"SELECT {_COLUMNS} FROM mini_surveys WHERE state = 'answered'"
    " ORDER BY answered_at DESC, id DESC LIMIT :most"
)
_ANSWERED = Statement(
    f"SELECT {_COLUMNS} FROM mini_surveys WHERE state = 'answered' AND id > :after"
    " ORDER BY id LIMIT :most"
)
_BITE = 500


@dataclass(frozen=True, slots=True)
class MiniSurvey:
    """A node of an order, and what its member was asked there and said."""

    id: int
    member: MemberId
    order: int
    """For `orders.get` of bot.commons."""
    node: Node
    at: datetime
    state: Stage
    key: str
    channel: ChannelName
    identity: str
    questions: Sequence[Mapping[str, str]]
    """As she was asked: `text` and `kind`."""
    answers: Sequence[str]
    """An empty one was skipped."""
    step: int
    """Which question is open; 0 for none."""
    said_key: str
    asked_at: datetime | None
    answered_at: datetime | None

    @property
    def said(self) -> Sequence[tuple[Mapping[str, str], str]]:
        """Return the questions that she has answered, each with what she said."""
        both = zip(self.questions, self.answers, strict=False)
        return [(question, answer) for question, answer in both if answer]


def note(uow: UnitOfWork, member: MemberId, order: int, node: Node, at: datetime) -> None:
    """Note that an order has come to a node, once."""
    uow.run(_NOTE, member=member, order=order, node=node.value, at=micros(at))


def due(
    uow: UnitOfWork, node: Node, until: datetime, now: datetime, *, most: int
) -> Sequence[MiniSurvey]:
    """Return what came to a node until then, waits, and may be looked at by `now`."""
    span = {"until": micros(until), "now": micros(now)}
    return [_read(row) for row in uow.run(_DUE, node=node.value, most=most, **span)]


def next_at(uow: UnitOfWork, node: Node, since: datetime) -> datetime | None:
    """Return when the next one that waits came to a node after `since`."""
    at = uow.run(_NEXT, node=node.value, since=micros(since))[0][0]
    return None if at is None else instant(at)


def get(uow: UnitOfWork, number: int) -> MiniSurvey | None:
    """Return one; None for one that is not there."""
    return _first(uow.run(_GET, id=number))


def rest(uow: UnitOfWork, one: MiniSurvey, until: datetime) -> None:
    """Look at it again later."""
    uow.run(_REST, id=one.id, until=micros(until))


def ask(
    uow: UnitOfWork,
    one: MiniSurvey,
    questions: Sequence[Mapping[str, str]],
    *,
    key: str,
    way: tuple[ChannelName, str],
) -> bool:
    """Note what she is asked, by which letter and where; False when she was asked before."""
    rows = uow.run(
        _ASK,
        id=one.id,
        now=micros(uow.clock.now()),
        key=key,
        channel=way[0],
        identity=way[1],
        questions=json.dumps(list(questions), ensure_ascii=False),
    )
    return bool(rows)


def skip(uow: UnitOfWork, one: MiniSurvey, why: Skipped, *, was: Stage = Stage.WAITING) -> None:
    """Note that she is not asked, and why; what another replica has done meanwhile stands."""
    uow.run(_SKIP, id=one.id, why=why.value, was=was.value)


def open_of(uow: UnitOfWork, member: MemberId) -> MiniSurvey | None:
    """Return the one in which a question waits for a member's answer."""
    return _first(uow.run(_OPEN_OF, member=member))


def said_by(uow: UnitOfWork, member: MemberId, key: str) -> MiniSurvey | None:
    """Return the one whose latest answer is that message: channel and the platform's id."""
    return _first(uow.run(_SAID_BY, member=member, key=key))


def take(uow: UnitOfWork, one: MiniSurvey, answer: str, *, key: str) -> MiniSurvey | None:
    """Keep the answer to the question that is open, empty for a skipped one; None if none is."""
    answers = [*one.answers, answer]
    is_answered = any(answers)
    answered_at = one.answered_at or (uow.clock.now() if answer else None)
    rows = uow.run(
        _TAKE,
        id=one.id,
        step=one.step,
        answers=json.dumps(answers, ensure_ascii=False),
        state=(Stage.ANSWERED if is_answered else Stage.ASKED).value,
        key=key,
        answered=None if answered_at is None else micros(answered_at),
    )
    return get(uow, one.id) if rows and one.step else None


def go_on(uow: UnitOfWork, one: MiniSurvey, step: int) -> None:
    """Note that the question of that number is asked now."""
    uow.run(_GO_ON, id=one.id, step=step)


def tidy(uow: UnitOfWork, *, open_for: timedelta, unsaid: timedelta, waiting: timedelta) -> None:
    """Close what nobody answers, undo what never left, forget what nobody was asked about."""
    now = uow.clock.now()
    uow.run(_CLOSE, before=micros(now - open_for))
    uow.run(_LEFT_UNSAID, since=micros(now - unsaid))
    uow.run(_FORGET, before=micros(now - waiting))


def counts(uow: UnitOfWork, since: datetime) -> Mapping[tuple[Node, Stage, str], int]:
    """Return how many nodes since then came how far, with why they were skipped."""
    return {
        (Node(str(node)), Stage(str(state)), str(why)): integer(many)
        for node, state, why, many in uow.run(_COUNT, since=micros(since))
    }


def known_nodes(uow: UnitOfWork, since: datetime) -> frozenset[Node]:
    """Return to which nodes orders have come since then."""
    return frozenset(Node(str(node)) for (node,) in uow.run(_KNOWN, since=micros(since)))


def latest(uow: UnitOfWork, *, most: int) -> Sequence[MiniSurvey]:
    """Return what was answered last."""
    return [_read(row) for row in uow.run(_LATEST, most=most)]


def all_answered(uow: UnitOfWork) -> Iterator[MiniSurvey]:
    """Yield all that was answered, the oldest first."""
    after = 0
    while rows := uow.run(_ANSWERED, after=after, most=_BITE):
        yield from map(_read, rows)
        after = integer(rows[-1][0])


def _first(rows: Sequence[Row]) -> MiniSurvey | None:
    return _read(rows[0]) if rows else None


def _read(row: Row) -> MiniSurvey:
    asked_at, answered_at = (None if row[n] is None else instant(row[n]) for n in (13, 14))
    return MiniSurvey(
        integer(row[0]),
        MemberId(integer(row[1])),
        integer(row[2]),
        Node(str(row[3])),
        instant(row[4]),
        Stage(str(row[5])),
        str(row[6]),
        ChannelName(str(row[7])),
        str(row[8]),
        json.loads(str(row[9])),
        json.loads(str(row[10])),
        integer(row[11]),
        str(row[12]),
        asked_at,
        answered_at,
    )
