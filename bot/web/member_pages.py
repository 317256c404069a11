"""Members' pages: `/m/<room>/<name>` for whoever is signed in, and a link of one's own."""

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import parse_qsl, urlencode

import structlog
from aiohttp import web
from markupsafe import Markup

from bot.kernel.abilities import Abilities
from bot.kernel.errors import Refusal
from bot.kernel.feature import Feature, MemberPage, PageAct
from bot.kernel.ports import Words, Work
from bot.kernel.visiting import Browser, Outcome, PageLogin, PageSdk, Visits
from bot.kernel.work import Toolbox, UnitOfWork
from bot.web.callers import Callers, Form
from bot.web.files import handed_out
from bot.web.jssdk import JsSdk
from bot.web.links import SignedLinks
from bot.web.member_browsers import Browsers, Seen, browser_of
from bot.web.member_frame import MemberFrame
from bot.web.member_links import PersonalLinks
from bot.web.member_ways import Grounds, Place, WaysIn, place_of
from bot.web.pages import WECHAT_POLICY, Pages, Trouble, must_be_escaped, query_of, see_other
from bot.web.parcels import Parcels
from bot.web.seals import Seals

log = structlog.get_logger(__name__)

OWN_NAMES = frozenset({"static", "login", "back", "consent", "sign-out", "jssdk"})
_KEY_CHARS = 22
_SAFE = ("GET", "HEAD", "POST")


class MemberPages:
    """Shows the rooms' member pages, and does what their forms ask for."""

    def __init__(
        self,
        features: Sequence[Feature],
        links: SignedLinks,
        pages: Pages,
        *,
        seals: Seals,
        callers: Callers,
        visits: Visits,
        work: Work,
        tools: Toolbox,
        words: Words,
    ) -> None:
        if taken := OWN_NAMES & {room.name for room in features if room.member_pages}:
            raise ValueError(f"names of the house itself: {', '.join(sorted(taken))}")
        self._all = {
            f"{room.name}/{page.name}": page for room in features for page in room.member_pages
        }
        must_be_escaped(page.template for page in self._all.values())
        self._pages = pages
        self._frame = MemberFrame(pages)
        self._browsers = Browsers(visits, work, seals, secure=pages.secure)
        self._callers = callers
        self._visits = visits
        self._work = work
        self._tools = tools
        self._words = words
        abilities = tools.use(Abilities)
        grounds = Grounds(
            self._frame,
            self._browsers,
            links,
            callers,
            visits,
            work,
            tools,
            abilities.of(PageLogin),
        )
        self._ways = WaysIn(grounds, self._all)
        self._personal = PersonalLinks(grounds, self._ways, self._all)
        self._parcels = Parcels(grounds, words)
        self._sdk = JsSdk(
            abilities.of(PageSdk),
            links.base_url,
            callers,
        )

    def routes(self) -> Iterable[web.RouteDef]:
        """Return the routes."""
        guard = self._frame.guard
        yield from self._pages.static("/m")
        yield from self._sdk.routes(guard)
        yield from self._ways.routes()
        yield web.get("/m/{room}/{name}", guard(self._show))
        yield web.post("/m/{room}/{name}/do/{act}", guard(self._act))
        yield web.get(r"/m/{room}/{name}/files/{number:\d{1,18}}", guard(self._give))
        yield web.get("/m/{room}/{name}/{token}", guard(self._show_link))
        yield web.post("/m/{room}/{name}/{token}", guard(self._open_link))
        yield web.route("*", "/m/{rest:.*}", guard(self._nothing))

    async def _nothing(self, request: web.Request) -> web.Response:
        if request.method in _SAFE:
            raise Trouble(404, "no_page")
        raise Trouble(405, "no_page")

    def _find(self, request: web.Request) -> tuple[Place, MemberPage]:
        place = place_of(request)
        page = self._all.get(place.where)
        if page is None:
            raise Trouble(404, "no_page")
        return place, page

    # ── by a link of one's own ──────────────────────────────────────────────────────────

    async def _show_link(self, request: web.Request) -> web.Response:
        place, page = self._find(request)
        held = self._personal.held(place.where, request.match_info["token"])
        if page.packs:
            return await self._parcels.show(request, page, page.packs, held)
        return await self._personal.show(request, place, held)

    async def _open_link(self, request: web.Request) -> web.StreamResponse:
        place, page = self._find(request)
        held = self._personal.held(place.where, request.match_info["token"])
        if page.packs:
            return await self._parcels.hand_over(request, page.packs, place, held)
        return await self._personal.open(request, place, held)

    # ── pages ───────────────────────────────────────────────────────────────────────────

    async def _show(self, request: web.Request) -> web.Response:
        place, page = self._find(request)
        seen = await self._browsers.seen(request)
        if seen is None:
            return self._ways.who(request, place)
        if page.packs:
            return self._parcels.own_link(place, seen)
        return await self._answer(request, page, place.where, seen)

    async def _answer(
        self, request: web.Request, page: MemberPage, where: str, seen: Seen
    ) -> web.Response:
        query, member = dict(query_of(request)), seen.guest.member
        done = query.pop("done", "")

        def look(uow: UnitOfWork) -> tuple[Outcome | None, Mapping[str, object]]:
            outcome = self._visits.outcome(uow, member, done) if done else None
            return outcome, page.load(uow, self._tools, member, query)

        outcome, data = await self._work.look(look)
        in_wechat = browser_of(request) is Browser.WECHAT
        about = {
            "in_wechat": in_wechat,
            "here": f"/m/{where}",
            "csrf_field": _fields(seen),
            "told": outcome is not None,
        }
        inside = self._words(page.template, **data, **about)
        markup = Markup(inside)  # noqa: S704 - escaped by its own template
        response = self._frame.show(
            "m_page.html.j2",
            page=page,
            inside=markup,
            outcome=outcome,
            seen=seen,
            others=self._others(where),
            in_wechat=page.wechat and in_wechat,
        )
        if page.wechat and in_wechat:
            response.headers["Content-Security-Policy"] = WECHAT_POLICY
        return response

    def _others(self, where: str) -> Sequence[tuple[str, MemberPage]]:
        """Return the pages to which the foot of a page leads."""
        pages = self._all.items()
        return [(at, one) for at, one in pages if at != where and one.listed and not one.packs]

    async def _give(self, request: web.Request) -> web.Response:
        """Hand out a file of a page, hers and nobody else's."""
        _, page = self._find(request)
        seen = await self._browsers.seen(request)
        if seen is None or page.files is None:
            raise Trouble(404, "no_page")
        give, member, number = page.files, seen.guest.member, int(request.match_info["number"])
        found = await self._work.look(lambda uow: give(uow, self._tools, member, number))
        if found is None:
            raise Trouble(404, "no_page")
        return await handed_out(found, request)

    async def _act(self, request: web.Request) -> web.Response:
        place, page = self._find(request)
        name = request.match_info["act"]
        if (act := page.acts.get(name)) is None:
            raise Trouble(404, "no_page")
        seen = await self._browsers.seen(request)
        if seen is None:
            return self._ways.who(request, place, "signed_out")
        form = await self._callers.own_form(request, seen.csrf)
        if len(form.get("key", "")) != _KEY_CHARS:
            raise Trouble(400, "bad_form")
        key = _key(f"{place.where}/{name}", form)
        said = {name: value for name, value in form.items() if name not in ("csrf", "key")}
        last_words = await self._work.do(lambda uow: self._do(uow, act, seen, key, said))
        log.info("visit.acted", page=place.where, act=name, member=seen.guest.member)
        if last_words:
            response = self._frame.show("m_gone.html.j2", page=page, words=last_words)
            await self._browsers.let_out(request, response)
            return response
        back = dict(parse_qsl(place.query)) | {"done": key}
        return see_other(f"/m/{place.where}?{urlencode(back)}")

    def _do(
        self, uow: UnitOfWork, act: PageAct, seen: Seen, key: str, form: Mapping[str, str]
    ) -> str:
        """Do what a form asks for and keep the words; the same form again changes nothing.

        Returns:
            The words, when nobody is there any more for whom they could be kept.
        """
        if (member := self._visits.begin(uow, seen.guest.member, key)) is None:
            return ""
        try:
            with uow.attempt():
                reply = act(uow, self._tools, member, form)
                outcome = Outcome(self._words(reply.template, **reply.data), refused=False)
        except Refusal as refusal:
            outcome = Outcome(self._words(refusal.template, **refusal.words), refused=True)
        if self._visits.find_session(uow, seen.secret) is None:
            return outcome.words
        self._visits.finish(uow, member, key, outcome)
        return ""


def _fields(seen: Seen) -> Markup:
    """Return what every form of a page holds: whose it is, and which one."""
    key = secrets.token_urlsafe(16)
    return Markup(
        '<input type="hidden" name="csrf" value="{}"><input type="hidden" name="key" value="{}">'
    ).format(seen.csrf, key)


def _key(act: str, form: Form) -> str:
    """Return what tells a form from others: its page, its act, and all that it holds."""
    held = sorted((name, value) for name, value in form.items() if name != "csrf")
    return hashlib.sha256(repr((act, held)).encode(errors="replace")).hexdigest()[:32]
