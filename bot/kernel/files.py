"""Files that people send: their kinds, what they really are, what they are called, their store.

What a file is, its first bytes say; its name and the platform's word never count.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from io import BytesIO
from typing import BinaryIO, Protocol, Self

from bot.kernel.ids import ChannelName
from bot.kernel.words import cut_chars

HEAD_BYTES = 64
"""So many bytes tell what a file is."""
UNKNOWN = "application/octet-stream"
PICTURES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
"""Pictures that every browser shows."""


class FileKind(StrEnum):
    """What a file is sent as; `FILE` may be anything."""

    IMAGE = "image"
    VOICE = "voice"
    VIDEO = "video"
    FILE = "file"


# ── what it is ──────────────────────────────────────────────────────────────────────────

_MAGIC: Sequence[tuple[bytes, str]] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"\x1a\x45\xdf\xa3", "video/webm"),
    (b"FLV\x01", "video/x-flv"),
    (b"#!AMR", "audio/amr"),
    (b"#!SILK_V3", "audio/silk"),
    (b"\x02#!SILK_V3", "audio/silk"),  # as Tencent writes it
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"PK\x05\x06", "application/zip"),
    (b"\x1f\x8b", "application/gzip"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"MZ", "application/x-msdownload"),
    (b"\x7fELF", "application/x-executable"),
)
_BRANDS: Mapping[bytes, str] = {
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"), "image/heic"),
    **dict.fromkeys((b"avif", b"avis"), "image/avif"),
    **dict.fromkeys((b"M4A ", b"M4B "), "audio/mp4"),
}
_BOXES = frozenset({b"moov", b"mdat", b"wide", b"free", b"skip"})
_IN_RIFF: Mapping[bytes, str] = {
    b"WEBP": "image/webp",
    b"WAVE": "audio/wav",
    b"AVI ": "video/x-msvideo",
}
_SUFFIXES: Mapping[str, tuple[str, ...]] = {
    "image/jpeg": ("jpg", "jpeg"),
    "image/png": ("png",),
    "image/gif": ("gif",),
    "image/webp": ("webp",),
    "image/heic": ("heic", "heif"),
    "image/avif": ("avif",),
    "image/bmp": ("bmp",),
    "image/tiff": ("tif", "tiff"),
    "audio/amr": ("amr",),
    "audio/silk": ("silk",),
    "audio/mpeg": ("mp3",),
    "audio/ogg": ("ogg",),
    "audio/wav": ("wav",),
    "audio/mp4": ("m4a",),
    "video/mp4": ("mp4", "mov", "m4v", "3gp"),
    "video/quicktime": ("mov",),
    "video/webm": ("webm", "mkv"),
    "video/x-msvideo": ("avi",),
    "video/x-flv": ("flv",),
    "application/pdf": ("pdf",),
    "application/zip": ("zip", "docx", "xlsx", "pptx", "odt", "ods", "odp", "epub"),
    "application/gzip": ("gz", "tgz"),
    "application/vnd.rar": ("rar",),
    "application/x-7z-compressed": ("7z",),
    "application/x-ole-storage": ("doc", "xls", "ppt"),
    UNKNOWN: ("bin", "txt", "csv", "md", "json", "rtf", "log", "ics"),
}
"""The endings that fit a type, the usual one first."""


def type_of(head: bytes) -> str:
    """Return the content type that a file's first bytes say; `UNKNOWN` for none we know."""
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "video/mp4")
    if head[4:8] in _BOXES:  # QuickTime before it had brands
        return "video/quicktime"
    if head.startswith(b"RIFF"):
        return _IN_RIFF.get(head[8:12], UNKNOWN)
    return next((kind for magic, kind in _MAGIC if head.startswith(magic)), UNKNOWN)


def kind_of(content_type: str) -> FileKind:
    """Return what a file of this type is sent as."""
    families = {"image": FileKind.IMAGE, "audio": FileKind.VOICE, "video": FileKind.VIDEO}
    return families.get(content_type.partition("/")[0], FileKind.FILE)


# ── what it is called ───────────────────────────────────────────────────────────────────

_NAME_CHARS = 80
_SLASHES = re.compile(r"[\\/]")
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def file_name(said: str) -> str:
    """Return the name that somebody gave to a file, fit to be shown; it is never a path of ours.

    Without folders, on one line, without what is not seen or turns the text around it.
    """
    last = _SLASHES.split(said[:1000])[-1]
    seen = (" " if unicodedata.category(char) in _INVISIBLE else char for char in last)
    name = " ".join("".join(seen).split()).strip(". ")
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > _NAME_CHARS // 4:
        return cut_chars(name, _NAME_CHARS)
    return f"{cut_chars(stem, _NAME_CHARS - len(ending) - 1)}.{ending}"


def download_name(said: str, content_type: str, otherwise: str) -> str:
    """Return a name whose ending tells the truth, so that no programme passes for a picture."""
    name = file_name(said) or otherwise
    fitting = _SUFFIXES.get(content_type, _SUFFIXES[UNKNOWN])
    dot, ending = name.rpartition(".")[1:]
    return name if dot and ending.lower() in fitting else f"{name}.{fitting[0]}"


# ── where it is kept ────────────────────────────────────────────────────────────────────


class Intake(Protocol):
    """A file on its way in: nobody sees it before it is kept."""

    size: int
    """How many bytes have come so far."""

    async def take(self, piece: bytes) -> None:
        """Take the next piece.

        Raises:
            CannotStore: there is no room.
        """
        ...

    def open(self) -> BinaryIO:
        """Open what has come so far; blocks, so not in the event loop."""
        ...

    async def keep(self) -> str:
        """Keep it for good, over a power cut too; return its digest.

        Raises:
            CannotStore: there is no room.
        """
        ...


class FileStore(Protocol):
    """Keeps files by the SHA-256 of what is in them (64 hex digits): the same content once.

    A digest is the only name: whatever came from outside never is part of a path.
    """

    def receive(self) -> AbstractAsyncContextManager[Intake]:
        """Begin a file; at the end of the block what was not kept is forgotten."""
        ...

    def open(self, digest: str) -> BinaryIO:
        """Open a file; blocks, so not in the event loop.

        Raises:
            FileNotFoundError: there is none.
        """
        ...

    async def exists(self, digest: str) -> bool:
        """Return True when the file is there."""
        ...

    async def delete(self, digest: str) -> None:
        """Remove a file; one that is not there is no mistake."""
        ...

    async def old(self, shard: int, *, older_than_s: float) -> Sequence[str]:
        """Return the digests of files not touched for so long, in one of the 256 shards.

        Forgets what was left behind by a process that died on the way.
        """
        ...


# ── what is taken along ─────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Packed:
    """One file of a parcel."""

    path: str
    """Inside the parcel."""
    bytes: int
    open: Callable[[], BinaryIO]
    """Called on a thread of its own. FileNotFoundError means that it is there no more."""

    @classmethod
    def of_text(cls, path: str, text: str) -> Self:
        """Return a text as a file."""
        content = text.encode()
        return cls(path, len(content), lambda: BytesIO(content))


@dataclass(frozen=True, slots=True)
class Parcel:
    """Files that are handed over as one."""

    files: Sequence[Packed]


# ── what platforms keep of ours ─────────────────────────────────────────────────────────


class MediaIds(Protocol):
    """Knows under which ids platforms have what was uploaded, over restarts and for all replicas.

    It only saves uploads: what it cannot read or write down is uploaded once more.
    """

    async def find(self, channel: ChannelName, digest: str) -> tuple[str, datetime] | None:
        """Return a file's id and until when it is good; None when there is none."""
        ...

    async def keep(self, channel: ChannelName, digest: str, media_id: str, until: datetime) -> None:
        """Remember an upload."""
        ...

    async def forget(self, channel: ChannelName, digest: str) -> None:
        """Take note that the platform knows the id no more."""
        ...
