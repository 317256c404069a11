"""A form for one row of a table in `content/`: typed, looked at, written, undone.

The form is sent by GET, so that what was typed is still there beside what is wrong with it;
only the row that was looked at is written, and only if the file is as it was then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from bot.commons import audit
from bot.commons.content import ChangedMeanwhile, Pen, Writing
from bot.commons.rowforms.fields import Field, Said, held, said
from bot.commons.rowforms.rows import NotByForm, Row, drop_row, put_row, rows_of, written
from bot.kernel.console import Act
from bot.kernel.errors import Problem, Refusal
from bot.kernel.ports import Words
from bot.kernel.work import Toolbox, UnitOfWork


class OnlyByHand(Refusal):
    """The row can't be changed by a form, or is not there any more; nothing was written."""

    template = "console/row_only_by_hand.txt.j2"


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong: with the field `key`, else at a place of a file."""

    key: str
    rule: str
    message: str
    hint: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class RowForm:
    """Writes rows `[[table]]` of one file.

    Args:
        page: the console page it is on.
        path: the file, below `content/`.
        table: the name of the rows.
        fields: what can be typed; the first is what a row is known by, which never changes.
            Keys without a field stay as they are.
    """

    page: str
    path: str
    table: str
    fields: tuple[Field, ...]

    @property
    def actions(self) -> Mapping[str, Act]:
        """Return what the page does with this form."""
        return {
            f"keep-{self.table}": self._keep,
            f"drop-{self.table}": self._drop,
            f"undo-{self.table}": self._undo,
        }

    def load(self, tools: Toolbox, query: Mapping[str, str]) -> Mapping[str, object]:
        """Return what `console/rows.html.j2` shows."""
        pen = tools.use(Pen)
        text = pen.text_of(self.path)
        asked = query.get("edit") == self.table
        name = query.get("row", "")
        at = self._place(text, name) if asked and name else None
        is_drafted = asked and "draft" in query
        data: dict[str, object] = {
            "page": self.page,
            "path": self.path,
            "table": self.table,
            "may_undo": pen.may_undo(self.path),
            "is_open": asked,
            "name": name if at is not None else "",
            "stamp": _stamp(text),
            "is_drafted": is_drafted,
            "troubles": [],
            "row": None,
            "text": "",
        }
        if is_drafted:
            return {**data, **self._drafted(pen, text, at, query)}
        return {**data, "fields": self._shown(text, at)}

    def _shown(self, text: str, at: int | None) -> Sequence[Mapping[str, object]]:
        rows = rows_of(text, self.table)
        row: Row = {} if at is None else rows[at]
        found = {field.key: held(field, row) for field in self.fields}
        if at is None:
            names = {str(each.get(self.fields[0].key, "")) for each in rows}
            free = (f"{self.table}-{number}" for number in range(1, len(rows) + 2))
            first = self.fields[0].key
            found[first] = Said(next(name for name in free if name not in names))
        return self._listed(found)

    def _drafted(
        self, pen: Pen, text: str, at: int | None, form: Mapping[str, str]
    ) -> Mapping[str, object]:
        found = {field.key: said(field, form) for field in self.fields}
        shown = {"fields": self._listed(found)}
        bad = [Trouble(key, "wrong-type", "") for key, each in found.items() if each.is_bad]
        row = self._row(text, at, found)
        try:
            writing = self._writing(pen, text, at, row)
        except NotByForm as exc:
            return shown | {"troubles": [*bad, Trouble("", "by-hand", str(exc))]}
        troubles = [*bad, *(self._trouble(writing, each) for each in writing.problems)]
        place = len(rows_of(text, self.table)) if at is None else at
        rows = getattr(writing.table, self.table, ()) if not troubles else ()
        one = rows[place] if place < len(rows) else None
        return shown | {"troubles": troubles, "row": one, "text": written(self.table, row)}

    def _listed(self, found: Mapping[str, Said]) -> Sequence[Mapping[str, object]]:
        return [
            {
                "key": field.key,
                "sort": field.sort.value,
                "among": field.among,
                "text": found[field.key].text,
                "chosen": found[field.key].text.split(),
                "is_bad": found[field.key].is_bad,
            }
            for field in self.fields
        ]

    def _row(self, text: str, at: int | None, found: Mapping[str, Said]) -> Row:
        """Return the row: what was typed over what stands there."""
        old = rows_of(text, self.table)[at] if at is not None else {}
        typed = {key: each.value for key, each in found.items()}
        first = self.fields[0].key
        return {**old, **typed} | ({first: old[first]} if old else {})

    def _writing(self, pen: Pen, text: str, at: int | None, row: Row) -> Writing:
        return pen.draft_table(self.path, put_row(text, self.table, row, at=at))

    def _trouble(self, writing: Writing, problem: Problem) -> Trouble:
        """Return a problem with the field it is about."""
        lines, mine = writing.text.split("\n"), problem.path.endswith(f"/{self.path}")
        line = lines[problem.line - 1] if mine and problem.line <= len(lines) else ""
        key = line.partition("=")[0].strip()
        known = {field.key for field in self.fields}
        place = f"{problem.path} {problem.line}"
        return Trouble(
            key if key in known else "", problem.rule, problem.message, problem.hint, place
        )

    def _place(self, text: str, name: str) -> int | None:
        key = self.fields[0].key
        names = [row.get(key) for row in rows_of(text, self.table)]
        return names.index(name) if name in names else None

    def _at(self, text: str, form: Mapping[str, str]) -> int | None:
        """Return the place of the row that a form names; None for a new one."""
        name = form.get("row", "")
        at = self._place(text, name) if name else None
        if form.get("stamp") != _stamp(text) or (name and at is None):
            raise ChangedMeanwhile(self.path, path=self.path)
        return at

    def _keep(self, uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
        pen = tools.use(Pen)
        text = pen.text_of(self.path)
        at = self._at(text, form)
        found = {field.key: said(field, form) for field in self.fields}
        if any(each.is_bad for each in found.values()):
            raise OnlyByHand(self.path, path=self.path)
        row = self._row(text, at, found)
        try:
            writing = self._writing(pen, text, at, row)
        except NotByForm as exc:
            raise OnlyByHand(self.path, path=self.path) from exc
        pen.write_table(writing, replaces=text)
        name = str(row[self.fields[0].key])
        return self._done(uow, tools, who, "changed" if form.get("row") else "added", name)

    def _drop(self, uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
        pen = tools.use(Pen)
        text = pen.text_of(self.path)
        at = self._at(text, form)
        if at is None:
            raise ChangedMeanwhile(self.path, path=self.path)
        try:
            writing = pen.draft_table(self.path, drop_row(text, self.table, at=at))
        except NotByForm as exc:
            raise OnlyByHand(self.path, path=self.path) from exc
        pen.write_table(writing, replaces=text)
        return self._done(uow, tools, who, "dropped", form["row"])

    def _undo(self, uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
        del form
        tools.use(Pen).undo_table(self.path)
        return self._done(uow, tools, who, "undone", self.path)

    def _done(self, uow: UnitOfWork, tools: Toolbox, who: str, what: str, name: str) -> str:
        audit.record(uow, who, f"{self.page}.{self.table}.{what}", name)
        words = tools.use(Words)
        return words("console/row_done.txt.j2", what=what, name=name, path=self.path)


def _stamp(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]
