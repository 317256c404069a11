"""What operators read of rewards: counts by rule and day, and why a member got something."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.commons import members
from bot.kernel.exporting import Asked, Cell, Export
from bot.kernel.ids import MemberId
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import instant, integer

COUNTS = Statement(
    "SELECT rule, MAX(title), day, COUNT(*), SUM(points) FROM reward_earnings WHERE day >= :first"
    " AND state = 'given' GROUP BY rule, day ORDER BY rule, day DESC"
)
OF_MEMBER = Statement(
    "SELECT e.id, e.rule, e.title, e.day, e.at, e.points, e.factor, e.doubles, e.coupon_key,"
    " e.state, d.key, d.amount_fen FROM reward_earnings e JOIN deeds d ON d.id = e.deed_id"
    " WHERE e.member_id = :member ORDER BY e.id DESC LIMIT :most"
)
_LAST_DAY = Statement("SELECT COUNT(*) FROM reward_earnings WHERE at > :since AND state = 'given'")
ALL_EARNINGS = Statement(
    "SELECT e.id, e.rule, e.title, e.member_id, e.day, e.points, e.factor, e.state, d.key"
    " FROM reward_earnings e LEFT JOIN deeds d ON d.id = e.deed_id WHERE e.id > :after"
    " ORDER BY e.id LIMIT :most"
)
_BITE = 1000


@dataclass(frozen=True, slots=True)
class Bar:
    """What a rule gave on a day."""

    rule: str
    title: str
    day: date
    times: int
    points: int


@dataclass(frozen=True, slots=True)
class Line:
    """Something that a member earned, and by what."""

    id: int
    rule: str
    title: str
    day: date
    at: datetime
    points: int
    factor: int
    doubles: str
    coupon_key: str
    state: str
    deed: str
    amount_fen: int


def bars(uow: UnitOfWork, first: date) -> Sequence[Bar]:
    """Return what each rule gave on each day since one, the latest day of each rule first."""
    return [
        Bar(
            str(rule),
            str(title),
            date.fromisoformat(str(day)),
            integer(times),
            int(str(points)),
        )
        for rule, title, day, times, points in uow.run(COUNTS, first=first.isoformat())
    ]


def lines_of(uow: UnitOfWork, member: MemberId, *, most: int) -> Sequence[Line]:
    """Return what a member earned, the latest first."""
    return [_line(row) for row in uow.run(OF_MEMBER, member=member, most=most)]


def _line(row: Row) -> Line:
    number, rule, title, day, at, points, factor, doubles, coupon, state, deed, amount = row
    return Line(
        integer(number),
        str(rule),
        str(title),
        date.fromisoformat(str(day)),
        instant(at),
        integer(points),
        integer(factor),
        str(doubles),
        str(coupon),
        str(state),
        str(deed),
        integer(amount),
    )


def count_since(uow: UnitOfWork, since_micros: int) -> float:
    """Return how often something was earned since."""
    return integer(uow.run(_LAST_DAY, since=since_micros)[0][0])


def _earnings(uow: UnitOfWork, _asked: Asked) -> Iterator[tuple[Cell, ...]]:
    after = 0
    while rows := uow.run(ALL_EARNINGS, after=after, most=_BITE):
        for number, rule, title, member, day, points, factor, state, deed in rows:
            figures = (integer(points), integer(factor), str(state), str(deed or ""))
            name = "" if member is None else members.called(uow, MemberId(integer(member)))
            yield (integer(number), str(rule), str(title), name, str(day), *figures)
        after = integer(rows[-1][0])


exports = (
    Export(
        "rewards",
        ("earning_id", "rule", "title", "member", "day", "points", "factor", "state", "deed"),
        _earnings,
    ),
)
