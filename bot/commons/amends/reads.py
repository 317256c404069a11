"""Finds amends, and what may be given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.commons import members
from bot.commons.amends.matter import KindRow, Offers, What
from bot.commons.amends.rules import Offer, Range, State
from bot.commons.cases import Case
from bot.commons.content import Shelf
from bot.commons.coupons import Kind, Kinds
from bot.kernel.clock import instant_of
from bot.kernel.community import Community
from bot.kernel.ids import MemberId
from bot.kernel.work import Row, Statement, Toolbox, UnitOfWork
from bot.storage.columns import instant, integer, micros

COLUMNS = (
    "id, case_id, member_id, kind, title, what, coupon, points, worth_fen, reason, tier, asked_by,"
    " asked_at, tells, state, alone, expires_at, decided_by, decided_at, why, settled_by,"
    " settled_at, undone_by, undone_at"
)
_GET = Statement(f"SELECT {COLUMNS} FROM amends WHERE id = :id")
_BY_KEY = Statement(f"SELECT {COLUMNS} FROM amends WHERE key = :key")
_OF_CASE = Statement(f"SELECT {COLUMNS} FROM amends WHERE case_id = :case ORDER BY id DESC")
_WAITING = Statement(
    f"SELECT {COLUMNS} FROM amends WHERE state = 'waiting' ORDER BY expires_at, id LIMIT :most"
)
_RECENT = Statement(f"SELECT {COLUMNS} FROM amends ORDER BY id DESC LIMIT :most")
_OF_ADVISOR = Statement(
    f"SELECT {COLUMNS} FROM amends WHERE asked_by = :who ORDER BY id DESC LIMIT :most"
)
_TO_SETTLE = Statement(
    f"SELECT {COLUMNS} FROM amends WHERE state = 'given' AND what IN ('refund', 'gift')"
    " AND settled_at IS NULL ORDER BY id LIMIT :most"
)
_USED = Statement(
    "SELECT COALESCE(SUM(worth_fen), 0) FROM amends WHERE case_id = :case"
    " AND state IN ('waiting', 'given')"
)
_ALONE_SINCE = Statement(
    "SELECT COALESCE(SUM(worth_fen), 0) FROM amends WHERE asked_by = :who AND state = 'given'"
    " AND alone = 1 AND asked_at >= :since"
)
_GIVEN = Statement(
    "SELECT what, COUNT(*), SUM(worth_fen) FROM amends WHERE state = 'given'"
    " AND decided_at >= :since AND decided_at < :until GROUP BY what ORDER BY what"
)
_COUNT_WAITING = Statement("SELECT COUNT(*) FROM amends WHERE state = 'waiting'")
_DECEMBER = 12


@dataclass(frozen=True, slots=True)
class Amend:
    """An amends as it stands."""

    id: int
    case: int
    member: MemberId
    kind: str
    title: str
    what: What
    coupon: str
    points: int
    worth_fen: int
    reason: str
    tier: str
    asked_by: str
    asked_at: datetime
    tells: bool
    state: State
    alone: bool
    expires_at: datetime | None
    decided_by: str
    decided_at: datetime | None
    why: str
    settled_by: str
    settled_at: datetime | None
    undone_by: str
    undone_at: datetime | None

    @property
    def key(self) -> str:
        """The key of the coupon or the points that it brings."""
        return f"amends:{self.id}"

    @property
    def needs_hands(self) -> bool:
        """True when somebody has to pay or hand over something."""
        return self.what in {What.REFUND, What.GIFT}

    @property
    def is_open(self) -> bool:
        """True for what is given, and still has to be paid or handed over."""
        return self.state is State.GIVEN and self.needs_hands and self.settled_at is None


@dataclass(frozen=True, slots=True)
class Month:
    """What was given in a month."""

    first: datetime
    fen_by_what: Mapping[What, int]
    count: int

    @property
    def fen(self) -> int:
        """All of it."""
        return sum(self.fen_by_what.values())


def offers(uow: UnitOfWork, tools: Toolbox) -> Offers:
    """Return what `content/amends.toml` says, or said before a mistake; without it nothing."""
    library = tools.use(Shelf).at_hand(uow.clock.now()).library
    return library.sound_table(Offers) or Offers()


def coupon_kind(uow: UnitOfWork, tools: Toolbox, name: str) -> Kind | None:
    """Return a kind of coupon; None when no file has it any more."""
    table = tools.use(Shelf).at_hand(uow.clock.now()).library.table(Kinds)
    return table.of(name) if table and name else None


def range_for(uow: UnitOfWork, tools: Toolbox, case: Case, advisor: str = "") -> Range:
    """Return what a case may get, given by an advisor; by her who has it, unless said."""
    book, tier = offers(uow, tools), members.tier_of(uow, case.member)
    limit, who = book.limit_of(tier), advisor or case.advisor
    found = (_offer(uow, tools, kind) for kind in book.kind)
    given = integer(uow.run(_ALONE_SINCE, who=who, since=micros(month_of(uow, tools)))[0][0])
    return Range(
        tier,
        limit.alone_fen,
        limit.most_fen,
        integer(uow.run(_USED, case=case.id)[0][0]),
        max(0, book.advisor_month_fen - given),
        book.points_per_yuan,
        tuple(one for one in found if one is not None),
    )


def _offer(uow: UnitOfWork, tools: Toolbox, kind: KindRow) -> Offer | None:
    terms = coupon_kind(uow, tools, kind.coupon)
    if kind.what is What.COUPON and terms is None:
        return None
    worth_fen = kind.worth_fen or (terms.face_fen if terms else 0)
    if kind.what is What.COUPON and not worth_fen:
        return None  # `bot check` names it
    return Offer(kind.name, kind.title, kind.what, worth_fen, kind.coupon)


def month_of(uow: UnitOfWork, tools: Toolbox, back: int = 0) -> datetime:
    """Return when this month began on the community's calendar, or one `back` months ago."""
    zone = tools.use(Community).zone
    today = uow.clock.now().astimezone(zone)
    months = today.year * _DECEMBER + today.month - 1 - back
    first = datetime(months // _DECEMBER, months % _DECEMBER + 1, 1)  # noqa: DTZ001 - on the wall
    return instant_of(first, zone)


def get(uow: UnitOfWork, number: int) -> Amend | None:
    """Return an amends; None for one that is not there."""
    return _first(uow.run(_GET, id=number))


def by_key(uow: UnitOfWork, key: str) -> Amend | None:
    """Return the amends that a form has brought."""
    return _first(uow.run(_BY_KEY, key=key))


def of_case(uow: UnitOfWork, case: int) -> Sequence[Amend]:
    """Return the amends of a case, the latest first."""
    return [_amend(row) for row in uow.run(_OF_CASE, case=case)]


def waiting(uow: UnitOfWork, *, most: int = 200) -> Sequence[Amend]:
    """Return what waits for a supervisor; what expires first comes first."""
    return [_amend(row) for row in uow.run(_WAITING, most=most)]


def to_settle(uow: UnitOfWork, *, most: int = 200) -> Sequence[Amend]:
    """Return what has to be paid back or handed over, the oldest first."""
    return [_amend(row) for row in uow.run(_TO_SETTLE, most=most)]


def recent(uow: UnitOfWork, *, asked_by: str = "", most: int = 50) -> Sequence[Amend]:
    """Return the latest amends, of everybody or of one advisor."""
    found = (
        uow.run(_OF_ADVISOR, who=asked_by, most=most) if asked_by else uow.run(_RECENT, most=most)
    )
    return [_amend(row) for row in found]


def count_waiting(uow: UnitOfWork) -> int:
    """Return how many wait for a supervisor."""
    return integer(uow.run(_COUNT_WAITING)[0][0])


def months(uow: UnitOfWork, tools: Toolbox, *, most: int = 6) -> Sequence[Month]:
    """Return what was given in the last months, this one first; what was undone does not count."""
    found, until = [], month_of(uow, tools, -1)
    for back in range(most):
        since = month_of(uow, tools, back)
        rows = uow.run(_GIVEN, since=micros(since), until=micros(until))
        sums = {What(str(what)): integer(fen) for what, _, fen in rows}
        found.append(Month(since, sums, sum(integer(count) for _, count, _ in rows)))
        until = since
    return found


def _first(rows: Sequence[Row]) -> Amend | None:
    return _amend(rows[0]) if rows else None


def _amend(row: Row) -> Amend:
    return Amend(
        integer(row[0]),
        integer(row[1]),
        MemberId(integer(row[2])),
        str(row[3]),
        str(row[4]),
        What(str(row[5])),
        str(row[6]),
        integer(row[7]),
        integer(row[8]),
        str(row[9]),
        str(row[10]),
        str(row[11]),
        instant(row[12]),
        bool(row[13]),
        State(str(row[14])),
        bool(row[15]),
        _maybe(row[16]),
        str(row[17]),
        _maybe(row[18]),
        str(row[19]),
        str(row[20]),
        _maybe(row[21]),
        str(row[22]),
        _maybe(row[23]),
    )


def _maybe(value: object) -> datetime | None:
    return None if value is None else instant(value)
