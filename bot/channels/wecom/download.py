"""One file over HTTP: poured out piece by piece, and never more of it than is wanted.

Addresses carry tokens and signatures, so no error and no log names one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
)
from yarl import URL

from bot.kernel.abilities import Missing, NotFetched
from bot.kernel.errors import PauseScope, RetryLater
from bot.kernel.files import Intake

_PIECE_BYTES = 256 * 1024
_SAID_BYTES = 64 * 1024
_AGAIN_S = 5.0
_FILE = frozenset({200, 206})
_WORDS = frozenset({"application/json", "text/html", "text/plain", "text/xml", "application/xml"})
_CODED_NAME = re.compile(r"filename\*=\s*utf-8''([^;\s]+)", re.IGNORECASE)
_NAME = re.compile(r"""filename=\s*(?:"([^"]*)"|([^;]+))""", re.IGNORECASE)
_BOUNDS = re.compile(r"bytes (\d{1,15})-\d{1,15}/(\d{1,15})", re.ASCII)
TIMEOUT = ClientTimeout(total=120, connect=5, sock_read=15)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wanted of a file, and where it goes."""

    into: Intake
    most_bytes: int
    """That `into` may hold in the end."""
    headers: Mapping[str, str] = field(default_factory=dict)
    timeout: ClientTimeout = TIMEOUT
    named: bool = False
    """Files have a Content-Disposition; what has none, and is no picture or sound, is words."""


@dataclass(frozen=True, slots=True)
class Came:
    """What came: a file, poured out already, or words in its place."""

    status: int
    is_file: bool
    name: str = ""
    location: str = ""
    said: bytes = b""
    start: int = 0
    """Where a part begins in the file."""
    whole_bytes: int = 0
    """The length of the whole file, where only a part was asked for; 0 when it is not told."""


async def download(session: ClientSession, address: URL, wanted: Wanted) -> Came:
    """Get a file.

    Raises:
        NotFetched: it is larger than wanted.
        RetryLater: the line broke, or there is none.
        CannotStore: there is no room for it.
    """
    # packed, a few bytes could become a great many
    headers = {"Accept-Encoding": "identity", **wanted.headers}
    try:
        async with session.get(
            address, headers=headers, allow_redirects=False, timeout=wanted.timeout
        ) as response:
            return await _read(response, wanted)
    except (ClientConnectorError, ConnectionTimeoutError) as exc:
        raise RetryLater(
            f"download: {type(exc).__name__}",
            after_s=_AGAIN_S,
            scope=PauseScope.CHANNEL,
            uncounted=True,
        ) from None
    except (ClientError, TimeoutError, OSError, ValueError) as exc:
        raise RetryLater(f"download: {type(exc).__name__}", after_s=_AGAIN_S) from None


async def _read(response: ClientResponse, wanted: Wanted) -> Came:
    named = response.headers.get("Content-Disposition", "")
    is_words = not named and _is_words(response.content_type, named=wanted.named)
    is_file = response.status in _FILE and not is_words
    location = response.headers.get("Location", "")
    if not is_file:
        said = await _said(response)
        return Came(response.status, is_file=False, location=location, said=said)
    into, most = wanted.into, wanted.most_bytes
    if into.size + (response.content_length or 0) > most:
        raise NotFetched(Missing.TOO_LARGE, "the file is larger than is taken")
    async for piece in response.content.iter_chunked(_PIECE_BYTES):
        if into.size + len(piece) > most:
            raise NotFetched(Missing.TOO_LARGE, "the file is larger than it said")
        await into.take(piece)
    start, whole = _bounds(response)
    return Came(response.status, is_file=True, name=name_in(named), start=start, whole_bytes=whole)


async def _said(response: ClientResponse) -> bytes:
    """Read what is said, up to what any error could need."""
    said = bytearray()
    async for piece in response.content.iter_any():
        said += piece
        if len(said) > _SAID_BYTES:
            break
    return bytes(said)


def name_in(disposition: str) -> str:
    """Return the name in a Content-Disposition, however it is written; it may hold anything."""
    if coded := _CODED_NAME.search(disposition):
        return unquote(coded[1], errors="replace")
    plain = _NAME.search(disposition)
    return (plain[1] or plain[2] or "") if plain else ""


def _is_words(content_type: str, *, named: bool) -> bool:
    family = content_type.partition("/")[0]
    return family not in {"image", "audio", "video"} if named else content_type in _WORDS


def _bounds(response: ClientResponse) -> tuple[int, int]:
    """Return where a part begins, and how long the whole is; zeros when it is not told."""
    told = _BOUNDS.fullmatch(response.headers.get("Content-Range", ""))
    return (int(told[1]), int(told[2])) if told else (0, 0)
