"""Hands out files that came from outside: a picture is shown, anything else is only saved.

A browser must not take one for a page of ours: its type is what its bytes say, nothing is
guessed, and a page that it might be after all stands alone and runs nothing.
"""

import asyncio
import re
from urllib.parse import quote

from aiohttp import web

from bot.kernel.console import Download
from bot.kernel.files import PICTURES, UNKNOWN
from bot.web.pages import Trouble

_ODD = re.compile(r"[^A-Za-z0-9.]")
_HARMLESS = frozenset({"text/calendar; charset=utf-8"})
"""What is only saved, but named, so that a phone offers its calendar."""
_NOT_KEPT = {"Cache-Control": "private, no-store"}
_ALONE = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox"


async def handed_out(found: Download, request: web.Request) -> web.Response:
    """Return the response that carries a file; 304 to a browser that has this version of it.

    Raises:
        Trouble: it is not there.
    """
    tag = f'"{found.version}"' if found.version else ""
    # asked for again each time, so that nobody is shown what she may not see any more
    caching = {"ETag": tag, "Cache-Control": "private, no-cache"} if tag else {**_NOT_KEPT}
    caching["Content-Security-Policy"] = _ALONE  # a 304 replaces what the browser has kept
    if tag and request.headers.get("If-None-Match") == tag:
        return web.Response(status=304, headers=caching)
    try:
        content = await asyncio.to_thread(found.open)
    except OSError:
        raise Trouble(404, "no_file") from None
    shown = found.content_type in PICTURES
    headers = {
        "Content-Type": found.content_type if shown or found.content_type in _HARMLESS else UNKNOWN,
        "Content-Disposition": _disposition(found.name, shown=shown),
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        **caching,
    }
    return web.Response(body=content, headers=headers)


def _disposition(name: str, *, shown: bool) -> str:
    """Return how it is called; the plain form holds only signs that no header can trip over."""
    plain = _ODD.sub("_", name)[-40:]
    way = "inline" if shown else "attachment"
    return f"{way}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
