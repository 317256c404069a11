"""Who is at the console: signing in and out, sessions, and that forms come from our pages."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from urllib.parse import quote

import structlog
from aiohttp import web

from bot.kernel.desk import Accounts, Role
from bot.kernel.entering import Entrance
from bot.kernel.errors import CannotStore, WeakPassword
from bot.kernel.ports import Work
from bot.kernel.work import UnitOfWork
from bot.web.attempts import Attempts
from bot.web.callers import Callers, Form, read_form
from bot.web.colleague_way import BACK, BEGIN, CameBack, ColleagueWay, Missed, Way
from bot.web.pages import Flash, Handler, Pages, Trouble, see_other

log = structlog.get_logger(__name__)

HOME = "/console/"
DESK = "/desk/"
SIGN_IN = "/console/sign-in"
_MOST_WAITING = 16
_MAX_AGE_S = 7 * 86400


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is signed in, and the token that proves a form to be from one of her pages."""

    name: str
    role: Role
    secret: str = field(repr=False)
    has_password: bool = True
    renamed: str = ""
    """The userid that she has now, where her account still bears one from before."""

    @property
    def called(self) -> str:
        """Her name as the frame shows it: a colleague's without what marks it as one."""
        return self.name.rpartition(":")[2]

    @property
    def csrf(self) -> str:
        """The token of this session's forms."""
        return hashlib.sha256(b"csrf\0" + self.secret.encode()).hexdigest()


Page = Callable[[web.Request, Visitor], Awaitable[web.StreamResponse]]
Action = Callable[[web.Request, Visitor, Form], Awaitable[web.StreamResponse]]


class Doorkeeper:
    """Lets people in and keeps others out.

    Args:
        accounts: who there is.
        work: runs use cases.
        pages: renders.
        callers: tells them apart.
        by_name: failures by account.
        by_address: failures by address.
        entrance: which ways are open.
        way: how colleagues sign in by the company's platform; None when they don't.
    """

    def __init__(
        self,
        accounts: Accounts,
        work: Work,
        pages: Pages,
        *,
        callers: Callers,
        by_name: Attempts | None = None,
        by_address: Attempts | None = None,
        entrance: Entrance | None = None,
        way: ColleagueWay | None = None,
    ) -> None:
        self._accounts = accounts
        self._work = work
        self._pages = pages
        self.callers = callers
        self._by_name = by_name or Attempts(free=5, longest_s=60)
        self._by_address = by_address or Attempts(free=20, longest_s=900)
        self._entrance = entrance or Entrance()
        self._way = way
        self._cookie = "__Host-session" if pages.secure else "session"
        self._checking = asyncio.Semaphore(2)  # each check takes 19 MiB and 25 ms of a core
        self._waiting = 0

    def routes(self) -> Iterable[web.RouteDef]:
        """Return the routes of signing in and out and of the visitor's own account."""
        yield web.get(SIGN_IN, self._pages.guard(self._ask))
        yield web.post(SIGN_IN, self._pages.guard(self._sign_in))
        yield web.get(BEGIN, self._pages.guard(self._begin), allow_head=False)
        yield web.get(BACK, self._pages.guard(self._come_back), allow_head=False)
        yield web.post("/console/sign-out", self.action(self._sign_out, everybody=True))

    # ── guards ──────────────────────────────────────────────────────────────────────────

    def page(self, handler: Page, *, everybody: bool = False) -> Handler:
        """Return a handler that only those who may use the console reach; with `everybody` all."""

        async def checked(request: web.Request) -> web.StreamResponse:
            return await handler(request, await self._known(request, everybody=everybody))

        return self._pages.guard(checked)

    def action(self, handler: Action, *, everybody: bool = False) -> Handler:
        """Return a handler for a form that was on one of the visitor's own pages."""

        async def checked(request: web.Request) -> web.StreamResponse:
            visitor = await self._known(request, everybody=everybody)
            form = await self.callers.own_form(request, visitor.csrf)
            return await handler(request, visitor, form)

        return self._pages.guard(checked)

    async def _known(self, request: web.Request, *, everybody: bool = False) -> Visitor:
        visitor = await self._visitor(request)
        if visitor is None:
            leads_back = request.method == "GET" or request.path.startswith(DESK)
            back = request.path_qs if leads_back else HOME
            raise web.HTTPSeeOther(f"{SIGN_IN}?next={quote(back, safe='')}")
        if visitor.role is Role.ADVISOR and not everybody:
            raise Trouble(403, "no_desk")
        return visitor

    async def is_signed_in(self, request: web.Request) -> bool:
        """Return True while the session lasts in which a request was made."""
        return await self._visitor(request) is not None

    async def _visitor(self, request: web.Request) -> Visitor | None:
        secret = self._held(request)
        if not secret:
            return None
        found = await self._work.look(lambda uow: self._accounts.find_session(uow, secret))
        if found is None or not self._entrance.admits(found.role, found.source):
            return None
        if found.stale:
            await self._touch(secret)
        has_password = not found.source
        return Visitor(
            found.name, found.role, secret, has_password=has_password, renamed=found.userid
        )

    def _held(self, request: web.Request) -> str:
        """Return the secret that the browser holds; ours are ASCII, anything else is none."""
        secret = request.cookies.get(self._cookie, "")
        return secret if secret.isascii() else ""

    async def _touch(self, secret: str) -> None:
        try:
            await self._work.do(lambda uow: self._accounts.touch_session(uow, secret))
        except CannotStore:
            log.warning("session.untouched")

    # ── signing in and out ──────────────────────────────────────────────────────────────

    async def _ask(self, request: web.Request) -> web.StreamResponse:
        back = _local(request.query.get("next", ""))
        visitor = await self._visitor(request)
        if visitor is not None and (visitor.role is not Role.ADVISOR or back in (HOME, DESK)):
            return see_other(back)
        # whoever opens a page inside of the platform's app is not asked; who has signed out is
        if "next" in request.query and self._offered(request) is Way.INSIDE and visitor is None:
            return self._begin_at(request, back)
        return self._ask_again(request, back)

    def _offered(self, request: web.Request) -> Way:
        return self._way.offered(request) if self._way else Way.NONE

    def _ask_again(
        self,
        request: web.Request,
        back: str,
        *,
        status: int = 200,
        wrong: str = "",
        name: str = "",
        wait_s: float = 0,
    ) -> web.Response:
        response = self._pages.show(
            "sign_in.html.j2",
            status=status,
            back=back,
            wrong=wrong,
            name=name,
            wait_s=wait_s,
            way=self._offered(request),
            by_password=self._entrance.by_password,
        )
        if wait_s:
            response.headers["Retry-After"] = str(int(wait_s) + 1)
        return response

    async def _sign_in(self, request: web.Request) -> web.StreamResponse:
        if self.callers.is_foreign(request):
            raise Trouble(403, "foreign_form")
        if not self._entrance.by_password:
            raise Trouble(403, "no_passwords")
        form = await read_form(request)
        name, back = form.get("name", "").strip()[:100], _local(form.get("next", ""))
        address = self.callers.address(request)
        wait_s = max(self._by_name.wait_s(name.casefold()), self._by_address.wait_s(address))
        if wait_s or self._waiting >= _MOST_WAITING:
            log.warning("console.sign_in_slowed", wait_s=round(wait_s))
            return self._ask_again(
                request, back, status=429, wrong="wait", name=name, wait_s=wait_s or 5
            )
        self._by_name.count(name.casefold())
        self._by_address.count(address)
        secret = await self._open(name, form.get("password", ""))
        if secret is None:
            log.warning("console.sign_in_refused")
            return self._ask_again(request, back, status=403, wrong="password", name=name)
        self._by_name.forgive(name.casefold(), all_of_them=True)
        self._by_address.forgive(address, all_of_them=False)
        return await self._let_in(request, back, secret)

    async def _let_in(self, request: web.Request, back: str, secret: str) -> web.Response:
        await self._end(request)
        response = see_other(back)
        self._keep(response, secret)
        log.info("console.signed_in")
        return response

    async def _open(self, name: str, password: str) -> str | None:
        """Return the secret of a new session when the password is right."""
        kept = await self._work.look(lambda uow: self._accounts.kept_hash(uow, name))
        if not await self._slowly(lambda: self._accounts.matches(kept, password)) or kept is None:
            return None
        return await self._work.do(lambda uow: self._accounts.open_session(uow, name, kept))

    async def _slowly(self, check: Callable[[], bool]) -> bool:
        """Run a check of a password in a thread, few at a time."""
        self._waiting += 1
        try:
            async with self._checking:
                return await asyncio.to_thread(check)
        finally:
            self._waiting -= 1

    async def _sign_out(
        self, request: web.Request, _visitor: Visitor, _form: Form
    ) -> web.StreamResponse:
        await self._end(request)
        response = see_other(SIGN_IN)
        response.del_cookie(self._cookie, path="/", secure=self._pages.secure, httponly=True)
        return response

    async def _end(self, request: web.Request) -> None:
        """End the session that the browser holds, if any: a new one never continues an old."""
        if secret := self._held(request):
            await self._work.do(lambda uow: self._accounts.close_session(uow, secret))

    def _keep(self, response: web.Response, secret: str) -> None:
        response.set_cookie(
            self._cookie,
            secret,
            path="/",
            max_age=_MAX_AGE_S,
            httponly=True,
            samesite="Lax",
            secure=self._pages.secure,
        )

    # ── by the company's platform ───────────────────────────────────────────────────────

    async def _begin(self, request: web.Request) -> web.StreamResponse:
        return self._begin_at(request, _local(request.query.get("next", "")))

    def _begin_at(self, request: web.Request, back: str) -> web.Response:
        if self._way is None or self._way.offered(request) is Way.NOT_HERE:
            return self._ask_again(request, back)
        return self._way.begin(request, back)

    async def _come_back(self, request: web.Request) -> web.StreamResponse:
        if self._way is None:
            raise Trouble(404, "no_page")
        address = self.callers.address(request)
        if wait_s := self._by_address.wait_s(address):
            return self._ask_again(request, HOME, status=429, wrong="wait", wait_s=wait_s)
        self._by_address.count(address)
        came = await self._way.came_back(request)
        if came.missed not in {Missed.OVER, Missed.OUTSIDER}:  # guesses cost the platform's quota
            self._by_address.forgive(address, all_of_them=False)
        response = await self._answer(request, came)
        self._way.end(response)
        return response

    async def _answer(self, request: web.Request, came: CameBack) -> web.Response:
        back = _local(came.back)
        if came.missed is None:
            return await self._let_in(request, back, came.secret)
        if came.missed is Missed.MIXED and await self._visitor(request) is not None:
            return see_other(back)  # the same answer again, or the back button
        log.warning("console.sign_in_refused", why=came.missed.value)
        status = 503 if came.missed is Missed.AWAY else 403
        return self._ask_again(request, back, status=status, wrong=came.missed, name=came.userid)

    # ── one's own password ──────────────────────────────────────────────────────────────

    async def change_password(
        self, _request: web.Request, visitor: Visitor, form: Form
    ) -> web.StreamResponse:
        """Change the visitor's password; all her sessions end and this browser gets a new one."""
        account = "/console/account"
        if not visitor.has_password:
            raise Trouble(404, "no_page")
        key = visitor.name.casefold()
        if self._by_name.wait_s(key):
            raise Trouble(429, "too_often")
        old, new = form.get("old", ""), form.get("new", "")
        self._by_name.count(key)
        kept = await self._work.look(lambda uow: self._accounts.kept_hash(uow, visitor.name))
        if kept is None or not await self._slowly(lambda: self._accounts.matches(kept, old)):
            return self._told(account, "old_wrong")
        self._by_name.forgive(key, all_of_them=True)
        if new != form.get("again", ""):
            return self._told(account, "not_equal")
        try:
            made = await asyncio.to_thread(self._accounts.make_hash, new)
        except WeakPassword as exc:
            return self._told(account, exc.rule)
        secret = await self._work.do(lambda uow: self._replace(uow, visitor.name, kept, made))
        if secret is None:
            return self._told(account, "old_wrong")
        log.info("console.password_changed")
        response = self._told(account, "changed")
        self._keep(response, secret)
        return response

    def _replace(self, uow: UnitOfWork, name: str, kept: str, made: str) -> str | None:
        if not self._accounts.replace_hash(uow, name, kept, made):
            return None
        return self._accounts.open_session(uow, name, made)

    def _told(self, location: str, what: str) -> web.Response:
        response = see_other(location)
        words = self._pages.render("words/password.txt.j2", what=what)
        self._pages.say(response, Flash(words, bad=what != "changed"))
        return response


def _local(address: str) -> str:
    """Return `address` when it is a page of console or desk, else the console's first page.

    A browser reads a backslash as a slash, so one in it may lead away.
    """
    is_ours = address.startswith((HOME, DESK)) and "\\" not in address and address.isprintable()
    return address if is_ours else HOME
