"""The pictures and files that operators have put below `content/media/`."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from bot.commons.content.library import walk
from bot.commons.content.paths import below
from bot.kernel.files import HEAD_BYTES, type_of


@dataclass(frozen=True, slots=True)
class Found:
    """A file in the folder."""

    path: str
    bytes: int
    content_type: str


class MediaFolder:
    """Looks into the folder; for the console, not for what happens with every message."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def paths(self, *, most: int) -> Sequence[str]:
        """Return the paths of the files, below the folder."""
        return sorted(path for path, _ in walk(self._root))[:most]

    def find(self, path: str) -> Found | None:
        """Return a file; None when there is none."""
        try:
            with self.open(path) as file:
                head = file.read(HEAD_BYTES)
                size = file.seek(0, 2)
        except OSError:
            return None
        return Found(path, size, type_of(head))

    def open(self, path: str) -> BinaryIO:
        """Open a file.

        Raises:
            FileNotFoundError: there is none, or it lies elsewhere.
        """
        inside = below(path)
        if inside is None:
            raise FileNotFoundError("a path that leads out")
        try:
            file = (self._root / inside).resolve()  # follows links, so that none leads out
            if file.is_relative_to(self._root.resolve()) and file.is_file():
                return file.open("rb")
        except (OSError, ValueError, RuntimeError) as exc:
            raise FileNotFoundError(type(exc).__name__) from None
        raise FileNotFoundError("no such file")
