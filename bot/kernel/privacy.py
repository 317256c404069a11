"""The socket by which every room hands out, moves and forgets what it knows about a member."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.merging import Mover
from bot.kernel.work import Statement, UnitOfWork

Record = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class PersonalFile:
    """A file of a member's in the `FileStore`, and what it is called in her export."""

    path: str
    digest: str
    bytes: int


def _no_files(_uow: UnitOfWork, _member: MemberId) -> Sequence[PersonalFile]:
    return ()


@dataclass(frozen=True, slots=True)
class PersonalData:
    """One kind of data about members: what it is for, how it leaves, how it is forgotten.

    `tables` are the tables it covers; the schema walk fails when one with a member in it is
    covered by nobody. `purpose` and `kept` are shown to the member. `movers` say how the rows
    go over to another member who turned out to be the same person. `named` are the columns
    (table, column) in which she stands by what the row's `channel` calls her.
    """

    title: str
    purpose: str
    kept: str
    tables: tuple[str, ...]
    export: Callable[[UnitOfWork, MemberId], Sequence[Record]]
    erase: Callable[[UnitOfWork, MemberId], None]
    movers: Sequence[Mover] = ()
    named: tuple[tuple[str, str], ...] = ()
    files: Callable[[UnitOfWork, MemberId], Sequence[PersonalFile]] = _no_files
    """Those of her files that the room has in the `FileStore`; she takes them along."""
    quiet: bool = False
    """Not named to whom there is nothing of: what is kept only where a community enables it."""


class PersonalRegistry(tuple[PersonalData, ...]):
    """Everything personal in the house; waits in the toolbox."""

    __slots__ = ()

    def erase(self, uow: UnitOfWork, member: MemberId) -> None:
        """Let every room forget a member; the member herself last, because all point to her."""
        for data in sorted(self, key=lambda data: "members" in data.tables):
            data.erase(uow, member)

    def files(self, uow: UnitOfWork, member: MemberId) -> Sequence[PersonalFile]:
        """Return the files that all rooms keep of a member."""
        return [file for data in self for file in data.files(uow, member)]

    def move(self, uow: UnitOfWork, goes: MemberId, stays: MemberId) -> dict[str, object]:
        """Let every room move a member's rows to another; return what `back` needs."""
        return {mover.tables[0]: mover.move(uow, goes, stays) for mover in self._movers()}

    def back(
        self, uow: UnitOfWork, goes: MemberId, stays: MemberId, moved: Mapping[str, object]
    ) -> None:
        """Let every room bring back what it moved; a room that is new since has nothing to."""
        for mover in reversed(self._movers()):
            if mover.tables[0] in moved:
                mover.back(uow, goes, stays, moved[mover.tables[0]])

    def rename(self, uow: UnitOfWork, channel: ChannelName, old: str, new: str) -> None:
        """Let every room call somebody as her channel does from now on."""
        for table, column in (named for data in self for named in data.named):
            statement = f"UPDATE {table} SET {column} = :new WHERE channel = :channel"
            found = Statement(f"{statement} AND {column} = :old")
            uow.run(found, channel=channel, old=old, new=new)

    def _movers(self) -> list[Mover]:
        """Return all movers, that of the members themselves last: all point to them."""
        movers = [mover for data in self for mover in data.movers]
        return sorted(movers, key=lambda mover: "members" in mover.tables)


def rows_of(
    table: str, columns: Mapping[str, str], *, where: str = "member_id = :member"
) -> Callable[[UnitOfWork, MemberId], Sequence[Record]]:
    """Return an `export` that reads `columns` (name in the export → SQL) of a member's rows."""
    statement = Statement(f"SELECT {', '.join(columns.values())} FROM {table} WHERE {where}")

    def export(uow: UnitOfWork, member: MemberId) -> Sequence[Record]:
        return [dict(zip(columns, row, strict=True)) for row in uow.run(statement, member=member)]

    return export


def together(
    *exports: Callable[[UnitOfWork, MemberId], Sequence[Record]],
) -> Callable[[UnitOfWork, MemberId], Sequence[Record]]:
    """Return an `export` that hands out what several do."""

    def export(uow: UnitOfWork, member: MemberId) -> Sequence[Record]:
        return [record for each in exports for record in each(uow, member)]

    return export


def run_all(*statements: str) -> Callable[[UnitOfWork, MemberId], None]:
    """Return an `erase` that runs `statements`, each with `:member`."""
    prepared = [Statement(sql) for sql in statements]

    def erase(uow: UnitOfWork, member: MemberId) -> None:
        for statement in prepared:
            uow.run(statement, member=member)

    return erase
