"""The socket by which every room says how its rows go over when two members turn out to be one.

A `Mover` moves the rows of a member who goes to the one who stays, and returns, fit for JSON,
what it takes to bring them back. What happened in between stays where it is.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.kernel.ids import MemberId
from bot.kernel.work import Row, Statement, UnitOfWork

Fields = Mapping[str, Any]
"""One row by its columns, without the member."""
Pick = Callable[[Fields, Fields], Fields]
"""Makes one row of two that cannot both stay: hers who stays, hers who goes."""


@dataclass(frozen=True, slots=True)
class Mover:
    """How the rows of one table, or of several that belong together, move between members."""

    tables: tuple[str, ...]
    move: Callable[[UnitOfWork, MemberId, MemberId], object]
    """(unit of work, who goes, who stays) → what `back` needs."""
    back: Callable[[UnitOfWork, MemberId, MemberId, Any], None]
    """(unit of work, who went, who stayed, what `move` returned). May raise a Refusal."""


def earlier(column: str) -> Pick:
    """Return what picks the earlier row by a column; of equal ones hers who stays."""
    return lambda hers, gone: min(hers, gone, key=lambda row: row[column])


def later(column: str) -> Pick:
    """Return what picks the later row by a column; of equal ones hers who stays."""
    return lambda hers, gone: max(hers, gone, key=lambda row: row[column])


def by_id(table: str, *, column: str = "member_id", key: str = "id") -> Mover:
    """Return what moves the rows of a table that allows any number for each.

    `key` tells its rows apart, whosever they are. A row that changed since goes back as it is.
    """
    take = Statement(f"UPDATE {table} SET {column} = :stays WHERE {column} = :goes RETURNING {key}")
    give = Statement(f"UPDATE {table} SET {column} = :goes WHERE {key} = :id AND {column} = :stays")

    def move(uow: UnitOfWork, goes: MemberId, stays: MemberId) -> object:
        return sorted(row[0] for row in uow.run(take, goes=goes, stays=stays))  # type: ignore[type-var]  # of one type

    def back(uow: UnitOfWork, goes: MemberId, stays: MemberId, moved: Any) -> None:
        for number in moved:
            uow.run(give, id=number, goes=goes, stays=stays)

    return Mover((table,), move, back)


def by_key(
    table: str,
    key: Sequence[str],
    others: Sequence[str],
    pick: Pick,
    *,
    column: str = "member_id",
    passing: Sequence[str] = (),
) -> Mover:
    """Return what moves the rows of a table that has one for each member and `key`.

    Args:
        table: its name.
        key: the columns that, with the member, are unique; none where a member has one row.
        others: all other columns, without a number that the database gives.
        pick: makes one row of two with the same key.
        column: the one that names the member.
        passing: columns of which a change means nothing: the row goes back, as it was.
    """
    rows = _Rows(table, tuple(key), tuple(others), column)

    def move(uow: UnitOfWork, goes: MemberId, stays: MemberId) -> object:
        hers = {rows.key_of(row): row for row in rows.of(uow, stays)}
        moved = []
        for gone in rows.of(uow, goes):
            was = hers.get(rows.key_of(gone))
            now = gone if was is None else pick(was, gone)
            if was is None:
                rows.give(uow, goes, stays, gone)
            else:
                rows.drop(uow, goes, gone)
                rows.change(uow, stays, was, now)
            moved.append([gone, was, now])
        return moved

    def back(uow: UnitOfWork, goes: MemberId, stays: MemberId, moved: Any) -> None:
        hers = {rows.key_of(row): row for row in rows.of(uow, stays)}
        for gone, was, now in moved:
            if (current := hers.get(rows.key_of(gone))) is None:
                continue  # taken away since
            if was is None and current == now:
                rows.give(uow, stays, goes, gone)
                continue
            if _are_same(current, now, passing):
                rows.change(uow, stays, current, was)
            rows.add(uow, goes, gone)

    return Mover((table,), move, back)


def _are_same(one: Fields, other: Fields, passing: Sequence[str]) -> bool:
    return all(one[name] == other[name] for name in one if name not in passing)


def dropped(table: str, *columns: str) -> Mover:
    """Return what lets go of rows that mean nothing once two members are one, on both sides."""
    who = " OR ".join(f"{column} IN (:goes, :stays)" for column in columns)
    drop = Statement(f"DELETE FROM {table} WHERE {who}")

    def move(uow: UnitOfWork, goes: MemberId, stays: MemberId) -> object:
        uow.run(drop, goes=goes, stays=stays)
        return None

    return Mover((table,), move, lambda _uow, _goes, _stays, _moved: None)


class _Rows:
    """The rows of a table with one for each member and key."""

    def __init__(
        self, table: str, key: tuple[str, ...], others: tuple[str, ...], column: str
    ) -> None:
        self._key = key
        self._columns = (*key, *others)
        names = ", ".join(self._columns)
        values = ", ".join(f":{name}" for name in self._columns)
        here = " AND ".join([f"{column} = :member", *(f"{name} = :{name}" for name in key)])
        order = f" ORDER BY {', '.join(key)}" if key else ""
        self._read = Statement(f"SELECT {names} FROM {table} WHERE {column} = :member{order}")
        self._drop = Statement(f"DELETE FROM {table} WHERE {here}")
        self._give = Statement(f"UPDATE {table} SET {column} = :to WHERE {here}")
        self._add = Statement(f"INSERT INTO {table} ({column}, {names}) VALUES (:member, {values})")

    def of(self, uow: UnitOfWork, member: MemberId) -> list[Fields]:
        return [self._fields(row) for row in uow.run(self._read, member=member)]

    def _fields(self, row: Row) -> Fields:
        return dict(zip(self._columns, row, strict=True))

    def key_of(self, row: Fields) -> tuple[object, ...]:
        return tuple(row[name] for name in self._key)

    def drop(self, uow: UnitOfWork, member: MemberId, row: Fields) -> None:
        uow.run(self._drop, member=member, **self._key_in(row))

    def give(self, uow: UnitOfWork, member: MemberId, to: MemberId, row: Fields) -> None:
        uow.run(self._give, member=member, to=to, **self._key_in(row))

    def add(self, uow: UnitOfWork, member: MemberId, row: Fields) -> None:
        uow.run(self._add, member=member, **row)

    def change(self, uow: UnitOfWork, member: MemberId, was: Fields, now: Fields | None) -> None:
        """Replace a row by another with the same key, or by none."""
        if was != now:
            self.drop(uow, member, was)
            if now is not None:
                self.add(uow, member, now)

    def _key_in(self, row: Fields) -> Fields:
        return {name: row[name] for name in self._key}
