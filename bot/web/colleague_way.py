"""The way into the console for colleagues: to the company's platform and back.

A browser that sets out keeps a sealed note of it for ten minutes: the state, and where it wanted
to go. Only that browser can come back, and only once.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlencode, urlsplit

import structlog
from aiohttp import web

from bot.kernel.desk import Accounts, RoleRule
from bot.kernel.entering import ColleagueLogin, Entrance, by_userid
from bot.kernel.errors import CannotStore, PlatformError, Undeliverable
from bot.kernel.ports import Work
from bot.kernel.visiting import Browser, CodeSpent, Unnamed
from bot.kernel.work import UnitOfWork
from bot.web.callers import Callers, is_same
from bot.web.member_browsers import browser_of
from bot.web.pages import Pages, see_other
from bot.web.seals import Seals

log = structlog.get_logger(__name__)

BEGIN = "/console/sign-in/wecom"
BACK = "/console/sign-in/back"
_VALID_S = 600
_PURPOSE = "console login"
_MOST_CODE_CHARS = 512  # path/91022, 2026-07
_MOST_BACK_CHARS = 1000


class Way(StrEnum):
    """What the sign-in page offers in a browser."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    NOT_HERE = "not_here"
    """The browser of WeChat: neither works there."""
    NONE = ""


class Missed(StrEnum):
    """Why somebody who came back is not let in; the sign-in page has words for each."""

    MIXED = "mixed"
    """Begun elsewhere, long ago, or over already."""
    DECLINED = "declined"
    OVER = "over"
    OUTSIDER = "outsider"
    NO_ROLE = "no_role"
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class CameBack:
    """Who came back from the platform: a session's secret, or why there is none."""

    back: str
    secret: str = field(default="", repr=False)
    missed: Missed | None = None
    userid: str = ""


class ColleagueWay:
    """Finds out which colleague is there, and opens her session.

    Args:
        login: the platform.
        entrance: which roles the configuration gives.
        accounts: keeps roles and sessions.
        work: runs use cases.
        pages: renders.
        callers: tells them apart.
        seals: seals what a browser keeps.
        base_url: what the platform sends browsers back to.
        report: tells operators that the login does not work.
    """

    def __init__(
        self,
        login: ColleagueLogin,
        entrance: Entrance,
        accounts: Accounts,
        work: Work,
        *,
        pages: Pages,
        callers: Callers,
        seals: Seals,
        base_url: str,
        report: Callable[[UnitOfWork, str], None],
    ) -> None:
        self._login = login
        self._entrance = entrance
        self._accounts = accounts
        self._work = work
        self._pages = pages
        self._callers = callers
        self._seals = seals
        self._base = base_url
        self._report = report
        self._cookie = "__Host-console-step" if pages.secure else "console-step"

    def offered(self, request: web.Request) -> Way:
        """Return which way fits the browser."""
        match browser_of(request):
            case self._login.browser:
                return Way.INSIDE
            case Browser.WECHAT:
                return Way.NOT_HERE
        return Way.OUTSIDE

    def begin(self, request: web.Request, back: str) -> web.Response:
        """Send a browser to the platform, from the host that it will be sent back to.

        What it keeps is kept for one host: who came by another address changes over first.
        """
        if _host(f"//{request.host}") != _host(self._base) and "moved" not in request.query:
            return see_other(f"{self._base}{BEGIN}?{urlencode({'next': back, 'moved': '1'})}")
        state = secrets.token_hex(16)
        inside = self.offered(request) is Way.INSIDE
        ask = self._login.inside if inside else self._login.outside
        response = web.Response(status=302, headers={"Location": ask(self._base + BACK, state)})
        words = [state, back if len(back) <= _MOST_BACK_CHARS else ""]
        response.set_cookie(
            self._cookie,
            self._seals.close(_PURPOSE, words, valid_s=_VALID_S),
            path="/",
            max_age=_VALID_S,
            httponly=True,
            samesite="Lax",  # the platform sends the browser back from its own pages
            secure=self._pages.secure,
        )
        return response

    def end(self, response: web.Response) -> None:
        """Let a browser forget that it set out."""
        secure = self._pages.secure
        response.del_cookie(self._cookie, path="/", secure=secure, httponly=True, samesite="Lax")

    async def came_back(self, request: web.Request) -> CameBack:
        """Return who came back.

        Raises:
            CannotStore: nothing can be written now.
        """
        kept = self._seals.open(_PURPOSE, request.cookies.get(self._cookie, ""))
        state, back = kept or ("", "")
        if not state or not is_same(request.query.get("state", ""), state):
            return CameBack(back, missed=Missed.MIXED)
        if not await self._work.do(lambda uow: self._accounts.spend_login(uow, state)):
            return CameBack(back, missed=Missed.MIXED)
        code = request.query.get("code", "")
        if not code or len(code) > _MOST_CODE_CHARS or not (code.isascii() and code.isprintable()):
            return CameBack(back, missed=Missed.DECLINED)
        return await self._ask(code, back)

    async def _ask(self, code: str, back: str) -> CameBack:
        try:
            return await self._enter(await self._login.who(code), back)
        except CodeSpent:
            return CameBack(back, missed=Missed.OVER)
        except Unnamed:
            return CameBack(back, missed=Missed.OUTSIDER)
        except PlatformError as error:
            await self._tell(error)
            return CameBack(back, missed=Missed.AWAY)

    async def _enter(self, userid: str, back: str) -> CameBack:
        rule = await self._rule(userid)
        secret = await self._work.do(lambda uow: self._accounts.enter(uow, userid, rule))
        if secret is None:
            return CameBack(back, missed=Missed.NO_ROLE, userid=userid)
        return CameBack(back, secret)

    async def _rule(self, userid: str) -> RoleRule | None:
        """Return the rule that gives a colleague a role; the platform is asked only at need."""
        if named := self._entrance.highest({by_userid(userid)}):
            return named
        before = await self._work.look(lambda uow: self._accounts.was_called(uow, userid))
        named = self._entrance.highest(set(map(by_userid, before)))
        if named is not None or not self._entrance.asks_for_groups:
            return named
        if await self._work.look(lambda uow: self._accounts.is_granted(uow, userid)):
            return None
        groups = await self._login.groups_of(userid, self._entrance.tags)
        return self._entrance.highest(groups or frozenset())

    async def _tell(self, error: PlatformError) -> None:
        log.warning("console.login_failed", code=error.code, error=str(error))
        if not isinstance(error, Undeliverable):
            return
        text = self._pages.render("words/console_login_trouble.txt.j2", code=error.code)
        try:
            await self._work.do(lambda uow: self._report(uow, text))
        except CannotStore:
            log.warning("console.login_unreported")


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
