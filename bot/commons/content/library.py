"""All content files of a folder. A broken file is named and left out; the rest keeps running."""

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TypeVar

from pydantic import BaseModel

from bot.commons.audience import KnownAudience
from bot.commons.content.files import ContentFile
from bot.commons.content.linking import link
from bot.commons.content.matter import PLAIN, Forms
from bot.commons.content.naming import lost_files, wrong_names
from bot.commons.content.paths import shown
from bot.commons.content.reading import Draft, read_draft, read_table
from bot.kernel.checking import Source
from bot.kernel.errors import Problem

M = TypeVar("M", bound=BaseModel)

Stamp = tuple[int, int]
"""When a file was changed last, in ns, and its size in bytes."""

_READ_ELSEWHERE = frozenset({"menu.toml"})
"""What others read: the menu of an account."""
_IGNORED_ENDINGS = ("~", ".swp", ".tmp", ".bak")


@dataclass(frozen=True, slots=True)
class Library:
    """The content files of one folder as they were when it was read."""

    files: Mapping[str, ContentFile] = field(default_factory=dict)
    """By path, in the order of the paths."""
    problems: tuple[Problem, ...] = ()
    root: str = "content"
    """The folder as an operator would type it."""
    tables: Mapping[str, BaseModel] = field(default_factory=dict)
    """The tables without a mistake, by path."""
    sound_before: Mapping[str, BaseModel] = field(default_factory=dict)
    """Tables that have a mistake by now, as they were when they last had none."""

    def below(self, folder: str) -> Iterable[ContentFile]:
        """Return the files in `folder` and the folders in it, in the order of their paths."""
        head = f"{folder.rstrip('/')}/"
        return (file for path, file in self.files.items() if path.startswith(head))

    @property
    def broken(self) -> frozenset[str]:
        """The paths of the files with a mistake."""
        paths = (problem.path for problem in self.problems if not problem.warning)
        return frozenset(path.removeprefix(f"{self.root}/") for path in paths)

    def problems_of(self, path: str) -> tuple[Problem, ...]:
        """Return what is wrong with one file."""
        return tuple(each for each in self.problems if each.path == f"{self.root}/{path}")

    def with_matter(self, model: type[M]) -> Iterator[tuple[ContentFile, M]]:
        """Yield the files whose front matter is a `model`, with it."""
        for file in self.files.values():
            if isinstance(file.matter, model):
                yield file, file.matter

    def table(self, model: type[M]) -> M | None:
        """Return the table that is a `model`; None when it is absent or broken."""
        return next((table for table in self.tables.values() if isinstance(table, model)), None)

    def sound_table(self, model: type[M]) -> M | None:
        """Return the table that is a `model`, or the last good one while there is a mistake in it.

        None when it is absent, or was wrong from the start on.
        """
        before = (table for table in self.sound_before.values() if isinstance(table, model))
        return self.table(model) or next(before, None)

    @classmethod
    def read(
        cls,
        folder: Path,
        *,
        forms: Forms = PLAIN,
        auto_ad_mark: bool = False,
        audience: KnownAudience | None = None,
    ) -> "Library":
        """Read every content file below `folder`; whom it is for is checked by `audience`."""
        case = Bookcase(folder, forms=forms, auto_ad_mark=auto_ad_mark, audience=audience)
        return case.read()


class Bookcase:
    """A content folder that is read again and again; only changed files are opened."""

    def __init__(
        self,
        folder: Path,
        *,
        forms: Forms = PLAIN,
        auto_ad_mark: bool = False,
        audience: KnownAudience | None = None,
    ) -> None:
        self._folder = folder
        self._forms = forms
        self._audience = audience
        self._auto_ad_mark = auto_ad_mark
        self._drafts: dict[str, tuple[Stamp, Draft]] = {}
        self._sound: dict[str, BaseModel] = {}

    def stamps(self) -> Mapping[str, Stamp]:
        """Return the present state of the folder: equal states mean equal words."""
        return dict(sorted(walk(self._folder)))

    def read(self) -> Library:
        """Return the present content of the folder."""
        root = shown(self._folder)
        if not self._folder.is_dir():
            return Library(problems=(Problem(root, 1, "missing-file", "there is no such folder"),))
        stamps = self.stamps()
        media = {path.removeprefix("media/") for path in stamps if path.startswith("media/")}
        words = {path: stamp for path, stamp in stamps.items() if not path.startswith("media/")}
        for path in self._drafts.keys() - words.keys():
            del self._drafts[path]
        tables, sources, strange = self._read_tables(words)
        for path, stamp in words.items():
            if path in _READ_ELSEWHERE or path in self._forms.tables:
                continue
            if not path.endswith(".md"):
                message = "not read: the name of a content file ends in .md"
                strange.append(Problem(f"{root}/{path}", 1, "unknown-file", message, warning=True))
            elif self._is_new(path, stamp):
                draft = read_draft(self._folder / path, path, f"{root}/{path}", self._forms)
                self._drafts[path] = (stamp, draft)
        drafts = {path: self._drafts[path][1] for path in words if path in self._drafts}
        linked = link(drafts, media, auto_ad_mark=self._auto_ad_mark, audience=self._audience)
        for name, table in tables.items():
            strange += lost_files(table, sources[name], linked.files)
        self._sound = {path: table for path, table in self._sound.items() if path in words} | tables
        before = {path: table for path, table in self._sound.items() if path not in tables}
        problems = tuple(sorted({*strange, *linked.problems}))
        return Library(linked.files, problems, root, tables, before)

    def _read_tables(
        self, present: Collection[str]
    ) -> tuple[dict[str, BaseModel], dict[str, Source], list[Problem]]:
        tables: dict[str, tuple[BaseModel, Source]] = {}
        problems: list[Problem] = []
        for path in self._forms.tables.keys() & present:
            place = f"{shown(self._folder)}/{path}"
            table, found, source = read_table(self._folder / path, place, self._forms.tables[path])
            problems += found
            if table is not None:
                tables[path] = (table, source)
        read = {path: table for path, (table, _) in tables.items()}
        for table, source in tables.values():
            problems += wrong_names(table, source, self._audience, read.values())
        return read, {path: source for path, (_, source) in tables.items()}, problems

    def _is_new(self, path: str, stamp: Stamp) -> bool:
        return path not in self._drafts or self._drafts[path][0] != stamp


def walk(folder: Path, below: str = "") -> Iterator[tuple[str, Stamp]]:
    """Yield every file below `folder` with its stamp.

    Hidden and temporary files are passed over, a README too, and links that lead out of
    the folder: what is sent stands in the folder itself.
    """
    try:
        entries = list(os.scandir(folder / below))
    except OSError:
        return
    for entry in entries:
        name = entry.name
        if name.startswith((".", "~", "#")) or name.endswith(_IGNORED_ENDINGS):
            continue
        path = str(PurePosixPath(below) / name)
        try:
            if entry.is_symlink() and not Path(entry.path).resolve().is_relative_to(
                folder.resolve()
            ):
                continue
            if entry.is_dir():
                if not entry.is_symlink():
                    yield from walk(folder, path)
            elif not name.lower().startswith("readme"):
                stat = entry.stat()
                yield path, (stat.st_mtime_ns, stat.st_size)
        except OSError:  # gone since the folder was listed
            continue
