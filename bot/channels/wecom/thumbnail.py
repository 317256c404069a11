"""The picture beside a link where the platform wants one and a link has none: a plain square."""

import struct
from zlib import compress, crc32

from bot.channels.wecom.media import Picture

_SIDE = 120
_COLOUR = bytes((7, 193, 96))


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", crc32(name + data))


def _square() -> bytes:
    head = struct.pack(">IIBBBBB", _SIDE, _SIDE, 8, 2, 0, 0, 0)
    rows = (b"\0" + _COLOUR * _SIDE) * _SIDE
    data = _chunk(b"IHDR", head) + _chunk(b"IDAT", compress(rows)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + data


THUMBNAIL = Picture(_square(), "link.png", "png", "image/png")
