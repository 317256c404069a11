"""The advisors' desk below `/desk/`: pages of the rooms, acts that happen once, and live news."""

import asyncio
import hashlib
import json
import re
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from aiohttp import web
from markupsafe import Markup

from bot.kernel.console import Page, number_in
from bot.kernel.desk import Accounts, Role
from bot.kernel.errors import CannotStore, Refusal
from bot.kernel.feature import Feature
from bot.kernel.ports import Words, Work
from bot.kernel.work import Toolbox, UnitOfWork
from bot.kernel.workbench import Asked, Colleague, DeskAct, DeskPage
from bot.web.callers import Form
from bot.web.files import handed_out
from bot.web.login import DESK, Doorkeeper, Visitor
from bot.web.pages import (
    PAGE_HEADERS,
    Flash,
    Pages,
    Trouble,
    html,
    must_be_escaped,
    query_of,
    see_other,
)

log = structlog.get_logger(__name__)

_OWN = frozenset({"news", "static"})
_LOOK_EVERY_S = 1.0
_STILL_HERE_EVERY_S = 15.0
_MOST_LISTENERS = 200
_ONCE = re.compile(r"[\w-]{22}")  # as `secrets.token_urlsafe(16)` makes them
_REFUSED = 422
_Counts = Mapping[str, int]
"""How much waits behind each tab, by the page's name."""


@dataclass(frozen=True, slots=True)
class _Tried:
    """An act that was refused: what is shown beside the form, and what was in it."""

    act: str = ""
    words: str = ""
    typed: Mapping[str, str] | None = None


class Desk:
    """The pages below `/desk/`.

    Args:
        features: bring the pages.
        accounts: remember which forms were acted upon.
        pages: renders the frame.
        door: knows who comes.
        work: runs use cases.
        tools: for the rooms.
        words: renders the rooms' templates.
        look_every_s: how often an open page looks for news.
    """

    def __init__(
        self,
        features: Sequence[Feature],
        accounts: Accounts,
        pages: Pages,
        door: Doorkeeper,
        *,
        work: Work,
        tools: Toolbox,
        words: Words,
        look_every_s: float = _LOOK_EVERY_S,
    ) -> None:
        found = [page for room in features for page in room.desk]
        self._rooms = {page.name: page for page in found}
        if taken := _OWN & set(self._rooms):
            raise ValueError(f"addresses of the desk itself: {', '.join(sorted(taken))}")
        must_be_escaped(page.template for page in found)
        self._tabs = sorted((one for one in found if not one.numbered), key=lambda one: one.place)
        self._for_advisors = sorted(
            (page for room in features for page in room.pages if page.advisors),
            key=lambda page: page.place,
        )
        linked = {page.name for page in self._for_advisors}
        self._waits = {
            metric.waits_on: metric.read
            for room in features
            for metric in room.metrics
            if metric.waits_on in linked
        }
        self._accounts = accounts
        self._pages = pages
        self._door = door
        self._work = work
        self._tools = tools
        self._words = words
        self._look_every_s = look_every_s
        self._listeners = 0
        self._closing = asyncio.Event()

    def routes(self) -> Iterable[web.RouteDef]:
        """Return the routes."""
        page, action = self._door.page, self._door.action
        number = r"{number:\d{1,18}}"
        yield web.get("/desk", self._pages.guard(self._home))
        yield web.get("/desk/news", page(self._news, everybody=True), allow_head=False)
        yield web.get("/desk/", page(self._show, everybody=True))
        yield web.get("/desk/{page}", page(self._show, everybody=True))
        yield web.get(f"/desk/{{page}}/{number}", page(self._show, everybody=True))
        file = page(self._file, everybody=True)
        yield web.get(f"/desk/{{page}}/files/{number}", file, allow_head=False)
        yield web.post(f"/desk/{{page}}/{number}/{{act}}", action(self._act, everybody=True))
        yield web.post("/desk/{page}/{act}", action(self._act, everybody=True))
        yield web.get(f"/desk/{{page}}/{number}/{{act}}", page(self._back, everybody=True))
        yield web.route("*", "/desk/{rest:.*}", page(self._nothing, everybody=True))

    async def stop(self, _app: object = None) -> None:
        """Let open pages go: they would hold up the server's end."""
        self._closing.set()

    async def _home(self, _request: web.Request) -> web.StreamResponse:
        return see_other(DESK)

    async def _back(self, request: web.Request, visitor: Visitor) -> web.StreamResponse:
        """Lead from where a refused form was shown again to its page."""
        return see_other(_address(self._find(request, visitor), _number(request)))

    async def _nothing(self, _request: web.Request, _visitor: Visitor) -> web.StreamResponse:
        raise Trouble(404, "no_page")

    # ── pages ───────────────────────────────────────────────────────────────────────────

    async def _show(self, request: web.Request, visitor: Visitor) -> web.StreamResponse:
        page, who = self._find(request, visitor), _colleague(visitor)
        asked = Asked(who, _number(request), query_of(request))
        is_refresh = "X-Refresh" in request.headers
        flash = None if is_refresh else self._pages.heard(request)
        once = request.headers.get("X-Once", "") if is_refresh else ""
        response = await self._page(page, asked, visitor, _Tried(), flash=flash, once=once)
        if flash is not None:
            self._pages.forget(response, path=DESK)
        return response

    async def _page(
        self,
        page: DeskPage,
        asked: Asked,
        visitor: Visitor,
        tried: _Tried,
        *,
        flash: Flash | None = None,
        once: str = "",
    ) -> web.Response:
        def look(uow: UnitOfWork) -> tuple[str, Mapping[str, object] | None, _Counts, _Counts]:
            counts, waits = self._counts(uow, asked.who), self._waiting(uow)
            mark = self._mark(uow, page, asked, (counts, waits))
            return mark, page.load(uow, self._tools, asked), counts, waits

        mark, data, counts, waits = await self._work.look(look)
        if data is None:
            raise Trouble(404, "no_page")
        here = _address(page, asked.number)
        token = once if _ONCE.fullmatch(once) else secrets.token_urlsafe(16)
        inside = self._words(
            page.template,
            **data,
            here=here,
            form_fields=_form_fields(visitor, token),
            refused=tried.act,
            said=tried.words,
            typed=tried.typed or {},
        )
        text = self._pages.render(
            "desk_page.html.j2",
            title=data.get("title", page.title),
            inside=Markup(inside),  # noqa: S704 - escaped by its own template
            here=here,
            page=page,
            number=asked.number,
            tabs=[one for one in self._tabs if _may_see(one, asked.who)],
            console=self._linked(asked.who),
            counts=counts,
            waits=waits,
            mark=mark,
            once=token,
            account=hashlib.sha256(visitor.name.encode()).hexdigest()[:12],
            visitor=visitor,
            flash=Flash(tried.words, bad=True) if tried.act else flash,
            csrf_field=_csrf_field(visitor),
        )
        return html(text, status=_REFUSED if tried.act else 200)

    async def _file(self, request: web.Request, visitor: Visitor) -> web.StreamResponse:
        page, number = self._find(request, visitor, numbered=None), _number(request)
        if (give := page.files) is None:
            raise Trouble(404, "no_page")
        found = await self._work.look(lambda uow: give(uow, self._tools, number))
        if found is None:
            raise Trouble(404, "no_page")
        log.info("desk.file", page=page.name, number=number)
        return await handed_out(found, request)

    def _find(
        self, request: web.Request, visitor: Visitor, *, numbered: bool | None = False
    ) -> DeskPage:
        """Return the page of an address; with `numbered` None whether or not it has a number."""
        page = self._rooms.get(request.match_info.get("page", ""))
        has_number = "number" in request.match_info
        if page is None or (numbered is not None and page.numbered is not has_number):
            raise Trouble(404, "no_page")
        if not _may_see(page, _colleague(visitor)):
            raise Trouble(403, "supervisors_only")
        return page

    # ── acts ────────────────────────────────────────────────────────────────────────────

    async def _act(self, request: web.Request, visitor: Visitor, form: Form) -> web.StreamResponse:
        page, name = self._find(request, visitor), request.match_info["act"]
        if (act := page.acts.get(name)) is None:
            raise Trouble(404, "no_page")
        if not _ONCE.fullmatch(form.get("once", "")):
            raise Trouble(400, "bad_form")
        number = _number(request)
        typed = {field: value for field, value in form.items() if field not in ("csrf", "once")}
        key = _key(f"{page.name}/{number}/{name}", visitor, form)
        asked = Asked(_colleague(visitor), number, typed, key)
        # what the act looks at is fresh now, on a replica that has no worker either
        await self._work.look(lambda uow: page.load(uow, self._tools, Asked(asked.who, number)))
        try:
            said = await self._work.do(lambda uow: self._once(uow, act, asked))
        except Refusal as refusal:
            words = self._words(refusal.template, **refusal.words)
            log.info("desk.refused", page=page.name, act=name, number=number)
            seen = Asked(asked.who, number)
            return await self._page(page, seen, visitor, _Tried(name, words, typed))
        log.info("desk.acted", page=page.name, act=name, number=number)
        response = see_other(_address(page, number))
        self._pages.say(response, Flash(said), path=DESK)
        return response

    def _once(self, uow: UnitOfWork, act: DeskAct, asked: Asked) -> str:
        said = self._accounts.begin_form(uow, asked.key)
        if said is None:
            said = act(uow, self._tools, asked)
            self._accounts.end_form(uow, asked.key, said)
        return said

    # ── news ────────────────────────────────────────────────────────────────────────────

    def _mark(
        self, uow: UnitOfWork, page: DeskPage, asked: Asked, counts: tuple[_Counts, _Counts]
    ) -> str:
        found = page.mark(uow, self._tools, asked) if page.mark else ""
        return hashlib.sha256(repr((found, counts)).encode()).hexdigest()[:16]

    def _counts(self, uow: UnitOfWork, who: Colleague) -> Mapping[str, int]:
        """Return how much waits behind each tab; what fails for one hides no other."""
        return {
            one.name: self._counted(one.name, one.count, uow, self._tools, who)
            for one in self._tabs
            if one.count and _may_see(one, who)
        }

    def _waiting(self, uow: UnitOfWork) -> _Counts:
        """Return what waits on pages of the console: it can wait, and rings nobody."""
        return {name: self._counted(name, read, uow) for name, read in self._waits.items()}

    def _linked(self, who: Colleague) -> Sequence[Page]:
        """Return the pages of the console with a tab: to others only where something may wait."""
        is_advisor = who.role is Role.ADVISOR
        return [one for one in self._for_advisors if is_advisor or one.name in self._waits]

    def _counted(self, page: str, count: Callable[..., float], *of: object) -> int:
        try:
            return int(count(*of))
        except CannotStore:
            raise
        except Exception:
            log.exception("desk.count_failed", page=page)
            return 0

    async def _news(self, request: web.Request, visitor: Visitor) -> web.StreamResponse:
        """Tell an open page whenever it would show something else, until it leaves.

        An event's id is the mark of what is shown then. Whoever comes back with `Last-Event-ID`, or
        with the mark of the page she has, hears at once when that is not what would be shown now.
        """
        query = query_of(request)
        page = self._rooms.get(query.get("page", ""))
        if page is None or not _may_see(page, _colleague(visitor)):
            raise Trouble(404, "no_page")
        if self._listeners >= _MOST_LISTENERS or self._closing.is_set():
            return web.Response(status=503, headers={"Retry-After": "10"})
        seen = request.headers.get("Last-Event-ID") or query.get("seen", "")
        fields = {name: value for name, value in query.items() if name not in _NOT_OF_THE_PAGE}
        number = number_in(query.get("number", "")) or 0
        asked = Asked(_colleague(visitor), number, fields)
        response = web.StreamResponse(headers={**PAGE_HEADERS, "X-Accel-Buffering": "no"})
        response.content_type, response.charset = "text/event-stream", "utf-8"
        self._listeners += 1
        try:
            await response.prepare(request)
            await self._feed(request, response, page, asked, seen)
        except ConnectionResetError:
            pass  # she has left
        finally:
            self._listeners -= 1
        return response

    async def _feed(
        self,
        request: web.Request,
        response: web.StreamResponse,
        page: DeskPage,
        asked: Asked,
        seen: str,
    ) -> None:
        loop = asyncio.get_running_loop()
        await response.write(b"retry: 1000\n: hello\n\n")
        spoke_at = loop.time()

        def look(uow: UnitOfWork) -> tuple[str, Mapping[str, int]]:
            counts = self._counts(uow, asked.who)
            return self._mark(uow, page, asked, (counts, self._waiting(uow))), counts

        while not self._closing.is_set():
            event = ""
            try:
                mark, counts = await self._work.look(look)
                event = _event(mark, {"counts": counts}) if mark != seen else ""
                seen = mark
            except CannotStore:  # the database rests; the next look tells
                pass
            if not event and loop.time() - spoke_at >= _STILL_HERE_EVERY_S:
                if not await self._door.is_signed_in(request):
                    return
                event = ": still here\n\n"
            if event:
                await response.write(event.encode())
                spoke_at = loop.time()
            await self._pause()

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(self._look_every_s):
                await self._closing.wait()
        except TimeoutError:
            return


_NOT_OF_THE_PAGE = frozenset({"page", "number", "seen"})


def _event(mark: str, data: Mapping[str, Any]) -> str:
    return f"id: {mark}\nevent: news\ndata: {json.dumps(data)}\n\n"


def _colleague(visitor: Visitor) -> Colleague:
    return Colleague(visitor.name, visitor.role, visitor.renamed)


def _may_see(page: DeskPage, who: Colleague) -> bool:
    return not page.supervisors or who.role is not Role.ADVISOR


def _number(request: web.Request) -> int:
    return int(request.match_info.get("number", "0"))


def _address(page: DeskPage, number: int) -> str:
    return f"/desk/{page.name}/{number}" if page.numbered else f"/desk/{page.name}"


def _key(act: str, visitor: Visitor, form: Form) -> str:
    """Return what tells a form from others: its page, its act, whose it is, all that it holds."""
    held = sorted((name, value) for name, value in form.items() if name != "csrf")
    said = repr((act, visitor.name, held)).encode(errors="replace")
    return hashlib.sha256(said).hexdigest()[:32]


def _csrf_field(visitor: Visitor) -> Markup:
    return Markup('<input type="hidden" name="csrf" value="{}">').format(visitor.csrf)


def _form_fields(visitor: Visitor, once: str) -> Markup:
    return _csrf_field(visitor) + Markup('<input type="hidden" name="once" value="{}">').format(
        once
    )
