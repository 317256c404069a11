"""Pictures read without decoding them: how large they are, and what they say besides.

Formats: ITU T.81 (JPEG), Exif 2.3, PNG 3rd edition, GIF89a, the WebP container of RFC 9649.
"""

import re
from collections.abc import Iterator
from typing import Final

from bot.kernel.files import type_of

Size = tuple[int, int]


class Broken(ValueError):
    """A picture that can't be read."""


def size_of(content: bytes) -> Size | None:
    """Return width and height in pixels; None for what is no picture or does not say.

    Raises:
        Broken: it begins like a picture and goes on like none.
    """
    try:
        match type_of(content):
            case "image/png":
                return _png_size(content)
            case "image/gif":
                return _pair(content, 6, 2, "little")
            case "image/jpeg":
                return _jpeg_size(content)
            case "image/webp":
                return _webp_size(content)
            case "image/heic" | "image/avif":
                return _heif_size(content)
            case _:
                return None
    except IndexError:
        raise Broken("the picture is cut short") from None


def without_metadata(content: bytes) -> bytes:
    """Return the same picture without what it says besides: place, time, camera, comments.

    Which way up it is stays, and so do its colours. What follows the picture's end is left out.

    Raises:
        Broken: it can't be read, or is of a kind that this can't clean.
    """
    cleaners = {
        "image/jpeg": _clean_jpeg,
        "image/png": _clean_png,
        "image/gif": _clean_gif,
        "image/webp": _clean_webp,
    }
    cleaner = cleaners.get(type_of(content))
    if cleaner is None:
        raise Broken("this kind of picture can't be cleaned")
    try:
        return cleaner(content)
    except IndexError:
        raise Broken("the picture is cut short") from None


def is_archive_too(content: bytes) -> bool:
    """Return True when a ZIP archive ends where the file ends, whatever it begins with."""
    at = content.rfind(b"PK\x05\x06", max(0, len(content) - 65_557))
    return at >= 0 and at + 22 + _number(content, at + 20, 2, "little") == len(content)


def _number(content: bytes, at: int, size: int, order: str = "big") -> int:
    piece = content[at : at + size]
    if len(piece) < size:
        raise IndexError
    return int.from_bytes(piece, "little" if order == "little" else "big")


def _pair(content: bytes, at: int, size: int, order: str = "big") -> Size:
    return _number(content, at, size, order), _number(content, at + size, size, order)


# ── JPEG ────────────────────────────────────────────────────────────────────────────────

_SOI, _EOI, _SOS, _APP0, _APP1, _APP2, _APP14 = 0xD8, 0xD9, 0xDA, 0xE0, 0xE1, 0xE2, 0xEE
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
_APPS: Final = frozenset(range(0xE0, 0xF0))
_COMMENT = 0xFE
_SCAN_END = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]")
_EXIF = b"Exif\0\0"
_ORIENTATION = 0x0112


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield marker and bytes of each segment behind the first; a scan holds its data."""
    at, end = 2, len(content)
    while at < end:
        while content[at] == 0xFF and content[at + 1] == 0xFF:  # noqa: PLR2004 - fill bytes
            at += 1
        if content[at] != 0xFF:  # noqa: PLR2004 - as above
            raise Broken("no marker where one must be")
        marker = content[at + 1]
        if marker == _EOI:
            return
        stop = at + 2
        if marker not in _ALONE:
            length = _number(content, stop, 2)
            stop += length
            if length < 2 or stop > end:  # noqa: PLR2004 - it counts itself
                raise Broken("a segment is cut short")
        if marker == _SOS:
            found = _SCAN_END.search(content, stop)
            stop = found.start() if found else end
        yield marker, content[at:stop]
        at = stop


def _jpeg_size(content: bytes) -> Size:
    for marker, segment in _segments(content):
        if marker in _FRAMES:
            height, width = _pair(segment, 5, 2)
            return width, height
        if marker == _SOS:
            break
    raise Broken("a JPEG without a frame")


def _clean_jpeg(content: bytes) -> bytes:
    kept, turned = [b"\xff\xd8"], b""
    for marker, segment in _segments(content):
        body = segment[4:]
        if marker == _APP1 and body.startswith(_EXIF):
            turned = turned or _turned(body[len(_EXIF) :])
        stays = (
            marker in {_APP0, _APP14}
            or (marker == _APP2 and body.startswith(b"ICC_PROFILE\0"))
            or not (marker in _APPS or marker == _COMMENT)
        )
        if stays:
            kept.append(segment)
    first = 2 if len(kept) > 1 and kept[1][1] == _APP0 else 1
    return b"".join((*kept[:first], turned, *kept[first:], b"\xff\xd9"))


def _turned(tiff: bytes) -> bytes:
    """Return an Exif segment that tells which way up the picture is; empty when it is as it is."""
    order = {b"II": "little", b"MM": "big"}.get(tiff[:2])
    if order is None:
        return b""
    try:
        table = _number(tiff, 4, 4, order)
        for entry in range(_number(tiff, table, 2, order)):
            at = table + 2 + 12 * entry
            if _number(tiff, at, 2, order) == _ORIENTATION:
                return _exif_of(_number(tiff, at + 8, 2, order))
    except IndexError:
        return b""
    return b""


def _exif_of(orientation: int) -> bytes:
    if not 2 <= orientation <= 8:  # noqa: PLR2004 - the eight ways up; 1 need not be said
        return b""
    entry = b"\x01\x12\x00\x03\x00\x00\x00\x01" + orientation.to_bytes(2, "big") + b"\0\0"
    tiff = b"MM\0*\0\0\0\x08" + b"\0\x01" + entry + b"\0\0\0\0"
    body = _EXIF + tiff
    return b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body


# ── PNG ─────────────────────────────────────────────────────────────────────────────────

_PNG_HEAD = 8
_PNG_KEPT = frozenset(
    b"IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP bKGD pHYs acTL fcTL fdAT".split()
)


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = _PNG_HEAD
    while at < len(content):
        stop = at + 12 + _number(content, at, 4)
        if stop > len(content):
            raise Broken("a chunk is cut short")
        kind = content[at + 4 : at + 8]
        yield kind, content[at:stop]
        if kind == b"IEND":
            return
        at = stop
    raise Broken("a PNG without an end")


def _png_size(content: bytes) -> Size:
    if content[12:16] != b"IHDR":
        raise Broken("a PNG without a header")
    return _pair(content, 16, 4)


def _clean_png(content: bytes) -> bytes:
    kept = (chunk for kind, chunk in _chunks(content) if kind in _PNG_KEPT)
    return content[:_PNG_HEAD] + b"".join(kept)


# ── GIF ─────────────────────────────────────────────────────────────────────────────────

_GIF_LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")


def _table_bytes(flags: int) -> int:
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _after_blocks(content: bytes, at: int) -> int:
    while size := content[at]:
        at += size + 1
    return at + 1


def _clean_gif(content: bytes) -> bytes:
    at = 13 + _table_bytes(content[10])
    kept = [content[:at]]
    while content[at] != 0x3B:  # noqa: PLR2004 - the trailer
        start = at
        if content[at] == 0x21:  # noqa: PLR2004 - an extension
            label = content[at + 1]
            at = _after_blocks(content, at + 2)
            loops = content[start + 3 : start + 14] in _GIF_LOOPS
            if label == 0xFE or (label == 0xFF and not loops):  # noqa: PLR2004 - comment, application
                continue
        elif content[at] == 0x2C:  # noqa: PLR2004 - a picture
            at = _after_blocks(content, at + 11 + _table_bytes(content[at + 9]))
        else:
            raise Broken("no block where one must be")
        kept.append(content[start:at])
    return b"".join(kept) + b"\x3b"


# ── WebP, HEIF ──────────────────────────────────────────────────────────────────────────


def _riff(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at, end = 12, min(len(content), 8 + _number(content, 4, 4, "little"))
    while at + 8 <= end:
        size = _number(content, at + 4, 4, "little")
        stop = at + 8 + size + size % 2
        if at + 8 + size > len(content):
            raise Broken("a chunk is cut short")
        yield content[at : at + 4], content[at:stop]
        at = stop


def _webp_size(content: bytes) -> Size:
    for kind, chunk in _riff(content):
        if kind == b"VP8X":
            width, height = _pair(chunk, 12, 3, "little")
            return width + 1, height + 1
        if kind == b"VP8 ":
            width, height = _pair(chunk, 14, 2, "little")
            return width & 0x3FFF, height & 0x3FFF
        if kind == b"VP8L":
            bits = _number(chunk, 9, 4, "little")
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    raise Broken("a WebP without a picture")


def _clean_webp(content: bytes) -> bytes:
    kept = bytearray(b"WEBP")
    for kind, chunk in _riff(content):
        if kind == b"VP8X":
            kept += chunk[:8] + bytes([chunk[8] & ~0x0C]) + chunk[9:]  # no Exif, no XMP
        elif kind not in {b"EXIF", b"XMP "}:
            kept += chunk
    return b"RIFF" + len(kept).to_bytes(4, "little") + bytes(kept)


def _heif_size(content: bytes) -> Size | None:
    """Return the largest size that is told of: a large picture is made of small ones."""
    sizes = [
        _pair(content, found.end() + 4, 4)
        for found in re.finditer(rb"ispe", content[: 256 * 1024])
        if found.end() + 12 <= len(content)
    ]
    return max(sizes, key=lambda size: size[0] * size[1], default=None)
