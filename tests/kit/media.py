"""Files as members send them, and the shelves from which platforms hand them out.

`MediaShelf` is media/get (path/90254): errors as JSON with 200, parts above 20 MB whose bounds are
multiples of 16. `SealedFiles` is what a bot's addresses lead to (path/100719): 5 minutes, sealed.
"""

import asyncio
import base64
import os
import struct
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from gzip import compress
from itertools import count
from urllib.parse import quote

from aiohttp import web
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC
from typing_extensions import override

from tests.kit.loopback import Loopback
from tests.kit.wecom_rules import Wrong

MB = 1024 * 1024
GPS = b"31.2304N 121.4737E"
_GONE, _IN_PARTS, _BAD_PART = 40007, 830002, 40146
_DAY_S = 86_400

# ── files ───────────────────────────────────────────────────────────────────────────────


def chunk(kind: bytes, body: bytes) -> bytes:
    """Return one chunk of a PNG."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int = 2, height: int = 2, *, real: bool = True, says: bytes = b"") -> bytes:
    """Return a PNG of a size, with a comment when it `says` something; `real` ones can be seen."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    rows = zlib.compress(b"".join(b"\0" + b"\xe0\x60\x60" * width for _ in range(height * real)))
    words = chunk(b"tEXt", b"Comment\0" + says) + chunk(b"eXIf", says) if says else b""
    return b"\x89PNG\r\n\x1a\n" + head + words + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def segment(marker: int, body: bytes) -> bytes:
    """Return one segment of a JPEG."""
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def exif(says: bytes, orientation: int = 6) -> bytes:
    """Return what a phone writes into a picture: which way up it is, and where it was taken."""
    entries = struct.pack(">HHIHH", 0x0112, 3, 1, orientation, 0)
    tiff = b"MM\0*" + struct.pack(">I", 8) + struct.pack(">H", 1) + entries + b"\0\0\0\0" + says
    return b"Exif\0\0" + tiff


def jpeg(width: int = 16, height: int = 8, *, says: bytes = b"", orientation: int = 6) -> bytes:
    """Return the skeleton of a JPEG: every segment that matters, and a scan that shows nothing."""
    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    scan = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x12\xff\x00\x34\xff\xd0\x56"
    told = segment(0xE1, exif(says, orientation)) + segment(0xFE, says) if says else b""
    profile = segment(0xE2, b"ICC_PROFILE\0\x01\x01colours")
    jfif = segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0")
    return b"\xff\xd8" + jfif + told + profile + segment(0xC0, frame) + scan + b"\xff\xd9" + says


def gif(width: int = 3, height: int = 2, *, says: bytes = b"") -> bytes:
    """Return a GIF with a loop, and with a comment when it `says` something."""
    head = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    loop = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0"
    words = b"\x21\xfe" + bytes([len(says)]) + says + b"\0" if says else b""
    picture = b"\x2c" + struct.pack("<HHHHB", 0, 0, width, height, 0) + b"\x02\x02\x44\x01\0"
    return head + loop + words + picture + b"\x3b"


def webp(width: int = 5, height: int = 4, *, says: bytes = b"") -> bytes:
    """Return the skeleton of a WebP, with Exif when it `says` something."""

    def part(kind: bytes, body: bytes) -> bytes:
        return kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)

    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    inside = b"WEBP" + part(b"VP8X", bytes([0x0C, 0, 0, 0]) + size) + part(b"VP8L", b"\x2f" * 9)
    inside += part(b"EXIF", says) if says else b""
    return b"RIFF" + struct.pack("<I", len(inside)) + inside


def heic(width: int = 4032, height: int = 3024) -> bytes:
    """Return the head of a picture of an iPhone: small tiles, and the size of the whole."""
    tile = b"\0\0\0\x14ispe\0\0\0\0" + struct.pack(">II", 512, 512)
    whole = b"\0\0\0\x14ispe\0\0\0\0" + struct.pack(">II", width, height)
    return b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + tile + whole


ZIP = b"PK\x03\x04" + b"\0" * 26 + b"PK\x05\x06" + b"\0" * 18
MP4 = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"moov"
AMR, SILK = b"#!AMR\n" + b"\x3c" * 32, b"\x02#!SILK_V3" + b"\x0c" * 32
PDF, HTML = b"%PDF-1.7\n", b"<html><script>alert(1)</script></html>"


# ── media/get ───────────────────────────────────────────────────────────────────────────


@dataclass
class Kept:
    """A file on the shelf, and how its handing out goes wrong."""

    content: bytes
    name: str = ""
    until: float = 0.0
    content_type: str = "application/octet-stream"
    says_bytes: int = 0
    """The length that it claims to have."""
    starts_late: bool = False
    """A part begins where nobody asked."""
    says_whole: int = 0
    """The length of the whole that a part claims."""
    drips_s: float = 0.0
    """The pause behind each byte."""
    instead: bytes | None = None
    """Words in its place, with status 200."""
    whole: bool = False
    """Parts are not heeded."""
    breaks_at: int = 0
    """The line breaks after so many bytes, once."""


class MediaShelf:
    """What members have sent, by media id; for 3 days."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._numbers = count(1)
        self.kept: dict[str, Kept] = {}
        self.asked: list[tuple[str, str]] = []
        """Media ids that were asked for, and which part."""
        self.began = asyncio.Event()

    def puts(self, content: bytes, name: str = "", **how: object) -> str:
        """Keep what a member sends; return its media id."""
        media_id = f"MEDIA_{next(self._numbers)}"
        self.kept[media_id] = Kept(content, name, self._now() + 3 * _DAY_S)
        for field, value in how.items():
            setattr(self.kept[media_id], field, value)
        return media_id

    async def get(self, request: web.Request) -> web.StreamResponse:
        """Hand a file out; strict about how it is asked for."""
        if request.method != "GET" or request.query.keys() != {"access_token", "media_id"}:
            raise Wrong(40058, "media/get")
        media_id, bounds = request.query["media_id"], request.headers.get("Range", "")
        self.asked.append((media_id, bounds))
        self.began.set()
        kept = self.kept.get(media_id)
        if kept is None or kept.until <= self._now():
            raise Wrong(_GONE, "media_id")
        if kept.instead is not None:
            return web.Response(body=kept.instead, content_type=kept.content_type)
        if bounds and not kept.whole:
            return await _poured(request, kept, *_part(bounds, len(kept.content)))
        if len(kept.content) > 20 * MB and not kept.whole:
            raise Wrong(_IN_PARTS, "Range")
        return await _poured(request, kept, 0, len(kept.content), status=200)


def _part(bounds: str, size: int) -> tuple[int, int]:
    first, _, last = bounds.removeprefix("bytes=").partition("-")
    start, stop = int(first), int(last) + 1
    if not bounds.startswith("bytes=") or start % 16 or stop % 16 or start >= size:
        raise Wrong(_BAD_PART, "Range")
    return start, min(stop, size)


async def _poured(
    request: web.Request, kept: Kept, start: int, stop: int, *, status: int = 206
) -> web.StreamResponse:
    """Write bytes, as broken as told."""
    response = web.StreamResponse(status=status)
    response.content_type = kept.content_type
    name = kept.name or "file"
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    if status == 206:
        whole = kept.says_whole or len(kept.content)
        start += 16 * kept.starts_late
        response.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{whole}"
    response.content_length = kept.says_bytes or stop - start
    await response.prepare(request)
    content = kept.content[start:stop]
    if kept.breaks_at:
        await response.write(content[: kept.breaks_at])
        kept.breaks_at = 0
        if request.transport is not None:
            request.transport.abort()
        return response
    if kept.drips_s:
        for byte in content:
            await response.write(bytes([byte]))
            await asyncio.sleep(kept.drips_s)
    else:
        await response.write(content)
    if kept.says_bytes > len(content) and request.transport is not None:
        request.transport.abort()
    return response


# ── a bot's addresses ───────────────────────────────────────────────────────────────────


def sealed_file(content: bytes, key: str) -> bytes:
    """Return a file as the platform seals it."""
    secret = base64.b64decode(key + "=" * (-len(key) % 4))
    pad = 32 - len(content) % 32
    locker = Cipher(AES256(secret), CBC(secret[:16])).encryptor()
    return locker.update(content + bytes([pad]) * pad) + locker.finalize()


def fresh_key() -> str:
    """Return a key as it stands beside an address: base64 without its padding."""
    return base64.b64encode(os.urandom(32)).decode().rstrip("=")


@dataclass
class SealedFiles(Loopback):
    """The host of sealed files; `/page` is nobody's file."""

    now: Callable[[], float]
    key: str
    """By which files are sealed whose addresses bring no key."""

    def __post_init__(self) -> None:
        self._numbers = count(1)
        self.bodies: dict[str, tuple[bytes, str, float]] = {}
        self.turns: dict[str, str] = {}
        self.asked: list[str] = []
        self.takes: list[str] = []
        """How callers would take what they ask for: packed, or as it is."""
        self.packs = False
        """Packs everything, whatever a caller would take."""

    @override
    def routes(self) -> Iterable[web.RouteDef]:
        return (web.get("/{path:.+}", self._serve),)

    def puts(self, content: bytes, name: str = "", *, key: str = "", raw: bool = False) -> str:
        """Keep a file, `raw` as it is; return its address."""
        path = f"obj{next(self._numbers)}"
        body = content if raw else sealed_file(content, key or self.key)
        self.bodies[path] = (body, name, self.now() + 300)
        return f"{self.url}/{path}?sign=a%2Bb%3D"

    def turns_to(self, elsewhere: str) -> str:
        """Return an address that leads on."""
        path = f"turn{next(self._numbers)}"
        self.turns[path] = elsewhere
        return f"{self.url}/{path}"

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        path = request.match_info["path"]
        self.asked.append(path)
        self.takes.append(request.headers.get("Accept-Encoding", ""))
        if path in self.turns:
            return web.Response(status=302, headers={"Location": self.turns[path]})
        body, name, until = self.bodies.get(path, (b"", "", 0.0))
        if until <= self.now():
            return web.Response(status=403, text="<Error><Code>AccessDenied</Code></Error>")
        if request.query.get("sign") != "a+b=":
            return web.Response(status=403, text="the signature was changed on the way")
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
        headers = headers if name else {}
        if self.packs:
            return web.Response(
                body=compress(body), headers={**headers, "Content-Encoding": "gzip"}
            )
        return web.Response(body=body, headers=headers)
