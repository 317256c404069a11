"""Looks at a file before it is kept: its bytes say what it is, and whether it may stay."""

from dataclasses import dataclass
from typing import BinaryIO

from bot.commons.media import pictures
from bot.kernel.files import HEAD_BYTES, FileKind, kind_of, type_of


class Unfit(Exception):
    """A file that is not kept; `reason` is a word of the templates."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Limits:
    """What is taken at most."""

    picture_bytes: int
    file_bytes: int
    pixels: int

    def bytes_of(self, kind: FileKind) -> int:
        """Return how many bytes a file of a kind may have."""
        return self.picture_bytes if kind is FileKind.IMAGE else self.file_bytes


@dataclass(frozen=True, slots=True)
class Checked:
    """What a file is."""

    content_type: str
    width: int | None = None
    height: int | None = None


def check(file: BinaryIO, size: int, kind: FileKind, limits: Limits) -> Checked:
    """Return what a file is that was sent as `kind`.

    Raises:
        Unfit: it is something else, empty, too large, or a picture that would burst.
    """
    if not size:
        raise Unfit("empty")
    if size > limits.bytes_of(kind):
        raise Unfit("too_large")
    head = file.read(HEAD_BYTES)
    content_type = type_of(head)
    if kind not in {FileKind.FILE, kind_of(content_type)}:
        raise Unfit("another_kind")
    if kind_of(content_type) is not FileKind.IMAGE:
        return Checked(content_type)
    if size > limits.picture_bytes:
        raise Unfit("too_large")
    return _picture(content_type, head + file.read(), limits)


def _picture(content_type: str, content: bytes, limits: Limits) -> Checked:
    if pictures.is_archive_too(content):
        raise Unfit("archive")
    try:
        size = pictures.size_of(content)
    except pictures.Broken:
        raise Unfit("broken") from None
    if size is None:
        return Checked(content_type)
    width, height = size
    if not width or not height:
        raise Unfit("broken")
    if width * height > limits.pixels:
        raise Unfit("too_many_pixels")
    return Checked(content_type, width, height)
