"""Files that operators send: taken in pieces to a folder that is gone afterwards."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from aiohttp import BodyPartReader, web
from aiohttp.http import HttpProcessingError

from bot.kernel.console import Uploaded
from bot.web.callers import Callers, Form, is_same
from bot.web.pages import Trouble, storable

_PIECE_BYTES = 256 * 1024
_FIELD_BYTES, _MOST_PARTS = 16 * 1024, 20
_TIMEOUT_S = 120.0
_NAME_CHARS = 100
_ENDING = re.compile(r"\.[a-z0-9]{1,8}")

_GARBLED = (TimeoutError, HttpProcessingError, ValueError, LookupError, AssertionError)
"""What the library raises for a body that is no form."""


@asynccontextmanager
async def sent(
    request: web.Request, callers: Callers, csrf: str, most_bytes: int
) -> AsyncIterator[tuple[Form, Mapping[str, Uploaded]]]:
    """Receive the fields and files of a form that stood on a page of ours.

    Raises:
        Trouble: it came from elsewhere, is no such form, or is too large.
    """
    if callers.is_foreign(request):
        raise Trouble(403, "foreign_form")
    if request.content_type != "multipart/form-data":
        raise Trouble(415, "bad_form")
    with TemporaryDirectory(prefix="upload-") as folder:
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                found = await _Parts(request, csrf, most_bytes, Path(folder)).all()
        except _GARBLED as exc:
            raise Trouble(400, "bad_form") from exc
        yield found


class _Parts:
    """The parts of one form, in their order."""

    def __init__(self, request: web.Request, csrf: str, most_bytes: int, folder: Path) -> None:
        self._request = request
        self._csrf = csrf
        self._left = most_bytes
        self._folder = folder
        self._form: dict[str, str] = {}
        self._files: dict[str, Uploaded] = {}

    async def all(self) -> tuple[Form, Mapping[str, Uploaded]]:
        reader, count = await self._request.multipart(), 0
        while (part := await reader.next()) is not None:
            count += 1
            if not isinstance(part, BodyPartReader) or not part.name or count > _MOST_PARTS:
                raise Trouble(400, "bad_form")
            if part.filename is None:
                self._form[part.name] = await self._field(part)
            else:
                await self._file(part, part.name, part.filename)
        self._prove()
        return self._form, self._files

    def _prove(self) -> None:
        if not is_same(self._form.get("csrf", ""), self._csrf):
            raise Trouble(403, "foreign_form")

    async def _field(self, part: BodyPartReader) -> str:
        raw = b""
        while piece := await part.read_chunk(_FIELD_BYTES):
            raw += piece
            if len(raw) > _FIELD_BYTES:
                raise Trouble(413, "too_large")
        return storable(raw.decode("utf-8", "replace"))

    async def _file(self, part: BodyPartReader, field: str, name: str) -> None:
        self._prove()  # before anything of it is kept
        ending = PurePosixPath(name).suffix.lower()
        kept = ending if _ENDING.fullmatch(ending) else ""
        path = self._folder / f"{len(self._files)}{kept}"
        size = 0
        with path.open("wb") as file:
            while piece := await part.read_chunk(_PIECE_BYTES):
                size += len(piece)
                if size > self._left:
                    raise Trouble(413, "too_large")
                await asyncio.to_thread(file.write, piece)
        self._left -= size
        if size or name:
            self._files[field] = Uploaded(storable(name)[:_NAME_CHARS], path)
