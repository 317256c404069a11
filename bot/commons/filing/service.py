"""How rows of a table come from content files, and follow them as far as that is fair."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from bot.commons import audit
from bot.commons.content import ContentFile, Pen
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import integer

Wanted = tuple[ContentFile, Mapping[str, object] | None]
"""A file, and what it says: the columns of its row besides revision, title and words. None when it
can't be followed, for a reason that its room knows; its row stays as it is."""
_WORDS = ("revision", "title", "words")


@dataclass(frozen=True, slots=True)
class Frozen:
    """A file that its row does not follow, because somebody has taken part."""

    path: str
    title: str
    revision: str
    what: str = "frozen"
    """`gone` when there is no file any more, `unmet` when its room can't follow it."""


@dataclass(frozen=True)
class Filing:
    """The rows of one table that are made from files.

    The table has `id`, `path` (unique), `revision`, `title`, `words` and `state`. A row whose file
    is gone is `withdrawn` while nobody has taken part, and comes back with its file.
    """

    table: str
    noun: str
    """What one row is called in the audit."""
    taken: str
    """SQL that is true once somebody has taken part in the row of the id `:row`."""
    terms: Sequence[str]
    """Columns that stand still from then on; operators are told of a file that differs."""
    loose: Sequence[str] = ()
    """Columns that stand still as well, of which nobody is told."""
    free: Mapping[str, str] = field(default_factory=dict)
    """Columns that follow even then, besides the words, and how: SQL, most often `:name`."""
    begins: Mapping[str, str] = field(default_factory=dict)
    """What other columns of a new row begin with, in SQL."""
    first: str = "open"
    """The state of a new row."""
    running: str = "open"
    """The state of one in which somebody takes part: it stays when its file goes."""
    words_while: str = "state IN ('open', 'withdrawn')"
    """SQL that is true as long as the words follow."""

    @cached_property
    def _columns(self) -> Sequence[str]:
        return (*_WORDS, *self.free, *self.terms, *self.loose)

    @cached_property
    def _known(self) -> Statement:
        return Statement(f"SELECT path, revision, id, state, title FROM {self.table}")

    @cached_property
    def _add(self) -> Statement:
        names = ", ".join(("path", *self._columns, "state", *self.begins))
        values = ", ".join(f":{name}" for name in ("path", *self._columns))
        begins = ", ".join((f"'{self.first}'", *self.begins.values()))
        return Statement(
            f"INSERT INTO {self.table} ({names}) VALUES ({values}, {begins})"
            " ON CONFLICT (path) DO NOTHING"
        )

    # Whoever takes part holds the row meanwhile; the next statement then sees her on PostgreSQL,
    # where the one that had waited for her would not.
    @cached_property
    def _hold(self) -> Statement:
        return Statement(f"UPDATE {self.table} SET state = state WHERE id = :row")

    @cached_property
    def _change(self) -> Statement:
        columns = ", ".join(f"{name} = :{name}" for name in self._columns)
        return Statement(
            f"UPDATE {self.table} SET {columns}, state = '{self.first}' WHERE id = :row"
            f" AND state IN ('{self.first}', 'withdrawn') AND NOT ({self.taken}) RETURNING id"
        )

    @cached_property
    def _adjust(self) -> Statement:
        follows = {**{name: f":{name}" for name in _WORDS}, **self.free}
        columns = ", ".join(f"{name} = {how}" for name, how in follows.items())
        return Statement(
            f"UPDATE {self.table} SET {columns} WHERE id = :row AND {self.words_while}"
            f" RETURNING {', '.join(self.terms)}"
        )

    @cached_property
    def _withdraw(self) -> Statement:
        return Statement(
            f"UPDATE {self.table} SET state = 'withdrawn' WHERE id = :row"
            f" AND state = '{self.first}' AND NOT ({self.taken}) RETURNING id"
        )

    def bring_in(
        self, uow: UnitOfWork, files: Iterable[Wanted], *, broken: Collection[str] = ()
    ) -> list[Frozen]:
        """Let the rows be what their files say; return those that could not follow.

        Args:
            uow: the unit of work.
            files: those without a mistake.
            broken: the paths of the files with a mistake; their rows stay as they are.
        """
        known = {str(path): row for path, *row in uow.run(self._known)}
        frozen: list[Frozen] = []
        for file, said in files:
            row = known.pop(file.path, None)
            words = {"revision": file.revision, "title": file.title, "words": file.body}
            if row is not None and row[0] == file.revision and row[2] != "withdrawn":
                continue
            if said is None:
                frozen.append(Frozen(file.path, file.title, file.revision, "unmet"))
            elif row is None:
                uow.run(self._add, path=file.path, **words, **said)
            else:
                frozen += self._follow(uow, integer(row[1]), file, {**words, **said})
        for path, (_, number, state, title) in known.items():
            if state in {self.first, self.running} and path not in broken:
                frozen += self._leave(uow, integer(number), path, str(title))
        return frozen

    def make(
        self, uow: UnitOfWork, tools: Toolbox, matter: Mapping[str, object], body: str, who: str
    ) -> str:
        """Write the file of a new row; from there it goes like one that was written by hand.

        Args:
            uow: the unit of work.
            tools: with the pen.
            matter: the keys of the file, its title among them.
            body: as a form brings it; the title where it is empty.
            who: the operator.

        Returns:
            Its path.

        Raises: what `Pen.write` does.
        """
        pen, title = tools.use(Pen), str(matter["title"])
        taken = [str(row[0]) for row in uow.run(self._known)]
        path = pen.free_path(self.table, title, taken)
        about = {"title": title, "kind": "interactive", "stage": "consideration", **matter}
        pen.write(pen.draft(path, about, body.replace("\r\n", "\n") or title))
        audit.record(uow, who, f"{self.table}.made", path)
        return path

    def _follow(
        self, uow: UnitOfWork, number: int, file: ContentFile, fields: Mapping[str, object]
    ) -> list[Frozen]:
        uow.run(self._hold, row=number)
        if uow.run(self._change, row=number, **fields):
            return []
        follows = {name: fields[name] for name in (*_WORDS, *self.free)}
        for stands in uow.run(self._adjust, row=number, **follows):
            said = f"{self.noun} {number}, revision {file.revision}"
            audit.record(uow, "bot", f"{self.table}.changed", said)
            if [*stands] != [fields[name] for name in self.terms]:
                return [Frozen(file.path, file.title, file.revision)]
        return []

    def _leave(self, uow: UnitOfWork, number: int, path: str, title: str) -> list[Frozen]:
        uow.run(self._hold, row=number)
        if not uow.run(self._withdraw, row=number):
            return [Frozen(path, title, "gone", "gone")]
        said = f"the file of {self.noun} {number} is gone"
        audit.record(uow, "bot", f"{self.table}.withdrawn", said)
        return []
