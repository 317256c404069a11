"""The ways in to members' pages: a platform's login, and consent.

Nothing leads anywhere but to a page of ours or to a platform's login.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

import structlog
from aiohttp import web

from bot.kernel.errors import CannotStore, PlatformError, Undeliverable
from bot.kernel.feature import MemberPage
from bot.kernel.ids import ChannelName
from bot.kernel.ports import Work
from bot.kernel.visiting import Alias, CodeSpent, PageLogin, Proven, Unnamed, Visits
from bot.kernel.work import Toolbox
from bot.web.attempts import Attempts
from bot.web.callers import Callers, is_same
from bot.web.links import SignedLinks
from bot.web.member_browsers import Browsers, Step, browser_of, fitting
from bot.web.member_frame import MemberFrame
from bot.web.pages import Trouble, see_other

log = structlog.get_logger(__name__)

WORDING = "2026-11-25"
"""Which words of m_consent.html.j2 somebody agrees to; a new date when they change."""
_MOST_QUERY_CHARS = 500
_NOT_ASKED = frozenset({"code", "state", "done"})
_MOST_CODE_CHARS = 512  # path/91022, 2026-07


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody wants to go: a page of ours, and nothing else."""

    where: str
    """`room/name`."""
    query: str = ""

    @property
    def address(self) -> str:
        """The page with its query."""
        return f"{self.where}?{self.query}" if self.query else self.where

    @property
    def path(self) -> str:
        """The page's path."""
        return f"/m/{self.address}"


@dataclass(frozen=True, slots=True)
class Grounds:
    """What the ways in are built on."""

    frame: MemberFrame
    browsers: Browsers
    links: SignedLinks
    callers: Callers
    visits: Visits
    work: Work
    tools: Toolbox
    logins: Mapping[ChannelName, PageLogin]


class WaysIn:
    """Finds out who is there."""

    def __init__(self, grounds: Grounds, pages: Mapping[str, MemberPage]) -> None:
        self._g = grounds
        self._pages = pages
        self._failed = Attempts(free=20, longest_s=60)

    def routes(self) -> Iterable[web.RouteDef]:
        """Return the routes."""
        guard = self._g.frame.guard
        yield web.get("/m/login/{channel}/{room}/{name}", guard(self._begin))
        yield web.get("/m/back/{channel}/{room}/{name}", guard(self._back))
        yield web.get("/m/consent", guard(self._ask_consent))
        yield web.post("/m/consent", guard(self._consent))
        yield web.post("/m/sign-out", guard(self._sign_out))

    # ── who are you? ────────────────────────────────────────────────────────────────────

    def who(self, request: web.Request, place: Place, reason: str = "") -> web.Response:
        """Ask who is there: by the platform's login at once where there is one to use.

        With a `reason`, for which it did not work before, only when she says so.
        """
        fit = fitting(self._g.logins, browser_of(request))
        if fit and not reason:
            return self._to_login(fit[0], place)
        return self._g.frame.show(
            "m_who.html.j2",
            status=503 if reason == "away" else 403,
            page=self._pages[place.where],
            place=place,
            reason=reason,
            ways=fit,
            in_app=browser_of(request) is not None,
            has_login=bool(self._g.logins),
            address=self._g.links.for_group(place.address),
        )

    def _place(self, request: web.Request) -> Place:
        place = place_of(request)
        if place.where not in self._pages:
            raise Trouble(404, "no_page")
        return place

    # ── by a platform's login ───────────────────────────────────────────────────────────

    async def _begin(self, request: web.Request) -> web.Response:
        place, channel = self._place(request), ChannelName(request.match_info["channel"])
        if channel not in self._g.logins:
            raise Trouble(404, "no_page")
        return self._to_login(channel, place)

    def _to_login(self, channel: ChannelName, place: Place) -> web.Response:
        state = secrets.token_hex(16)
        back = f"{self._g.links.base_url}/m/back/{channel}/{place.where}"
        to = self._g.logins[channel].ask(back, state)
        response = web.Response(status=302, headers={"Location": to})
        self._g.browsers.begin(response, Step.LOGIN, [channel, place.where, place.query, state])
        return response

    async def _back(self, request: web.Request) -> web.Response:
        where, channel = self._place(request).where, ChannelName(request.match_info["channel"])
        step = self._g.browsers.under_way(request, Step.LOGIN) or ["", "", "", ""]
        state = request.query.get("state", "")
        begun_here = step[:2] == [channel, where] and is_same(state, step[3])
        if not begun_here or channel not in self._g.logins:
            if await self._g.browsers.seen(request):  # the same answer again, or the back button
                return see_other(Place(where).path)
            return self.who(request, Place(where), "mixed")
        response = await self._ask_platform(request, channel, Place(where, step[2]))
        if not response.cookies:  # it did not work: this step is over all the same
            self._g.browsers.end_step(response)
        return response

    async def _ask_platform(
        self, request: web.Request, channel: ChannelName, place: Place
    ) -> web.Response:
        code, caller = request.query.get("code", ""), self._g.callers.address(request)
        if not code or len(code) > _MOST_CODE_CHARS or not (code.isascii() and code.isprintable()):
            return self.who(request, place, "declined")
        if self._failed.wait_s(caller):
            raise Trouble(429, "too_often")
        try:
            proven = await self._g.logins[channel].who(code)
        except CodeSpent:
            self._failed.count(caller)  # guesses cost the platform's quota
            return self.who(request, place, "over")
        except Unnamed:
            return self.who(request, place, "unnamed")
        except PlatformError as error:
            await self._report(channel, error)
            return self.who(request, place, "away")
        return await self._enter(request, proven, place)

    async def _enter(self, request: web.Request, proven: Proven, place: Place) -> web.Response:
        secret = await self._g.work.do(lambda uow: self._g.visits.enter(uow, proven))
        if secret is not None:
            log.info("visit.signed_in", channel=proven.names[0].channel)
            return await self.let_in(request, place, secret)
        response = see_other("/m/consent")
        self._g.browsers.begin(response, Step.CONSENT, _words_of(proven, place))
        return response

    async def let_in(self, request: web.Request, place: Place, secret: str) -> web.Response:
        """Give a browser its session and send it to the page."""
        response = see_other(place.path)
        await self._g.browsers.let_in(request, response, secret)
        return response

    async def _report(self, channel: ChannelName, error: PlatformError) -> None:
        log.warning("visit.login_failed", channel=channel, code=error.code, error=str(error))
        if not isinstance(error, Undeliverable):
            return
        text = self._g.frame.render("words/login_trouble.txt.j2", channel=channel, code=error.code)
        try:
            await self._g.work.do(
                lambda uow: self._g.visits.report(uow, self._g.tools, channel, text)
            )
        except CannotStore:
            log.warning("visit.unreported")

    # ── consent ─────────────────────────────────────────────────────────────────────────

    async def _ask_consent(self, request: web.Request) -> web.Response:
        step = self._g.browsers.under_way(request, Step.CONSENT)
        if step is None or step[0] not in self._pages:
            raise Trouble(403, "too_late")
        return self._g.frame.show(
            "m_consent.html.j2",
            page=self._pages[step[0]],
            csrf=self._g.browsers.step_csrf(request),
        )

    async def _consent(self, request: web.Request) -> web.Response:
        form = await self.form_of_step(request)
        step = self._g.browsers.under_way(request, Step.CONSENT)
        if step is None or step[0] not in self._pages:
            raise Trouble(403, "too_late")
        if form.get("answer") != "yes":
            response = self._g.frame.show("m_word.html.j2", kind="declined")
            self._g.browsers.end_step(response)
            return response
        place, proven = _proven_in(step)
        secret = await self._g.work.do(
            lambda uow: self._g.visits.agree(uow, proven, wording=WORDING)
        )
        log.info("visit.agreed", channel=proven.names[0].channel)
        return await self.let_in(request, place, secret)

    async def form_of_step(self, request: web.Request) -> Mapping[str, str]:
        """Return a form that was on the page of the step that this browser is in."""
        csrf = self._g.browsers.step_csrf(request)
        return await self._g.callers.own_form(request, csrf, otherwise="too_late")

    # ── out ─────────────────────────────────────────────────────────────────────────────

    async def _sign_out(self, request: web.Request) -> web.Response:
        seen = await self._g.browsers.seen(request)
        if seen is not None:
            await self._g.callers.own_form(request, seen.csrf)
        response = self._g.frame.show("m_word.html.j2", kind="signed_out")
        await self._g.browsers.let_out(request, response)
        return response


def place_of(request: web.Request) -> Place:
    """Return the page that a request is about, with what its query asks for."""
    where = f"{request.match_info['room']}/{request.match_info['name']}"
    asked = [(name, value) for name, value in request.query.items() if name not in _NOT_ASKED]
    query = urlencode(asked, errors="replace")
    return Place(where, query if len(query) <= _MOST_QUERY_CHARS else "")


def _words_of(proven: Proven, place: Place) -> list[str]:
    names = [word for name in proven.names for word in (name.channel, name.identity)]
    return [place.where, place.query, proven.unionid, *names]


def _proven_in(step: Sequence[str]) -> tuple[Place, Proven]:
    where, query, unionid, *names = step
    pairs = zip(names[::2], names[1::2], strict=True)
    aliases = tuple(Alias(ChannelName(channel), name) for channel, name in pairs)
    return Place(where, query), Proven(aliases, unionid)
