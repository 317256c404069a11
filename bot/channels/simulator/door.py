"""What every request to the simulator has in common: who may ask, how much, how it fails."""

import json
from collections.abc import Awaitable, Callable, Mapping

import structlog
from aiohttp import web

from bot.channels.simulator.intake import Invalid, read_object
from bot.kernel.errors import CannotStore

log = structlog.get_logger(__name__)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

MAX_BODY_BYTES = 64 * 1024
MAX_MESSAGE_BYTES = 26 * 1024 * 1024
"""Nine pictures of 2 MB in base64, and the words."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def guarded(handler: Handler) -> Handler:
    """Return `handler` with its complaints turned into JSON answers."""

    async def guard(request: web.Request) -> web.StreamResponse:
        try:
            if request.method == "POST":
                _check_origin(request)
            return await handler(request)
        except Invalid as exc:
            return answer({"error": exc.error, "field": exc.field}, status=exc.status)
        except CannotStore:
            log.warning("simulator.cannot_store", path=request.path)
            refused = answer({"error": "没有存下来，请再发一次", "field": ""}, status=503)
            refused.headers["Retry-After"] = "1"
            return refused

    return guard


def answer(data: object, *, status: int = 200) -> web.Response:
    """Return a JSON answer with the safety headers."""
    return web.Response(
        text=json.dumps(data, ensure_ascii=False, default=str),
        content_type="application/json",
        charset="utf-8",
        status=status,
        headers={**HEADERS, "Cache-Control": "no-store"},
    )


async def read_body(request: web.Request, limit_bytes: int) -> Mapping[str, object]:
    """Return the JSON object that was posted.

    The limit is our own: the server's is that of callbacks and too small for pictures.

    Raises:
        Invalid: it is too large, of another type, or no JSON object.
    """
    if request.content_type != "application/json":
        raise Invalid("", "请用 Content-Type: application/json", status=415)
    chunks = bytearray()
    async for chunk in request.content.iter_any():
        chunks += chunk
        if len(chunks) > limit_bytes:
            raise Invalid("", f"内容太大，最多 {limit_bytes // 1024} KiB", status=413)
    return read_object(bytes(chunks))


def number(request: web.Request, field: str, default: int) -> int:
    """Return a whole number of the query.

    Raises:
        Invalid: it is none.
    """
    value = request.query.get(field)
    if value is None or value == "":
        return default
    if not (value.isascii() and value.isdecimal() and len(value) <= len(str(2**60))):
        raise Invalid(field, "应当是一个整数")
    return min(int(value), 2**60)


def _check_origin(request: web.Request) -> None:
    """Refuse what a foreign page posts: the simulator has no sign-in that would stop it."""
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    foreign = site not in {None, "same-origin", "none"}
    if site is None and origin is not None:
        foreign = origin.partition("://")[2] != request.host
    if foreign:
        raise Invalid("", "只接受模拟器自己的页面发来的请求", status=403)
