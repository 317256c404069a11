"""How a page of ours is made and what guards it: templates, headers, short messages."""

import base64
import hashlib
import json
import mimetypes
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog
from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.kernel.clock import Clock
from bot.kernel.community import Community
from bot.kernel.errors import CannotStore

log = structlog.get_logger(__name__)

_HERE = Path(__file__).parent
_FLASH = "flash"
_FLASH_CHARS = 600
_FLASH_S = 60

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
WECHAT_POLICY = (
    _POLICY.replace("script-src 'self'", "script-src 'self' https://res.wx.qq.com")
    + "; frame-src https://*.qq.com webcompt:"
)
"""For a page with WeChat's own buttons: its script, and the frames in which it draws them
(doc/service, 开放标签, 2026-11)."""
PAGE_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
}


class Trouble(web.HTTPException):
    """Ends a request with a page that says what to do; `kind` names its words."""

    def __init__(self, status: int, kind: str) -> None:
        self.status_code = status
        super().__init__()
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Flash:
    """A sentence shown once on the next page, and what would undo what it tells of."""

    text: str
    bad: bool = False
    undo: str = ""
    """Address to post to, below `/console/`."""
    item: str = ""


class Pages:
    """Renders our own templates and wraps handlers of pages.

    Args:
        community: its name stands on every page, its zone tells the time.
        clock: what pages call now.
        secure: True when people come by https; cookies then travel by nothing else.
    """

    def __init__(self, community: Community, clock: Clock, *, secure: bool) -> None:
        self.community = community
        self.secure = secure
        self._clock = clock
        self._files = {path.name: path.read_bytes() for path in (_HERE / "static").iterdir()}
        self._environment = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.filters["local"] = self._local
        self._environment.globals.update(
            community=community,
            version=_hashed(*(self._files[name] for name in sorted(self._files))),
        )

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(self.community.zone)

    def render(self, template: str, **data: object) -> str:
        """Return a rendered template of the web wing."""
        now = self._clock.now()
        return self._environment.get_template(template).render(now=now, **data)

    def show(self, template: str, *, status: int = 200, **data: object) -> web.Response:
        """Return a page."""
        return html(self.render(template, **data), status=status)

    def guard(
        self,
        handler: Handler,
        *,
        trouble: Callable[[int, str], web.Response] | None = None,
    ) -> Handler:
        """Return `handler` with the headers of a page, and a page for whatever goes wrong.

        Args:
            handler: answers.
            trouble: makes the page for a status and a kind of trouble; the console's by default.
        """
        excuse = trouble or self.trouble

        async def guarded(request: web.Request) -> web.StreamResponse:
            try:
                response = await handler(request)
            except Trouble as problem:
                response = excuse(problem.status_code, problem.kind)
            except web.HTTPRedirection as redirection:
                response = web.Response(status=redirection.status, headers=redirection.headers)
            except web.HTTPRequestEntityTooLarge:
                response = excuse(413, "too_large")
            except CannotStore:
                response = excuse(503, "cannot_store")
                response.headers["Retry-After"] = "5"
            except Exception:
                log.exception("page.failed", method=request.method, page=_route(request))
                response = excuse(500, "failed")
            for name, value in PAGE_HEADERS.items():
                response.headers.setdefault(name, value)
            return response

        return guarded

    def trouble(self, status: int, kind: str) -> web.Response:
        """Return a page that says what is wrong and what to do."""
        return self.show("trouble.html.j2", status=status, kind=kind)

    def static(self, prefix: str) -> Iterable[web.RouteDef]:
        """Return the route of the style sheet and script below `prefix`."""
        yield web.get(f"{prefix}/static/{{name}}", self.guard(self._static))

    async def _static(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in self._files:
            raise Trouble(404, "no_page")
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        headers = {"Cache-Control": "public, max-age=31536000, immutable"}
        return web.Response(
            body=self._files[name], content_type=kind, charset="utf-8", headers=headers
        )

    # ── short messages ──────────────────────────────────────────────────────────────────

    def say(self, response: web.StreamResponse, flash: Flash, *, path: str = "/console") -> None:
        """Let the next page below `path` show a sentence."""
        words = [flash.text[:_FLASH_CHARS], flash.bad, flash.undo, flash.item]
        packed = base64.urlsafe_b64encode(json.dumps(words, ensure_ascii=False).encode())
        response.set_cookie(
            _FLASH,
            packed.decode(),
            path=path,
            max_age=_FLASH_S,
            httponly=True,
            samesite="Lax",
            secure=self.secure,
        )

    @staticmethod
    def heard(request: web.Request) -> Flash | None:
        """Return the sentence that waits for this page."""
        try:
            words = json.loads(base64.urlsafe_b64decode(request.cookies.get(_FLASH, "")))
            text, bad, undo, item = words
            f"{text}{undo}{item}".encode()  # a lone surrogate can be in JSON, but not in a page
        except (ValueError, TypeError, RecursionError):
            return None
        return Flash(str(text), bool(bad), str(undo), str(item))

    @staticmethod
    def forget(response: web.StreamResponse, *, path: str = "/console") -> None:
        """Let no further page show the sentence."""
        response.del_cookie(_FLASH, path=path)


def html(text: str, *, status: int = 200) -> web.Response:
    """Return the response that carries a page."""
    return web.Response(text=text, status=status, content_type="text/html")


def see_other(location: str) -> web.Response:
    """Return the answer that sends the browser on after a form."""
    return web.Response(status=303, headers={"Location": location})


def must_be_escaped(templates: Iterable[str]) -> None:
    """Refuse templates that are shown in a page but don't escape what they are given."""
    for template in templates:
        if not template.endswith(".html.j2"):
            raise ValueError(f"{template}: a page's template is an .html.j2, which escapes")


def query_of(request: web.Request) -> Mapping[str, str]:
    """Return the query; of equal names the last one counts."""
    return {name: storable(value) for name, value in request.query.items()}


def storable(text: str) -> str:
    """Return what both databases take as text: no NUL, no half of a character."""
    return text.replace("\0", "").encode(errors="replace").decode()


def _hashed(*contents: bytes) -> str:
    return hashlib.sha256(b"".join(contents)).hexdigest()[:12]


def _route(request: web.Request) -> str:
    """Return the pattern of the route, which holds nothing that a member's link holds."""
    resource = request.match_info.route.resource
    return resource.canonical if resource else ""
