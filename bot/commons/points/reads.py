"""What members and operators read of the ledger."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.kernel.ids import MemberId
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

_STANDING = Statement("SELECT balance, held, debt FROM point_accounts WHERE member_id = :member")
_MINE = "(SELECT id FROM point_accounts WHERE member_id = :member)"
_GAINS = (
    "SELECT e.id, e.key, e.at, e.points, e.reason, e.made_by, a.house FROM point_entries e"
    f" JOIN point_accounts a ON a.id = e.debit WHERE e.credit = {_MINE}"
)
_LOSSES = (
    "SELECT e.id, e.key, e.at, -e.points, e.reason, e.made_by, a.house FROM point_entries e"
    f" JOIN point_accounts a ON a.id = e.credit WHERE e.debit = {_MINE}"
)
ENTRIES = Statement(
    f"SELECT * FROM ({_GAINS} AND e.at >= :since AND e.at < :until AND e.id < :before"
    " ORDER BY e.id DESC LIMIT :most) gains UNION ALL "
    f"SELECT * FROM ({_LOSSES} AND e.at >= :since AND e.at < :until AND e.id < :before"
    " ORDER BY e.id DESC LIMIT :most) losses ORDER BY 1 DESC LIMIT :most"
)
_ENTRY = Statement(
    "SELECT e.id, e.key, e.at, CASE WHEN c.member_id IS NULL THEN -e.points ELSE e.points END,"
    " e.reason, e.made_by, COALESCE(d.house, c.house), COALESCE(c.member_id, d.member_id)"
    " FROM point_entries e JOIN point_accounts d ON d.id = e.debit"
    " JOIN point_accounts c ON c.id = e.credit WHERE e.id = :id"
)
LEDGER = Statement(
    "SELECT e.id, e.key, e.at, e.points, e.reason, d.member_id, d.house, c.member_id, c.house"
    " FROM point_entries e JOIN point_accounts d ON d.id = e.debit"
    " JOIN point_accounts c ON c.id = e.credit WHERE e.id > :after ORDER BY e.id LIMIT :most"
)
_HOUSE = "(SELECT id FROM point_accounts WHERE house = :house)"
_BY_HAND = "at >= :since AND made_by = :who"
_MADE_BY = Statement(
    f"SELECT COALESCE((SELECT SUM(points) FROM point_entries WHERE debit = {_HOUSE}"
    f" AND {_BY_HAND}), 0) + COALESCE((SELECT SUM(points) FROM point_entries"
    f" WHERE credit = {_HOUSE} AND {_BY_HAND}), 0)"
)
_HOUSE_SUMS = Statement(
    "SELECT a.house, COALESCE(SUM(CASE WHEN e.debit = a.id THEN e.points END), 0),"
    " COALESCE(SUM(CASE WHEN e.credit = a.id THEN e.points END), 0)"
    " FROM point_accounts a JOIN point_entries e ON e.debit = a.id OR e.credit = a.id"
    " WHERE a.house IS NOT NULL AND e.at >= :since AND e.at < :until"
    " GROUP BY a.house ORDER BY a.house"
)
_BITE = 1000
_NEWEST = 2**62


@dataclass(frozen=True, slots=True)
class Standing:
    """What a member has."""

    spendable: int
    held: int
    debt: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry beside a member; negative points went away from her."""

    id: int
    key: str
    at: datetime
    points: int
    reason: str
    made_by: str
    house: str


@dataclass(frozen=True, slots=True)
class Posting:
    """One side of an entry: what an account got, or gave (negative)."""

    entry: int
    at: datetime
    member: MemberId | None
    account: str
    """`member`, or the name of a house account."""
    points: int
    reason: str
    key: str


@dataclass(frozen=True, slots=True)
class HouseMonth:
    """What a house account gave and got in a span of time."""

    house: str
    given: int
    got: int


def standing(uow: UnitOfWork, member: MemberId) -> Standing:
    """Return what a member can spend, what is held, what she owes."""
    rows = uow.run(_STANDING, member=member)
    if not rows:
        return Standing(0, 0, 0)
    total, held, debt = map(integer, rows[0])
    return Standing(total - held, held, debt)


def entries_of(
    uow: UnitOfWork,
    member: MemberId,
    *,
    since: datetime,
    until: datetime,
    most: int,
    before: int = _NEWEST,
) -> Sequence[Entry]:
    """Return a member's entries of a span of time, the newest first."""
    span = {"since": micros(since), "until": micros(until)}
    rows = uow.run(ENTRIES, member=member, most=most, before=before, **span)
    return [_entry(row) for row in rows]


def entry_of(uow: UnitOfWork, number: int) -> tuple[Entry, MemberId | None] | None:
    """Return an entry and whose it is; None when there is none."""
    rows = uow.run(_ENTRY, id=number)
    if not rows:
        return None
    member = rows[0][7]
    return _entry(rows[0][:7]), None if member is None else MemberId(integer(member))


def made_by_since(uow: UnitOfWork, who: str, house: str, since: datetime) -> int:
    """Return how many points an operator gave out of a house account and took into it since."""
    return integer(uow.run(_MADE_BY, who=who, house=house, since=micros(since))[0][0])


def house_months(uow: UnitOfWork, since: datetime, until: datetime) -> Sequence[HouseMonth]:
    """Return what each house account gave and got in a span of time."""
    rows = uow.run(_HOUSE_SUMS, since=micros(since), until=micros(until))
    return [HouseMonth(str(house), integer(given), integer(got)) for house, given, got in rows]


def ledger(uow: UnitOfWork) -> Iterator[Posting]:
    """Yield both sides of every entry, the oldest first."""
    after = 0
    while rows := uow.run(LEDGER, after=after, most=_BITE):
        for row in rows:
            yield from _postings(row)
        after = integer(rows[-1][0])


def _postings(row: Row) -> Iterator[Posting]:
    number, key, at, points, reason, from_member, from_house, to_member, to_house = row
    sides = ((from_member, from_house, -integer(points)), (to_member, to_house, integer(points)))
    for member, house, moved in sides:
        yield Posting(
            integer(number),
            instant(at),
            None if member is None else MemberId(integer(member)),
            "member" if house is None else str(house),
            moved,
            str(reason),
            str(key),
        )


def _entry(row: Row) -> Entry:
    number, key, at, points, reason, made_by, house = row
    return Entry(
        integer(number),
        str(key),
        instant(at),
        integer(points),
        str(reason),
        str(made_by),
        str(house),
    )
