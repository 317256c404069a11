"""Members' browsers: the session that one holds, and the step that it takes on its way in.

Both are cookies. The session is a random id, signed; what it stands for is in the database. A
step holds what was begun in this browser and in no other, sealed, for ten minutes.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

import structlog
from aiohttp import web

from bot.kernel.errors import CannotStore
from bot.kernel.ids import ChannelName
from bot.kernel.ports import Work
from bot.kernel.visiting import Browser, Guest, Visits
from bot.web.seals import Seals

log = structlog.get_logger(__name__)

_SESSION_S = 7 * 86400
_STEP_S = 600
_PURPOSE = "member session"


class Step(StrEnum):
    """What a browser is in the middle of."""

    LOGIN = "login"
    LINK = "link"
    CONSENT = "consent"


@dataclass(frozen=True, slots=True)
class Seen:
    """Whose browser it is, and the token that proves a form to be from one of her pages."""

    guest: Guest
    secret: str = field(repr=False)

    @property
    def csrf(self) -> str:
        """The token of this session's forms."""
        return _csrf("session", self.secret)


class Browsers:
    """Knows browsers by their cookies."""

    def __init__(self, visits: Visits, work: Work, seals: Seals, *, secure: bool) -> None:
        self._visits = visits
        self._work = work
        self._seals = seals
        self._secure = secure
        prefix = "__Host-" if secure else ""
        self._session, self._step = f"{prefix}member", f"{prefix}member-step"

    # ── sessions ────────────────────────────────────────────────────────────────────────

    async def seen(self, request: web.Request) -> Seen | None:
        """Return whose browser it is; None when nobody knows."""
        secret = self._held(request)
        if not secret:
            return None
        guest = await self._work.look(lambda uow: self._visits.find_session(uow, secret))
        if guest is None:
            return None
        if guest.stale:
            await self._touch(secret)
        return Seen(guest, secret)

    async def _touch(self, secret: str) -> None:
        try:
            await self._work.do(lambda uow: self._visits.touch_session(uow, secret))
        except CannotStore:
            log.warning("visit.untouched")

    async def let_in(self, request: web.Request, response: web.Response, secret: str) -> None:
        """Give a browser a new session; one that it had ends, and so does the step."""
        await self._end(request)
        self._set(response, self._session, self._seals.sign(_PURPOSE, secret), _SESSION_S)
        self.end_step(response)

    async def let_out(self, request: web.Request, response: web.Response) -> None:
        """End the session that a browser holds."""
        await self._end(request)
        self._drop(response, self._session)

    async def _end(self, request: web.Request) -> None:
        if secret := self._held(request):
            await self._work.do(lambda uow: self._visits.close_session(uow, secret))

    def _held(self, request: web.Request) -> str:
        return self._seals.read(_PURPOSE, request.cookies.get(self._session, ""))

    # ── steps ───────────────────────────────────────────────────────────────────────────

    def begin(self, response: web.Response, step: Step, words: Sequence[str]) -> None:
        """Let a browser begin a step."""
        self._set(response, self._step, self.sealed(step, words), _STEP_S)

    def sealed(self, step: Step, words: Sequence[str]) -> str:
        """Return what `begin` gives to the browser."""
        return self._seals.close(step, words, valid_s=_STEP_S)

    def begin_sealed(self, response: web.Response, sealed: str) -> None:
        """Let a browser begin a step that was sealed before."""
        self._set(response, self._step, sealed, _STEP_S)

    def under_way(self, request: web.Request, step: Step) -> list[str] | None:
        """Return the words of the step that this browser is in; None when it is in no such."""
        return self._seals.open(step, request.cookies.get(self._step, ""))

    def step_csrf(self, request: web.Request) -> str:
        """Return the token of the forms of the step that this browser is in."""
        return step_csrf(request.cookies.get(self._step, ""))

    def end_step(self, response: web.Response) -> None:
        """Forget the step."""
        self._drop(response, self._step)

    # ── cookies ─────────────────────────────────────────────────────────────────────────

    def _set(self, response: web.Response, name: str, value: str, lives_s: int) -> None:
        response.set_cookie(
            name,
            value,
            path="/",
            max_age=lives_s,
            httponly=True,
            samesite="Lax",  # a platform sends the browser back from its own pages
            secure=self._secure,
        )

    def _drop(self, response: web.Response, name: str) -> None:
        response.del_cookie(name, path="/", secure=self._secure, httponly=True, samesite="Lax")


def browser_of(request: web.Request) -> Browser | None:
    """Return which app's browser it says to be; a lie proves nothing and opens nothing."""
    agent = request.headers.get("User-Agent", "").lower()
    if "wxwork" in agent:
        return Browser.WECOM
    return Browser.WECHAT if "micromessenger" in agent else None


class Serves(Protocol):
    """What works in some browsers only."""

    serves: tuple[Browser, ...]


def fitting(offers: Mapping[ChannelName, Serves], browser: Browser | None) -> list[ChannelName]:
    """Return who offers something in this browser; who is meant for it comes first."""
    ranks = {
        channel: offer.serves.index(browser)
        for channel, offer in offers.items()
        if browser is not None and browser in offer.serves
    }
    return sorted(ranks, key=ranks.__getitem__)


def step_csrf(sealed: str) -> str:
    """Return the token of the forms of a sealed step."""
    return _csrf("step", sealed)


def _csrf(of: str, secret: str) -> str:
    return hashlib.sha256(f"csrf\0{of}\0{secret}".encode(errors="replace")).hexdigest()
