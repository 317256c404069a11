"""What second opinions cost on each day, and what came of them; it names nobody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.features.opinion.rules import Became, State, Why
from bot.kernel.opinions import SecondOpinion
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import integer

_OPEN = Statement(
    "INSERT INTO opinion_days (day, requests, tokens, answered, failed, skipped, raised, lowered)"
    " VALUES (:day, 0, 0, 0, 0, 0, 0, 0) ON CONFLICT (day) DO NOTHING"
)
_SET_ASIDE = Statement(
    "UPDATE opinion_days SET requests = requests + 1, tokens = tokens + :tokens WHERE day = :day"
    " AND requests < :most_requests AND tokens + :tokens <= :most_tokens RETURNING day"
)
_SETTLE = Statement(
    "UPDATE opinion_days SET requests = requests + :requests, tokens = tokens + :tokens"
    " WHERE day = :day"
)
_COUNT = {
    column: Statement(f"UPDATE opinion_days SET {column} = {column} + 1 WHERE day = :day")
    for column in (State.ANSWERED, State.FAILED, State.SKIPPED, Became.RAISED, Became.LOWERED)
}
_LATEST = Statement(
    "SELECT day, requests, tokens, answered, failed, skipped, raised, lowered FROM opinion_days"
    " ORDER BY day DESC LIMIT :most"
)
_SUM = {
    column: Statement(f"SELECT COALESCE(sum({column}), 0) FROM opinion_days")
    for column in (State.FAILED, Became.RAISED)
}


@dataclass(frozen=True, slots=True)
class Cost:
    """What was set aside for one question, at the most."""

    day: date
    tokens: int


@dataclass(frozen=True, slots=True)
class Day:
    """What was asked on one day, and what came of it."""

    day: date
    requests: int = 0
    tokens: int = 0
    answered: int = 0
    failed: int = 0
    skipped: int = 0
    raised: int = 0
    lowered: int = 0


def set_aside(uow: UnitOfWork, day: date, model: SecondOpinion, tokens: int) -> Cost | Why:
    """Set aside a request and its tokens; return what is used up when there is not enough."""
    uow.run(_OPEN, day=day.isoformat())
    found = uow.run(
        _SET_ASIDE,
        day=day.isoformat(),
        tokens=tokens,
        most_requests=model.requests_per_day,
        most_tokens=model.tokens_per_day,
    )
    if found:
        return Cost(day, tokens)
    return Why.REQUESTS if of(uow, day).requests >= model.requests_per_day else Why.TOKENS


def settle(uow: UnitOfWork, cost: Cost, *, tokens: int, more_requests: int) -> None:
    """Put what a question has really cost in the place of what was set aside."""
    day = cost.day.isoformat()
    uow.run(_SETTLE, day=day, tokens=tokens - cost.tokens, requests=more_requests)


def count(uow: UnitOfWork, day: date, what: State | Became) -> None:
    """Count what became of a question."""
    uow.run(_OPEN, day=day.isoformat())
    uow.run(_COUNT[what], day=day.isoformat())


def of(uow: UnitOfWork, day: date) -> Day:
    """Return what was asked on a day."""
    return next((one for one in latest(uow, most=2) if one.day == day), Day(day))


def latest(uow: UnitOfWork, *, most: int) -> Sequence[Day]:
    """Return the latest days on which anything was asked, the last of them first."""
    return [_day(row) for row in uow.run(_LATEST, most=most)]


def total(uow: UnitOfWork, what: State | Became) -> int:
    """Return how often something has come of a question."""
    return integer(uow.run(_SUM[what])[0][0])


def _day(row: Row) -> Day:
    return Day(date.fromisoformat(str(row[0])), *(integer(value) for value in row[1:]))
