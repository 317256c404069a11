"""The page itself and its pictures; files of this package and of the media folder only."""

import asyncio
from importlib.resources import files
from pathlib import Path

from aiohttp import web

from bot.channels.simulator import reads
from bot.channels.simulator.channel import Simulator
from bot.channels.simulator.door import HEADERS
from bot.channels.simulator.intake import content_type

_STATIC_TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
}
_PACKAGE = "bot.channels.simulator"


class Pages:
    """Serves what a browser loads."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._page = (files(_PACKAGE) / "templates" / "index.html").read_bytes()
        self._files = {
            file.name: (_STATIC_TYPES[Path(file.name).suffix], file.read_bytes())
            for file in (files(_PACKAGE) / "static").iterdir()
            if Path(file.name).suffix in _STATIC_TYPES
        }

    async def index(self, request: web.Request) -> web.StreamResponse:
        """Answer with the page."""
        del request
        return _file("text/html", self._page, cache="no-cache")

    async def without_slash(self, request: web.Request) -> web.StreamResponse:
        """Lead to the page, whose addresses are relative to the slash."""
        del request
        raise web.HTTPPermanentRedirect("/simulator/")

    async def static(self, request: web.Request) -> web.StreamResponse:
        """Answer with a style sheet or a script."""
        found = self._files.get(request.match_info["name"])
        if found is None:
            raise web.HTTPNotFound
        return _file(*found, cache="no-cache")

    async def image(self, request: web.Request) -> web.StreamResponse:
        """Answer with a picture inside a message."""
        wanted = int(request.match_info["id"])
        picture = await self._simulator.work.look(lambda uow: reads.image(uow, wanted))
        if picture is None:
            raise web.HTTPNotFound
        return _file(picture.content_type, picture.data, cache="private, max-age=3600")

    async def media(self, request: web.Request) -> web.StreamResponse:
        """Answer with a picture of the media folder."""
        data = await asyncio.to_thread(self._read_media, request.match_info["path"])
        kind = content_type(data)
        if kind is None:
            raise web.HTTPNotFound
        return _file(kind, data, cache="no-cache")

    def _read_media(self, path: str) -> bytes:
        """Return the bytes of a media file, none when it is outside the folder or absent."""
        folder = self._simulator.media
        if folder is None or "\x00" in path:
            return b""
        file = (folder / path).resolve()
        if not file.is_relative_to(folder.resolve()):
            return b""
        try:
            return file.read_bytes() if file.is_file() else b""
        except OSError:  # a name that no file can have, or a file that is not ours to read
            return b""


def _file(kind: str, data: bytes, *, cache: str) -> web.Response:
    response = web.Response(body=data, headers={**HEADERS, "Cache-Control": cache})
    response.content_type = kind
    if kind.startswith("text/"):
        response.charset = "utf-8"
    return response
