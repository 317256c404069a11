"""Writes what an operator typed into a form as a content file, as if she had written it herself.

Nothing is written that has a mistake, and nothing is written over that somebody else has
changed since it was read. A file is there as a whole or not at all.
"""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile

import tomli_w
from pydantic import BaseModel

from bot.commons.audience import KnownAudience
from bot.commons.content.files import ContentFile
from bot.commons.content.library import walk
from bot.commons.content.linking import link
from bot.commons.content.matter import PLAIN, Forms
from bot.commons.content.naming import wrong_names
from bot.commons.content.paths import below, shown
from bot.commons.content.reading import read_table_text, read_text
from bot.kernel.checking import Source
from bot.kernel.errors import Problem, Refusal

_ODD = re.compile(r"[^\w-]+")
_NAME_CHARS = 40


class HasMistakes(Refusal):
    """There are mistakes in what is to be written (`problems`); nothing was."""

    template = "console/file_mistakes.txt.j2"


class ChangedMeanwhile(Refusal):
    """The file is not as it was when the form was opened; nothing was written."""

    template = "console/file_changed.txt.j2"


class NotWritable(Refusal):
    """The content folder takes no files; `text` is what would stand in it."""

    template = "console/file_not_writable.txt.j2"


@dataclass(frozen=True, slots=True)
class Writing:
    """A file to be: what stands in it, and what is wrong with it."""

    path: str
    text: str
    file: ContentFile | None
    problems: tuple[Problem, ...]
    table: BaseModel | None = None
    """What a table says; None for other files, and for one that can't be read."""


@dataclass(frozen=True, slots=True)
class Pen:
    """Writes below one content folder; waits in the toolbox."""

    folder: Path
    forms: Forms = PLAIN
    auto_ad_mark: bool = False
    audience: KnownAudience | None = None
    """By what it is checked whom a file is for; nothing is without it."""

    def draft(self, path: str, matter: Mapping[str, object], body: str) -> Writing:
        """Return a file as it would be, with its problems; keys that are None are left out.

        Args:
            path: below `content/`, ending in `.md`.
            matter: the front matter, in the order in which it is written.
            body: the words.
        """
        kept = {key: value for key, value in matter.items() if value is not None}
        text = f"+++\n{tomli_w.dumps(kept)}+++\n{body.strip()}\n"
        name = f"{shown(self.folder)}/{path}"
        draft = read_text(text, path, name, self.forms)
        media = [each.removeprefix("media/") for each, _ in walk(self.folder, "media")]
        linked = link({path: draft}, media, auto_ad_mark=self.auto_ad_mark, audience=self.audience)
        return Writing(path, text, linked.files.get(path), tuple(sorted(linked.problems)))

    def draft_table(self, path: str, text: str) -> Writing:
        """Return a table as it would be, with its problems and those it would make in others.

        Args:
            path: below `content/`, the table of a room.
            text: all that would stand in it.
        """
        before = self._tables({})
        tables = self._tables({path: text})
        found = [*tables[path].problems, *self._wrong(path, tables)]
        for other in tables.keys() - {path}:
            was = set(self._wrong(other, before))
            found += [each for each in self._wrong(other, tables) if each not in was]
        return Writing(path, text, None, tuple(sorted(found)), tables[path].table)

    def _tables(self, instead: Mapping[str, str]) -> dict[str, "_Table"]:
        """Read all tables, some as they would be."""
        found = {}
        for path, model in self.forms.tables.items():
            text = instead.get(path, self.text_of(path))
            found[path] = _Table(*read_table_text(text, f"{shown(self.folder)}/{path}", model))
        return found

    def _wrong(self, path: str, tables: Mapping[str, "_Table"]) -> Iterator[Problem]:
        one = tables[path]
        if one.table is not None:
            others = [each.table for each in tables.values() if each.table is not None]
            yield from wrong_names(one.table, one.source, self.audience, others)

    def write(self, writing: Writing, *, replaces: str = "") -> None:
        """Put a file into the folder.

        Args:
            writing: what `draft` returned.
            replaces: the text that stands there now; empty for a new file.

        Raises:
            HasMistakes: there is a mistake in it.
            ChangedMeanwhile: another text stands there.
            NotWritable: the folder takes no files.
        """
        place = below(writing.path)
        if place is None or not (place.endswith(".md") or place in self.forms.tables):
            raise ValueError(f"{writing.path!r} is no place for a content file")
        if errors := [problem for problem in writing.problems if not problem.warning]:
            raise HasMistakes(place, path=place, problems=errors)
        if self.text_of(place) != replaces:
            raise ChangedMeanwhile(place, path=place)
        try:
            _put(self.folder / place, writing.text.encode())
        except OSError as exc:
            why = exc.strerror or type(exc).__name__
            raise NotWritable(place, path=place, text=writing.text, why=why) from exc

    def write_table(self, writing: Writing, *, replaces: str) -> None:
        """Put a table into the folder, and keep what stood there, so that it can be undone.

        Raises: what `write` does.
        """
        self.write(writing, replaces=replaces)
        kept = f"{_mark(writing.text)}\n{replaces}"
        try:
            _put(self._before(writing.path), kept.encode())
        except OSError as exc:
            why = exc.strerror or type(exc).__name__
            raise NotWritable(writing.path, path=writing.path, text=writing.text, why=why) from exc

    def may_undo(self, path: str) -> bool:
        """Return True while a table is as `write_table` left it."""
        return self._text_before(path) is not None

    def undo_table(self, path: str) -> None:
        """Put back what stood in a table before the last `write_table`.

        Raises:
            ChangedMeanwhile: there is nothing to put back, or somebody has changed it since.
            NotWritable: the folder can't be changed.
        """
        before = self._text_before(path)
        if before is None:
            raise ChangedMeanwhile(path, path=path)
        if before:
            writing = Writing(path, before, None, ())
            self.write(writing, replaces=self.text_of(path))
        else:
            self._take_away(path)
        self._take_away(self._before(path).name)

    def _before(self, path: str) -> Path:
        return self.folder / f".{path}.before"

    def _text_before(self, path: str) -> str | None:
        mark, _, text = self.text_of(self._before(path).name).partition("\n")
        return text if mark and mark == _mark(self.text_of(path)) else None

    def remove(self, path: str, *, holds: str) -> None:
        """Take a file out of the folder; one that is not there is no mistake.

        Raises:
            ChangedMeanwhile: another text than `holds` stands there.
            NotWritable: the folder can't be changed.
        """
        if self.text_of(path) not in {holds, ""}:
            raise ChangedMeanwhile(path, path=path)
        self._take_away(path)

    def put_media(self, path: str, content: bytes) -> None:
        """Put a picture or file below `content/media/`.

        Raises:
            NotWritable: the folder takes no files.
        """
        place = self._place_of_media(path)
        try:
            _put(self.folder / place, content)
        except OSError as exc:
            why = exc.strerror or type(exc).__name__
            raise NotWritable(place, path=place, text="", why=why) from exc

    def remove_media(self, path: str) -> None:
        """Take a picture or file away from below `content/media/`, if it is there.

        Raises:
            NotWritable: the folder can't be changed.
        """
        self._take_away(self._place_of_media(path))

    def _place_of_media(self, path: str) -> str:
        place = below(path)
        if place is None:
            raise ValueError(f"{path!r} is no place below the media folder")
        return f"media/{place}"

    def _take_away(self, place: str) -> None:
        try:
            (self.folder / place).unlink(missing_ok=True)
        except OSError as exc:
            why = exc.strerror or type(exc).__name__
            raise NotWritable(place, path=place, text="", why=why) from exc

    def text_of(self, path: str) -> str:
        """Return what stands in a file; empty when there is none."""
        try:
            return (self.folder / path).read_bytes().decode("utf-8", "replace")
        except OSError:
            return ""

    def free_path(self, folder: str, title: str, taken: Sequence[str] = ()) -> str:
        """Return a path for a new file that says what it is about and that nobody has."""
        stem = _ODD.sub("-", title).strip("-")[:_NAME_CHARS] or "new"
        for number in range(1, 1000):
            path = f"{folder}/{stem}{'' if number == 1 else f'-{number}'}.md"
            if path not in taken and not (self.folder / path).exists():
                return path
        raise ValueError(f"no name is left for {stem!r} in {folder!r}")


@dataclass(frozen=True, slots=True)
class _Table:
    """A table that was read."""

    table: BaseModel | None
    problems: Sequence[Problem] = ()
    source: Source = field(default_factory=lambda: Source("", {}, lambda _: 1))


def _mark(text: str) -> str:
    return f"# {sha256(text.encode()).hexdigest()}"


def _put(file: Path, content: bytes) -> None:
    """Write a file so that nobody ever reads half of it, and no crash leaves half of it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile("wb", dir=file.parent, prefix=".", delete=False) as half:
        try:
            half.write(content)
            half.flush()
            os.fsync(half.fileno())
            Path(half.name).chmod(0o644)
            Path(half.name).replace(file)
        except BaseException:
            Path(half.name).unlink(missing_ok=True)
            raise
