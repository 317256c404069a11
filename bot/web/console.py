"""The operator console: how the house is, what got stuck, what the rooms show."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from urllib.parse import parse_qsl, urlencode

import structlog
from aiohttp import web
from markupsafe import Markup

from bot.kernel.console import Act, Aisle, number_in
from bot.kernel.console import Page as RoomPage
from bot.kernel.desk import (
    LaneSummary,
    NoticeBoard,
    ParkedMessage,
    ParkedUpdate,
    PipelineDesk,
    Role,
    Shelf,
)
from bot.kernel.errors import CannotStore, Refusal
from bot.kernel.feature import Feature, Metric
from bot.kernel.ports import Meaning, Words, Work, nothing_to_add
from bot.kernel.work import Toolbox, UnitOfWork
from bot.web import uploads
from bot.web.callers import Form
from bot.web.files import handed_out
from bot.web.login import DESK, HOME, Doorkeeper, Visitor
from bot.web.pages import Flash, Pages, Trouble, html, must_be_escaped, query_of, see_other

log = structlog.get_logger(__name__)

OWN_PAGES = frozenset({"", "trip", "rests", "notices", "account", "sign-in", "sign-out", "static"})
_ON_A_PAGE = 20
_LANES_SHOWN = 40
_RESTS_SHOWN = 40
_NOTICES_SHOWN = 5
_BACK_CHARS = 300

Item = ParkedUpdate | ParkedMessage
Change = Callable[[UnitOfWork, int, str], bool]


@dataclass(frozen=True, slots=True)
class Number:
    """One figure of the overview; None when it could not be read."""

    title: str
    value: float | None
    waits_on: str


@dataclass(frozen=True, slots=True)
class House:
    """What the console shows and works with."""

    work: Work
    desk: PipelineDesk
    notices: NoticeBoard
    features: Sequence[Feature]
    tools: Toolbox
    words: Words
    meaning: Meaning = nothing_to_add


class Console:
    """The pages below `/console/`."""

    def __init__(self, house: House, pages: Pages, door: Doorkeeper) -> None:
        self._house = house
        self._pages = pages
        self._door = door
        self._rooms = {page.name: page for room in house.features for page in room.pages}
        shown = sorted(self._rooms.values(), key=lambda page: page.place)
        self._aisles = [(one, [page for page in shown if page.aisle is one]) for one in Aisle]
        self._has_desk = any(room.desk for room in house.features)
        self._metrics = [metric for room in house.features for metric in room.metrics]
        if taken := OWN_PAGES & set(self._rooms):
            raise ValueError(f"pages of the console itself: {', '.join(sorted(taken))}")
        must_be_escaped(page.template for page in self._rooms.values())
        desk = house.desk
        self._changes: Mapping[tuple[str, str], Change] = {
            ("inbox", "retry"): desk.retry_inbox,
            ("inbox", "drop"): desk.drop_inbox,
            ("inbox", "restore"): desk.restore_inbox,
            ("outbox", "retry"): desk.retry_outbox,
            ("outbox", "drop"): desk.drop_outbox,
            ("outbox", "restore"): desk.restore_outbox,
        }

    def routes(self) -> Iterable[web.RouteDef]:
        """Return the routes."""
        page, action = self._door.page, self._door.action
        yield web.get("/console", self._pages.guard(self._home))
        yield from self._pages.static("/console")
        yield from self._door.routes()
        yield web.get(HOME, page(self._overview, everybody=True))
        yield web.get("/console/trip", page(self._trip))
        yield web.post("/console/trip/{book}/{verb}", action(self._mend))
        yield web.post("/console/rests/resume", action(self._resume))
        yield web.get("/console/notices", page(self._show_notices))
        yield web.post("/console/notices/seen", action(self._mark_seen))
        yield web.get("/console/account", page(self._account))
        yield web.post("/console/account/password", action(self._door.change_password))
        yield web.get("/console/{page}", page(self._room, everybody=True))
        at = r"/console/{page}/files/{number:\d{1,18}}"
        file = page(self._file, everybody=True)
        yield web.get(at, file, allow_head=False)  # it would open the file for nothing
        yield web.post("/console/{page}/upload", page(self._upload))
        yield web.post("/console/{page}/{action}", action(self._act, everybody=True))
        yield web.route("*", "/console/{rest:.*}", page(self._nothing))

    async def _home(self, _request: web.Request) -> web.StreamResponse:
        return see_other(HOME)

    async def _nothing(self, _request: web.Request, _visitor: Visitor) -> web.StreamResponse:
        raise Trouble(404, "no_page")

    async def _show(
        self,
        request: web.Request,
        visitor: Visitor,
        template: str,
        data: Mapping[str, object],
        *,
        here: str,
    ) -> web.Response:
        """Return a page inside the console's frame."""
        is_refresh = "X-Refresh" in request.headers
        flash = None if is_refresh else self._pages.heard(request)
        frame = {
            "here": here,
            "visitor": visitor,
            "aisles": self._open_to(visitor),
            "has_desk": self._has_desk,
            "unseen": await self._house.work.look(self._house.notices.unseen),
            "waiting": await self._house.work.look(self._read_waiting),
            "flash": flash,
        }
        text = self._pages.render(template, csrf_field=_csrf_field(visitor), **frame, **data)
        response = html(text)
        if flash is not None:
            self._pages.forget(response)
        return response

    def _read_waiting(self, uow: UnitOfWork) -> Mapping[str, int]:
        """Return how much waits on which page, of pages on which something does."""
        found = (_read(uow, metric) for metric in self._metrics if metric.waits_on)
        return {one.waits_on: int(one.value) for one in found if one.value}

    def _open_to(self, visitor: Visitor) -> Sequence[tuple[Aisle, Sequence[RoomPage]]]:
        if visitor.role is not Role.ADVISOR:
            return self._aisles
        return [(aisle, [one for one in pages if one.advisors]) for aisle, pages in self._aisles]

    # ── overview ────────────────────────────────────────────────────────────────────────

    async def _overview(self, request: web.Request, visitor: Visitor) -> web.StreamResponse:
        if visitor.role is Role.ADVISOR:
            return see_other(self._first_page_of(visitor))
        data = await self._house.work.look(self._read_overview)
        return await self._show(request, visitor, "overview.html.j2", data, here="")

    def _first_page_of(self, visitor: Visitor) -> str:
        if self._has_desk:
            return DESK
        for _, pages in self._open_to(visitor):
            for one in pages:
                return f"/console/{one.name}"
        raise Trouble(403, "no_desk")

    def _read_overview(self, uow: UnitOfWork) -> Mapping[str, object]:
        summary = self._house.desk.summary(uow)
        lanes = sorted(summary.lanes, key=_urgency, reverse=True)
        rests = self._house.desk.rests(uow)
        return {
            "rests": [
                (one, self._house.meaning(one.channel, one.because)) for one in rests[:_RESTS_SHOWN]
            ],
            "more_rests": max(0, len(rests) - _RESTS_SHOWN),
            "off": [one.scope for one in rests if one.until is None],
            "summary": summary,
            "lanes": lanes[:_LANES_SHOWN],
            "more_lanes": max(0, len(lanes) - _LANES_SHOWN),
            "totals": {
                status: sum(getattr(lane, status) for lane in lanes)
                for status in ("queued", "sending", "parked", "maybe")
            },
            "numbers": [_read(uow, metric) for metric in self._metrics],
            "notices": self._house.notices.recent(uow, unseen=True, limit=_NOTICES_SHOWN),
        }

    async def _resume(
        self, _request: web.Request, visitor: Visitor, form: Form
    ) -> web.StreamResponse:
        scope = form.get("scope", "")
        desk = self._house.desk
        done = await self._house.work.do(lambda uow: desk.resume(uow, scope, visitor.name))
        if done:
            log.info("console.resumed", channel=scope.partition(":")[0])
        response = see_other(HOME)
        words = self._pages.render("words/resumed.txt.j2", done=done)
        self._pages.say(response, Flash(words, bad=not done))
        return response

    # ── what got stuck ──────────────────────────────────────────────────────────────────

    async def _trip(self, request: web.Request, visitor: Visitor) -> web.StreamResponse:
        query = query_of(request)
        book = "outbox" if query.get("book") == "outbox" else "inbox"
        shelf = Shelf.DROPPED if query.get("shelf") == Shelf.DROPPED else Shelf.PARKED
        look = partial(
            self._read_trip,
            book=book,
            shelf=shelf,
            channel=query.get("channel") or None,
            before=number_in(query.get("before", "")),
        )
        data = await self._house.work.look(look)
        return await self._show(request, visitor, "trip.html.j2", data, here="trip")

    def _read_trip(
        self, uow: UnitOfWork, *, book: str, shelf: Shelf, channel: str | None, before: int | None
    ) -> Mapping[str, object]:
        desk = self._house.desk
        summary = desk.summary(uow)
        listing = desk.inbox_shelf if book == "inbox" else desk.outbox_shelf
        items: Sequence[Item] = listing(
            uow, shelf, channel=channel, before=before, limit=_ON_A_PAGE + 1
        )
        said = [one for one in items if isinstance(one, ParkedMessage)]
        return {
            "book": book,
            "shelf": shelf,
            "channel": channel or "",
            "channels": desk.channels(uow),
            "before": before,
            "items": items[:_ON_A_PAGE],
            "meanings": {one.id: self._house.meaning(one.channel, one.error) for one in said},
            "off": {one.channel for one in desk.rests(uow) if one.until is None},
            "has_more": len(items) > _ON_A_PAGE,
            "parked": {
                "inbox": summary.inbox.parked,
                "outbox": sum(lane.parked + lane.maybe for lane in summary.lanes),
            },
        }

    async def _mend(self, request: web.Request, visitor: Visitor, form: Form) -> web.StreamResponse:
        book, verb = request.match_info["book"], request.match_info["verb"]
        change = self._changes.get((book, verb))
        items = [item for word in form.get("items", "").split(",") if (item := number_in(word))]
        if change is None or not items or len(items) > _ON_A_PAGE:
            raise Trouble(400, "bad_form")

        def mend(uow: UnitOfWork) -> list[int]:
            return [item for item in items if change(uow, item, visitor.name)]

        done = await self._house.work.do(mend)
        log.info("console.mended", book=book, verb=verb, items=done, asked=len(items))
        words = self._pages.render(
            "words/mended.txt.j2", book=book, verb=verb, done=len(done), asked=len(items)
        )
        undo = f"trip/{book}/restore" if verb == "drop" and done else ""
        response = see_other(_back_to_trip(book, form))
        joined = ",".join(map(str, done))
        self._pages.say(response, Flash(words, bad=not done, undo=undo, item=joined))
        return response

    # ── notices ─────────────────────────────────────────────────────────────────────────

    async def _show_notices(self, request: web.Request, visitor: Visitor) -> web.StreamResponse:
        only_unseen = request.query.get("show") == "unseen"
        before = number_in(request.query.get("before", ""))
        look = partial(
            self._house.notices.recent, unseen=only_unseen, before=before, limit=_ON_A_PAGE + 1
        )
        notices = await self._house.work.look(look)
        data = {
            "only_unseen": only_unseen,
            "before": before,
            "notices": notices[:_ON_A_PAGE],
            "has_more": len(notices) > _ON_A_PAGE,
        }
        return await self._show(request, visitor, "notices.html.j2", data, here="notices")

    async def _mark_seen(
        self, _request: web.Request, visitor: Visitor, form: Form
    ) -> web.StreamResponse:
        notice = None if form.get("notice") == "all" else number_in(form.get("notice", ""))
        if notice is None and form.get("notice") != "all":
            raise Trouble(400, "bad_form")
        count = await self._house.work.do(
            lambda uow: self._house.notices.mark_seen(uow, visitor.name, notice)
        )
        response = see_other(HOME if form.get("from") == "overview" else "/console/notices")
        self._pages.say(response, Flash(self._pages.render("words/seen.txt.j2", count=count)))
        return response

    # ── the rooms' pages ────────────────────────────────────────────────────────────────

    async def _account(self, request: web.Request, visitor: Visitor) -> web.StreamResponse:
        return await self._show(request, visitor, "account.html.j2", {}, here="account")

    async def _room(self, request: web.Request, visitor: Visitor) -> web.StreamResponse:
        page = self._find(request, visitor)
        house, query = self._house, query_of(request)
        data = await house.work.look(lambda uow: page.load(uow, house.tools, query))
        inside = house.words(page.template, **data, csrf_field=_csrf_field(visitor))
        frame = {"title": page.title, "inside": Markup(inside)}  # noqa: S704 - escaped by its own template
        return await self._show(request, visitor, "room.html.j2", frame, here=page.name)

    async def _file(self, request: web.Request, visitor: Visitor) -> web.StreamResponse:
        page, number = self._find(request, visitor), int(request.match_info["number"])
        if page.files is None:
            raise Trouble(404, "no_page")
        give, tools = page.files, self._house.tools
        found = await self._house.work.look(lambda uow: give(uow, tools, number))
        if found is None:
            raise Trouble(404, "no_page")
        log.info("console.file", page=page.name, number=number)
        return await handed_out(found, request)

    async def _act(self, request: web.Request, visitor: Visitor, form: Form) -> web.StreamResponse:
        page = self._find(request, visitor)
        act = page.actions.get(request.match_info["action"])
        if act is None:
            raise Trouble(404, "no_page")
        # what the page shows is fresh now, on a replica that has no worker either
        await self._house.work.look(lambda uow: page.load(uow, self._house.tools, {}))
        flash = await self._do(act, visitor, form)
        log.info("console.acted", page=page.name, refused=flash.bad)
        response = see_other(_back_to(page.name, form))
        self._pages.say(response, flash)
        return response

    async def _upload(self, request: web.Request, visitor: Visitor) -> web.StreamResponse:
        page = self._find(request, visitor)
        if page.upload is None:
            raise Trouble(404, "no_page")
        upload, house = page.upload, self._house
        async with uploads.sent(request, self._door.callers, visitor.csrf, upload.most_bytes) as (
            form,
            files,
        ):
            try:
                found = await asyncio.to_thread(upload.read, house.tools, form, files)
                said = Flash(
                    await house.work.do(
                        lambda uow: upload.take(uow, house.tools, found, visitor.name)
                    )
                )
            except Refusal as refusal:
                said = Flash(house.words(refusal.template, **refusal.words), bad=True)
        log.info("console.uploaded", page=page.name, refused=said.bad)
        response = see_other(f"/console/{page.name}")
        self._pages.say(response, said)
        return response

    async def _do(self, act: Act, visitor: Visitor, form: Form) -> Flash:
        house = self._house
        try:
            return Flash(await house.work.do(lambda uow: act(uow, house.tools, form, visitor.name)))
        except Refusal as refusal:
            return Flash(house.words(refusal.template, **refusal.words), bad=True)

    def _find(self, request: web.Request, visitor: Visitor) -> RoomPage:
        page = self._rooms.get(request.match_info["page"])
        if visitor.role is Role.ADVISOR and not (page and page.advisors):
            raise Trouble(403, "no_desk")
        if page is None:
            raise Trouble(404, "no_page")
        return page


def _back_to(page: str, form: Form) -> str:
    """Return the page a form was on, with the query that its field `back` holds."""
    query = urlencode(parse_qsl(form.get("back", "")[:_BACK_CHARS]))
    return f"/console/{page}?{query}" if query else f"/console/{page}"


def _csrf_field(visitor: Visitor) -> Markup:
    return Markup('<input type="hidden" name="csrf" value="{}">').format(visitor.csrf)


def _urgency(lane: LaneSummary) -> tuple[int, bool, int]:
    return (lane.parked + lane.maybe, lane.rests_until is not None, lane.queued + lane.sending)


def _read(uow: UnitOfWork, metric: Metric) -> Number:
    """Read a room's figure; one that fails does not hide the others."""
    try:
        value: float | None = metric.read(uow)
    except CannotStore:
        raise
    except Exception:
        log.exception("console.metric_failed", metric=metric.name)
        value = None
    return Number(metric.title or metric.help, value, metric.waits_on)


def _back_to_trip(book: str, form: Form) -> str:
    shelf = Shelf.DROPPED if form.get("shelf") == Shelf.DROPPED else Shelf.PARKED
    return f"/console/trip?book={book}&shelf={shelf}"
