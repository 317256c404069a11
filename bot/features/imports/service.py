"""Use cases of imports: look at a file without changing anything, then take it in, in bites."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.commons import audit
from bot.commons.importing import CommentsIn, Intake, MembersIn, OrdersIn, ProductsIn
from bot.commons.ratings import sorting
from bot.commons.sheets import BadCell, Row
from bot.features.imports.befores import BEFORES, difference
from bot.features.imports.rules import (
    KEEP_S,
    SAMPLES,
    SHOWN,
    UNDO_S,
    Cut,
    State,
    Tally,
    called,
    read_rows,
)
from bot.kernel.community import Community
from bot.kernel.errors import Refusal
from bot.kernel.work import Row as DbRow
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import instant, integer, micros

INTAKES: Mapping[str, Callable[[ZoneInfo], Intake]] = {
    "products": ProductsIn,
    "members": MembersIn,
    "orders": OrdersIn,
    "comments": CommentsIn,
}
_COUNTS = ("new", "updated", "unchanged", "refused")
_COLUMNS = (
    "id, kind, file, who, at, state, since, total, bites, next_bite, new, updated, unchanged,"
    " refused, problems, samples, notes"
)
_BEGIN = Statement(
    "INSERT INTO imports (kind, file, who, at, state, since, total, bites, next_bite, new, updated,"
    " unchanged, refused, problems, samples, notes) VALUES (:kind, :file, :who, :now, 'checking',"
    " :now, :total, :bites, 0, 0, 0, 0, 0, '[]', '[]', :notes) RETURNING id"
)
_KEEP_BITE = Statement(
    "INSERT INTO import_bites (import_id, number, rows) VALUES (:id, :number, :rows)"
)
# The row is locked by this on PostgreSQL: of two replicas one takes the next bite.
_TAKE = Statement(
    "UPDATE imports SET state = state WHERE id = (SELECT MIN(id) FROM imports WHERE state IN"
    " ('checking', 'importing', 'undoing')) AND state IN ('checking', 'importing', 'undoing')"
    f" RETURNING {_COLUMNS}"
)
_BITE = Statement("SELECT rows FROM import_bites WHERE import_id = :id AND number = :number")
_ON = Statement(
    "UPDATE imports SET next_bite = next_bite + 1, new = new + :new, updated = updated + :updated,"
    " unchanged = unchanged + :unchanged, refused = refused + :refused, problems = :problems,"
    " samples = :samples WHERE id = :id"
)
_TURN = Statement(
    "UPDATE imports SET state = :state, since = :now WHERE id = :id AND state = :was RETURNING id"
)
_ANEW = Statement(
    "UPDATE imports SET next_bite = 0, new = 0, updated = 0, unchanged = 0, refused = 0,"
    " problems = '[]', samples = '[]' WHERE id = :id"
)
_DROP_BITES = Statement("DELETE FROM import_bites WHERE import_id = :id")
_NO_SAMPLES = Statement("UPDATE imports SET samples = '[]' WHERE id = :id")
_NO_PROBLEMS = Statement("UPDATE imports SET problems = '[]' WHERE id = :id")
_BEFORE = Statement(
    "INSERT INTO import_befores (import_id, key, before) VALUES (:id, :key, :before)"
    " ON CONFLICT (import_id, key) DO NOTHING"
)
_BEFORES = Statement(
    "SELECT key, before FROM import_befores WHERE import_id = :id ORDER BY key LIMIT 100"
)
_DROP_BEFORE = Statement("DELETE FROM import_befores WHERE import_id = :id AND key = :key")
_FORGET_COMMENT = Statement(
    "DELETE FROM import_befores WHERE key = :key AND EXISTS (SELECT 1 FROM imports i"
    " WHERE i.id = import_befores.import_id AND i.kind = 'comments')"
)
_DROP_BEFORES = Statement("DELETE FROM import_befores WHERE import_id = :id")
_PUT_BACK = Statement(
    "UPDATE imports SET updated = updated + :done, unchanged = unchanged + :left WHERE id = :id"
)
_LATEST = Statement(f"SELECT {_COLUMNS} FROM imports ORDER BY id DESC LIMIT :most")
_ONE = Statement(f"SELECT {_COLUMNS} FROM imports WHERE id = :id")
_OLD = Statement(
    "SELECT id, state FROM imports WHERE (state = 'checked' AND since < :unconfirmed)"
    " OR (state IN ('done', 'undone', 'cancelled') AND since < :over AND (problems <> '[]'"
    " OR EXISTS (SELECT 1 FROM import_befores b WHERE b.import_id = imports.id))) LIMIT 20"
)


class CannotImport(Refusal):
    """It can't be done; `why` is a word of the template."""

    template = "imports/cannot.txt.j2"

    def __init__(self, why: str, **words: object) -> None:
        super().__init__(why, why=why, **words)


class _OnlyLooked(Exception):
    """Takes back what was tried."""


@dataclass(frozen=True, slots=True)
class View:
    """An import as it stands."""

    id: int
    kind: str
    file: str
    who: str
    at: datetime
    state: State
    since: datetime
    total: int
    bites: int
    next_bite: int
    counts: Mapping[str, int]
    problems: Sequence[Sequence[object]]
    samples: Sequence[Sequence[object]]
    notes: Sequence[str]

    def can_be_undone(self, now: datetime) -> bool:
        """Return True while what was there before is kept."""
        in_time = now < self.since + timedelta(seconds=UNDO_S)
        return self.kind in BEFORES and self.state is State.DONE and in_time


def begin(uow: UnitOfWork, found: Cut, *, who: str) -> int:
    """Keep a file until somebody has looked at it; a job looks first."""
    number = integer(
        uow.run(
            _BEGIN,
            kind=found.kind,
            file=found.file,
            who=who,
            now=micros(uow.clock.now()),
            total=found.total,
            bites=len(found.bites),
            notes=json.dumps(list(found.notes), ensure_ascii=False),
        )[0][0]
    )
    for place, rows in enumerate(found.bites):
        uow.run(_KEEP_BITE, id=number, number=place, rows=rows)
    audit.record(uow, who, "imports.sent", f"import {number}: {found.kind}, {found.total} rows")
    return number


def confirm(uow: UnitOfWork, number: int, *, who: str) -> View:
    """Let what was looked at come in.

    Raises:
        CannotImport: it does not wait for that.
    """
    _turn(uow, number, State.CHECKED, State.IMPORTING)
    uow.run(_ANEW, id=number)
    audit.record(uow, who, "imports.confirmed", f"import {number}")
    return _must(uow, number)


def cancel(uow: UnitOfWork, number: int, *, who: str) -> View:
    """Forget a file that nobody wants.

    Raises:
        CannotImport: it is coming in, or over.
    """
    try:
        _turn(uow, number, State.CHECKED, State.CANCELLED)
    except CannotImport:
        _turn(uow, number, State.CHECKING, State.CANCELLED)
    _forget_rows(uow, number)
    audit.record(uow, who, "imports.cancelled", f"import {number}")
    return _must(uow, number)


def stop(uow: UnitOfWork, number: int, *, who: str) -> View:
    """End an import where it is: what came in stays and can be undone, the rest is forgotten.

    It is also the way out for one that gets no further, because others wait behind it.

    Raises:
        CannotImport: it is not coming in.
    """
    _turn(uow, number, State.IMPORTING, State.DONE)
    _forget_rows(uow, number)
    audit.record(uow, who, "imports.stopped", f"import {number}")
    return _must(uow, number)


def undo(uow: UnitOfWork, number: int, *, who: str) -> View:
    """Put back what an import changed, as far as nothing else has since.

    Raises:
        CannotImport: this one can't be undone, or not any more.
    """
    found = _must(uow, number)
    if not found.can_be_undone(uow.clock.now()):
        raise CannotImport("not_undoable", kind=found.kind)
    _turn(uow, number, State.DONE, State.UNDOING)
    uow.run(_ANEW, id=number)
    audit.record(uow, who, "imports.undone", f"import {number}")
    return found


def _turn(uow: UnitOfWork, number: int, was: State, state: State) -> None:
    values = {"id": number, "was": was, "state": state, "now": micros(uow.clock.now())}
    if not uow.run(_TURN, **values):
        raise CannotImport("gone")


def _must(uow: UnitOfWork, number: int) -> View:
    rows = uow.run(_ONE, id=number)
    if not rows:
        raise CannotImport("gone")
    return _view(rows[0])


def go_on(uow: UnitOfWork, tools: Toolbox) -> bool:
    """Do one bite of whatever is under way; False when nothing is."""
    rows = uow.run(_TAKE)
    if not rows:
        return False
    found = _view(rows[0])
    if found.state is State.UNDOING:
        _undo_some(uow, found)
    elif found.next_bite >= found.bites:
        _end(uow, found)
    else:
        kept = uow.run(_BITE, id=found.id, number=found.next_bite)
        is_look = found.state is State.CHECKING
        work = _Bite(uow, found, _intake(uow, tools, found.kind))
        _count(uow, found, work.looked(str(kept[0][0])) if is_look else work.taken(str(kept[0][0])))
    return True


def _intake(uow: UnitOfWork, tools: Toolbox, kind: str) -> Intake:
    zone = tools.use(Community).zone
    if kind == "comments":
        return CommentsIn(zone, sorting.sorter(uow, tools))
    return INTAKES[kind](zone)


def _count(uow: UnitOfWork, found: View, tally: Tally) -> None:
    uow.run(
        _ON,
        id=found.id,
        problems=_json([*found.problems, *tally.problems][:SHOWN]),
        samples=_json([*found.samples, *tally.samples][:SAMPLES]),
        **{name: tally.counts.get(name, 0) for name in _COUNTS},
    )


def _end(uow: UnitOfWork, found: View) -> None:
    is_look = found.state is State.CHECKING
    _turn(uow, found.id, found.state, State.CHECKED if is_look else State.DONE)
    if not is_look:
        _forget_rows(uow, found.id)
        counts = ", ".join(f"{name} {number}" for name, number in found.counts.items())
        audit.record(uow, "bot", "imports.done", f"import {found.id}: {counts}")


def _forget_rows(uow: UnitOfWork, number: int) -> None:
    for statement in (_DROP_BITES, _NO_SAMPLES):
        uow.run(statement, id=number)


@dataclass(frozen=True, slots=True)
class _Bite:
    """Some rows on their way in."""

    uow: UnitOfWork
    found: View
    intake: Intake

    def looked(self, text: str) -> Tally:
        """Return what would become of some rows."""
        tally = Tally()
        try:
            with self.uow.attempt():
                self._take_all(text, tally)
                raise _OnlyLooked  # noqa: TRY301 - takes back what was tried
        except _OnlyLooked:
            return tally

    def taken(self, text: str) -> Tally:
        """Take some rows in."""
        tally = Tally()
        self._take_all(text, tally)
        return tally

    def _take_all(self, text: str, tally: Tally) -> None:
        for row in read_rows(text):
            try:
                outcome, change = self._take(row)
            except BadCell as exc:
                outcome, change = "refused", ""
                tally.problems.append((row.line, exc.column, str(exc)))
            if outcome in ("new", "updated"):
                tally.samples.append((row.line, called(row.cells), outcome, change))
            tally.counts[outcome] = tally.counts.get(outcome, 0) + 1

    def _take(self, row: Row) -> tuple[str, str]:
        if row.wrong:
            raise BadCell("", row.wrong)
        befores = BEFORES.get(self.found.kind)
        key = befores.key(row.cells) if befores else ""
        if befores is None or not key:
            with self.uow.attempt():
                return self.intake.take(self.uow, row.cells), ""
        before = befores.look(self.uow, key)
        with self.uow.attempt():
            outcome = self.intake.take(self.uow, row.cells)
        after = befores.look(self.uow, key)
        if after and outcome in ("new", "updated"):
            self.uow.run(_BEFORE, id=self.found.id, key=key, before=_json(before))
            befores.mark(self.uow, key, import_id=self.found.id)
        return outcome, difference(self.found.kind, before, after) if before and after else ""


def _undo_some(uow: UnitOfWork, found: View) -> None:
    rows = uow.run(_BEFORES, id=found.id)
    if not rows:
        _turn(uow, found.id, State.UNDOING, State.UNDONE)
        return
    done = 0
    for key, kept in rows:
        before = json.loads(str(kept))
        done += BEFORES[found.kind].put_back(uow, str(key), before, import_id=found.id)
        uow.run(_DROP_BEFORE, id=found.id, key=key)
    uow.run(_PUT_BACK, id=found.id, done=done, left=len(rows) - done)


def forget_comment(uow: UnitOfWork, key: str) -> None:
    """Let go of what a comment was: somebody wanted it to be gone."""
    uow.run(_FORGET_COMMENT, key=key)


def forget(uow: UnitOfWork) -> None:
    """Let go of files that nobody confirmed, and of what is only there to undo or to mend."""
    now = uow.clock.now()
    unconfirmed, over = (micros(now - timedelta(seconds=each)) for each in (KEEP_S, UNDO_S))
    for number, state in uow.run(_OLD, unconfirmed=unconfirmed, over=over):
        if state == State.CHECKED:
            cancel(uow, integer(number), who="bot")
        else:
            uow.run(_NO_PROBLEMS, id=number)
            uow.run(_DROP_BEFORES, id=number)


def latest(uow: UnitOfWork, *, most: int) -> list[View]:
    """Return the imports, the newest first."""
    return [_view(row) for row in uow.run(_LATEST, most=most)]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _view(row: DbRow) -> View:
    number, kind, file, who, at, state, since, total, bites, following = row[:10]
    problems, samples, notes = (json.loads(str(text)) for text in row[14:])
    return View(
        id=integer(number),
        kind=str(kind),
        file=str(file),
        who=str(who),
        at=instant(at),
        state=State(str(state)),
        since=instant(since),
        total=integer(total),
        bites=integer(bites),
        next_bite=integer(following),
        counts=dict(zip(_COUNTS, map(integer, row[10:14]), strict=True)),
        problems=problems,
        samples=samples,
        notes=notes,
    )
