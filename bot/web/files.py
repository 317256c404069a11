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
_ALONE = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox"


async def handed_out(found: Download) -> web.Response:
    """Return the response that carries a file.

    Raises:
        Trouble: it is not there.
    """
    try:
        content = await asyncio.to_thread(found.open)
    except OSError:
        raise Trouble(404, "no_file") from None
    shown = found.content_type in PICTURES
    headers = {
        "Content-Type": found.content_type if shown else UNKNOWN,
        "Content-Disposition": _disposition(found.name, shown=shown),
        "Content-Security-Policy": _ALONE,
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, no-store",
    }
    return web.Response(body=content, headers=headers)


def _disposition(name: str, *, shown: bool) -> str:
    """Return how it is called; the plain form holds only signs that no header can trip over."""
    plain = _ODD.sub("_", name)[-40:]
    way = "inline" if shown else "attachment"
    return f"{way}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
