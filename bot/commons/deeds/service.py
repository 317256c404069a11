"""Deeds as they are kept: each once, and the evidence of everything that is earned."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import IntEnum

from bot.commons.deeds.matter import Deed
from bot.kernel.ids import MemberId
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

_COLUMNS = "id, key, kind, member_id, day, at, amount_fen, undone"
KEEP = Statement(
    "INSERT INTO deeds (key, kind, member_id, day, at, amount_fen, undone, judged)"
    " VALUES (:key, :kind, :member, :day, :at, :amount_fen, 0, :judged)"
    " ON CONFLICT (key) DO NOTHING RETURNING id"
)
_BY_KEY = Statement(f"SELECT {_COLUMNS} FROM deeds WHERE key = :key")
_BY_ID = Statement(f"SELECT {_COLUMNS} FROM deeds WHERE id = :id")
_ON_DAY = Statement(
    f"SELECT {_COLUMNS} FROM deeds WHERE member_id = :member AND kind = :kind AND undone = 0"
    " AND day = :day ORDER BY id"
)
_SET = Statement("UPDATE deeds SET amount_fen = :amount_fen, undone = :undone WHERE id = :id")
_HEARD = Statement(
    "UPDATE deeds SET judged = :judged WHERE key = :key AND judged = 2 AND undone = 0"
    f" RETURNING {_COLUMNS}"
)
UNJUDGED = Statement(f"SELECT {_COLUMNS} FROM deeds WHERE judged = 0 ORDER BY id LIMIT :most")
_JUDGED = Statement("UPDATE deeds SET judged = 1 WHERE id = :id AND judged = 0 RETURNING id")
_MINE = "FROM deeds WHERE member_id = :member AND kind = :kind AND undone = 0"
DAYS = Statement(
    f"SELECT day, MIN(id) {_MINE} AND day BETWEEN :first AND :last GROUP BY day ORDER BY day"
    " LIMIT :most"
)
TIMES = Statement(f"SELECT id {_MINE} AND day >= :first ORDER BY day, id LIMIT :most")
COUNT_DAYS = Statement(f"SELECT COUNT(DISTINCT day) {_MINE} AND day BETWEEN :first AND :last")
COUNT = Statement(f"SELECT COUNT(*) {_MINE} AND day >= :first")
_MOST = 100_000
_FIRST, _LAST = date(1, 1, 1), date(9999, 12, 31)


_COMES_AGAIN = frozenset({"checkin"})
"""What can be done anew once it was undone: a day that was taken back and then made up."""
FILES = ("rewards.toml", "badges.toml")
"""Deeds are written down while one of these is there."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A deed that is written down."""

    id: int
    deed: Deed
    key: str
    is_undone: bool

    @property
    def member(self) -> MemberId:
        """Whose it is now."""
        return MemberId(self.deed.member)


class Judged(IntEnum):
    """What earning rules have made of a deed."""

    NOT_YET = 0
    """They could not be read."""
    DONE = 1
    HISTORY = 2
    """It was brought in from before anybody listened; whoever tells of it yet has it judged."""


def keep(uow: UnitOfWork, deed: Deed, *, judged: Judged = Judged.DONE) -> Kept | None:
    """Write a deed down; None when it is known, and stands or can't be done anew."""
    rows = uow.run(
        KEEP,
        key=deed.key,
        kind=deed.kind,
        member=deed.member,
        day=deed.day.isoformat(),
        at=micros(deed.at),
        amount_fen=deed.amount_fen,
        judged=judged,
    )
    if rows or judged is Judged.HISTORY:
        return Kept(integer(rows[0][0]), deed, deed.key, is_undone=False) if rows else None
    if deed.kind in _COMES_AGAIN:
        return _keep_anew(uow, deed, judged)
    found = uow.run(_HEARD, key=deed.key, judged=judged)
    return _kept(found[0]) if found else None


def _keep_anew(uow: UnitOfWork, deed: Deed, judged: Judged) -> Kept | None:
    """Give a deed that was undone, and is done again, a name of its own."""
    known = find(uow, deed.key)
    if known is None or not known.is_undone:
        return None
    return keep(uow, replace(deed, ref=f"{deed.ref}:{known.id}"), judged=judged)


def on_day(uow: UnitOfWork, member: MemberId, kind: str, day: date) -> Sequence[Kept]:
    """Return a member's deeds of a kind on a day, by whatever name she did them."""
    rows = uow.run(_ON_DAY, member=member, kind=kind, day=day.isoformat())
    return [_kept(row) for row in rows]


def find(uow: UnitOfWork, key: str) -> Kept | None:
    """Return the deed of that key."""
    rows = uow.run(_BY_KEY, key=key)
    return _kept(rows[0]) if rows else None


def get(uow: UnitOfWork, number: int) -> Kept | None:
    """Return the deed of that number."""
    rows = uow.run(_BY_ID, id=number)
    return _kept(rows[0]) if rows else None


def change(uow: UnitOfWork, kept: Kept, *, amount_fen: int, undone: bool) -> None:
    """Let a deed be worth less, or count no more."""
    uow.run(_SET, id=kept.id, amount_fen=amount_fen, undone=int(undone))


def unjudged(uow: UnitOfWork, *, most: int) -> Sequence[Kept]:
    """Return deeds that were written down while the rules could not be read."""
    return [_kept(row) for row in uow.run(UNJUDGED, most=most)]


def take(uow: UnitOfWork, kept: Kept) -> bool:
    """Return True for the one who is to judge a deed that was not."""
    return bool(uow.run(_JUDGED, id=kept.id))


def days_of(
    uow: UnitOfWork,
    member: MemberId,
    kind: str,
    *,
    first: date | None = None,
    last: date | None = None,
    most: int | None = None,
) -> dict[date, int]:
    """Return the days on which she did it, in order, each with the first deed of it."""
    span = {"first": (first or _FIRST).isoformat(), "last": (last or _LAST).isoformat()}
    rows = uow.run(DAYS, member=member, kind=kind, most=most or _MOST, **span)
    return {date.fromisoformat(str(day)): integer(number) for day, number in rows}


def times_of(
    uow: UnitOfWork, member: MemberId, kind: str, *, first: date | None, most: int
) -> list[int]:
    """Return her first deeds of a kind."""
    begins = (first or _FIRST).isoformat()
    rows = uow.run(TIMES, member=member, kind=kind, first=begins, most=most)
    return [integer(row[0]) for row in rows]


def count_of(uow: UnitOfWork, member: MemberId, kind: str, first: date | None) -> int:
    """Return how often she did it."""
    rows = uow.run(COUNT, member=member, kind=kind, first=(first or _FIRST).isoformat())
    return integer(rows[0][0])


def days_between(uow: UnitOfWork, member: MemberId, kind: str, first: date, last: date) -> int:
    """Return on how many days she did it, both ends counted; 0 when they are in another order."""
    if last < first:
        return 0
    span = {"first": first.isoformat(), "last": last.isoformat()}
    return integer(uow.run(COUNT_DAYS, member=member, kind=kind, **span)[0][0])


def around(uow: UnitOfWork, kept: Kept, day: date, reach: int) -> dict[date, int]:
    """Return the days of a member's deeds of a kind, `reach` days to both sides of one."""
    first, last = day - timedelta(reach), day + timedelta(reach)
    return days_of(uow, kept.member, kept.deed.kind, first=first, last=last)


def _kept(row: Row) -> Kept:
    number, key, kind, member, day, at, amount, undone = row
    deed = Deed(
        str(kind),
        str(key).partition(":")[2],
        integer(member),
        instant(at),
        date.fromisoformat(str(day)),
        integer(amount),
    )
    return Kept(integer(number), deed, str(key), is_undone=bool(undone))


def told(uow: UnitOfWork, ids: Sequence[int]) -> Sequence[tuple[str, date]]:
    """Return the keys of deeds and the days they count for, in order."""
    found = [one for one in (get(uow, each) for each in ids) if one is not None]
    return sorted(((one.key, one.deed.day) for one in found), key=lambda each: each[1])
